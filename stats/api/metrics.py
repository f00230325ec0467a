"""`GET /metrics`: what Prometheus reads. Off, and unknown to everybody else, unless it is allowed
(`PARKSTATS_METRICS_TOKEN`, `PARKSTATS_METRICS_ADDRESSES`)."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from datetime import datetime
from secrets import compare_digest

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from parkstats_project.base import clock, measures
from stats.api.wire.renderer import error_response, framework_error
from stats.jobs.state import NEVER, State, state


@csrf_exempt
@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures, or 404."""
    if not _allowed(request):
        return error_response(framework_error(404))
    now = clock.now()
    facts = _Facts(state(now=now, version=settings.PARKSTATS_METRICS_VERSION), now)
    return HttpResponse(measures.exposition(facts), content_type=CONTENT_TYPE_PLAIN_0_0_4)


def _allowed(request: HttpRequest) -> bool:
    token = settings.PARKSTATS_METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and compare_digest(given.encode(), token.encode()):
        return True
    # What came through a proxy has the proxy's address.
    if "X-Forwarded-For" in request.headers:
        return False
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return any(address in network for network in settings.PARKSTATS_METRICS_ADDRESSES)


class _Facts(Collector):
    """How things stand, as metrics."""

    def __init__(self, facts: State, now: datetime) -> None:
        self._facts, self._now = facts, now

    def collect(self) -> Iterator[Metric]:
        """One family after the other."""
        facts, recent = self._facts, self._facts.recent
        if facts.newest is not None:
            age = (self._now - facts.newest).total_seconds()
            yield _gauge("collection_age_seconds", "Time since the newest collection", age)
        yield _gauge("collections_expected", "Collections that 6 hours should have", recent.expected)
        yield _gauge("collections_seen", "Collections of 6 hours that the best park has", recent.best)
        yield _gauge("parks", "Active parks", len(recent.parks))
        yield _gauge("parks_with_gaps", "Active parks that miss collections of 6 hours", len(recent.gaps))
        yield _gauge("dates_unfinished", "Days that should be aggregated and archived", len(facts.unfinished))
        number = sum(issue.number for issue in facts.issues)
        yield _gauge("open_issues", "Reported doubts that nobody resolved", number)
        tables = GaugeMetricFamily("parkstats_table_bytes", "Size of a table", labels=["table"])
        for table, size in facts.tables.items():
            tables.add_metric([table], size)
        yield tables
        yield from self._replicas()
        yield from self._jobs()

    def _replicas(self) -> Iterator[Metric]:
        replica = ["replica"]
        lag = GaugeMetricFamily(
            "parkstats_replica_lag_seconds", "How far a replica is behind", labels=replica
        )
        read = GaugeMetricFamily("parkstats_replica_read", "1 if a replica is read from", labels=replica)
        for one in self._facts.replicas:
            if one.behind is not None:
                lag.add_metric([one.alias], one.behind)
            read.add_metric([one.alias], not one.left_out)
        yield from (lag, read)

    def _jobs(self) -> Iterator[Metric]:
        job = ["job"]
        ended = GaugeMetricFamily("parkstats_job_ended_timestamp_seconds", "End of the last run", labels=job)
        took = GaugeMetricFamily("parkstats_job_seconds", "Duration of the newest run", labels=job)
        failed = GaugeMetricFamily("parkstats_job_failed", "1 if the newest run failed", labels=job)
        late = GaugeMetricFamily("parkstats_job_late", "1 if it should have run since", labels=job)
        running = GaugeMetricFamily("parkstats_job_running", "1 if the newest run has no end", labels=job)
        for run in self._facts.jobs:
            if run.outcome == NEVER:
                continue
            failed.add_metric([run.job], run.failed)
            late.add_metric([run.job], run.late)
            running.add_metric([run.job], run.ended_at is None)
            if run.ended_at is not None and run.seconds is not None:
                ended.add_metric([run.job], run.ended_at.timestamp())
                took.add_metric([run.job], run.seconds)
        yield from (ended, took, failed, late, running)


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"parkstats_{name}", text, value=value)
