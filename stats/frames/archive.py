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
from parkstats_project.base.clock import DateSpan
from parkstats_project.db import errors
from parkstats_project.db.expressions import Lines
from rides.choices import RideCategory
from rides.models import Ride
from stats.choices import ArchiveKind
from stats.frames import archive_format, raw_days, then
from stats.frames.archive_format import Header
from stats.frames.then import Then
from stats.models import ParkDayArchive

OBSERVATIONS: Final = ArchiveKind.OBSERVATIONS
RIDE_HOURS: Final = ArchiveKind.RIDE_HOURS
PARK_HOURS: Final = ArchiveKind.PARK_HOURS

# More rides than this are not looked for one by one; the whole span is read and filtered instead.
MANY_RIDES: Final = 200


class Observations(NamedTuple):
    """What was archived of some days.

    `rides` with the columns of `archive_format.RIDES` and the FACTS of `stats/frames/then.py`, `parks` and
    `changes` with those of PARKS and CHANGES. `then`: who was who.
    """

    rides: pl.DataFrame
    parks: pl.DataFrame
    changes: pl.DataFrame
    then: Then

    @property
    def sections(self) -> list[pl.DataFrame]:
        """The frames as they are archived, without what is derived."""
        return [self.rides.select(archive_format.RIDES.keys()), self.parks, self.changes]


class DaySummary(NamedTuple):
    """What `write_day` did: parks and rows archived for the day, their bytes, and how many were new.

    Of a day without a single row nothing is archived.

    `without_rides`: parks that have park rows but lack the rows of their rides (`without_rides`).
    """

    day: date
    parks: int = 0
    rows: int = 0
    size: int = 0
    written: int = 0
    without_rides: tuple[int, ...] = ()


class ArchiveError(Exception):
    """What was read back is not what was written."""


# -------------------------------------------------------------------------------------------------- read


def archived_days(kind: str, span: DateSpan) -> set[tuple[date, int]]:
    """The (Pacific day, park id) pairs of a span that have an archived row of this kind."""
    return set(_in_span(kind, span).values_list("stat_date", "park_id"))


def fingerprints(kind: str, span: DateSpan) -> dict[date, bytes]:
    """What tells that archived rows of a day are others: the payloads of parks, of the days that have any.

    The database joins the checksums of a day, so that a year takes no longer than to count its rows.
    """
    days = _in_span(kind, span).order_by().values("stat_date").annotate(payloads=Lines("park_id", "checksum"))
    return {
        day: hashlib.sha256("\n".join(sorted(text.split())).encode()).digest()
        for day, text in days.values_list("stat_date", "payloads")
    }


def without_rides(span: DateSpan) -> set[tuple[date, int]]:
    """The (Pacific day, park id) pairs of which rows are archived, but none of any ride.

    A park that has no active attraction is none of them: nothing but itself is collected there.
    """
    lacking = _in_span(OBSERVATIONS, span).filter(ride_ids="", row_count__gt=0)
    attractions = Ride.objects.filter(is_active=True, category=RideCategory.ATTRACTION)
    collected = set(attractions.values_list("park_id", flat=True))
    return {(day, park) for day, park in lacking.values_list("stat_date", "park_id") if park in collected}


