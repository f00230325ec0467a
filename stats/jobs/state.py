"""How collecting, jobs and servers stand: the one source of `/metrics`, the overview and the status page.

What of it is wrong, and the sentences about it, say `stats.jobs.monitor` and `stats.jobs.overview`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from django.db import connection
from django.db.models import Count, Min

from parkstats_project.base import clock
from parkstats_project.base.exit_codes import DONE, INCOMPLETE
from parkstats_project.db import dump, replicas
from parkstats_project.db.replicas import ReplicaState
from stats.choices import CollectingJob, RunStatus
from stats.frames import coverage
from stats.jobs import history, monitor, nightly
from stats.models import CollectionRun, DataQualityIssue, JobRun

LATE: Final = 1.5
"""A job is late after so many of its intervals."""

NEVER: Final = "never ran"
OUTCOMES: Final = {DONE: "done", INCOMPLETE: "done except for gaps"}
RHYTHMS: Final = {
    CollectingJob.WEATHER: timedelta(hours=1),
    CollectingJob.MEND: timedelta(hours=1),
    CollectingJob.DISCOVER: timedelta(days=7),
}
"""How often a timer starts a job that asks the sources; collecting itself has a setting."""


class JobState(NamedTuple):
    """How a job stands as of its newest run; without one, `started_at` is None.

    `job` is its command; `every`: how often a timer starts it, None if people do; `ended_at` None: it is at
    work, or was killed. `late`: it should have run since; what a collecting job missed says the monitor.
    """

    job: str
    every: timedelta | None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: str = NEVER
    message: str = ""
    failed: bool = False
    late: bool = False

    @property
    def seconds(self) -> int | None:
        """How long it took."""
        if self.started_at is None or self.ended_at is None:
            return None
        return clock.epoch(self.ended_at) - clock.epoch(self.started_at)

    @property
    def due(self) -> datetime | None:
        """When it should run next; None if it never ran, or runs on demand."""
        return None if self.every is None or self.started_at is None else self.started_at + self.every

    @property
    def rhythm(self) -> str:
        """`every` in words: a number of days, hours or minutes."""
        minutes = 0 if self.every is None else int(self.every.total_seconds()) // 60
        for unit, length in (("day", 1440), ("hour", 60), ("minute", 1)):
            if minutes and not minutes % length:
                number = minutes // length
                return unit if number == 1 else f"{number} {unit}s"
        return ""

    @property
    def wrong(self) -> bool:
        """Whether somebody has to look."""
        return self.failed or self.late


class IssueCount(NamedTuple):
    """Open issues of a kind, and the age of the oldest."""

    kind: str
    number: int
    oldest: datetime


class State(NamedTuple):
    """`newest`: of the collections; `recent`: those of the last hours (`monitor.COVERAGE`).

    `unfinished`: days that should be aggregated and archived; `tables` in bytes, as the server says, empty
    where it does not.
    """

    newest: datetime | None
    recent: monitor.Recent
    unfinished: list[date]
    jobs: list[JobState]
    issues: list[IssueCount]
    tables: dict[str, int]
    replicas: list[ReplicaState]


def state(*, now: datetime, version: int) -> State:
    """How things stand now: a dozen queries, each at the end of an index or on small tables."""
    return State(
        newest=nightly.newest_collection(now=now),
        recent=monitor.recent(now),
        unfinished=[found.day for found in monitor.days_waiting(now, version)],
        jobs=[*_collecting(), *_noted(now)],
        issues=_issues(),
        tables=dump.sizes(connection),
        replicas=replicas.states(),
    )


def _collecting() -> Iterator[JobState]:
    """Jobs that ask the sources, if they ever ran: another collector may do it."""
    for kind, job in monitor.COMMANDS.items():
        run = CollectionRun.objects.filter(job=kind).order_by("-started_at").first()
        if run is None:
            continue
        failed, at_work = run.status == RunStatus.FAILED, run.ended_at is None
        ended = OUTCOMES[INCOMPLETE if run.parks_missing else DONE]
        yield JobState(
            job,
            RHYTHMS.get(kind, timedelta(seconds=coverage.interval())),
            run.started_at,
            run.ended_at,
            "failed" if failed else "at work" if at_work else ended,
            failed=failed,
        )


def _noted(now: datetime) -> Iterator[JobState]:
    """Jobs of which each run leaves a note; one query."""
    runs = {run.job: run for run in JobRun.objects.all()}
    for job, every in history.SCHEDULED.items():
        if (run := runs.get(job)) is None:
            yield JobState(job, every)
            continue
        yield JobState(
            job,
            every,
            run.started_at,
            run.ended_at,
            OUTCOMES.get(run.exit_code, f"failed ({run.exit_code})"),
            run.message,
            failed=run.exit_code not in OUTCOMES,
            late=every is not None and now > run.started_at + LATE * every,
        )


def _issues() -> list[IssueCount]:
    """Open data-quality issues by kind, the most frequent first; one query."""
    rows = (
        DataQualityIssue.objects.filter(is_resolved=False)
        .values("issue_type")
        .annotate(number=Count("pk"), oldest=Min("detected_at"))
        .order_by("-number", "issue_type")
    )
    return [IssueCount(row["issue_type"], row["number"], row["oldest"]) for row in rows]
