"""Whether the figures can be trusted right now: the admin's first page, the status page.

Nothing is decided here: what is wrong says the monitor, what is covered `coverage`, when jobs ran `history`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

import polars as pl
from django.conf import settings
from django.db import connection
from django.db.models import Count, Min, Sum
from django.db.models.functions import Length

from parks.models import Park
from parkstats_project.base import clock
from parkstats_project.base.arithmetic import units
from parkstats_project.base.clock import Window
from parkstats_project.base.exit_codes import DONE, INCOMPLETE
from parkstats_project.db import catalogue, dump
from stats.choices import ArchiveKind
from stats.frames import coverage, observations
from stats.jobs import history, monitor, nightly
from stats.models import DataQualityIssue, JobRun, ParkDailyStats, ParkDayArchive

STRIP_DAYS: Final = 14
ARCHIVE_DAYS: Final = 7
RAW_TABLES: Final = tuple(model._meta.db_table for model, _ in nightly.RAW_TABLES)
LATE: Final = 1.5
"""A job is late after so many of its intervals."""


class Cell(NamedTuple):
    """One day of one park: collections seen of those expected, in whole per cent; None if nobody knows.

    `state`: good, poor (below what counts as covered), none (nothing seen), unknown (a row of a writer that
    does not count), missing (no row).
    """

    day: date
    percent: int | None
    state: str


class Strip(NamedTuple):
    """The last days of a park, oldest first; the last one is today so far."""

    park_id: int
    name: str
    cells: list[Cell]


class JobState(NamedTuple):
    """How a job stands; `due` is when it should run next, None if it never ran or runs on demand.

    A job that never ran is not wrong by itself: what it should have done is.
    """

    job: str
    run: JobRun | None
    seconds: int | None
    outcome: str
    due: datetime | None
    wrong: bool
    command: str


class IssueCount(NamedTuple):
    """Open issues of a kind, and the age of the oldest."""

    kind: str
    number: int
    oldest: datetime


class Size(NamedTuple):
    """What a table takes, and by how much a day of collecting makes it grow; None where nobody knows."""

    table: str
    size: int | None
    per_day: int | None


class Overview(NamedTuple):
    """All of it."""

    now: datetime
    problems: Sequence[monitor.Problem]
    newest: datetime | None
    interval: timedelta
    days: list[date]
    strips: list[Strip]
    jobs: list[JobState]
    unfinished: list[date]
    issues: list[IssueCount]
    sizes: list[Size]
    version: str
    server: str

    @property
    def age_minutes(self) -> int | None:
        """Of the last collection."""
        return None if self.newest is None else (clock.epoch(self.now) - clock.epoch(self.newest)) // 60

    @property
    def interval_minutes(self) -> int:
        """The rhythm of collection."""
        return int(self.interval.total_seconds()) // 60

    @property
    def fresh(self) -> bool:
        """Whether no collection is missing at the moment."""
        return self.newest is not None and self.now - self.newest < 2 * self.interval


def overview(*, now: datetime, version: int) -> Overview:
    """How things stand; some twenty small queries besides what a process keeps."""
    today = clock.pacific_date(now)
    days = clock.rolling(today, STRIP_DAYS).days()
    return Overview(
        now=now,
        problems=monitor.problems(now=now, version=version),
        newest=nightly.newest_collection(now=now),
        interval=timedelta(seconds=coverage.interval()),
        days=days,
        strips=strips(now=now, version=version),
        jobs=jobs(now=now),
        unfinished=[found.day for found in monitor.days_waiting(now, version)],
        issues=issues(),
        sizes=sizes(now=now),
        version=settings.PARKSTATS_VERSION,
        server=catalogue.server(connection),
    )


def strips(*, now: datetime, version: int) -> list[Strip]:
    """Coverage of every active park over the last STRIP_DAYS, the worst first; three queries."""
    today = clock.pacific_date(now)
    span = clock.rolling(today, STRIP_DAYS)
    rows = ParkDailyStats.objects.filter(stat_date__range=span, metrics_version=version)
    known = {
        (park, day): (observed, expected)
        for park, day, observed, expected in rows.values_list(
            "park_id", "stat_date", "observed_collections", "expected_collections"
        )
    }
    window = clock.today_so_far(now)
    wanted = coverage.expected(window)
    seen = coverage.seen(observations.rides(window), observations.parks(window), expected=wanted).parks
    so_far = dict(seen.iter_rows())
    found = []
    for park_id, name in Park.objects.filter(is_active=True).order_by("name").values_list("park_id", "name"):
        cells = [_cell(day, known.get((park_id, day))) for day in span.days()[:-1]]
        cells.append(_cell(today, (so_far.get(park_id, 0), wanted)))
        found.append(Strip(park_id, name, cells))
    return sorted(found, key=lambda strip: sum(_worth(cell) for cell in strip.cells))


def _cell(day: date, counts: tuple[int | None, int | None] | None) -> Cell:
    if counts is None:
        return Cell(day, None, "missing")
    observed, expected = counts
    if observed is None or not expected:
        return Cell(day, None, "unknown")
    state = "good" if coverage.enough(observed, expected) else "poor" if observed else "none"
    return Cell(day, units(observed * 100, expected, scale=0), state)


def _worth(cell: Cell) -> int:
    """What a day adds to a park's place in the list; a day that nobody counted is neither good nor bad."""
    if cell.percent is not None:
        return cell.percent
    return 100 if cell.state == "unknown" else 0


