"""Rows of a past day of a park: built from its history, joined to what was observed, written at once."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final, NamedTuple

from django.db import transaction

from parks.models import ParkActivitySnapshot, ParkSchedule
from parkstats_project.base import clock
from parkstats_project.base.arithmetic import half_even
from parkstats_project.base.clock import DAY, Window
from parkstats_project.db.statements import insert, upsert
from parkstats_project.feeds.themeparks_wiki import PastEntity
from rides.choices import RideStatus
from rides.models import Ride, RideStatusChange, RideStatusSnapshot
from stats.frames import observations
from stats.jobs.collect import history
from stats.jobs.collect.facts import Facts, ParkFacts, RideFacts
from stats.jobs.collect.history import Change, Shown, Stored
from stats.jobs.collect.seen import Seen, Sighting
from stats.jobs.collect.write import SECONDS
from stats.models import MendedDay
from stats.rules import ROSTER_DAYS

NEXT_SECONDS: Final = 3 * 3600
"""How far after a day its next observed snapshot is looked for, to correct the change noticed there."""


class ParkRow(NamedTuple):
    """A rebuilt row of `park_activity_snapshots`."""

    sighting: Sighting
    appears_open: bool
    shame: Decimal


class Rebuilt(NamedTuple):
    """All rebuilt rows of a park's day; `changes` by ride, `ran`: when each ride ran last."""

    park: ParkFacts
    parks: list[ParkRow]
    rides: list[tuple[int, int, Seen]]
    changes: dict[int, list[Change]]
    ran: dict[int, int]


def stored_around(park_id: int, window: Window, known: Facts) -> dict[int, Stored]:
    """What is stored of the park's rides, from a week before a day (for the scores) to hours after it."""
    ids = [ride.ride_id for ride in known.of_park.get(park_id, ())]
    if not ids:
        return {}
    around = clock.window_of_seconds(window.start_s - ROSTER_DAYS * DAY, window.end_s + NEXT_SECONDS)
    found = {ride_id: Stored() for ride_id in ids}
    snapshots = observations.rides(around, rides=ids).sort("at").select("ride_id", "at", "status", "running")
    for ride_id, at, status, running in snapshots.iter_rows():
        found[ride_id].snapshots.append(Shown(at, status, running))
    near = clock.window_of_seconds(window.start_s, window.end_s + NEXT_SECONDS)
    for change_id, ride_id, at in (
        observations.status_changes(near).select("change_id", "ride_id", "at").iter_rows()
    ):
        if ride_id in found:
            found[ride_id].changes[at] = change_id
    return found


def rebuild(
    park: ParkFacts,
    entities: Sequence[PastEntity],
    moments: Sequence[int],
    known: Facts,
    stored: Mapping[int, Stored],
    *,
    rhythm: int,
) -> Rebuilt:
    """The rows of the moments at which anything is known; one query, for the announced hours."""
    hours = _announced(park.park_id, moments)
    by_id = {entity.id: entity for entity in entities}
    running = {ride: [one.at for one in of.snapshots if one.running] for ride, of in stored.items()}
    result = Rebuilt(park, [], [], {}, {})
    shown: dict[int, list[Shown]] = {}
    for at in moments:
        sighting = history.sighting(entities, at)
        if not sighting.items:
            continue
        mapped = [
            (ride, item) for item in sighting.items if (ride := known.by_wiki.get(item.key)) is not None
        ]
        is_open = any(opens <= sighting.at <= closes for opens, closes in hours)
        result.parks.append(ParkRow(sighting, is_open, _shame(park.park_id, mapped, known, running, at)))
        for ride, item in mapped:
            if ride.ride_id in stored and stored[ride.ride_id].near(at, rhythm=rhythm):
                continue  # it was seen at another park, or twice in this answer
            result.rides.append((ride.ride_id, at, item))
            shown.setdefault(ride.ride_id, []).append(history.shown(by_id[item.key], item, at))
            if item.running:
                insort(running.setdefault(ride.ride_id, []), at)
                result.ran[ride.ride_id] = at
    for ride_id, snapshots in shown.items():
        of_ride = stored.get(ride_id, Stored())
        if found := history.changes(of_ride.snapshots, snapshots, of_ride):
            result.changes[ride_id] = found
    return result


