"""Days archived whole, and read again: observations for good, hourly rows of the tables that are retired.

`park_day_archive` has one row per park, Pacific day and kind (docs/design.md D4); `stats.payload` has the
format and the columns. A day of observations is there for every active park, also for those without a
snapshot, so that "archived" is a property of the day.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from functools import reduce
from operator import or_
from typing import Final, NamedTuple

import polars as pl
from django.db import connection, transaction
from django.db.models import Q, QuerySet

from parks.models import Park
from parkstats_project.base import clock
from parkstats_project.base.clock import DateSpan
from parkstats_project.db import errors
from rides.models import Ride
from stats.choices import ArchiveKind
from stats.frames import archive_format, raw_days
from stats.models import ParkDayArchive

OBSERVATIONS: Final = ArchiveKind.OBSERVATIONS
RIDE_HOURS: Final = ArchiveKind.RIDE_HOURS
PARK_HOURS: Final = ArchiveKind.PARK_HOURS

# More rides than this are not looked for one by one; the whole span is read and filtered instead.
MANY_RIDES: Final = 200


class Observations(NamedTuple):
    """`rides`, `parks` and `changes` with the columns of `archive_format.RIDES`, `PARKS` and `CHANGES`."""

    rides: pl.DataFrame
    parks: pl.DataFrame
    changes: pl.DataFrame


class DaySummary(NamedTuple):
    """What `write_day` did: parks and rows archived for the day, their bytes, and how many were new.

    `complete` is False, and nothing is written, for a day whose raw rows do not go back to its start.
    """

    day: date
    complete: bool
    parks: int = 0
    rows: int = 0
    size: int = 0
    written: int = 0


class ArchiveError(Exception):
    """What was read back is not what was written."""


# -------------------------------------------------------------------------------------------------- read


def archived_days(kind: str, span: DateSpan) -> set[tuple[date, int]]:
    """The (Pacific day, park id) pairs of a span that have an archived row of this kind."""
    return set(_in_span(kind, span).values_list("stat_date", "park_id"))


def read_observations(
    span: DateSpan, *, parks: Collection[int] | None = None, rides: Collection[int] | None = None
) -> Observations:
    """Archived observations of the Pacific days of a span; rows in no particular order.

    `parks` and `rides` narrow the answer: rides to those given, else to those that belong to the parks
    today, wherever they were when the day was archived; park snapshots to the parks given, else to those
    that the rides belong to today.
    """
    park_ids, ride_ids = _wanted(parks, rides)
    ride_rows, park_rows, changes = _read(OBSERVATIONS, span, park_ids, ride_ids)
    return Observations(
        _only(ride_rows, "ride_id", ride_ids),
        _only(park_rows, "park_id", park_ids),
        _only(changes, "ride_id", ride_ids),
    )


def read_hours(
    kind: str,
    span: DateSpan,
    *,
    parks: Collection[int] | None = None,
    rides: Collection[int] | None = None,
) -> pl.DataFrame:
    """Archived hourly rows (RIDE_HOURS or PARK_HOURS) of the Pacific days of a span, in no particular order.

    Rides: ride_id, park_id (at the time), hour (epoch seconds), avg_wait (hundredths of a minute or null),
    operating, down, downtime (hundredths of an hour), uptime (hundredths of a percent), snapshots, operated.
    Parks: park_id, hour, shame (tenths), avg_wait, rides_operating, rides_down, downtime, weighted_downtime
    (hundredths of an hour), weight (tier weight, whole), snapshots, was_open. docs/contract/hourly.md 3 and 5
    say which may be null.
    """
    if kind == RIDE_HOURS:
        park_ids, ride_ids = _wanted(parks, rides)
        frame = _only(_read(kind, span, park_ids, ride_ids)[0], "ride_id", ride_ids)
        return frame.drop("id", "created", "updated")
    frame = _only(_read(kind, span, parks, None)[0], "park_id", parks)
    return frame.drop("id", "created", "updated").with_columns(pl.col("weight") // 100)


def _in_span(kind: str, span: DateSpan) -> QuerySet[ParkDayArchive]:
    return ParkDayArchive.objects.filter(kind=kind, stat_date__gte=span.start, stat_date__lte=span.end)


def _wanted(
    parks: Collection[int] | None, rides: Collection[int] | None
) -> tuple[Collection[int] | None, Collection[int] | None]:
    """The parks and rides that a selection by parks, rides, both or neither means today."""
    if rides is not None and parks is None:
        parks = set(Ride.objects.filter(ride_id__in=rides).values_list("park_id", flat=True))
    elif parks is not None and rides is None:
        rides = set(Ride.objects.filter(park_id__in=parks).values_list("ride_id", flat=True))
    return parks, rides


def _read(
    kind: str, span: DateSpan, parks: Collection[int] | None, rides: Collection[int] | None
) -> list[pl.DataFrame]:
    stored = _in_span(kind, span)
    if parks is not None and len(rides or ()) <= MANY_RIDES:
        stored = stored.filter(
            reduce(or_, (Q(ride_ids__contains=f",{ride},") for ride in rides or ()), Q(park_id__in=parks))
        )
    return archive_format.unpack(kind, [bytes(packed) for packed in stored.values_list("payload", flat=True)])


def _only(frame: pl.DataFrame, column: str, wanted: Collection[int] | None) -> pl.DataFrame:
    return frame if wanted is None else frame.filter(pl.col(column).is_in(list(wanted)))


# ------------------------------------------------------------------------------------------------- write


def write_day(day: date) -> DaySummary:
    """Archive the observations of one Pacific day of all parks, and read them back.

    The day must be over. Rows that were archived before and pruned since are kept; a later collection is
    added; a day that did not change is not written. Raises ArchiveError if what was read back differs.
    """
    archived = _archived(day)
    if not archived and not _goes_back_to_start(day, raw_days.oldest()):
        return DaySummary(day, complete=False)
    fresh = raw_days.observed(day)
    # After the rows were read: whatever was pruned meanwhile is then seen as pruned.
    oldest = raw_days.oldest()
    active = Park.objects.filter(is_active=True).values_list("park_id", flat=True)
    parks = sorted({*fresh, *archived, *active})
    wanted = {
        park: _merged(archived.get(park, raw_days.empty()), fresh.get(park, raw_days.empty()), oldest)
        for park in parks
    }
    changed = {
        park: frames
        for park, frames in wanted.items()
        if park not in archived or not _same(archived[park], frames)
    }
    store(
        packed_row(OBSERVATIONS, day, park, frames, rides=frames[0]["ride_id"])
        for park, frames in changed.items()
    )
    rows, size = verify(OBSERVATIONS, day, wanted)
    return DaySummary(day, True, parks=len(parks), rows=rows, size=size, written=len(changed))


def packed_row(
    kind: str, day: date, park: int, frames: Sequence[pl.DataFrame], *, rides: pl.Series | None
) -> ParkDayArchive:
    """The unsaved archive row of one park's day; `rides` are the ids that it shall be found by."""
    packed = archive_format.pack(kind, frames)
    inside = [] if rides is None else rides.unique().sort().to_list()
    return ParkDayArchive(
        park_id=park,
        stat_date=day,
        kind=kind,
        row_count=archive_format.row_count(kind, frames),
        ride_ids="".join(f"{ride}," for ride in ["", *inside]) if inside else "",
        checksum=hashlib.sha256(packed).hexdigest(),
        payload=packed,
    )


