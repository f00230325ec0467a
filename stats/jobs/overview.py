"""Whether the figures can be trusted right now: the admin's first page, the status page.

Nothing is decided here: what is wrong say the monitor and `state`, what is covered says `coverage`.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

import polars as pl
from django.conf import settings
from django.db import connection
from django.db.models import Count, Sum
from django.db.models.functions import Length

from parkstats_project.base import clock
from parkstats_project.base.arithmetic import units
from parkstats_project.base.clock import Window
from parkstats_project.db import catalogue
from stats.choices import ArchiveKind
from stats.frames import coverage, observations
from stats.frames.keys import clock_hour
from stats.frames.raw_tables import OBSERVATIONS
from stats.frames.versions import read_in
from stats.jobs import monitor, nightly, performance
from stats.jobs.monitor import Problem
from stats.jobs.state import State, state
from stats.models import ParkDailyStats, ParkDayArchive, SlowStatement

STRIP_DAYS: Final = 14
ARCHIVE_DAYS: Final = 7
SLOWEST: Final = 5
"""Statements and routes that are named."""

SAID_BY_MONITOR: Final = "check_data_collection"
"""It fails because of what the monitor finds, which stands in the list as it is now."""


class Cell(NamedTuple):
    """One day of one park: collections seen of those expected, in whole per cent; None if nobody knows.

    `state`: good, poor (below what counts as covered), none (nothing seen), unknown (a row of a writer that
    does not count), missing (no row), waiting (no row yet: the daily job is not due), before (the park or all
    observations came later).
    """

    day: date
    percent: int | None
    state: str

    @property
    def gap(self) -> bool:
        """Whether something of the day is missing, or nobody knows that nothing is."""
        return self.state in ("poor", "none", "unknown", "missing")


class Strip(NamedTuple):
    """The last days of a park, oldest first; the last one is today so far."""

    park_id: int
    name: str
    cells: list[Cell]


class Size(NamedTuple):
    """What a table takes, and by how much a day of collecting makes it grow; None where nobody knows."""

    table: str
    size: int | None
    per_day: int | None


class Slowest(NamedTuple):
    """The slowest routes of the last day that was measured: (route, median, 95th percentile) in ms."""

    day: date
    routes: list[tuple[str, float, float]]


class Overview(NamedTuple):
    """All of it; `todo` is empty if the figures can be trusted, `slowest` None if nothing was measured.

    What is missing of the days that are shown say `gaps`, and nothing else: a day that stays below what was
    to be seen is a fact, and nothing to be done.
    """

    now: datetime
    todo: list[Problem]
    state: State
    interval: timedelta
    days: list[date]
    strips: list[Strip]
    sizes: list[Size]
    statements: list[SlowStatement]
    slowest: Slowest | None
    version: str
    server: str

    @property
    def gaps(self) -> list[date]:
        """Days of the strips that are not complete, ascending."""
        return sorted({cell.day for strip in self.strips for cell in strip.cells if cell.gap})

    @property
    def never_ran(self) -> list[str]:
        """Jobs that a timer should start and that nobody has started so far."""
        return [job.job for job in self.state.jobs if job.every is not None and job.started_at is None]

    @property
    def open_issues(self) -> int:
        """Doubts about data that nobody has resolved."""
        return sum(issue.number for issue in self.state.issues)

    @property
    def age_minutes(self) -> int | None:
        """Of the last collection."""
        newest = self.state.newest
        return None if newest is None else (clock.epoch(self.now) - clock.epoch(newest)) // 60

    @property
    def interval_minutes(self) -> int:
        """The rhythm of collection."""
        return int(self.interval.total_seconds()) // 60

    @property
    def fresh(self) -> bool:
        """Whether no collection is missing at the moment."""
        return self.state.newest is not None and self.now - self.state.newest < 2 * self.interval


def overview(*, now: datetime, version: int) -> Overview:
    """How things stand; some thirty small queries besides what a process keeps."""
    found = state(now=now, version=version)
    return Overview(
        now=now,
        todo=[*monitor.problems(now=now, version=version), *_jobs(found), *_replicas(found)],
        state=found,
        interval=timedelta(seconds=coverage.interval()),
        days=clock.rolling(clock.pacific_date(now), STRIP_DAYS).days(),
        strips=strips(now=now, version=version),
        sizes=_sizes(found.tables, now=now),
        statements=_slow_statements(now),
        slowest=_slowest(),
        version=settings.PARKSTATS_VERSION,
        server=catalogue.server(connection),
    )


def _jobs(found: State) -> list[Problem]:
    """Noted jobs that failed or are late; those that ask the sources are the monitor's."""
    problems = []
    for job in found.jobs:
        if job.job in monitor.COMMANDS.values() or (job.failed and job.job == SAID_BY_MONITOR):
            continue
        if job.failed:
            problems.append(Problem(f"{job.job} {job.outcome}: {job.message}", f"manage.py {job.job}"))
        elif job.late:
            sentence = f"{job.job} has not run since {job.started_at:%Y-%m-%d %H:%M} UTC"
            problems.append(Problem(sentence, f"manage.py {job.job}"))
    return problems


