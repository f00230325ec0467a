"""Daily statistics written from observations: one Pacific day and metrics version at a time.

A day is read, computed, compared with what is stored and written in one transaction, so a reader sees the
old day or the new one, a killed run leaves no half day, and observations pruned meanwhile are not missed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from django.db import transaction

from parkstats_project.base import clock
from parkstats_project.db import errors
from stats.jobs import runs, upsert
from stats.jobs.daily_figures import RIDE_COLUMNS, VERSIONS
from stats.jobs.day_outcome import DayOutcome, key_of, plan
from stats.jobs.lease import LeaseLost, lease
from stats.jobs.replacement import COVERAGE
from stats.models import ParkDailyStats, RideDailyStats

JOB: Final = "daily statistics"


class DayFailed(Exception):
    """A day could not be written; the days before it are done."""

    def __init__(self, day: date, reason: BaseException) -> None:
        super().__init__(f"{day}: {type(reason).__name__}: {reason}")
        self.day = day


def recompute(
    days: Sequence[date],
    *,
    version: int,
    parks: Collection[int] | None = None,
    allow_gaps: bool = False,
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[DayOutcome]:
    """Write the days in turn, each logged in `aggregation_log`; ends early once `stop()` is true.

    Raises LeaseHeld if another run is at work, LeaseLost if one has taken over, DayFailed.
    """
    with lease(JOB) as renew:
        for day in days:
            if stop():
                return
            renew()
            yield recompute_day(day, version=version, parks=parks, allow_gaps=allow_gaps, renew=renew)


def recompute_day(
    day: date,
    *,
    version: int,
    parks: Collection[int] | None = None,
    allow_gaps: bool = False,
    renew: Callable[[], None] = lambda: None,
) -> DayOutcome:
    """Write one day of one version, tried again after a passing error. `renew`s the caller's lease."""
    run = runs.start(day, version=version, parks=parks, now=clock.now())
    try:
        outcome = errors.retried(
            lambda: _write_day(day, version=version, parks=parks, allow_gaps=allow_gaps, renew=renew)
        )
    except LeaseLost:
        raise  # The day is the other run's now, and so is its row in the log.
    except Exception as error:
        runs.fail(run, f"{type(error).__name__}: {error}", now=clock.now())
        raise DayFailed(day, error) from error
    if outcome.missing:
        runs.fail(run, outcome.missing, now=clock.now())
    else:
        runs.succeed(
            run,
            outcome.note(),
            parks=outcome.park_count,
            rides=outcome.ride_count,
            now=clock.now(),
        )
    return replace(outcome, redone=run.redone)


def preview_day(
    day: date, *, version: int, parks: Collection[int] | None = None, allow_gaps: bool = False
) -> DayOutcome:
    """What `recompute_day` would do; nothing is written, logged or locked."""
    with transaction.atomic():
        return plan(day, version=version, parks=parks, allow_gaps=allow_gaps)


def _write_day(
    day: date,
    *,
    version: int,
    parks: Collection[int] | None,
    allow_gaps: bool,
    renew: Callable[[], None],
) -> DayOutcome:
    with transaction.atomic():
        planned = plan(day, version=version, parks=parks, allow_gaps=allow_gaps)
        now = clock.now().replace(microsecond=0)
        for model, entity, columns, change in (
            (RideDailyStats, "ride", RIDE_COLUMNS, planned.rides),
            (ParkDailyStats, "park", VERSIONS[version].park_columns, planned.parks),
        ):
            if change is not None:
                upsert.write(
                    model,
                    change,
                    entity=f"{entity}_id",
                    columns=(*columns, *COVERAGE),
                    key=key_of(day, version),
                    unique=(f"{entity}_id", "stat_date", "metrics_version"),
                    now=now,
                )
        renew()
    return planned