def jobs(*, now: datetime) -> list[JobState]:
    """Every job whose runs are noted; one query."""
    runs = {run.job: run for run in JobRun.objects.all()}
    return [_job(job, every, runs.get(job), now) for job, every in history.SCHEDULED.items()]


def _job(job: str, every: timedelta | None, run: JobRun | None, now: datetime) -> JobState:
    command = f"manage.py {job}"
    if run is None:
        return JobState(job, None, None, "never ran", None, False, command)
    outcomes = {DONE: "done", INCOMPLETE: "done except for gaps"}
    due = None if every is None else run.started_at + every
    late = every is not None and now > run.started_at + LATE * every
    outcome = outcomes.get(run.exit_code, f"failed ({run.exit_code})")
    seconds = clock.epoch(run.ended_at) - clock.epoch(run.started_at)
    return JobState(job, run, seconds, outcome, due, late or run.exit_code not in outcomes, command)


def issues() -> list[IssueCount]:
    """Open data-quality issues by kind, the most frequent first; one query."""
    rows = (
        DataQualityIssue.objects.filter(is_resolved=False)
        .values("issue_type")
        .annotate(number=Count("pk"), oldest=Min("detected_at"))
        .order_by("-number", "issue_type")
    )
    return [IssueCount(row["issue_type"], row["number"], row["oldest"]) for row in rows]


def sizes(*, now: datetime) -> list[Size]:
    """The raw tables and the archive."""
    of_tables = dump.sizes(connection)
    held = max(1, len(list(nightly.days_with_rows(now - timedelta(days=31), clock.pacific_date(now)))))
    found = [
        Size(table, of_tables.get(table), of_tables[table] // held if table in of_tables else None)
        for table in RAW_TABLES
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
        .group_by(hour=pl.col("at") - pl.col("at") % clock.HOUR)
        .agg(seen=coverage.collections(pl.col("at")))
    )
    seen = dict(counted.iter_rows())
    wanted = clock.HOUR // coverage.interval()
    return [
        (hour, min(seen.get(hour, 0), wanted), wanted) for hour in window.hours() if hour + clock.HOUR <= end
    ]


def trustworthy(found: Overview) -> bool:
    """Whether nothing is to be done."""
    return not found.problems and not any(job.wrong for job in found.jobs)
