"""A past day of a park as it would have been collected, from the changes that its source recorded.

Pure: no query, no request; moments are epoch seconds. What history cannot give is in docs/data.md 2.4.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from parkstats_project.base import clock
from parkstats_project.feeds.themeparks_wiki import ATTRACTION, PastEntity, State
from rides import status as meaning
from rides.choices import RideStatus
from stats.choices import DataSource
from stats.jobs.collect.seen import Seen, Sighting


class Shown(NamedTuple):
    """What a ride showed at a moment: code of the status, whether it ran, and since when, if history says."""

    at: int
    status: int
    running: bool
    since: int | None = None


class Change(NamedTuple):
    """A status change as it would have been noticed; `change_id` is a stored one that takes this place."""

    change_id: int | None
    at: int
    was_running: bool
    running: bool
    minutes: int
    since: int | None


@dataclass
class Stored:
    """What is stored of one ride around a day: snapshots ascending, ids of changes by their moment."""

    snapshots: list[Shown] = field(default_factory=list)
    changes: dict[int, int] = field(default_factory=dict)

    def near(self, at: int, *, rhythm: int) -> bool:
        """Whether it was seen in the collection of a moment."""
        moments = [snapshot.at for snapshot in self.snapshots]
        return not missing([at], moments, rhythm=rhythm)


def slots(start: int, end: int, *, rhythm: int) -> list[int]:
    """The moments of collection in [start, end): whole multiples of the rhythm."""
    return list(range(-(-start // rhythm) * rhythm, end, rhythm))


def missing(wanted: Sequence[int], observed: Iterable[int], *, rhythm: int) -> list[int]:
    """The moments with nothing observed within half a rhythm."""
    seen, half = sorted(observed), rhythm // 2
    return [at for at in wanted if bisect_left(seen, at - half) == bisect_left(seen, at + half)]


def attractions(entities: Iterable[PastEntity]) -> dict[str, PastEntity]:
    """The attractions by id; of one that is listed twice the first counts."""
    found: dict[str, PastEntity] = {}
    for entity in entities:
        if entity.kind == ATTRACTION:
            found.setdefault(entity.id, entity)
    return found


def known_from(entities: Iterable[PastEntity], *, start: int, end: int) -> int:
    """The first moment from which on all is known that the source could tell if asked again.

    That is the start of the day, unless the source could not look far enough back this time: then the first
    change of each entity concerned, or the end of the day without one.
    """
    firsts = [
        clock.epoch(entity.states[0].at) if entity.states else end for entity in entities if entity.degraded
    ]
    return max(firsts, default=start)


def state_at(entity: PastEntity, at: int) -> State | None:
    """What held at a moment; None if nothing is known."""
    number = bisect_right([clock.epoch(state.at) for state in entity.states], at)
    return entity.states[number - 1] if number else None


def sighting(entities: Iterable[PastEntity], at: int) -> Sighting:
    """The park at a moment. Entities that are unknown, or whose status is, have no item."""
    items = []
    for entity in entities:
        state = state_at(entity, at)
        if state is None or state.status is None:
            continue
        running = state.status == RideStatus.OPERATING
        items.append(
            Seen(
                key=entity.id,
                name=entity.name,
                status=state.status,
                is_open=running,
                running=running,
                wait=state.wait,
                updated=_touched(entity, state),
                doubts=(),
            )
        )
    return Sighting(DataSource.THEMEPARKS_WIKI, clock.from_epoch(at), items, [])


def shown(entity: PastEntity, item: Seen, at: int) -> Shown:
    """An item of a sighting, with the moment since which its status has held."""
    return Shown(at, meaning.code_of(item.status), item.running, _since(entity, at))


def changes(before: Sequence[Shown], rebuilt: Sequence[Shown], stored: Stored) -> list[Change]:
    """The status changes that the rebuilt snapshots of one ride add or correct.

    `before` are its stored snapshots, `rebuilt` those that join them; both ascending. A stored change that
    was noticed only after a gap takes the place of the last one inside it.
    """
    found: list[Change] = []
    moments = {snapshot.at for snapshot in rebuilt}
    previous: Shown | None = None
    began: int | None = None
    for snapshot in sorted((*before, *rebuilt), key=lambda one: one.at):
        inside, after = snapshot.at in moments, previous is not None and previous.at in moments
        if previous is None:
            previous = snapshot
            continue
        differs = _told(previous) != _told(snapshot)
        there = None if inside else stored.changes.get(snapshot.at)
        if differs and (inside or after):
            minutes = (snapshot.at - previous.at) // 60
            since = previous.since or began
            found.append(Change(there, snapshot.at, previous.running, snapshot.running, minutes, since))
        elif after and there is not None and found and found[-1].change_id is None:
            found[-1] = found[-1]._replace(change_id=there)
        began = snapshot.at if differs else began
        previous = snapshot
    return found


def _told(snapshot: Shown) -> str:
    return meaning.displayed(meaning.TEXTS.get(snapshot.status), snapshot.running)


def _since(entity: PastEntity, at: int) -> int | None:
    """When the status that held at a moment began; None if that was before the day."""
    status, began = None, None
    for number, state in enumerate(entity.states):
        moment = clock.epoch(state.at)
        if moment > at:
            break
        if number == 0 or state.status != status:
            status, began = state.status, (moment if number else None)
    return began


def _touched(entity: PastEntity, state: State) -> datetime:
    """When the source last said so, at the latest: what it recorded for the day, or before it."""
    if state is entity.states[0] and entity.observed is not None:
        return entity.observed
    return state.at