def _replicas(found: State) -> list[Problem]:
    return [
        Problem(f"{replica.alias} is left out: {replica.left_out}", "SHOW REPLICA STATUS")
        for replica in found.replicas
        if replica.left_out
    ]


def _slow_statements(now: datetime) -> list[SlowStatement]:
    """The slowest of today and yesterday (UTC); one query."""
    since = clock.server_date(now) - timedelta(days=1)
    return list(SlowStatement.objects.filter(day__gte=since).order_by("-longest_ms", "pk")[:SLOWEST])


def _slowest() -> Slowest | None:
    days = performance.days(settings.PARKSTATS_MEASUREMENTS)
    if not days:
        return None
    day = max(days)
    routes = [(name, one.answer_p50, one.answer_p95) for name, one in days[day].routes.items()]
    return Slowest(day, sorted(routes, key=lambda route: -route[1])[:SLOWEST])


def strips(*, now: datetime, version: int) -> list[Strip]:
    """Coverage of every park that is collected over the last STRIP_DAYS, the worst first."""
    today = clock.pacific_date(now)
    span = clock.rolling(today, STRIP_DAYS)
    rows = ParkDailyStats.objects.filter(read_in(ParkDailyStats, version), stat_date__range=span)
    known = {
        (park, day): (observed, expected)
        for park, day, observed, expected in rows.values_list(
            "park_id", "stat_date", "observed_collections", "expected_collections"
        )
    }
    window = clock.today_so_far(now)
    wanted = coverage.expected(window)
    seen = coverage.seen_parks(observations.rides(window), observations.parks(window), expected=wanted)
    so_far = dict(seen.iter_rows())
    found, first, due = [], nightly.first_observed() or today, monitor.due_day(now)
    parks = monitor.collected_parks().order_by("name").values_list("park_id", "name", "created_at")
    for park_id, name, created_at in parks:
        begins = max(first, clock.pacific_date(created_at))
        cells = [_cell(day, known.get((park_id, day)), begins=begins, due=due) for day in span.days()[:-1]]
        cells.append(_cell(today, (so_far.get(park_id, 0), wanted), begins=today, due=due))
        found.append(Strip(park_id, name, cells))
    return sorted(found, key=lambda strip: sum(_worth(cell) for cell in strip.cells))


def _cell(day: date, counts: tuple[int | None, int | None] | None, *, begins: date, due: date) -> Cell:
    observed, expected = counts or (None, None)
    if observed is None or not expected:
        if day < begins:
            return Cell(day, None, "before")
        if counts is not None and observed is None:
            return Cell(day, None, "unknown")
        return Cell(day, None, "waiting" if day > due else "missing")
    state = "good" if coverage.enough(observed, expected) else "poor" if observed else "none"
    return Cell(day, units(observed * 100, expected, scale=0), state)


def _worth(cell: Cell) -> int:
    """What a day adds to a park's place in the list; one that nobody counted is neither good nor bad."""
    if cell.percent is not None:
        return cell.percent
    return 0 if cell.state == "missing" else 100


def _sizes(of_tables: dict[str, int], *, now: datetime) -> list[Size]:
    """The raw tables and the archive."""
    held = max(1, len(list(nightly.days_with_rows(now - timedelta(days=31), clock.pacific_date(now)))))
    found = [
        Size(name, of_tables.get(name), of_tables[name] // held if name in of_tables else None)
        for name in (table.name for table in OBSERVATIONS)
    ]
    last = clock.days_before(clock.pacific_date(now), ARCHIVE_DAYS)
    stored = ParkDayArchive.objects.filter(kind=ArchiveKind.OBSERVATIONS, stat_date__range=last).aggregate(
        size=Sum(Length("payload")), days=Count("stat_date", distinct=True)
    )
    per_day = stored["size"] // stored["days"] if stored["days"] else None
    table = ParkDayArchive._meta.db_table
    return [*found, Size(table, of_tables.get(table), per_day)]


def hours(park_id: int, day: date, *, now: datetime) -> list[tuple[int, int, int]]:
    """Hour by hour of a park's Pacific day: (epoch second of the hour, collections seen, expected)."""
    window = clock.pacific_day(day)
    end = min(window.end_s, clock.epoch(now))
    counted = (
        observations.parks(Window(window.start, clock.from_epoch(max(end, window.start_s))), parks=[park_id])
        .group_by(clock_hour())
        .agg(seen=coverage.collections(pl.col("at")))
    )
    seen = dict(counted.iter_rows())
    wanted = clock.HOUR // coverage.interval()
    return [
        (hour, min(seen.get(hour, 0), wanted), wanted) for hour in window.hours() if hour + clock.HOUR <= end
    ]
