"""The two park rankings: GET /api/parks/downtime, GET /api/parks/waittimes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rest_framework.request import Request

from parkstats_project.api import params, results
from parkstats_project.api.attribution import ATTRIBUTION
from parkstats_project.api.endpoint import Payload, endpoint
from stats import downtime, downtime_totals, periods, waits


@dataclass(frozen=True, kw_only=True)
class ParkDowntime(params.Parameters):
    """contract/parks.md 1."""

    limit: int = params.limit(50, at_most=100)
    period: str = params.one_of("period", downtime.PERIODS, default="live")
    filter: str = params.park_filter()
    sort_by: str = params.one_of("sort_by", downtime.PARK_SORTS, default="shame_score")
    weighted: bool = params.flag(False)


@dataclass(frozen=True, kw_only=True)
class ParkWaits(params.Parameters):
    """contract/parks.md 2."""

    limit: int = params.limit(50, at_most=100)
    period: str = params.one_of(
        "period",
        waits.PARK_PERIODS,
        default="live",
        error="Invalid period. Must be 'live', 'today', 'yesterday', 'last_week', or 'last_month'",
    )
    filter: str = params.park_filter()


@endpoint("GET", parameters=ParkDowntime)
def by_downtime(request: Request) -> Payload:
    """Parks by score or downtime of a period, with figures over all of them."""
    asked = ParkDowntime.read(request)
    return results.answer("parks/downtime", asked, lambda: _by_downtime(asked))


def _by_downtime(asked: ParkDowntime) -> dict[str, Any]:
    now = periods.now()
    return {
        "success": True,
        "period": asked.period,
        "filter": asked.filter,
        "sort_by": asked.sort_by,
        "weighted": asked.weighted,
        "attribution": ATTRIBUTION,
        "aggregate_stats": downtime_totals.park_totals(period=asked.period, now=now, among=asked.filter),
        "data": downtime.parks(
            period=asked.period,
            now=now,
            among=asked.filter,
            sort_by=asked.sort_by,
            weighted=asked.weighted,
            limit=asked.limit,
        ),
    }


@endpoint("GET", parameters=ParkWaits)
def by_wait(request: Request) -> Payload:
    """Parks by the average wait of a period."""
    asked = ParkWaits.read(request)
    return results.answer("parks/waittimes", asked, lambda: _by_wait(asked))


def _by_wait(asked: ParkWaits) -> dict[str, Any]:
    return {
        "success": True,
        "period": asked.period,
        "filter": asked.filter,
        "attribution": ATTRIBUTION,
        "data": waits.parks(period=asked.period, now=periods.now(), among=asked.filter, limit=asked.limit),
    }
