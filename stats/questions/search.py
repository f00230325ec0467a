"""What visitors can search for: parks and rides by name (docs/contract/search-and-health.md 3)."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from stats.frames import roster


class ParkEntry(TypedDict):
    """An active park."""

    id: int
    name: str
    location: str
    type: str
    url: str


class RideEntry(TypedDict):
    """An active ride of any category in an active park."""

    id: int
    name: str
    park_id: int
    park_name: str
    type: str
    url: str


class IndexMeta(TypedDict):
    """`last_updated` is the time of computation, not of the data."""

    park_count: int
    ride_count: int
    last_updated: str


class SearchIndex(TypedDict):
    """The answer without `success`."""

    meta: IndexMeta
    parks: list[ParkEntry]
    rides: list[RideEntry]


def index(*, now: datetime) -> SearchIndex:
    """Everything that can be found, by name in the database's own order of texts."""
    who = roster.current()
    found = who.parks.filter("is_active").sort("by_name")
    names = found.select("park_id", park_name="name")
    rides_found = who.rides.filter("is_active").join(names, on="park_id").sort("by_name")
    parks = [
        ParkEntry(
            id=park_id,
            name=name,
            location=", ".join(part for part in (city, state) if part),
            type="park",
            url=f"/park-detail.html?id={park_id}",
        )
        for park_id, name, city, state in found.select("park_id", "name", "city", "state").iter_rows()
    ]
    rides = [
        RideEntry(
            id=ride_id,
            name=name,
            park_id=park_id,
            park_name=park_name,
            type="ride",
            url=f"/ride-detail.html?id={ride_id}",
        )
        for ride_id, name, park_id, park_name in rides_found.select(
            "ride_id", "name", "park_id", "park_name"
        ).iter_rows()
    ]
    return SearchIndex(meta=meta(len(parks), len(rides), now=now), parks=parks, rides=rides)


def meta(park_count: int, ride_count: int, *, now: datetime) -> IndexMeta:
    """The counts and the time of an index, also of an empty one."""
    return IndexMeta(park_count=park_count, ride_count=ride_count, last_updated=now.isoformat())
