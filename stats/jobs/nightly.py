"""The nightly job: daily rows of a day, then its observations into the archive.

Which days are due is read from the database, so a night that failed is made up for by the next one, and the
retention knows what it may delete.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Max

from parks.models import ParkActivitySnapshot
from parkstats_project.base import clock
from parkstats_project.base.clock import DateSpan
from rides.models import RideStatusChange, RideStatusSnapshot
from stats.frames import archive
from stats.frames.archive import DaySummary
from stats.frames.versions import LEGACY_VERSION
from stats.jobs import recompute, runs
from stats.jobs.lease import lease
from stats.jobs.recompute import DayOutcome

RAW_TABLES = (
    (RideStatusSnapshot, "recorded_at"),
    (ParkActivitySnapshot, "recorded_at"),
    (RideStatusChange, "changed_at"),
)


class RawDay(NamedTuple):
    """A Pacific day that has raw rows.

    `whole`: there are older raw rows, so none of its own are pruned. `aggregated`: a daily run over all parks
    succeeded. `archived`: its observations are in the archive.
    """

    day: date
    whole: bool
    aggregated: bool
    archived: bool

    @property
    def finished(self) -> bool:
        """Whether its raw rows are needed no more.

        A day without its beginning (pruned by the system before, or the first one ever) may lack one of the
        two: it cannot be aggregated, or is not archived since it would replace better figures.
        """
        return self.aggregated and self.archived if self.whole else self.aggregated or self.archived


def oldest_raw() -> datetime | None:
    """Time of the oldest raw row of any table."""
    # By order, not by MIN: a descending index is read as a whole for that.
    times = (
        model._default_manager.order_by(column).values_list(column, flat=True).first()
        for model, column in RAW_TABLES
    )
    return min((at for at in times if at is not None), default=None)


def raw_days(*, version: int, until: date) -> list[RawDay]:
    """The days up to `until` (included) that have raw rows, ascending."""
    oldest = oldest_raw()
    if oldest is None or clock.pacific_date(oldest) > until:
        return []
    span = DateSpan(clock.pacific_date(oldest), until)
    aggregated = runs.done_days(span, version=version)
    archived = {day for day, _ in archive.archived_days(archive.OBSERVATIONS, span)}
    return [
        RawDay(day, oldest <= clock.pacific_day(day).start, day in aggregated, day in archived)
        for day in span.days()
        if day in archived or _has_rows(day)
    ]


def days_due(*, version: int, now: datetime) -> list[date]:
    """Pacific yesterday, and earlier days with raw rows that are not finished, or whose last run died."""
    yesterday = clock.pacific_date(now) - timedelta(days=1)
    earlier = raw_days(version=version, until=yesterday - timedelta(days=1))
    unfinished = {found.day for found in earlier if not found.finished}
    return sorted({*unfinished, *runs.died_days(version=version), yesterday})


def run(
    days: Sequence[date],
    *,
    version: int,
    allow_gaps: bool = False,
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[tuple[DayOutcome, DaySummary]]:
    """Recompute and archive the days in turn; ends early once `stop()` is true.

    Version 1 is written besides the one asked for, which it stands in for (`stats.frames.versions`).
    A day is archived also where its daily rows had to be left as they were: what was observed is kept.
    Raises as `recompute.recompute` does, and archive.ArchiveError.
    """
    with lease(recompute.JOB) as renew:
        for day in days:
            if stop():
                return
            for each in sorted({LEGACY_VERSION, version}):
                renew()
                outcome = recompute.recompute_day(day, version=each, allow_gaps=allow_gaps, renew=renew)
            yield outcome, archive.write_day(day)


def newest_collection() -> datetime | None:
    """Time of the newest park snapshot."""
    newest: datetime | None = ParkActivitySnapshot.objects.aggregate(at=Max("recorded_at"))["at"]
    return newest


def _has_rows(day: date) -> bool:
    window = clock.pacific_day(day)
    return any(
        model._default_manager.filter(
            **{f"{column}__gte": window.start, f"{column}__lt": window.end}
        ).exists()
        for model, column in RAW_TABLES
    )
