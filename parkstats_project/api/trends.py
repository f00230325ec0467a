"""Improving and declining parks and rides: GET /api/trends."""

from __future__ import annotations

from dataclasses import dataclass

from rest_framework.request import Request

from parkstats_project.api import params
from parkstats_project.api.attribution import ATTRIBUTION_TEXT
from parkstats_project.api.endpoint import Payload, endpoint
from stats import periods
from stats import trends as stats_trends


@dataclass(frozen=True, kw_only=True)
class Trends(params.Parameters):
    """contract/trends.md, parameters."""

    limit: int = params.trend_limit()
    period: str = params.one_of("period", stats_trends.PERIODS, default="last_week")
    category: str = params.one_of("category", stats_trends.CATEGORIES, required=True)
    filter: str = params.trend_filter()


@endpoint("GET", parameters=Trends)
def trends(request: Request) -> Payload:
    """Parks or rides with less or more downtime than the week before (contract/trends.md)."""
    asked = Trends.read(request)
    now = periods.now()
    rows = stats_trends.ranked(category=asked.category, among=asked.filter, limit=asked.limit, now=now)
    return {
        "success": True,
        "period": asked.period,
        "category": asked.category,
        "filter": asked.filter,
        "comparison": stats_trends.comparison(period=asked.period, now=now),
        asked.category.partition("-")[0]: rows,
        "count": len(rows),
        "attribution": ATTRIBUTION_TEXT,
        "timestamp": periods.iso_z(now),
    }
