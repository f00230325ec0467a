"""The two park rankings: GET /api/parks/downtime, GET /api/parks/waittimes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from parkstats_project.base import clock
from stats.api.shapes import answers
from stats.api.wire import held, params
from stats.api.wire.attribution import ATTRIBUTION
from stats.api.wire.endpoint import Payload, endpoint
from stats.api.wire.held import Held
from stats.questions.parks import downtime, totals, waits


@dataclass(frozen=True, kw_only=True)
class ParkDowntime(params.Parameters):
    """docs/contract/parks.md 1."""

    limit: int = params.limit(50, at_most=100)
    period: str = params.one_of("period", clock.PERIODS, default="live")
    filter: str = params.park_filter()
    sort_by: str = params.one_of("sort_by", downtime.PARK_SORTS, default="shame_score")
    weighted: bool = params.flag(False)


@dataclass(frozen=True, kw_only=True)
class ParkWaits(params.Parameters):
    """docs/contract/parks.md 2."""

    limit: int = params.limit(50, at_most=100)
    period: str = params.one_of(
        "period",
        waits.PARK_PERIODS,
        default="live",
        error="Invalid period. Must be 'live', 'today', 'yesterday', 'last_week', or 'last_month'",
    )
    filter: str = params.park_filter()


@endpoint("GET", parameters=ParkDowntime, answer=answers.ParkDowntime, kept=True, held=Held(held.by_moment))
def by_downtime(asked: ParkDowntime, now: datetime) -> Payload:
    """Parks by score or downtime of a period, with figures over all of them."""
    return {
        "success": True,
        "period": asked.period,
        "filter": asked.filter,
        "sort_by": asked.sort_by,
        "weighted": asked.weighted,
        "attribution": ATTRIBUTION,
        "aggregate_stats": totals.park_totals(period=asked.period, now=now, among=asked.filter),
        "data": downtime.ranked_parks(
            period=asked.period,
            now=now,
            among=asked.filter,
            sort_by=asked.sort_by,
            weighted=asked.weighted,
            limit=asked.limit,
        ),
    }


@endpoint("GET", parameters=ParkWaits, answer=answers.ParkWaits, kept=True, held=Held(held.by_period))
def by_wait(asked: ParkWaits, now: datetime) -> Payload:
    """Parks by the average wait of a period."""
    return {
        "success": True,
        "period": asked.period,
        "filter": asked.filter,
        "attribution": ATTRIBUTION,
        "data": waits.ranked_parks(period=asked.period, now=now, among=asked.filter, limit=asked.limit),
    }
