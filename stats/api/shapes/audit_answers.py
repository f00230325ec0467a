"""The shapes of answers and bodies under /api/audit."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

from stats.api.shapes.answers import Success
from stats.questions.audit import anomalies, data_quality, status, verify


class Audit(status.Audit):
    """The checks of a date."""

    success: Success


class Anomalies(TypedDict):
    """The anomalies of a date."""

    success: Success
    target_date: str
    anomalies: list[anomalies.Anomaly]
    total_anomalies: int
    critical_count: int
    warning_count: int


class Flagged(TypedDict):
    """Ids of those with anomalies."""

    success: Success
    target_date: str
    flagged_parks: list[int]
    flagged_rides: list[int]
    methodology_url: str


class AuditRun(status.Audit):
    """Checks and anomalies."""

    success: Success
    anomalies: list[anomalies.Anomaly]
    anomalies_detected: int


class Verified(verify.Trace):
    """A figure and how it came about."""

    success: Success


class Issues(TypedDict):
    """Doubtful data."""

    success: Success
    issues: list[data_quality.Issue]
    total_issues: int


class IssueSummary(TypedDict):
    """Stale data by entity."""

    success: Success
    data_source: str
    days: int
    entities_with_issues: int
    summary: list[data_quality.EntitySummary]


class RunBody(TypedDict):
    """What to run; without a date, yesterday."""

    date: NotRequired[str | None]


class VerifyBody(TypedDict):
    """A figure as it was displayed."""

    type: Literal["park_shame_score", "ride_downtime", "wait_time"]
    entity_id: Any
    period: Literal["today", "7days", "30days"]
    displayed_value: float
