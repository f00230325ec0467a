"""A small world for tests: parks, rides, what collections saw of them, and what is stored of their days.

`NOW` is a Saturday afternoon in California: today is 20 December 2025, last week 7 to 13 December, last month
November; the Pacific day began at 08:00 UTC.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from model_bakery import baker

from parks.models import Park, ParkActivitySnapshot, ParkSchedule
from parkstats_project.base.clock import pacific_day
from rides.models import Ride, RideClassification, RideStatusChange, RideStatusSnapshot
from stats.models import ParkDailyStats, RideDailyStats

NOW = datetime(2025, 12, 20, 22, 35, tzinfo=UTC)
TODAY = date(2025, 12, 20)
YESTERDAY = date(2025, 12, 19)
EVERY = timedelta(minutes=10)

# What one ride was seen doing: its status (None: the source has none), running, wait.
Seen = tuple[str | None, bool, int | None]
RUNNING: Seen = ("OPERATING", True, 20)
DOWN: Seen = ("DOWN", False, None)
CLOSED: Seen = ("CLOSED", False, None)
SILENT_RUNNING: Seen = (None, True, 30)
SILENT_STANDING: Seen = (None, False, None)

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
        "created_at": datetime(2024, 1, 1, tzinfo=UTC),
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
    given: dict[str, Any] = {"rides_open": 1, "rides_closed": 0, "total_rides_tracked": 1}
    ParkActivitySnapshot.objects.create(
        park=park, recorded_at=moment, park_appears_open=appears_open, **(given | fields)
    )


def saw(
    park: Park,
    moment: datetime,
    rides: Mapping[Ride, Seen],
    *,
    appears_open: bool = True,
    **fields: Any,
) -> None:
    """One collection: the park and its rides at the same second."""
    running = sum(seen[1] for seen in rides.values())
    counted = {
        "rides_open": running,
        "rides_closed": len(rides) - running,
        "total_rides_tracked": len(rides),
    }
    saw_park(park, moment, appears_open=appears_open, **(counted | fields))
    RideStatusSnapshot.objects.bulk_create(_snapshot(ride, moment, seen) for ride, seen in rides.items())


def saw_hour(park: Park, start: datetime, *states: Mapping[Ride, Seen], appears_open: bool = True) -> None:
    """Collections every ten minutes from `start`, one for each of the `states`."""
    for number, seen in enumerate(states):
        saw(park, start + number * EVERY, seen, appears_open=appears_open)


def saw_ride(ride: Ride, moment: datetime, seen: Seen) -> None:
    """A ride snapshot."""
    _snapshot(ride, moment, seen).save()


def _snapshot(ride: Ride, moment: datetime, seen: Seen) -> RideStatusSnapshot:
    status, running, wait = seen
    return RideStatusSnapshot(
        ride=ride,
        recorded_at=moment,
        status=status,
        computed_is_open=running,
        is_open=running,
        wait_time=wait,
    )


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


def two_parks(*, rides: int = 3) -> list[Ride]:
    """Rides of two new parks, classified in turn."""
    parks = [a_park(is_disney=True), a_park()]
    return [a_ride(park, tier=1 + number % 3) for park in parks for number in range(rides)]


def mixed(ride: Ride, number: int) -> Seen:
    """Something of everything: runs, goes down now and then, waits."""
    if (number + ride.pk) % 7 == 0:
        return DOWN
    status, running, _ = RUNNING
    return status, running, (5 * number + ride.pk) % 60


def moments(day: date) -> list[datetime]:
    """When collections begin on a Pacific day, four seconds past every ten minutes."""
    start, end = pacific_day(day)
    count = int((end - start) / EVERY)
    return [start + number * EVERY + timedelta(seconds=4) for number in range(count)]


def observe(
    day: date,
    rides: Iterable[Ride],
    seen: Callable[[Ride, int], Seen | None] = mixed,
    *,
    at: Sequence[datetime] | None = None,
    appears_open: bool = True,
) -> None:
    """A day of collections; each park a second after the last one, its rides at its time.

    `seen` tells a ride's state in the n-th collection; None: not seen.
    """
    by_park: dict[int, list[Ride]] = {}
    for ride in rides:
        by_park.setdefault(ride.park_id, []).append(ride)
    park_rows, ride_rows, changes = [], [], []
    for number, moment in enumerate(moments(day) if at is None else at):
        for later, (park_id, members) in enumerate(sorted(by_park.items())):
            recorded = moment + timedelta(seconds=later)
            park_rows.append(
                ParkActivitySnapshot(
                    park_id=park_id,
                    recorded_at=recorded,
                    total_rides_tracked=len(members),
                    rides_open=len(members),
                    rides_closed=0,
                    park_appears_open=appears_open,
                )
            )
            for ride in members:
                if (state := seen(ride, number)) is None:
                    continue
                status, running, wait = state
                ride_rows.append(
                    RideStatusSnapshot(
                        ride=ride,
                        recorded_at=recorded,
                        status=status,
                        computed_is_open=running,
                        is_open=running,
                        wait_time=wait,
                    )
                )
                if number and not running:
                    changes.append(
                        RideStatusChange(
                            ride=ride,
                            changed_at=recorded,
                            previous_status=True,
                            new_status=False,
                            duration_in_previous_status=10,
                        )
                    )
    ParkActivitySnapshot.objects.bulk_create(park_rows)
    RideStatusSnapshot.objects.bulk_create(ride_rows)
    RideStatusChange.objects.bulk_create(changes)


def an_earlier_row(day: date, ride: Ride) -> None:
    """A collection of the day before, so that the day is known not to be pruned."""
    observe(day - timedelta(days=1), [ride], at=moments(day - timedelta(days=1))[-1:])
