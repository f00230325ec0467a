"""Plausibility of the published figures: the routes under /api/audit (docs/contract/audit.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from parkstats_project.base import clock
from stats.api.shapes import audit_answers
from stats.api.wire import held, params
from stats.api.wire.endpoint import Payload, endpoint
from stats.api.wire.held import Held
from stats.api.wire.renderer import framework_error, refuse
from stats.choices import DataSource
from stats.questions.audit import anomalies, data_quality
from stats.questions.audit import status as audit_status
from stats.questions.audit import verify as trace

REQUIRED = ("type", "entity_id", "period", "displayed_value")
TRACES = {"park_shame_score": trace.park_shame_score, "ride_downtime": trace.ride_downtime}
TYPES = (*TRACES, "wait_time")


@dataclass(frozen=True, kw_only=True)
class OfDate(params.Parameters):
    """docs/contract/audit.md 0."""

    date: date | None = params.optional_date()


@dataclass(frozen=True, kw_only=True)
class Anomalies(OfDate):
    """docs/contract/audit.md 3."""

    severity: str | None = params.one_of(
        "severity",
        anomalies.SEVERITIES,
        error="Invalid severity. Must be CRITICAL, WARNING, or INFO",
        empty_is_none=True,
    )


@dataclass(frozen=True, kw_only=True)
class Flagged(OfDate):
    """docs/contract/audit.md 4."""

    severity: str = params.text(default="WARNING")


@dataclass(frozen=True, kw_only=True)
class Issues(params.Parameters):
    """docs/contract/audit.md 7."""

    hours: int = params.integer(default=24)
    source: str | None = params.text()
    unresolved: bool = params.flag(default=True)


@dataclass(frozen=True, kw_only=True)
class IssueSummary(params.Parameters):
    """docs/contract/audit.md 8."""

    days: int = params.integer(default=7)
    source: str = params.text(default=DataSource.THEMEPARKS_WIKI.value)


@endpoint("GET", parameters=OfDate, answer=audit_answers.Audit, held=Held(held.by_dates))
def status(asked: OfDate, now: datetime) -> Payload:
    """Ten checks on the daily rows of a date (docs/contract/audit.md 1)."""
    return {**audit_status.status(day=_day(asked.date, now)), "success": True}


@endpoint("GET", parameters=Anomalies, answer=audit_answers.Anomalies, held=Held(held.by_dates))
def anomalies_of_day(asked: Anomalies, now: datetime) -> Payload:
    """Figures of a date that are out of the ordinary (docs/contract/audit.md 3)."""
    day = _day(asked.date, now)
    found = [one for one in anomalies.detect(day=day) if asked.severity in (None, one["severity"])]
    return {
        "success": True,
        "target_date": day.isoformat(),
        "anomalies": found,
        "total_anomalies": len(found),
        "critical_count": sum(one["severity"] == "CRITICAL" for one in found),
        "warning_count": sum(one["severity"] == "WARNING" for one in found),
    }


@endpoint("GET", parameters=Flagged, answer=audit_answers.Flagged, held=Held(held.by_dates))
def flagged_entities(asked: Flagged, now: datetime) -> Payload:
    """Ids of parks and rides with anomalies (docs/contract/audit.md 4)."""
    day = _day(asked.date, now)
    found = anomalies.detect(day=day)
    if asked.severity == "CRITICAL":
        found = [one for one in found if one["severity"] == "CRITICAL"]
    return {
        "success": True,
        "target_date": day.isoformat(),
        "flagged_parks": _ids(found, "park"),
        "flagged_rides": _ids(found, "ride"),
        "methodology_url": anomalies.METHODOLOGY,
    }


@endpoint("POST", body=audit_answers.RunBody, answer=audit_answers.AuditRun)
def run(asked: Any, now: datetime) -> Payload:
    """Checks and anomalies of a date together (docs/contract/audit.md 5)."""
    body = asked or {}
    sent = body.get("date", "") if isinstance(body, dict) else None
    if not isinstance(body, dict) or not (sent is None or isinstance(sent, str)):
        raise framework_error(400)
    day = _day(params.iso_date(sent or ""), now)
    found = anomalies.detect(day=day)
    return {
        **audit_status.status(day=day),
        "success": True,
        "anomalies": found,
        "anomalies_detected": len(found),
    }


@endpoint("POST", body=audit_answers.VerifyBody, answer=audit_answers.Verified)
def verify(asked: Any, now: datetime) -> Payload:
    """A displayed figure recomputed step by step (docs/contract/audit.md 6)."""
    if asked is None or isinstance(asked, bool | int | float):
        raise framework_error(400)
    missing = [name for name in REQUIRED if not isinstance(asked, dict) or name not in asked]
    if missing:
        raise refuse(f"Missing required fields: {', '.join(missing)}")
    displayed = _number(asked["displayed_value"])
    if asked["type"] not in TYPES:
        raise refuse(f"Invalid type. Must be one of: {', '.join(TYPES)}")
    if asked["period"] not in tuple(trace.PERIODS):
        raise refuse(f"Invalid period. Must be one of: {', '.join(trace.PERIODS)}")
    if asked["type"] not in TRACES:
        raise refuse("Wait time tracing not yet implemented")
    if isinstance(asked["entity_id"], dict):
        raise refuse("Invalid entity_id. Must be a number")
    traced = TRACES[asked["type"]](
        entity_id=asked["entity_id"], period=asked["period"], displayed=displayed, now=now
    )
    return {**traced, "success": True}


@endpoint("GET", parameters=Issues, answer=audit_answers.Issues)
def issues(asked: Issues, now: datetime) -> Payload:
    """Doubtful data reported by the collector (docs/contract/audit.md 7)."""
    try:
        found = data_quality.issues(
            now=now, hours=asked.hours, source=asked.source, unresolved=asked.unresolved
        )
    except OverflowError:
        raise refuse("Invalid hours. Must lead to a date of the calendar") from None
    return {"success": True, "issues": found, "total_issues": len(found)}


@endpoint("GET", parameters=IssueSummary, answer=audit_answers.IssueSummary)
def issue_summary(asked: IssueSummary, now: datetime) -> Payload:
    """Stale data by entity (docs/contract/audit.md 8)."""
    try:
        found = data_quality.summary(now=now, days=asked.days, source=asked.source)
    except OverflowError:
        raise refuse("Invalid days. Must lead to a date of the calendar") from None
    return {
        "success": True,
        "data_source": asked.source,
        "days": asked.days,
        "entities_with_issues": len(found),
        "summary": found,
    }


def _day(asked: date | None, now: datetime) -> date:
    return asked or clock.pacific_date(now) - timedelta(days=1)


def _ids(found: Sequence[anomalies.Anomaly], kind: str) -> list[int]:
    return sorted({one["entity_id"] for one in found if one["entity_type"] == kind})


def _number(sent: Any) -> float:
    """A displayed value: a number, numeric text or a boolean."""
    try:
        return float(sent)
    except (TypeError, ValueError, OverflowError):
        raise refuse("Invalid displayed_value. Must be a number") from None