def read_observations(
    span: DateSpan,
    *,
    parks: Collection[int] | None = None,
    rides: Collection[int] | None = None,
    ids: bool = True,
) -> Observations:
    """Archived observations of the Pacific days of a span; rows in no particular order.

    `parks` and `rides` narrow the answer: to the parks given as they were then, and to the rides given,
    wherever they were, with the snapshots of the parks where they were. Without `ids` rows have no id of
    their own.
    """
    stored = _of(OBSERVATIONS, span, parks, rides)
    found = list(stored.values_list("park_id", "stat_date", "payload"))
    (ride_rows, park_rows, changes), headers = archive_format.open_payloads(
        OBSERVATIONS, [bytes(packed) for _, _, packed in found], ids=ids
    )
    facts = then.of_payloads(ride_rows, headers, [(park, day) for park, day, _ in found])
    return Observations(
        _only(then.attached(ride_rows, facts), "ride_id", rides).drop("part"),
        park_rows.drop("part"),
        _only(changes, "ride_id", rides).drop("part"),
        facts,
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
    stored = _of(kind, span, parks, rides).values_list("payload", flat=True)
    (frame, _) = archive_format.unpack(kind, [bytes(packed) for packed in stored])
    frame = frame.drop("id", "created", "updated")
    if kind == PARK_HOURS:
        return frame.with_columns(pl.col("weight") // 100)
    return _only(frame, "ride_id", rides)


def _in_span(kind: str, span: DateSpan) -> QuerySet[ParkDayArchive]:
    return ParkDayArchive.objects.filter(kind=kind, stat_date__gte=span.start, stat_date__lte=span.end)


def _of(
    kind: str, span: DateSpan, parks: Collection[int] | None, rides: Collection[int] | None
) -> QuerySet[ParkDayArchive]:
    """Archive rows of parks as they were then, or that hold rides, wherever these were."""
    stored = _in_span(kind, span)
    if rides is not None and len(rides) <= MANY_RIDES:
        return stored.filter(_holds(rides))
    return stored if parks is None else stored.filter(park_id__in=parks)


def _holds(rides: Collection[int]) -> Q:
    """Rows that hold any of the rides."""
    return reduce(or_, (Q(ride_ids__contains=f",{ride},") for ride in rides), Q(pk__in=()))


def _only(frame: pl.DataFrame, column: str, wanted: Collection[int] | None) -> pl.DataFrame:
    return frame if wanted is None else frame.filter(pl.col(column).is_in(list(wanted)))


# ------------------------------------------------------------------------------------------------- write


def write_day(day: date) -> DaySummary:
    """Archive the observations of one Pacific day of all parks, and read them back.

    The day must be over. What is archived stays, whatever became of its raw rows: nobody can tell a row that
    was deleted from one that was pruned. A raw row replaces the archived one of the same id, a later
    collection is added, a day that did not change is not written. Raises ArchiveError if what was read back
    differs.
    """
    archived, headers = _archived(day)
    merged = [
        _merged(old, fresh, section.columns[0])
        for old, fresh, section in zip(archived, raw_days.observed(day), raw_days.empty(), strict=True)
    ]
    before, wanted = _by_park(archived), _by_park(merged)
    if not wanted:
        return DaySummary(day)
    # A park that is collected or has daily rows is there also if nothing of it was seen.
    present = Park.objects.filter(Q(is_active=True) | Q(rides__is_active=True))
    for park in {*present.values_list("park_id", flat=True), *headers}:
        wanted.setdefault(park, raw_days.empty())
    changed = {
        park: frames
        for park, frames in sorted(wanted.items())
        if headers.get(park) is None or not _same(before.get(park, raw_days.empty()), frames)
    }
    everywhere = pl.concat([frames[0]["ride_id"] for frames in wanted.values()]).unique()
    store(
        packed_row(
            OBSERVATIONS,
            day,
            park,
            frames,
            rides=frames[0]["ride_id"],
            header=then.header(
                park,
                day,
                observed=frames[0]["ride_id"].unique(),
                everywhere=everywhere,
                before=headers.get(park),
            ),
        )
        for park, frames in changed.items()
    )
    rows, size = verify(OBSERVATIONS, day, wanted)
    lacking = sorted(park for _, park in without_rides(DateSpan(day, day)))
    return DaySummary(day, len(wanted), rows, size, len(changed), tuple(lacking))


def packed_row(
    kind: str,
    day: date,
    park: int,
    frames: Sequence[pl.DataFrame],
    *,
    rides: pl.Series | None,
    header: Header | None = None,
) -> ParkDayArchive:
    """The unsaved archive row of one park's day; `rides` are the ids that it shall be found by."""
    packed = archive_format.pack(kind, frames, header)
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
    rows = size = 0
    found = list(_in_span(kind, DateSpan(day, day)).filter(park_id__in=wanted))
    # All at once: a payload on its own takes three times as long to open.
    opened = archive_format.open_payloads(kind, [bytes(stored.payload) for stored in found]).frames
    split = [frame.partition_by("part", include_key=False, as_dict=True) for frame in opened]
    none = [frame.drop("part").clear() for frame in opened]
    for part, stored in enumerate(found):
        frames = [section.get((part,), empty) for section, empty in zip(split, none, strict=True)]
        if (
            hashlib.sha256(bytes(stored.payload)).hexdigest() != stored.checksum
            or stored.row_count != archive_format.row_count(kind, frames)
            or not _same(frames, wanted[stored.park_id])
        ):
            raise ArchiveError(f"{kind} of park {stored.park_id} on {day} differ from what was archived")
        rows += stored.row_count
        size += len(stored.payload)
    if len(found) != len(wanted):
        raise ArchiveError(f"{kind} of {day}: {len(wanted)} parks archived, {len(found)} read back")
    return rows, size


def _archived(day: date) -> tuple[list[pl.DataFrame], dict[int, Header | None]]:
    """The observations archived for a day with the park (`owner`) of each row, and each park's header."""
    found = list(_in_span(OBSERVATIONS, DateSpan(day, day)).values_list("park_id", "payload"))
    frames, headers = archive_format.open_payloads(OBSERVATIONS, [bytes(packed) for _, packed in found])
    parks = [park for park, _ in found]
    owners = pl.DataFrame(
        {"part": range(len(parks)), "owner": parks}, schema={"part": pl.Int32, "owner": pl.Int32}
    )
    return (
        [frame.join(owners, on="part").drop("part") for frame in frames],
        dict(zip(parks, headers, strict=True)),
    )


def _merged(archived: pl.DataFrame, fresh: pl.DataFrame, identity: str) -> pl.DataFrame:
    """Raw rows, and the archived ones of which there is no raw row; a row stays with the park it had."""
    owners = archived.select(identity, had="owner")
    current = fresh.join(owners, on=identity, how="left").with_columns(owner=pl.coalesce("had", "owner"))
    gone = archived.join(fresh, on=identity, how="anti")
    return pl.concat([current.select(archived.columns), gone])


def _by_park(sections: Sequence[pl.DataFrame]) -> dict[int, list[pl.DataFrame]]:
    split = [section.partition_by("owner", include_key=False, as_dict=True) for section in sections]
    return {
        park: [part.get((park,), none) for part, none in zip(split, raw_days.empty(), strict=True)]
        for (park,) in set().union(*split)
    }


def _same(some: Sequence[pl.DataFrame], others: Sequence[pl.DataFrame]) -> bool:
    """Whether two days hold the same rows, in whatever order (every frame begins with its id)."""
    return all(
        one.sort(one.columns[0]).equals(other.sort(other.columns[0]))
        for one, other in zip(some, others, strict=True)
    )
