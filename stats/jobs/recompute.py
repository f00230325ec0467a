"""Daily statistics written from observations: one Pacific day and metrics version at a time.

A day is read, computed, compared with what is stored and written in one transaction, so a reader sees the
old day or the new one, a killed run leaves no half day, and observations pruned meanwhile are not missed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

import polars as pl
from django.db import transaction

from parkstats_project.base import clock
from parkstats_project.base.clock import DateSpan
from parkstats_project.db import errors
from stats.frames import archive, observations, roster
from stats.jobs import daily_figures, runs, upsert
from stats.jobs.daily_figures import RIDE_COLUMNS, VERSIONS
from stats.jobs.lease import LeaseLost, lease
from stats.jobs.upsert import Changes
from stats.models import ParkDailyStats, RideDailyStats

JOB: Final = "daily statistics"

TOLERATED_SHARE: Final = 20
"""A park is left out if more than one collection in so many is missing: 5 percent."""

GREATEST_AVERAGE: Final = 999_99
"""What DECIMAL(5,2) holds, in hundredths."""


@dataclass(frozen=True)
class DayOutcome:
    """What happened to one day.

    `left_out`: park -> collections that saw it, of `expected`. `missing`: why nothing was written at all.
    """

    day: date
    version: int
    archived: bool
    observed: int
    expected: int
    left_out: dict[int, int]
    missing: str | None
    unfit: tuple[int, ...]
    rides: Changes | None
    parks: Changes | None
    ride_count: int = 0
    park_count: int = 0
    redone: bool = False

    @property
    def complete(self) -> bool:
        """Whether every park was written."""
        return not (self.missing or self.left_out)

    def note(self) -> str | None:
        """What is worth remembering in `aggregation_log`; None if all went well."""
        parts = [self.missing] if self.missing else []
        if self.left_out:
            counts = ", ".join(f"{park} ({seen}/{self.expected})" for park, seen in self.left_out.items())
            parts.append(f"left out for missing observations: park {counts}")
        if self.unfit:
            parts.append(f"figures do not fit their columns: ride {', '.join(map(str, self.unfit))}")
        return "; ".join(parts) or None


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
        return _plan(day, version=version, parks=parks, allow_gaps=allow_gaps)


def _write_day(
    day: date,
    *,
    version: int,
    parks: Collection[int] | None,
    allow_gaps: bool,
    renew: Callable[[], None],
) -> DayOutcome:
    with transaction.atomic():
        plan = _plan(day, version=version, parks=parks, allow_gaps=allow_gaps)
        now = clock.now().replace(microsecond=0)
        for model, entity, columns, change in (
            (RideDailyStats, "ride", RIDE_COLUMNS, plan.rides),
            (ParkDailyStats, "park", VERSIONS[version].park_columns, plan.parks),
        ):
            if change is not None and change.number:
                upsert.write(
                    model,
                    change,
                    entity=f"{entity}_id",
                    columns=columns,
                    key=_key(day, version),
                    unique=(f"{entity}_id", "stat_date", "metrics_version"),
                    now=now,
                )
        renew()
    return plan


def _key(day: date, version: int) -> dict[str, object]:
    return {"stat_date": day, "metrics_version": version}


def _plan(day: date, *, version: int, parks: Collection[int] | None, allow_gaps: bool) -> DayOutcome:
    """What the day should be, compared with what is stored; in a transaction, so both are of one moment."""
    # What is known of the oldest raw row has to be of the moment of this transaction, not older.
    observations.forget()
    seen = observations.read_day(day)
    who = roster.current()
    starts = daily_figures.collections(seen.parks)
    expected = len(starts)
    collected = daily_figures.collected(seen.parks, starts)
    scope = _with_rides(who, parks)
    missing = _why_missing(day, seen, expected, allow_gaps=allow_gaps)
    left_out = {} if missing or allow_gaps else _left_out(scope, collected, expected)
    written = scope.filter(~pl.col("park_id").is_in(list(left_out)))
    if not missing and written.is_empty() and left_out:
        missing = "every park has gaps"
    base = DayOutcome(
        day=day,
        version=version,
        archived=seen.archived,
        observed=seen.rides.height,
        expected=expected,
        left_out=left_out,
        missing=missing,
        unfit=(),
        rides=None,
        parks=None,
    )
    if missing:
        return base
    members = _members(day, who, written, seen.rides)
    figures = daily_figures.ride_figures(seen.rides, seen.changes, members, version=version)
    unfit = figures.filter(pl.col("avg_wait_time") > GREATEST_AVERAGE)["ride_id"]
    figures = figures.filter(~pl.col("ride_id").is_in(unfit.implode()))
    of_parks = daily_figures.park_figures(figures, who.rides)
    return _compared(base, figures, of_parks, who, written, unfit.to_list(), collected)


def _compared(
    base: DayOutcome,
    figures: pl.DataFrame,
    of_parks: pl.DataFrame,
    who: roster.Roster,
    written: pl.DataFrame,
    unfit: list[int],
    collected: dict[int, int],
) -> DayOutcome:
    key, rule = _key(base.day, base.version), VERSIONS[base.version]
    ride_ids = who.rides.filter(pl.col("park_id").is_in(written["park_id"].implode()))["ride_id"]
    ride_rows = upsert.stored(RideDailyStats, entity="ride_id", columns=RIDE_COLUMNS, key=key)
    ride_rows = ride_rows.filter(
        pl.col("ride_id").is_in(ride_ids.implode()) & ~pl.col("ride_id").is_in(unfit)
    )
    park_rows = upsert.stored(ParkDailyStats, entity="park_id", columns=rule.park_columns, key=key)
    # As in the legacy, an inactive park gets no new row; the one it has is kept up to date if it was seen.
    active = written.filter("is_active")["park_id"]
    known = ParkDailyStats.objects.filter(stat_date=base.day).values_list("park_id", flat=True)
    kept_up = set(active) | (set(known) & set(collected) & set(written["park_id"]))
    park_rows = park_rows.filter(pl.col("park_id").is_in(list(kept_up)))
    of_parks = of_parks.filter(pl.col("park_id").is_in(list(kept_up)))
    return replace(
        base,
        unfit=tuple(unfit),
        rides=upsert.changes(figures, ride_rows, entity="ride_id", columns=RIDE_COLUMNS),
        parks=upsert.changes(of_parks, park_rows, entity="park_id", columns=rule.park_columns),
        ride_count=figures.height,
        park_count=of_parks.height,
    )


def _with_rides(who: roster.Roster, parks: Collection[int] | None) -> pl.DataFrame:
    """The parks asked for: park_id, is_active, has_rides."""
    frame = who.parks.select("park_id", "is_active").with_columns(
        has_rides=pl.col("park_id").is_in(who.rides.filter("is_active")["park_id"].implode())
    )
    return frame if parks is None else frame.filter(pl.col("park_id").is_in(list(parks)))


def _why_missing(day: date, seen: observations.Day, expected: int, *, allow_gaps: bool) -> str | None:
    if not expected:
        return "no observations"
    window = clock.pacific_day(day)
    late = seen.parks.select(pl.col("at").min()).item() - window.start_s
    if allow_gaps or TOLERATED_SHARE * late <= window.end_s - window.start_s:
        return None
    # Silence at the start of a day is a pause of the collector if anything older is known; otherwise the
    # rows may have been pruned.
    if seen.archived:
        before = DateSpan(date(1970, 1, 1), day - timedelta(days=1))
        known = bool(archive.archived_days(archive.OBSERVATIONS, before))
    else:
        oldest = observations.raw_since()
        known = oldest is not None and oldest <= window.start_s
    return None if known else "the beginning of the day is not observed"


def _left_out(scope: pl.DataFrame, collected: dict[int, int], expected: int) -> dict[int, int]:
    """Parks with more than 5 percent of the collections missing -> collections that saw them.

    An inactive park is not collected any more, and one without rides has no rows: neither is a gap.
    """
    return {
        park: collected.get(park, 0)
        for park, active, has_rides in scope.sort("park_id").iter_rows()
        if (park in collected or (active and has_rides))
        and TOLERATED_SHARE * (expected - collected.get(park, 0)) > expected
    }


def _members(day: date, who: roster.Roster, written: pl.DataFrame, observed: pl.DataFrame) -> pl.DataFrame:
    """Rides that have a row: active ones, and those deactivated since that were observed and have one."""
    of_parks = who.rides.filter(pl.col("park_id").is_in(written["park_id"].implode()))
    retired = of_parks.filter(
        ~pl.col("is_active") & pl.col("ride_id").is_in(observed["ride_id"].unique().implode())
    )
    known = RideDailyStats.objects.filter(stat_date=day, ride_id__in=retired["ride_id"].to_list())
    kept = list(known.values_list("ride_id", flat=True).distinct())
    return of_parks.filter(pl.col("is_active") | pl.col("ride_id").is_in(kept))
