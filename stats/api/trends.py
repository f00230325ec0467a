"""Improving and declining parks and rides: GET /api/trends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from parkstats_project.base import clock
from stats.api.shapes import chart_answers
from stats.api.wire import held, params
from stats.api.wire.attribution import ATTRIBUTION_TEXT
from stats.api.wire.endpoint import Payload, endpoint
from stats.api.wire.held import Held
from stats.questions.trends import changes


@dataclass(frozen=True, kw_only=True)
class Trends(params.Parameters):
    """docs/contract/trends.md 1."""

    limit: int = params.trend_limit()
    period: str = params.one_of("period", changes.PERIODS, default="last_week")
    category: str = params.one_of("category", changes.CATEGORIES, required=True)
    filter: str = params.trend_filter()


@endpoint(
    "GET",
    parameters=Trends,
    answer=chart_answers.ParkTrends | chart_answers.RideTrends,
    held=Held(held.by_dates, stamp=clock.iso_z),
)
def trends(asked: Trends, now: datetime) -> Payload:
    """Parks or rides with less or more downtime than the week before (docs/contract/trends.md)."""
    rows = changes.ranked(category=asked.category, among=asked.filter, limit=asked.limit, now=now)
    return {
        "success": True,
        "period": asked.period,
        "category": asked.category,
        "filter": asked.filter,
        "comparison": changes.comparison(period=asked.period, now=now),
        asked.category.partition("-")[0]: rows,
        "count": len(rows),
        "attribution": ATTRIBUTION_TEXT,
        "timestamp": clock.iso_z(now),
    }
