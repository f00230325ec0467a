"""Whether data keep coming in and the daily job keeps up: what the legacy asked its hourly tables."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from parks.models import Park, ParkActivitySnapshot
from parkstats_project.base import clock
from parkstats_project.base.clock import DateSpan, Window
from rides.models import RideStatusSnapshot
from stats.frames import observations
from stats.jobs import nightly, runs
from stats.jobs.daily_figures import collected, collections

RECENT: Final = timedelta(minutes=30)
MINIMUM_PARKS: Final = 5
MINIMUM_RIDES: Final = 50
"""Fewer in RECENT is an alert, as in the legacy monitor (docs/contract/jobs.md 5)."""

COVERAGE: Final = timedelta(hours=6)
TOLERATED_SHARE: Final = 20
"""A park is named if it misses more than one collection in so many of COVERAGE: 5 percent."""

DAILY_AFTER: Final = timedelta(hours=20)
"""The daily job is overdue so long after the end of its day; the legacy ran it after 18 hours."""


def problems(
    *, now: datetime, version: int, minimum_parks: int = MINIMUM_PARKS, minimum_rides: int = MINIMUM_RIDES
) -> list[str]:
    """One sentence for each thing that is wrong; empty if all is well."""
    return [
        *_age(now, minimum_parks, minimum_rides),
        *_coverage(now),
        *_overdue(now, version),
    ]


def _age(now: datetime, minimum_parks: int, minimum_rides: int) -> list[str]:
    newest = nightly.newest_collection()
    if newest is None:
        return ["nothing was ever collected"]
    if newest < now - RECENT:
        minutes = int((now - newest).total_seconds() // 60)
        return [f"the last collection is {minutes} minutes old ({newest:%Y-%m-%d %H:%M} UTC)"]
    recent = {"recorded_at__gte": now - RECENT, "recorded_at__lte": now}
    parks = ParkActivitySnapshot.objects.filter(**recent).values("park_id").distinct().count()
    rides = RideStatusSnapshot.objects.filter(**recent).values("ride_id").distinct().count()
    minutes = int(RECENT.total_seconds() // 60)
    return [
        f"only {seen} {name} in the last {minutes} minutes (at least {wanted} expected)"
        for name, seen, wanted in (("parks", parks, minimum_parks), ("rides", rides, minimum_rides))
        if seen < wanted
    ]


def _coverage(now: datetime) -> list[str]:
    """Active parks that many of the last collections did not see."""
    snapshots = observations.parks(Window(now - COVERAGE, now))
    starts = collections(snapshots)
    expected, seen = len(starts), collected(snapshots, starts)
    active = Park.objects.filter(is_active=True, rides__is_active=True).distinct().order_by("park_id")
    hours = int(COVERAGE.total_seconds() // 3600)
    return [
        f"park {park_id} ({name}) is in {seen.get(park_id, 0)} of {expected} collections of {hours} hours"
        for park_id, name in active.values_list("park_id", "name")
        if TOLERATED_SHARE * (expected - seen.get(park_id, 0)) > expected
    ]


def _overdue(now: datetime, version: int) -> list[str]:
    """Days with raw rows whose daily job should have been done by now."""
    due = clock.pacific_date(now - DAILY_AFTER) - timedelta(days=1)
    waiting = [found for found in nightly.raw_days(version=version, until=due) if not found.finished]
    if not waiting and due not in runs.done_days(DateSpan(due, due), version=version):
        return [f"the daily job has not run for {due}"]
    return [
        f"{found.day} is not {' and '.join(_lacking(found))}; its raw rows cannot be pruned"
        for found in waiting
    ]


def _lacking(found: nightly.RawDay) -> list[str]:
    states = (("aggregated", found.aggregated), ("archived", found.archived))
    return [name for name, done in states if not done]