def store(rows: Iterable[ParkDayArchive]) -> None:
    """Insert archive rows, or replace those of the same day, kind and park, in one transaction."""
    targets = connection.features.supports_update_conflicts_with_target
    wanted = list(rows)

    @transaction.atomic
    def write() -> None:
        ParkDayArchive.objects.bulk_create(
            wanted,
            batch_size=100,
            update_conflicts=True,
            unique_fields=["stat_date", "kind", "park"] if targets else None,
            update_fields=["row_count", "ride_ids", "checksum", "payload"],
        )

    errors.retried(write)


def verify(kind: str, day: date, wanted: dict[int, list[pl.DataFrame]]) -> tuple[int, int]:
    """Read one day back and compare; the number of rows and of bytes.

    Raises ArchiveError naming the park if a checksum, a number of rows or a single value differs.
    """
    parks = rows = size = 0
    found = _in_span(kind, DateSpan(day, day)).filter(park_id__in=wanted)
    for stored in found.iterator(chunk_size=100):
        packed = bytes(stored.payload)
        frames = archive_format.unpack(kind, [packed])
        if (
            hashlib.sha256(packed).hexdigest() != stored.checksum
            or stored.row_count != archive_format.row_count(kind, frames)
            or not _same(frames, wanted[stored.park_id])
        ):
            raise ArchiveError(f"{kind} of park {stored.park_id} on {day} differ from what was archived")
        parks += 1
        rows += stored.row_count
        size += len(packed)
    if parks != len(wanted):
        raise ArchiveError(f"{kind} of {day}: {len(wanted)} parks archived, {parks} read back")
    return rows, size


def _archived(day: date) -> dict[int, list[pl.DataFrame]]:
    """The observations archived for a day, by park."""
    found = _in_span(OBSERVATIONS, DateSpan(day, day)).values_list("park_id", "payload")
    return {park: archive_format.unpack(OBSERVATIONS, [bytes(packed)]) for park, packed in found}


def _goes_back_to_start(day: date, oldest: Sequence[int | None]) -> bool:
    """Whether the raw rows hold the whole day, as far as it was ever observed.

    They do if there are older ones, or if nothing says that there ever were: no day up to this one is
    archived.
    """
    ride_rows, park_rows, _ = oldest
    if ride_rows is None or park_rows is None:
        return False
    window = clock.pacific_day(day)
    if max(ride_rows, park_rows) >= window.end_s:
        return False
    if max(ride_rows, park_rows) <= window.start_s:
        return True
    return not ParkDayArchive.objects.filter(stat_date__lte=day).exists()


def _merged(
    archived: Sequence[pl.DataFrame], fresh: Sequence[pl.DataFrame], oldest: Sequence[int | None]
) -> list[pl.DataFrame]:
    """Raw rows, and the archived ones that are older than every raw row: those were pruned, not corrected."""
    merged = []
    for old, new, first in zip(archived, fresh, oldest, strict=True):
        pruned = old if first is None else old.filter(pl.col("at") < first)
        merged.append(pl.concat([pruned.join(new, on=new.columns[0], how="anti"), new]))
    return merged


def _same(some: Sequence[pl.DataFrame], others: Sequence[pl.DataFrame]) -> bool:
    """Whether two days hold the same rows, in whatever order (every frame begins with its id)."""
    return all(
        one.sort(one.columns[0]).equals(other.sort(other.columns[0]))
        for one, other in zip(some, others, strict=True)
    )
