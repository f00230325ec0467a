"""The rides that make a park's score, and those that are left out (docs/contract/parks.md 3)."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

import polars as pl

from parkstats_project.base import clock
from rides.status import TEXTS
from stats import rules
from stats.frames import current, roster

UNCLASSIFIED = "Tier 2"


class ActiveRide(TypedDict):
    """A ride that ran within the last 7 days."""

    ride_id: int
    ride_name: str
    land_area: str | None
    tier: str
    tier_weight: int
    last_operated_at: datetime
    current_status: str | None


class ExcludedRide(TypedDict):
    """A ride that did not; `days_since_operation` counts calendar dates of UTC, None if it never ran."""

    ride_id: int
    ride_name: str
    land_area: str | None
    tier: str
    tier_weight: int
    last_operated_at: datetime | None
    days_since_operation: int | None


class RideLists(TypedDict):
    """Both lists of a park."""

    active: list[ActiveRide]
    excluded: list[ExcludedRide]


class ParkRides(TypedDict):
    """The answer without its envelope; weights are sums of tier weights."""

    park_id: int
    park_name: str
    rides: RideLists
    effective_park_weight: int
    total_roster_weight: int


def of_park(park_id: int, *, now: datetime) -> ParkRides | None:
    """Active attractions of a park, active or not itself; None if there is no such park."""
    everybody = roster.current()
    name = dict(everybody.parks.select("park_id", "name").iter_rows()).get(park_id)
    if name is None:
        return None
    in_roster = rules.in_roster(now_s=clock.epoch(now)).fill_null(False)
    rides = everybody.rides.filter(pl.col("park_id") == park_id, "is_active", "is_attraction").with_columns(
        counts=in_roster
    )
    active = _active(rides.filter("counts"), now=now)
    excluded = _excluded(rides.filter(~pl.col("counts")), now=now)
    effective = sum(ride["tier_weight"] for ride in active)
    return ParkRides(
        park_id=park_id,
        park_name=name,
        rides=RideLists(active=active, excluded=excluded),
        effective_park_weight=effective,
        total_roster_weight=effective + sum(ride["tier_weight"] for ride in excluded),
    )


def _active(rides: pl.DataFrame, *, now: datetime) -> list[ActiveRide]:
    newest = current.newest_of_rides(rides["ride_id"].to_list(), now=now)
    status = dict(newest.select("ride_id", "status").iter_rows())
    in_order = rides.sort(
        pl.col("tier").is_null(), pl.col("weight"), "by_name", descending=[False, True, False]
    )
    return [
        ActiveRide(
            ride_id=ride["ride_id"],
            ride_name=ride["name"],
            land_area=ride["land_area"],
            tier=_tier(ride["tier"]),
            tier_weight=ride["weight"],
            last_operated_at=clock.from_epoch(ride["last_operated"]),
            current_status=TEXTS.get(status.get(ride["ride_id"], 0)),
        )
        for ride in in_order.iter_rows(named=True)
    ]


def _excluded(rides: pl.DataFrame, *, now: datetime) -> list[ExcludedRide]:
    today = clock.server_date(now)
    listed = []
    for ride in rides.sort("by_name").iter_rows(named=True):
        last = None if ride["last_operated"] is None else clock.from_epoch(ride["last_operated"])
        listed.append(
            ExcludedRide(
                ride_id=ride["ride_id"],
                ride_name=ride["name"],
                land_area=ride["land_area"],
                tier=_tier(ride["tier"]),
                tier_weight=ride["weight"],
                last_operated_at=last,
                days_since_operation=None if last is None else (today - last.date()).days,
            )
        )
    # Longest out of operation first, never operated last; the sort keeps the names' order within a day.
    return sorted(listed, key=lambda ride: _absence(ride["days_since_operation"]), reverse=True)


def _absence(days: int | None) -> float:
    return float("-inf") if days is None else days


def _tier(tier: int | None) -> str:
    return UNCLASSIFIED if tier is None else str(tier)
