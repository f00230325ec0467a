"""One park and one ride: GET /api/parks/<id>/details, GET /api/rides/<id>/details."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from stats.api.shapes import answers
from stats.api.wire import params
from stats.api.wire.attribution import ATTRIBUTION
from stats.api.wire.endpoint import Payload, endpoint
from stats.api.wire.held import Held
from stats.api.wire.renderer import not_found
from stats.frames import current
from stats.frames.current import Aspect
from stats.questions.parks import details as park_details
from stats.questions.rides import details as ride_details


@dataclass(frozen=True, kw_only=True)
class ParkPeriod(params.Parameters):
    """docs/contract/parks.md 4."""

    period: str = params.one_of_or_default(park_details.PERIODS, default="live")


@dataclass(frozen=True, kw_only=True)
class RidePeriod(params.Parameters):
    """docs/contract/rides.md 3."""

    period: str = params.one_of(
        "period",
        ride_details.PERIODS,
        default="today",
        error="Invalid period. Must be 'today', 'yesterday', 'last_week', or 'last_month'",
    )


def _by_period(asked: ParkPeriod) -> Aspect | None:
    # Live, by the minute; every other period stands beside the state of now.
    return None if asked.period == "live" else current.moment


@endpoint("GET", parameters=ParkPeriod, answer=answers.ParkDetails, held=Held(_by_period))
def park(asked: ParkPeriod, now: datetime, park_id: int) -> Payload:
    """A park: who it is, its state now, what cost it its score, and a chart (docs/contract/parks.md 4)."""
    found = park_details.of_period(park_id, asked.period, now=now)
    if found is None:
        raise not_found(f"Park {park_id} not found")
    return {"success": True, "period": asked.period, "attribution": ATTRIBUTION, **found}


def _by_kept_day(asked: RidePeriod) -> Aspect | None:
    # Longer periods are read by ride, past the kept hours.
    return {"today": current.moment, "yesterday": current.hours}.get(asked.period)


@endpoint("GET", parameters=RidePeriod, answer=answers.RideDetails, kept=True, held=Held(_by_kept_day))
def ride(asked: RidePeriod, now: datetime, ride_id: int) -> Payload:
    """A ride hour by hour or day by day (docs/contract/rides.md 3)."""
    found = ride_details.of_period(ride_id, asked.period, now=now)
    if found is None:
        raise not_found(f"Ride {ride_id} not found")
    return {"success": True, "period": asked.period, "attribution": ATTRIBUTION, **found}
