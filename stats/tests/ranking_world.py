"""A small world for the tests of the rankings: parks, rides, collections and stored rows.

`NOW` is a Saturday afternoon in California: today is 20 December 2025, last week 7 to 13 December, last
month November; the Pacific day began at 08:00 UTC.
"""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from model_bakery import baker

from parks.models import Park, ParkActivitySnapshot
from rides.models import Ride, RideClassification, RideStatusSnapshot
from stats.models import ParkDailyStats, RideDailyStats

NOW = datetime(2025, 12, 20, 22, 35, tzinfo=UTC)
TODAY = date(2025, 12, 20)
YESTERDAY = date(2025, 12, 19)

_numbers = itertools.count(1000)

# What one ride was seen doing: its status (None: the source has none), wait, running.
Seen = tuple[str | None, int | None, bool]
RUNS: Seen = ("OPERATING", 10, True)
DOWN: Seen = ("DOWN", None, False)
CLOSED: Seen = ("CLOSED", None, False)


def at(hour: int, minute: int = 0, *, day: int = 20) -> datetime:
    """A moment of December 2025, UTC."""
    return datetime(2025, 12, day, hour, minute, tzinfo=UTC)


def make_park(**fields: Any) -> Park:
    """An active park that belongs to nobody."""
    number = next(_numbers)
    given: dict[str, Any] = {
        "name": f"Park {number}",
        "queue_times_id": number,
        "city": "Town",
        "state_province": "TX",
        "country": "US",
        "timezone": "America/Chicago",
        "is_active": True,
        "is_disney": False,
        "is_universal": False,
    }
    park: Park = baker.make(Park, **(given | fields))
    return park


def make_ride(park: Park, *, tier: int | None = None, **fields: Any) -> Ride:
    """An active attraction; with a tier it is classified (tier 1 weighs 3)."""
    number = next(_numbers)
    given: dict[str, Any] = {
        "park": park,
        "name": f"Ride {number}",
        "queue_times_id": number,
        "category": "ATTRACTION",
        "is_active": True,
    }
    ride: Ride = baker.make(Ride, **(given | fields))
    if tier is not None:
        baker.make(
            RideClassification,
            ride=ride,
            tier=tier,
            tier_weight=4 - tier,
            classification_method="manual_override",
        )
    return ride


def collect(park: Park, moment: datetime, seen: dict[Ride, Seen], *, is_open: bool = True) -> None:
    """One collection of a park and some of its rides."""
    running = sum(state[2] for state in seen.values())
    ParkActivitySnapshot.objects.create(
        park=park,
        recorded_at=moment,
        park_appears_open=is_open,
        total_rides_tracked=len(seen),
        rides_open=running,
        rides_closed=len(seen) - running,
    )
    RideStatusSnapshot.objects.bulk_create(
        RideStatusSnapshot(
            ride=ride, recorded_at=moment, status=status, wait_time=wait, computed_is_open=runs
        )
        for ride, (status, wait, runs) in seen.items()
    )


def collect_hour(park: Park, start: datetime, *states: dict[Ride, Seen], is_open: bool = True) -> None:
    """Collections every ten minutes from `start`, one for each of the `states`."""
    for number, seen in enumerate(states):
        collect(park, start + timedelta(minutes=10 * number), seen, is_open=is_open)


def ride_day(ride: Ride, day: date, *, minutes: int, **fields: Any) -> None:
    """A daily row of a ride with some downtime."""
    given: dict[str, Any] = {
        "downtime_minutes": minutes,
        "uptime_minutes": 600 - minutes,
        "uptime_percentage": Decimal("90.00"),
        "operating_hours_minutes": 600,
        "avg_wait_time": None,
        "peak_wait_time": None,
        "status_changes": 0,
    }
    baker.make(RideDailyStats, ride=ride, stat_date=day, **(given | fields))


def park_day(park: Park, day: date, *, hours: str, **fields: Any) -> None:
    """A daily row of a park with some downtime."""
    given: dict[str, Any] = {
        "total_downtime_hours": Decimal(hours),
        "avg_uptime_percentage": Decimal("90.00"),
        "operating_hours_minutes": 600,
        "rides_with_downtime": 1,
        "avg_wait_time": None,
        "peak_wait_time": None,
    }
    baker.make(ParkDailyStats, park=park, stat_date=day, **(given | fields))
