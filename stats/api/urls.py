"""The API's routes, one line each. Ids are any decimal digits (docs/contract/README.md 7)."""

from __future__ import annotations

from django.urls import path, register_converter

from stats.api import (
    analytics,
    audit,
    awards,
    charts,
    details,
    health,
    live,
    parks,
    rides,
    rides_of_park,
    search,
    status,
    trends,
)
from stats.api.openapi import description


class IdConverter:
    """Digits of any script; what Python does not convert (beyond 4300 digits) is an unknown URL."""

    regex = r"\d+"

    def to_python(self, value: str) -> int:
        """The number, leading zeros dropped."""
        return int(value)

    def to_url(self, value: int) -> str:
        """Its text."""
        return str(value)


register_converter(IdConverter, "id")

urlpatterns = [
    path("", health.root),
    path("api/schema", description.SchemaView.as_view(), name="api-schema"),
    path("api/docs", description.PageView.as_view()),
    path("api/health", health.health),
    path("api/search/index", search.index),
    path("api/parks/downtime", parks.by_downtime),
    path("api/parks/waittimes", parks.by_wait),
    path("api/rides/downtime", rides.by_downtime),
    path("api/rides/waittimes", rides.by_wait),
    path("api/parks/<id:park_id>/rides", rides_of_park.rides),
    path("api/parks/<id:park_id>/details", details.park),
    path("api/rides/<id:ride_id>/details", details.ride),
    path("api/trends", trends.trends),
    path("api/trends/longest-wait-times", awards.longest_wait_times),
    path("api/trends/least-reliable", awards.least_reliable),
    path("api/live/status-summary", live.status_summary),
    path("api/parks/<id:park_id>/rides/charts", charts.rides_of_park),
    path("api/trends/chart-data", charts.chart_data),
    path("api/trends/heatmap-data", charts.heatmap_data),
    path("api/audit/status", audit.status),
    path("api/audit/anomalies", audit.anomalies_of_day),
    path("api/audit/flagged-entities", audit.flagged_entities),
    path("api/audit/run", audit.run),
    path("api/audit/verify", audit.verify),
    path("api/audit/data-quality", audit.issues),
    path("api/audit/data-quality/summary", audit.issue_summary),
    path("status", status.page),
    path("status/parks/<id:park_id>.svg", status.badge),
    path("status/parks/<id:park_id>.atom", status.park_feed),
    path("status/rides/<id:ride_id>.atom", status.ride_feed),
    path("api/analytics/buckets", analytics.of_rides_or_parks),
]
