"""The two ride rankings: GET /api/rides/downtime, GET /api/rides/waittimes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from parkstats_project.base import clock
from stats.api.shapes import answers
from stats.api.wire import params
from stats.api.wire.attribution import ATTRIBUTION
from stats.api.wire.endpoint import Payload, endpoint
from stats.api.wire.held import Held
from stats.frames import current
from stats.frames.current import Aspect
from stats.questions.rides import downtime, waits


@dataclass(frozen=True, kw_only=True)
class RideDowntime(params.Parameters):
    """docs/contract/rides.md 1."""

    limit: int = params.limit(100, at_most=200)
    period: str = params.one_of("period", clock.PERIODS, default="live")
    filter: str = params.park_filter()
    sort_by: str = params.one_of("sort_by", downtime.RIDE_SORTS, default="downtime_hours")


@dataclass(frozen=True, kw_only=True)
class RideWaits(params.Parameters):
    """docs/contract/rides.md 2: only `mode` selects; `period` is its default and is shown."""

    limit: int = params.limit(100, at_most=200)
    period: str = params.one_of("period", clock.PERIODS, default="live")
    mode: str = params.one_of("mode", waits.RIDE_MODES, default=params.SameAs("period"))
    filter: str = params.park_filter()


def _by_period(asked: RideDowntime) -> Aspect | None:
    # The live table is read every time; other stored rows stand beside the state of now.
    if asked.period == "live":
        return None
    return current.dates if asked.period in ("last_week", "last_month") else current.moment


def _by_mode(asked: RideWaits) -> Aspect:
    return current.dates if asked.mode in ("yesterday", "last_week", "last_month") else current.moment


@endpoint("GET", parameters=RideDowntime, answer=answers.RideDowntime, kept=True, held=Held(_by_period))
def by_downtime(asked: RideDowntime, now: datetime) -> Payload:
    """Rides by the downtime of a period."""
    return {
        "success": True,
        "period": asked.period,
        "filter": asked.filter,
        "attribution": ATTRIBUTION,
        "data": downtime.ranked_rides(
            period=asked.period, now=now, among=asked.filter, sort_by=asked.sort_by, limit=asked.limit
        ),
    }


@endpoint("GET", parameters=RideWaits, answer=answers.RideWaits, kept=True, held=Held(_by_mode))
def by_wait(asked: RideWaits, now: datetime) -> Payload:
    """Rides by the average wait of a period, or by a figure of the running week."""
    return {
        "success": True,
        "period": asked.period,
        "mode": asked.mode,
        "filter": asked.filter,
        "attribution": ATTRIBUTION,
        "data": waits.ranked_rides(mode=asked.mode, now=now, among=asked.filter, limit=asked.limit),
    }