def write(rebuilt: Rebuilt, entry: MendedDay, *, renew: Callable[[], None]) -> None:
    """All rows of a day and the entry that it was asked for, in one transaction."""
    with transaction.atomic():
        _write_snapshots(rebuilt)
        _write_changes(rebuilt)
        _remember_running(rebuilt.ran)
        MendedDay.objects.update_or_create(
            park_id=entry.park_id,
            local_date=entry.local_date,
            defaults={
                name: getattr(entry, name)
                for name in ("asked_at", "complete", "collections", "ride_rows", "note")
            },
        )
        renew()


def _write_snapshots(rebuilt: Rebuilt) -> None:
    insert(
        ParkActivitySnapshot,
        (
            "park_id",
            "recorded_at",
            "total_rides_tracked",
            "rides_open",
            "rides_closed",
            "avg_wait_time",
            "max_wait_time",
            "park_appears_open",
            "shame_score",
            "rebuilt",
        ),
        [
            (
                rebuilt.park.park_id,
                row.sighting.at.strftime(SECONDS),
                row.sighting.tracked,
                row.sighting.rides_open,
                row.sighting.rides_closed,
                None if row.sighting.average_wait is None else str(row.sighting.average_wait),
                row.sighting.longest_wait,
                int(row.appears_open),
                str(row.shame),
                1,
            )
            for row in rebuilt.parks
        ],
    )
    insert(
        RideStatusSnapshot,
        ("ride_id", "recorded_at", "is_open", "status", "wait_time", "computed_is_open", "last_updated_api"),
        [
            (
                ride_id,
                _text(at),
                int(item.is_open),
                item.status,
                item.stored_wait,
                int(item.running),
                None if item.updated is None else item.updated.strftime(SECONDS),
            )
            for ride_id, at, item in rebuilt.rides
        ],
    )


def _write_changes(rebuilt: Rebuilt) -> None:
    columns = (
        "ride_id",
        "changed_at",
        "previous_status",
        "new_status",
        "duration_in_previous_status",
        "status_since",
    )
    rows = [
        (
            change.change_id,
            (
                ride_id,
                _text(change.at),
                int(change.was_running),
                int(change.running),
                change.minutes,
                None if change.since is None else _text(change.since),
            ),
        )
        for ride_id, changes in rebuilt.changes.items()
        for change in changes
    ]
    insert(RideStatusChange, columns, [row for change_id, row in rows if change_id is None])
    # Also one whose raw row was pruned: archived rows give way to raw ones of the same id.
    upsert(
        RideStatusChange,
        ("change_id", *columns),
        [(change_id, *row) for change_id, row in rows if change_id is not None],
        update=columns,
        unique=("change_id",),
    )


def _remember_running(ran: Mapping[int, int]) -> None:
    """`last_operated_at` of rides that ran later than was known; most were seen running since."""
    rides = Ride.objects.filter(ride_id__in=ran).only("ride_id", "last_operated_at")
    later = []
    for ride in rides:
        at = clock.from_epoch(ran[ride.ride_id])
        if ride.last_operated_at is None or ride.last_operated_at < at:
            ride.last_operated_at = at
            later.append(ride)
    Ride.objects.bulk_update(later, ["last_operated_at"])


def _announced(park_id: int, moments: Sequence[int]) -> list[tuple[datetime, datetime]]:
    """The announced hours that touch the moments; of past days what was fetched then, if it was."""
    if not moments:
        return []
    first, last = clock.from_epoch(moments[0]), clock.from_epoch(moments[-1])
    rows = ParkSchedule.objects.operating().filter(
        park_id=park_id, opening_time__lte=last, closing_time__gte=first
    )
    return [
        (opens, closes)
        for opens, closes in rows.values_list("opening_time", "closing_time")
        if opens is not None and closes is not None
    ]


def _shame(
    park_id: int,
    mapped: Sequence[tuple[RideFacts, Seen]],
    known: Facts,
    running: Mapping[int, list[int]],
    at: int,
) -> Decimal:
    """**shame, instantaneous** with what had run in the week before the moment, as far as it is stored."""
    weight = sum(
        ride.weight
        for ride in known.of_park.get(park_id, ())
        if ride.counts and _ran_within(running.get(ride.ride_id, []), at)
    )
    down = sum(ride.weight for ride, item in mapped if ride.counts and item.status == RideStatus.DOWN)
    return half_even(10 * down, weight, scale=1) if weight else Decimal("0.0")


def _ran_within(moments: list[int], at: int) -> bool:
    number = bisect_left(moments, at)
    return number > 0 and moments[number - 1] >= at - ROSTER_DAYS * DAY


def _text(at: int) -> str:
    return clock.from_epoch(at).strftime(SECONDS)
