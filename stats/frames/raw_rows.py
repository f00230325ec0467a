"""Raw rows as frames: an hour of everybody, many hours of some, and what tells that an hour has changed.

Nothing is matched or kept here; `stats/frames/observations.py` does that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final, NamedTuple

import polars as pl
from django.db.models import Count, QuerySet

from parks.models import ParkActivitySnapshot
from parkstats_project.base import clock
from parkstats_project.base.clock import HOUR, Window
from parkstats_project.db.expressions import Epoch
from rides.models import RideStatusSnapshot
from stats.frames import archive_format, coverage, read, roster
from stats.frames.raw_tables import CHANGES, PARKS, RIDES

MOST_COLLECTIONS: Final = 12
"""Collections of an hour, at most as a rule: it decides how much is read at once."""

PART_HOURS: Final = 6
"""Hours of everybody that are read at once: half of all rows a server would rather find without an index."""

RIDE_COLUMNS: Final = {
    "snapshot_id": pl.Int64,
    "ride_id": pl.Int32,
    "at": pl.Int64,
    "status": pl.UInt8,
    "wait": pl.Int32,
    "running": pl.Boolean,
}
PARK_COLUMNS: Final = {
    "snapshot_id": pl.Int64,
    "park_id": pl.Int32,
    "at": pl.Int64,
    "total_rides": pl.Int32,
    "rides_open": pl.Int32,
    "rides_closed": pl.Int32,
    "avg_wait": pl.Int64,
    "max_wait": pl.Int32,
    "open": pl.Boolean,
    "shame": pl.Int64,
}
CHANGE_COLUMNS: Final = {
    "change_id": pl.Int64,
    "ride_id": pl.Int32,
    "at": pl.Int64,
    "new_status": pl.Boolean,
    "duration": pl.Int32,
    "since": pl.Int64,
}


class Rows(NamedTuple):
    """Ride and park snapshots with RIDE_COLUMNS and PARK_COLUMNS."""

    rides: pl.DataFrame
    parks: pl.DataFrame


def in_order(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows by (at, snapshot_id)."""
    return frame.sort("at", frame.columns[0])


def _ride_rows(snapshots: QuerySet[RideStatusSnapshot]) -> pl.DataFrame:
    return RIDES.frame(snapshots, RIDE_COLUMNS)


def _park_rows(snapshots: QuerySet[ParkActivitySnapshot]) -> pl.DataFrame:
    return PARKS.frame(snapshots, archive_format.PARKS).rename({"appears_open": "open"})


def parts(hours: Sequence[int]) -> Iterator[Window]:
    """Clock hours, ascending, as windows of neighbouring hours, each with few enough rows for one text."""
    most = min(PART_HOURS, _hours_at_once(roster.current().rides.height))
    first = 0
    for end in range(1, len(hours) + 1):
        if end == len(hours) or hours[end] > hours[end - 1] + HOUR or end - first == most:
            yield clock.window_of_seconds(hours[first], hours[end - 1] + HOUR)
            first = end


def _hours_at_once(rides: int) -> int:
    """So many hours of so many rides have few enough rows for one text (`read.AT_ONCE`)."""
    collections = max(MOST_COLLECTIONS, HOUR // coverage.interval())
    return max(1, read.AT_ONCE // (collections * max(1, rides)))


def within(window: Window) -> Rows:
    """The rows of a window of few hours (`parts`), in no particular order."""
    return Rows(_ride_rows(RIDES.within(window)), _park_rows(PARKS.within(window)))


def hours_with_rows(hours: Sequence[int]) -> set[int]:
    """Those of the clock hours, ascending, in which anything was collected."""
    if not hours:
        return set()
    window = clock.window_of_seconds(hours[0], hours[-1] + HOUR)
    hour_of = Epoch("recorded_at") - Epoch("recorded_at") % HOUR
    collected = PARKS.within(window).values_list(hour_of).annotate(Count("snapshot_id"))
    found = {hour for hour, _ in collected.order_by()}
    # Where no park is, look for rides: from one hour that has some to the next.
    empty = [hour for hour in hours if hour not in found]
    while empty:
        rows = RIDES.within(clock.window_of_seconds(empty[0], hours[-1] + HOUR)).order_by("recorded_at")
        at = rows.values_list(Epoch("recorded_at"), flat=True).first()
        if at is None:
            break
        found.add(clock.hour_start(at))
        empty = [hour for hour in empty if hour > at - HOUR and hour not in found]
    return found.intersection(hours)


def of_entities(window: Window, *, parks: Collection[int], rides: Collection[int]) -> Rows:
    """The rows of some rides and some parks over a long window, by (at, snapshot_id)."""
    ride_rows, park_rows = [], []
    step = HOUR * _hours_at_once(len(rides))
    for start in range(window.start_s, window.end_s, step):
        part = clock.window_of_seconds(start, min(start + step, window.end_s))
        ride_rows.append(_ride_rows(RIDES.within(part).filter(ride_id__in=rides)))
        park_rows.append(_park_rows(PARKS.within(part).filter(park_id__in=parks)))
    return Rows(in_order(pl.concat(ride_rows)), in_order(pl.concat(park_rows)))


def changes(window: Window) -> pl.DataFrame:
    """Status changes of a window, by change_id: CHANGE_COLUMNS."""
    starts = range(window.start_s, window.end_s, PART_HOURS * HOUR)
    wanted = [clock.window_of_seconds(at, min(at + PART_HOURS * HOUR, window.end_s)) for at in starts]
    found = [CHANGES.frame(CHANGES.within(part), CHANGE_COLUMNS) for part in wanted]
    return pl.concat([pl.DataFrame(schema=CHANGE_COLUMNS), *found]).sort("change_id")
