"""Beside an old collector: where the rows that would be written differ from those just written."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from parks.models import ParkActivitySnapshot
from rides.models import RideStatusSnapshot
from stats.jobs.collect.rows import ParkRows
from stats.jobs.collect.run import Outcome, look

JUST_WRITTEN: Final = timedelta(minutes=10)
PARK_COLUMNS: Final = (
    "total_rides_tracked",
    "rides_open",
    "rides_closed",
    "avg_wait_time",
    "max_wait_time",
    "park_appears_open",
    "shame_score",
)
RIDE_COLUMNS: Final = ("status", "is_open", "computed_is_open", "wait_time")


def differences(
    outcome: Outcome, *, parks: Collection[int] | None = None, until: float | None = None
) -> Iterator[str]:
    """One line for each value that differs, and for each row that only one of the two has.

    `outcome` is that of `look`: parks that gave no answer are compared with nothing.

    A difference of minutes between the two is a difference of what the source said: compare soon after a
    collection of the other one.
    """
    for rows in look(outcome, parks=parks, until=until):
        yield from _of_park(rows)


def _of_park(rows: ParkRows) -> Iterator[str]:
    sighting, name = rows.sighting, f"park {rows.park.park_id} ({rows.park.name})"
    recent = {"recorded_at__gt": sighting.at - JUST_WRITTEN, "recorded_at__lte": sighting.at}
    stored = ParkActivitySnapshot.objects.filter(park_id=rows.park.park_id, **recent)
    newest = stored.order_by("-recorded_at").values("recorded_at", *PARK_COLUMNS).first()
    if newest is None:
        yield f"{name}: no row of the last {JUST_WRITTEN.seconds // 60} minutes"
        return
    ours = (
        sighting.tracked,
        sighting.rides_open,
        sighting.rides_closed,
        sighting.average_wait,
        sighting.longest_wait,
        rows.appears_open,
        rows.shame,
    )
    yield from _unequal(name, PARK_COLUMNS, ours, newest)
    theirs = {
        row["ride_id"]: row
        for row in RideStatusSnapshot.objects.filter(
            ride__park_id=rows.park.park_id, recorded_at=newest["recorded_at"]
        ).values("ride_id", *RIDE_COLUMNS)
    }
    for row in rows.rides:
        item, about = row.item, f"ride {row.ride.ride_id} ({row.item.name[:60]})"
        if (other := theirs.pop(row.ride.ride_id, None)) is None:
            yield f"{about}: only here"
        else:
            yield from _unequal(
                about, RIDE_COLUMNS, (item.status, item.is_open, item.running, item.stored_wait), other
            )
    yield from (f"ride {ride_id}: only there" for ride_id in sorted(theirs))


def _unequal(
    about: str, columns: Collection[str], ours: Collection[Any], theirs: dict[str, Any]
) -> Iterator[str]:
    for column, value in zip(columns, ours, strict=True):
        other = theirs[column]
        if _plain(value) != _plain(other):
            yield f"{about}: {column} {value} here, {other} there"


def _plain(value: Any) -> Any:
    return value.normalize() if isinstance(value, Decimal) else value
