"""Which rides cost a park its score now; past periods are in `blame` (docs/contract/parks.md 4.3 to 4.6)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, TypedDict, cast

import polars as pl

from parkstats_project.base import clock
from stats import rules
from stats.models import ParkLiveRanking, RideLiveRanking
from stats.questions.parks import blame

TierWeights = dict[int, int]


class RideDownNow(TypedDict):
    """A ride that is down at this moment."""

    ride_id: int
    ride_name: str
    status: str | None
    tier: int
    tier_weight: float


class RideLeftOut(TypedDict):
    """A ride that did not run for a week and does not count."""

    ride_id: int
    ride_name: str
    tier: int
    tier_weight: float
    last_operated_at: datetime | None
    exclusion_reason: str


class LiveBreakdown(TypedDict):
    """The score of the live table and the rides that are down."""

    breakdown_type: Literal["live"]
    park_is_open: bool
    rides_down: list[RideDownNow]
    rides_excluded: list[RideLeftOut]
    shame_score: float
    tier_weights: TierWeights
    total_excluded_weight: float
    total_park_weight: float
    total_weighted_down: float


class RideWithDowntime(TypedDict):
    """A ride and the hours it was down, also times its weight."""

    ride_id: int
    ride_name: str
    tier: int
    tier_weight: float
    downtime_hours: float
    weighted_downtime_hours: float
    weighted_contribution: float


class RideOfToday(RideWithDowntime):
    """The same with its state now."""

    current_status: str | None
    is_currently_down: bool


class RideOfDates(RideWithDowntime):
    """The same with the number of days it was down."""

    days_with_downtime: int


class Blame(TypedDict):
    """What all breakdowns of a past period have."""

    explanation: str
    rides_affected_count: int
    shame_score: float
    tier_weights: TierWeights
    total_downtime_hours: float
    total_park_weight: float
    weighted_downtime_hours: float


class TodayBreakdown(Blame):
    """Over the hours of today."""

    breakdown_type: Literal["today"]
    park_is_open: bool
    rides_with_downtime: list[RideOfToday]


class YesterdayBreakdown(Blame):
    """Over the observations of yesterday."""

    breakdown_type: Literal["yesterday"]
    period_label: str
    rides_with_downtime: list[RideWithDowntime]


class DatesBreakdown(Blame):
    """Over the daily rows of a calendar week or month."""

    breakdown_type: Literal["last_week", "last_month"]
    days_in_period: int
    period_label: str
    rides_with_downtime: list[RideOfDates]


Breakdown = LiveBreakdown | TodayBreakdown | YesterdayBreakdown | DatesBreakdown


def of_period(
    park_id: int, period: str, *, rides: pl.DataFrame, newest: pl.DataFrame, now: datetime
) -> Breakdown:
    """The breakdown of a park in one of the periods of its details.

    `rides` are its active attractions (rows of the roster), `newest` their newest observations of all time
    (`current.newest_of_rides`).
    """
    return cast(Breakdown, _of_period(park_id, period, rides, newest, now))


def _of_period(
    park_id: int, period: str, rides: pl.DataFrame, newest: pl.DataFrame, now: datetime
) -> dict[str, Any]:
    if period == "live":
        return _live(park_id, rides, now)
    if period == "today":
        return blame.today(park_id, rides, newest, now)
    if period == "yesterday":
        return blame.yesterday(park_id, rides, now)
    return blame.dates(period, rides, now)


def _live(park_id: int, rides: pl.DataFrame, now: datetime) -> dict[str, Any]:
    park = ParkLiveRanking.objects.filter(park=park_id).first()
    down = [] if park is None else _down_now(park_id)
    excluded = [] if park is None else _excluded(rides, now)
    return {
        "breakdown_type": "live",
        "park_is_open": bool(park and park.park_is_open),
        "rides_down": down,
        "rides_excluded": excluded,
        "shame_score": float(park.shame_score or 0) if park else 0.0,
        "tier_weights": rules.TIER_WEIGHTS,
        # Python's sum of nothing is an integer, and so is a missing weight.
        "total_excluded_weight": sum(ride["tier_weight"] for ride in excluded),
        "total_park_weight": float(park.total_park_weight) if park and park.total_park_weight else 0,
        "total_weighted_down": sum(ride["tier_weight"] for ride in down),
    }


def _down_now(park_id: int) -> list[dict[str, Any]]:
    rows = RideLiveRanking.objects.filter(park=park_id, is_down=True).order_by("tier", "ride_name", "ride")
    return [
        {
            "ride_id": ride_id,
            "ride_name": name,
            "status": status,
            "tier": tier,
            "tier_weight": float(weight or 0),
        }
        for ride_id, name, status, tier, weight in rows.values_list(
            "ride_id", "ride_name", "current_status", "tier", "tier_weight"
        )
    ]


def _excluded(rides: pl.DataFrame, now: datetime) -> list[dict[str, Any]]:
    """Rides that did not run for a week."""
    listed = []
    idle = rides.filter(~rules.in_roster(now_s=clock.epoch(now)))
    for ride in idle.sort("tier", "by_name", nulls_last=False).iter_rows(named=True):
        last = ride["last_operated"]
        # Full days of 24 hours, unlike the calendar days of the list of rides (docs/contract/parks.md 4.3).
        days = None if last is None else (clock.epoch(now) - last) // clock.DAY
        listed.append(
            {
                "ride_id": ride["ride_id"],
                "ride_name": ride["name"],
                "tier": rules.UNCLASSIFIED_SHOWN_TIER if ride["tier"] is None else ride["tier"],
                "tier_weight": float(ride["weight"]),
                "last_operated_at": None if last is None else clock.from_epoch(last),
                "exclusion_reason": ("Never operated" if days is None else f"Last operated {days} days ago"),
            }
        )
    return listed
