"""The nightly job: daily rows of a day, then its observations into the archive.

Which days are due is read from the database, so a night that failed is made up for by the next one, and the
retention knows what it may delete.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from parks.models import ParkActivitySnapshot
from parkstats_project.base import clock
from parkstats_project.base.clock import DateSpan
from stats.frames import archive, roster
from stats.frames.archive import DaySummary
from stats.frames.raw_tables import OBSERVATIONS
from stats.frames.versions import LEGACY_VERSION
from stats.jobs import recompute, runs
from stats.jobs.day_outcome import DayOutcome
from stats.jobs.lease import lease
from stats.models import ParkDayArchive


class ObservedDay(NamedTuple):
    """A Pacific day that has raw rows, or did.

    `aggregated`: a daily run over all parks succeeded, and its rows are there; `lost`: they are not.
    `archived`: its observations are in the archive, with those of its rides (or people said that there are
    none: --allow-gaps).
    """

    day: date
    aggregated: bool
    archived: bool
    lost: bool = False

    @property
    def finished(self) -> bool:
        """Whether its raw rows are needed no more."""
        return self.aggregated and self.archived


class Night(NamedTuple):
    """What was done for a day; `outcome` is None if its daily rows were there already.

    `accepted`: people said that its ride rows are missing (--allow-gaps).
    """

    day: date
    outcome: DayOutcome | None
    archived: DaySummary
    accepted: bool

    @property
    def complete(self) -> bool:
        """Whether nothing that should have been observed is missing, or people said that it is."""
        lacking = self.archived.without_rides and not self.accepted
        return not lacking and (self.outcome is None or self.outcome.complete)


def oldest_raw(since: datetime) -> datetime | None:
    """Time of the oldest raw row of any table that is not older than a moment."""
    times = [at for table in OBSERVATIONS if (at := table.oldest(since)) is not None]
    return clock.from_epoch(min(times)) if times else None


def first_observed() -> date | None:
    """The day with which observations begin, raw or archived ones; None without any."""
    raw = oldest_raw(roster.current().since)
    archived = ParkDayArchive.objects.filter(kind=archive.OBSERVATIONS).order_by("stat_date")
    first = archived.values_list("stat_date", flat=True).first()
    days = [day for day in (first, raw and clock.pacific_date(raw)) if day is not None]
    return min(days, default=None)


def days_with_rows(since: datetime, until: date) -> Iterator[date]:
    """The Pacific days up to `until` (included) that have raw rows not older than `since`, ascending.

    Goes from one to the next, so what it takes depends on them, not on how far apart they lie.
    """
    while (at := oldest_raw(since)) is not None and (day := clock.pacific_date(at)) <= until:
        yield day
        since = clock.pacific_day(day).end


def raw_days(*, version: int, until: date) -> list[ObservedDay]:
    """The days up to `until` (included) that have raw rows, ascending."""
    days = list(days_with_rows(roster.current().since, until))
    if not days:
        return []
    span = DateSpan(days[0], days[-1])
    run, accepted = runs.finished_days(span, version=version), runs.days_with_gaps_allowed(span)
    lacking = {day for day, _ in archive.without_rides(span)} - accepted
    archived = {day for day, _ in archive.archived_days(archive.OBSERVATIONS, span)} - lacking
    return [
        ObservedDay(day, run.get(day, False), day in archived, lost=not run.get(day, True)) for day in days
    ]


def unfinished_days(*, version: int, until: date) -> list[ObservedDay]:
    """The days up to `until` (included) that are not finished, ascending: with raw rows, or archived."""
    found = {raw.day: raw for raw in raw_days(version=version, until=until)}
    emptied = runs.emptied_days(DateSpan(date.min, until), version=version) - found.keys()
    if emptied:
        kept = archive.archived_days(archive.OBSERVATIONS, DateSpan(min(emptied), max(emptied)))
        for day in emptied.intersection(day for day, _ in kept):
            found[day] = ObservedDay(day, aggregated=False, archived=True, lost=True)
    return [found[day] for day in sorted(found) if not found[day].finished]


def days_due(*, version: int, now: datetime) -> list[date]:
    """Pacific yesterday, and earlier days that are not finished, or whose last run died."""
    yesterday = clock.pacific_date(now) - timedelta(days=1)
    earlier = unfinished_days(version=version, until=yesterday - timedelta(days=1))
    return sorted({*(found.day for found in earlier), *runs.died_days(version=version), yesterday})


def run(
    days: Sequence[date],
    *,
    version: int,
    allow_gaps: bool = False,
    redo: bool = True,
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[Night]:
    """Recompute and archive the days in turn; ends early once `stop()` is true.

    Without `redo`, daily rows that a run has finished (this system's or the legacy's) are left as they are.
    Version 1 is written besides the one asked for, which it stands in for (`stats.frames.versions`).
    A day is archived also where its daily rows had to be left as they were: what was observed is kept.
    Raises as `recompute.recompute` does, and archive.ArchiveError.
    """
    with lease(recompute.JOB) as renew:
        for day in days:
            if stop():
                return
            outcome = None
            for each in sorted({LEGACY_VERSION, version}):
                renew()
                if redo or not _is_done(day, version=each):
                    outcome = recompute.recompute_day(day, version=each, allow_gaps=allow_gaps, renew=renew)
            renew()
            summary = archive.write_day(day)
            yield Night(day, outcome, summary, day in runs.days_with_gaps_allowed(DateSpan(day, day)))


def _is_done(day: date, *, version: int) -> bool:
    done = runs.done_days(DateSpan(day, day), version=version)
    return day in done and day not in runs.died_days(version=version)


def newest_collection(*, now: datetime) -> datetime | None:
    """Time of the newest park snapshot that is possible at the moment."""
    possible = ParkActivitySnapshot.objects.filter(recorded_at__lte=now + clock.AHEAD)
    return possible.order_by("-recorded_at").values_list("recorded_at", flat=True).first()
