"""The rows that a sighting becomes (docs/contract/jobs.md 1.2 to 1.4); nothing is written here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from parks.models import Park
from parkstats_project.base.arithmetic import half_even
from parkstats_project.feeds.answers import Doubt
from rides import status as meaning
from rides.choices import RideCategory, RideStatus
from stats.choices import DataSource
from stats.jobs.collect import doubts, facts
from stats.jobs.collect.facts import Before, Facts, ParkFacts, RideFacts
from stats.jobs.collect.seen import Seen, Sighting, age_minutes


class RideRow(NamedTuple):
    """A row of `ride_status_snapshots`, with the item it is of."""

    ride: RideFacts
    item: Seen


class ChangeRow(NamedTuple):
    """A row of `ride_status_changes`; `minutes` and `since` as the two columns about the previous status."""

    ride_id: int
    was_running: bool
    running: bool
    minutes: int
    since: datetime | None


@dataclass(frozen=True)
class ParkRows:
    """All rows of one park and run."""

    park: ParkFacts
    sighting: Sighting
    appears_open: bool
    shame: Decimal
    rides: list[RideRow]
    changes: list[ChangeRow]
    unmapped: int
    park_doubts: list[Doubt]
    ride_doubts: dict[int, Doubt]

    @property
    def operating(self) -> list[int]:
        """Rides that run."""
        return [row.ride.ride_id for row in self.rides if row.item.running]


def build(park: ParkFacts, sighting: Sighting, known: Facts, *, already: set[int]) -> ParkRows:
    """The rows of one park; a few queries. `already` are rides that this run has under another park."""
    at = sighting.at
    mapped, unmapped = [], 0
    for item in sighting.items:
        ride = known.ride(sighting.source, item.key)
        if ride is None:
            unmapped += 1
        elif ride.ride_id not in already:
            already.add(ride.ride_id)
            mapped.append(RideRow(ride, item))
    rows = [row for row in mapped if _is_stored(sighting.source, row.ride)]
    waiting = [row.ride.ride_id for row in rows if row.item.running and (row.item.wait or 0) > 0]
    appears_open = Park(pk=park.park_id).is_within_operating_hours(at)
    return ParkRows(
        park=park,
        sighting=sighting,
        appears_open=appears_open,
        shame=_shame(mapped, known.park_weight(park.park_id, at=at)),
        rides=rows,
        changes=_changes(rows, at),
        unmapped=unmapped,
        park_doubts=doubts.of_park(park.park_id, sighting, appears_open=appears_open),
        ride_doubts=doubts.frozen(park.park_id, waiting, at=at),
    )


def _is_stored(source: DataSource, ride: RideFacts) -> bool:
    """Queue-Times' shows and walk-throughs only count in the park's row."""
    return source == DataSource.THEMEPARKS_WIKI or ride.category == RideCategory.ATTRACTION


def _shame(mapped: list[RideRow], weight: int) -> Decimal:
    """**shame, instantaneous** (docs/contract/jobs.md 1.2): half to even, also of a closed park."""
    down = sum(row.ride.weight for row in mapped if row.ride.counts and _is_down(row.item))
    return half_even(10 * down, weight, scale=1) if weight else Decimal("0.0")


def _is_down(item: Seen) -> bool:
    return item.status == RideStatus.DOWN or (item.status is None and not item.is_open)


def _changes(rows: list[RideRow], at: datetime) -> list[ChangeRow]:
    """Rides whose status is another than in their newest stored snapshot."""
    before = facts.newest_snapshots([row.ride.ride_id for row in rows])
    changed = [
        (row, before[row.ride.ride_id])
        for row in rows
        if row.ride.ride_id in before and _differs(row.item, before[row.ride.ride_id])
    ]
    if not changed:
        return []
    began = facts.began(row.ride for row, _ in changed)
    return [
        ChangeRow(
            ride_id=row.ride.ride_id,
            was_running=previous.running,
            running=row.item.running,
            # The old system's figure: time since the last snapshot, of a reopening without a status none.
            minutes=0 if row.item.status is None and row.item.running else age_minutes(previous.at, at),
            since=began.get(row.ride.ride_id),
        )
        for row, previous in changed
    ]


def _differs(item: Seen, previous: Before) -> bool:
    if item.status is None:
        return item.running != previous.running
    return item.status != meaning.displayed(previous.status, previous.running)
