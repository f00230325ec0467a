"""Whether data keep coming in and the daily job keeps up: what the legacy asked its hourly tables."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final, NamedTuple, Self

import polars as pl
from django.db.models import QuerySet

from parks.models import Park, ParkActivitySnapshot
from parkstats_project.base import clock
from parkstats_project.base.clock import DateSpan, Window
from parkstats_project.db.expressions import Epoch
from rides.models import RideStatusSnapshot
from stats.choices import CollectingJob, RunStatus
from stats.frames import coverage, observations, read, roster
from stats.frames.raw_tables import OBSERVATIONS
from stats.jobs import nightly, runs
from stats.models import CollectionRun, ParkFeed

RECENT: Final = timedelta(minutes=30)
MINIMUM_PARKS: Final = 5
MINIMUM_RIDES: Final = 50
"""Fewer in RECENT is an alert, as in the legacy monitor (docs/contract/jobs.md 5)."""

COVERAGE: Final = timedelta(hours=6)
COLLECT: Final = "manage.py collect"
MEND: Final = "manage.py mend"
DAILY: Final = "manage.py aggregate_daily"
COMMANDS: Final = {
    CollectingJob.COLLECT: "collect",
    CollectingJob.WEATHER: "collect_weather",
    CollectingJob.MEND: "mend",
    CollectingJob.DISCOVER: "discover",
}
FAILING: Final = timedelta(hours=2)
"""A park is named if its source has given no answer for so long."""

WEATHER: Final = timedelta(hours=3)
"""The weather is overdue so long after its last run."""

DAILY_AFTER: Final = timedelta(hours=20)
"""The daily job is overdue so long after the end of its day; the legacy ran it after 18 hours."""


class Problem(str):
    """A sentence about something that is wrong, and the command that helps; none where people must look."""

    command: str

    def __new__(cls, sentence: str, command: str = "") -> Self:
        """A text that knows its command."""
        made = super().__new__(cls, sentence)
        made.command = command
        return made


def problems(
    *, now: datetime, version: int, minimum_parks: int = MINIMUM_PARKS, minimum_rides: int = MINIMUM_RIDES
) -> list[Problem]:
    """One sentence for each thing that is wrong; empty if all is well."""
    return [
        *_age(now, minimum_parks, minimum_rides),
        *_coverage(now),
        *_impossible(now),
        *_sources(now),
        *_overdue(now, version),
    ]


def _age(now: datetime, minimum_parks: int, minimum_rides: int) -> list[Problem]:
    newest = nightly.newest_collection(now=now)
    if newest is None:
        return [Problem("nothing was ever collected", COLLECT)]
    if newest < now - RECENT:
        minutes = int((now - newest).total_seconds() // 60)
        sentence = f"the last collection is {minutes} minutes old ({newest:%Y-%m-%d %H:%M} UTC)"
        return [Problem(sentence, COLLECT)]
    last = {"recorded_at__gte": now - RECENT, "recorded_at__lte": now}
    parks = ParkActivitySnapshot.objects.filter(**last).values("park_id").distinct().count()
    rides = RideStatusSnapshot.objects.filter(**last).values("ride_id").distinct().count()
    minutes = int(RECENT.total_seconds() // 60)
    return [
        Problem(f"only {seen} {name} in the last {minutes} minutes (at least {wanted} expected)", COLLECT)
        for name, seen, wanted in (("parks", parks, minimum_parks), ("rides", rides, minimum_rides))
        if seen < wanted
    ]


def _sources(now: datetime) -> list[Problem]:
    """Parks whose source has failed for long, jobs whose last run failed; nothing beside an old collector."""
    failing = ParkFeed.objects.filter(failing_since__lt=now - FAILING, park__is_active=True)
    parks = failing.order_by("park_id").values_list("park_id", "park__name", "failing_since", "failure")
    silent = [
        Problem(
            f"park {park_id} ({name}) gives no answer since {since:%Y-%m-%d %H:%M} UTC: {failure}",
            f"{COLLECT} --parks {park_id}",
        )
        for park_id, name, since, failure in parks
    ]
    newest = [
        CollectionRun.objects.filter(job=job)
        .exclude(status=RunStatus.RUNNING)
        .order_by("-started_at")
        .first()
        for job in CollectingJob
    ]
    failed = [
        Problem(
            f"the last run of {run.get_job_display().lower()} failed ({run.started_at:%Y-%m-%d %H:%M} UTC)",
            f"manage.py {COMMANDS[CollectingJob(run.job)]}",
        )
        for run in newest
        if run is not None and run.status == RunStatus.FAILED
    ]
    return [*silent, *failed, *_weather(newest, now)]


def _weather(newest: list[CollectionRun | None], now: datetime) -> list[Problem]:
    """If the weather is collected at all, it is every hour."""
    run = next((run for run in newest if run is not None and run.job == CollectingJob.WEATHER), None)
    if run is None or run.started_at >= now - WEATHER:
        return []
    sentence = f"the weather was last collected at {run.started_at:%Y-%m-%d %H:%M} UTC"
    return [Problem(sentence, f"manage.py {COMMANDS[CollectingJob.WEATHER]}")]


class Recent(NamedTuple):
    """The collections of COVERAGE: how many were expected, how many the best park has, and each park's."""

    expected: int
    best: int
    parks: list[tuple[int, str, int]]

    @property
    def gaps(self) -> list[tuple[int, str, int]]:
        """The parks that many of these collections did not see."""
        return [park for park in self.parks if not coverage.enough(park[2], self.best)]


