"""How collecting and the jobs stand, in figures: what `stats.jobs.monitor` says in sentences, and more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from parkstats_project.db import dump
from stats.choices import AggregationType, CollectingJob
from stats.jobs import monitor, nightly
from stats.models import AggregationLog, CollectionRun, DataQualityIssue


class JobState(NamedTuple):
    """The newest run of a job; a run that is at work, or was killed, has no end."""

    job: str
    status: str
    started_at: datetime
    ended_at: datetime | None


class State(NamedTuple):
    """`collection_age` in seconds, None if nothing was ever collected; `tables` in bytes, as the server says.

    `recent` are the collections of the last hours (`monitor.COVERAGE`).
    """

    collection_age: float | None
    recent: monitor.Recent
    days_waiting: int
    jobs: list[JobState]
    open_issues: int
    tables: dict[str, int]


def state(*, now: datetime, version: int) -> State:
    """How things stand now: a dozen queries, each at the end of an index or on small tables."""
    newest = nightly.newest_collection(now=now)
    return State(
        collection_age=None if newest is None else (now - newest).total_seconds(),
        recent=monitor.recent(now),
        days_waiting=len(monitor.days_waiting(now, version)),
        jobs=list(_jobs()),
        open_issues=DataQualityIssue.objects.exclude(is_resolved=True).count(),
        tables=dump.sizes(connection),
    )


def _jobs() -> Iterator[JobState]:
    for kind in AggregationType.values:
        logged = AggregationLog.objects.filter(aggregation_type=kind).order_by("-log_id").first()
        if logged is not None:
            yield JobState(f"aggregate {kind}", logged.status, logged.started_at, logged.completed_at)
    for job in CollectingJob.values:
        run = CollectionRun.objects.filter(job=job).order_by("-started_at").first()
        if run is not None:
            yield JobState(job, run.status, run.started_at, run.ended_at)
