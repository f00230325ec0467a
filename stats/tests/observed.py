"""A small world for tests: parks, rides, and what a collection saw of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from model_bakery import baker

from parks.models import Park, ParkActivitySnapshot, ParkSchedule
from rides.models import Ride, RideClassification, RideStatusSnapshot

# A Saturday, 14:35 Pacific.
NOW = datetime(2025, 12, 20, 22, 35, tzinfo=UTC)

# (status, running, wait) of a ride snapshot.
RUNNING = ("OPERATING", True, 20)
DOWN = ("DOWN", False, None)
CLOSED = ("CLOSED", False, None)
SILENT_RUNNING = (None, True, 30)
SILENT_STANDING = (None, False, None)

_numbers = count(1)


def at(hour: int, minute: int = 0, second: int = 0, *, day: int = 20) -> datetime:
    """A UTC moment of December 2025."""
    return datetime(2025, 12, day, hour, minute, second, tzinfo=UTC)


def a_park(**fields: Any) -> Park:
    """An active park outside Disney and Universal, in Tampa."""
    number = next(_numbers)
    given: dict[str, Any] = {
        "name": f"Park {number}",
        "queue_times_id": number,
        "city": "Tampa",
        "state_province": "Florida",
        "country": "US",
        "timezone": "America/New_York",
        "is_disney": False,
        "is_universal": False,
        "is_active": True,
    }
    park: Park = baker.make(Park, **(given | fields))
    return park


def a_ride(park: Park, *, tier: int | None = None, **fields: Any) -> Ride:
    """An active attraction that ran an hour ago; with a tier it has the usual weight."""
    number = next(_numbers)
    given: dict[str, Any] = {
        "name": f"Ride {number}",
        "queue_times_id": number,
        "category": "ATTRACTION",
        "entity_type": "ATTRACTION",
        "is_active": True,
        "last_operated_at": NOW - timedelta(hours=1),
    }
    ride: Ride = baker.make(Ride, park=park, **(given | fields))
    if tier is not None:
        baker.make(
            RideClassification,
            ride=ride,
            tier=tier,
            tier_weight=4 - tier,
            category="ATTRACTION",
            classification_method="manual_override",
        )
    return ride


def saw_park(park: Park, moment: datetime, *, appears_open: bool = True, **fields: Any) -> None:
    """A park snapshot."""
    given: dict[str, Any] = {
        "rides_open": 1,
        "rides_closed": 0,
        "total_rides_tracked": 1,
        "shame_score": None,
    }
    baker.make(
        ParkActivitySnapshot,
        park=park,
        recorded_at=moment,
        park_appears_open=appears_open,
        **(given | fields),
    )


def saw(
    park: Park,
    moment: datetime,
    rides: Mapping[Ride, tuple[str | None, bool, int | None]],
    *,
    appears_open: bool = True,
    **fields: Any,
) -> None:
    """One collection: the park and its rides at the same second."""
    saw_park(park, moment, appears_open=appears_open, **fields)
    for ride, seen in rides.items():
        saw_ride(ride, moment, seen)


def saw_ride(ride: Ride, moment: datetime, seen: tuple[str | None, bool, int | None]) -> None:
    """A ride snapshot."""
    status, running, wait = seen
    baker.make(
        RideStatusSnapshot,
        ride=ride,
        recorded_at=moment,
        status=status,
        computed_is_open=running,
        is_open=running,
        wait_time=wait,
    )


def announced(park: Park, day: date, opening: datetime, closing: datetime, kind: str = "OPERATING") -> None:
    """A row of the park's schedule."""
    baker.make(
        ParkSchedule,
        park=park,
        schedule_date=day,
        opening_time=opening,
        closing_time=closing,
        schedule_type=kind,
    )


def raw_rows_since(moment: datetime) -> None:
    """An old observation of a park nobody asks about, so that every later hour is read from raw rows."""
    park = a_park(is_active=False)
    saw(park, moment, {a_ride(park, is_active=False): RUNNING})
