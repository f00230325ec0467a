"""`/` and `/api/health` (docs/contract/search-and-health.md 1 and 2)."""

from __future__ import annotations

from datetime import datetime

from stats.api.shapes import answers
from stats.api.wire.endpoint import Payload, endpoint
from stats.api.wire.renderer import WireError
from stats.questions import health as stats_health

API_VERSION = "1.0.0"


@endpoint("GET", answer=answers.Root)
def root(asked: None, now: datetime) -> Payload:
    """The name of the service and the beginnings of its URLs."""
    return {
        "endpoints": {
            name: f"/api/{name}" for name in ("audit", "health", "parks", "rides", "search", "trends")
        },
        "name": "Theme Park Downtime Tracker API",
        "status": "running",
        "version": API_VERSION,
    }


@endpoint("GET", answer=answers.Health, errors={503: answers.Health})
def health(asked: None, now: datetime) -> Payload:
    """200, healthy or degraded; 503 when the database does not answer."""
    checks, answered = stats_health.checks(now=now)
    status = stats_health.overall(checks) if answered else "unhealthy"
    payload = {
        "api_version": API_VERSION,
        "checks": checks,
        "status": status,
        "timestamp": stats_health.iso(now),
    }
    if not answered:
        raise WireError(503, payload)
    return payload