def collected_parks() -> QuerySet[Park]:
    """Active parks with an active ride, by id; of others nothing is expected."""
    return Park.objects.filter(is_active=True, rides__is_active=True).distinct().order_by("park_id")


def recent(now: datetime) -> Recent:
    """The collections of the last hours."""
    window = Window(now - COVERAGE, now)
    snapshots = observations.parks(window)
    expected = coverage.expected(window)
    seen = dict(coverage.seen_parks(observations.rides(window), snapshots, expected=expected).iter_rows())
    active = collected_parks().values_list("park_id", "name")
    parks = [(park_id, name, seen.get(park_id, 0)) for park_id, name in active]
    return Recent(expected, max(seen.values(), default=0), parks)


def _coverage(now: datetime) -> list[Problem]:
    """The rhythm of the last collections, how many there were, and active parks that many did not see."""
    if sentence := rhythm(now=now):
        return [Problem(sentence)]
    last, hours = recent(now), int(COVERAGE.total_seconds() // 3600)
    found = []
    if not coverage.enough(last.best, last.expected - 1):  # The running one may be on its way.
        found.append(f"the last {hours} hours have {last.best} of {last.expected} collections")
    found += [
        f"park {park_id} ({name}) and its rides are in {seen} of {last.best} collections of {hours} hours"
        for park_id, name, seen in last.gaps
    ]
    return [Problem(sentence, MEND) for sentence in found]


def rhythm(*, now: datetime) -> str | None:
    """A sentence if the last collections came in another rhythm than the one that is set."""
    newest = nightly.newest_collection(now=now)
    if newest is None:
        return None
    last = ParkActivitySnapshot.objects.filter(recorded_at__gt=newest - COVERAGE, recorded_at__lte=newest)
    schema = {"park_id": pl.Int64, "at": pl.Int64}
    return coverage.out_of_rhythm(read.frame(last, schema, "park_id", Epoch("recorded_at")))


def _impossible(now: datetime) -> list[Problem]:
    """Rows of a time at which nothing can have been observed; they take part in nothing."""
    since = roster.current().since
    bounds = {"before the first park": {"lt": since}, "in the future": {"gt": now + clock.AHEAD}}
    found = []
    for table in OBSERVATIONS:
        for name, bound in bounds.items():
            outside = {f"{table.time}__{how}": moment for how, moment in bound.items()}
            rows = table.model._default_manager.filter(**outside).order_by(table.time)
            if (first := rows.values_list("pk", table.time).first()) is not None:
                sentence = (
                    f"{table.name} has rows {name} (row {first[0]} of {first[1]:%Y-%m-%d %H:%M} "
                    "UTC); they are left out of everything"
                )
                found.append(Problem(sentence))
    return found


def days_waiting(now: datetime, version: int) -> list[nightly.ObservedDay]:
    """Days whose daily job should have been done by now, and was not, or whose daily rows are gone."""
    return nightly.unfinished_days(version=version, until=due_day(now))


def due_day(now: datetime) -> date:
    """The last day that the daily job should have done by now."""
    return clock.pacific_date(now - DAILY_AFTER) - timedelta(days=1)


def _overdue(now: datetime, version: int) -> list[Problem]:
    due, waiting = due_day(now), days_waiting(now, version)
    if not waiting and due not in runs.done_days(DateSpan(due, due), version=version):
        return [Problem(f"the daily job has not run for {due}", DAILY)]
    return [Problem(_lacking(found), DAILY) for found in waiting]


def _lacking(found: nightly.ObservedDay) -> str:
    if found.lost:
        return f"daily rows of {found.day} are missing, which a run had written"
    states = (("aggregated", found.aggregated), ("archived", found.archived))
    lacking = " and ".join(name for name, done in states if not done)
    return f"{found.day} is not {lacking}; its raw rows cannot be pruned"
