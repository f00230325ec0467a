"""Doubtful data that the collector reported (docs/contract/audit.md 7, 8)."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final, TypedDict

from django.db.models import Count, F, Max, Min, Sum

from parkstats_project.base.arithmetic import divide
from stats.choices import IssueType
from stats.frames.entrants import Bit
from stats.models import DataQualityIssue

MOST_ISSUES: Final = 100


class Issue(TypedDict):
    """One report; times are ISO text without a zone, in UTC."""

    issue_id: int
    data_source: str
    issue_type: str
    detected_at: str
    themeparks_wiki_id: str | None
    queue_times_id: int | None
    entity_name: str | None
    last_updated_api: str | None
    data_age_minutes: int | None
    reported_status: str | None
    is_resolved: Bit
    park_name: str | None
    ride_name: str | None


class EntitySummary(TypedDict):
    """The stale reports of one entity of a source."""

    themeparks_wiki_id: str | None
    entity_name: str | None
    park_name: str | None
    issue_count: int
    max_staleness_minutes: int | None
    avg_staleness_minutes: Decimal | None
    first_detected: str
    last_detected: str
    statuses_seen: str | None


def issues(*, now: datetime, hours: int, source: str | None, unresolved: bool) -> list[Issue]:
    """Reports of the last `hours`, newest first, at most 100. Raises OverflowError beyond the calendar."""
    query = DataQualityIssue.objects.filter(detected_at__gte=now - timedelta(hours=hours))
    if source:
        query = query.filter(data_source=source)
    if unresolved:
        query = query.filter(is_resolved=False)
    found = query.select_related("park", "ride").order_by("-detected_at", "issue_id")[:MOST_ISSUES]
    return [
        Issue(
            issue_id=issue.issue_id,
            data_source=issue.data_source,
            issue_type=issue.issue_type,
            detected_at=_iso(issue.detected_at),
            themeparks_wiki_id=issue.themeparks_wiki_id,
            queue_times_id=issue.queue_times_id,
            entity_name=issue.entity_name,
            last_updated_api=_iso(issue.last_updated_api) if issue.last_updated_api else None,
            data_age_minutes=issue.data_age_minutes,
            reported_status=issue.reported_status,
            is_resolved=1 if issue.is_resolved else 0,
            park_name=issue.park.name if issue.park else None,
            ride_name=issue.ride.name if issue.ride else None,
        )
        for issue in found
    ]


def summary(*, now: datetime, days: int, source: str) -> list[EntitySummary]:
    """Stale reports of the last `days` by entity, most first. Raises OverflowError beyond the calendar."""
    stale = DataQualityIssue.objects.filter(
        data_source=source,
        issue_type=IssueType.STALE_DATA,
        detected_at__gte=now - timedelta(days=days),
    ).order_by()
    key = ("themeparks_wiki_id", "entity_name", "park__name")
    groups = stale.values(*key).annotate(
        number=Count("issue_id"),
        aged=Count("data_age_minutes"),
        total=Sum("data_age_minutes"),
        oldest=Max("data_age_minutes"),
        first=Min("detected_at"),
        last=Max("detected_at"),
    )
    statuses: dict[tuple[Any, ...], list[str]] = {}
    seen = stale.filter(reported_status__isnull=False).values_list(*key, "reported_status").distinct()
    for *entity, status in seen.order_by("reported_status"):
        statuses.setdefault(tuple(entity), []).append(status)
    ordered = groups.order_by(F("number").desc(), F("oldest").desc(nulls_last=True), *key)
    return [
        EntitySummary(
            themeparks_wiki_id=group["themeparks_wiki_id"],
            entity_name=group["entity_name"],
            park_name=group["park__name"],
            issue_count=group["number"],
            max_staleness_minutes=group["oldest"],
            avg_staleness_minutes=divide(group["total"], group["aged"], scale=4) if group["aged"] else None,
            first_detected=_iso(group["first"]),
            last_detected=_iso(group["last"]),
            statuses_seen=",".join(statuses.get(tuple(group[name] for name in key), ())) or None,
        )
        for group in ordered
    ]


def _iso(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(timespec="seconds")
