"""Rides that are listed and not stored as they are listed. Pure: no query, no request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from stats.choices import DataSource, ProposalKind
from stats.jobs.discover import names
from stats.jobs.discover.finding import QUEUE_TIMES, WIKI, Finding, KnownRide, column, compared
from stats.jobs.discover.listed import ListedRide


@dataclass(frozen=True)
class Lists:
    """What both sources list of all parks that were asked: park -> rides; a park that failed is not there."""

    wiki: Mapping[int, Sequence[ListedRide]]
    queue_times: Mapping[int, Sequence[ListedRide]]
    # Name that the discovery itself last gave a ride.
    given: Mapping[int, str] = field(default_factory=dict)
    # Rides that were switched off since they had vanished.
    vanished: Collection[int] = ()

    def of(self, source: DataSource) -> Mapping[int, Sequence[ListedRide]]:
        """The lists of one source."""
        return self.wiki if source == WIKI else self.queue_times

    def source(self, park_id: int) -> DataSource:
        """The source whose word counts for a park: the one it is collected from."""
        return WIKI if park_id in self.wiki else QUEUE_TIMES


def rides(lists: Lists, known: Sequence[KnownRide]) -> Iterator[Finding]:
    """Everything about rides."""
    for park_id in sorted({*lists.wiki, *lists.queue_times}):
        here = [ride for ride in known if ride.park_id == park_id]
        yield from _of_known(park_id, lists, known)
        yield from _unlisted(park_id, lists, here)
        yield from _unknown(park_id, lists, here, known)


def _about(
    kind: ProposalKind,
    source: DataSource,
    listed: ListedRide,
    park_id: int,
    ride: KnownRide,
    values: Mapping[str, Any],
    *evidence: str,
    clear: bool = False,
) -> Finding:
    """A finding about a stored ride that is listed in a park."""
    name = listed.name[:255]
    return Finding(kind, source, listed.key, name, park_id, ride.ride_id, values, evidence, clear)


def _of_known(park_id: int, lists: Lists, known: Sequence[KnownRide]) -> Iterator[Finding]:
    """Rides that are listed here and stored: moved, renamed or returned."""
    source = lists.source(park_id)
    by_key = {ride.key(source): ride for ride in known if ride.key(source) is not None}
    for listed in lists.of(source)[park_id]:
        ride = by_key.get(listed.key)
        if ride is None:
            continue
        if ride.park_id != park_id and source == WIKI:
            elsewhere = [
                other for other, rides_ in lists.wiki.items() if any(one.key == listed.key for one in rides_)
            ]
            yield _about(
                ProposalKind.MOVED,
                source,
                listed,
                park_id,
                ride,
                {"park_id": park_id},
                f"belongs to park {ride.park_id}, is listed in {', '.join(map(str, elsewhere))}",
                clear=elsewhere == [park_id] and ride.park_id in lists.wiki,
            )
        name, given = listed.name[:255], lists.given.get(ride.ride_id) == ride.name
        if ride.name != name and (given or names.plain(ride.name) != names.plain(listed.name)):
            edited = "nobody has edited the name" if given else "the name may be edited"
            was = f"was {ride.name}"
            yield _about(
                ProposalKind.RENAMED, source, listed, park_id, ride, {"name": name}, was, edited, clear=given
            )
        if not ride.is_active and ride.ride_id in lists.vanished:
            why = "was switched off since it had vanished, and is listed again"
            yield _about(ProposalKind.RETURNED, source, listed, park_id, ride, {"is_active": True}, why)


def _unlisted(park_id: int, lists: Lists, here: Sequence[KnownRide]) -> Iterator[Finding]:
    """Active rides that their park's source no longer lists, there or elsewhere."""
    source = lists.source(park_id)
    everywhere = {ride.key for rides_ in lists.of(source).values() for ride in rides_}
    if not lists.of(source)[park_id]:
        return
    for ride in here:
        key = ride.key(source)
        if ride.is_active and key is not None and key not in everywhere:
            gone, why = (
                ListedRide(key, ride.name),
                f"{source.label} does not list it in any park that was asked",
            )
            yield _about(ProposalKind.VANISHED, source, gone, park_id, ride, {"is_active": False}, why)


def _unknown(
    park_id: int, lists: Lists, here: Sequence[KnownRide], known: Sequence[KnownRide]
) -> Iterator[Finding]:
    """Listed rides that nobody knows by their id: known by name, or new."""
    paired = _pairs(lists.wiki.get(park_id, ()), lists.queue_times.get(park_id, ()))
    taken: set[str] = set()
    for source in (WIKI, QUEUE_TIMES):
        listed = lists.of(source).get(park_id, ())
        keys = {ride.key(source) for ride in known}
        namesakes = Counter(names.plain(ride.name) for ride in listed)
        for ride in listed:
            if ride.key in keys or (source == QUEUE_TIMES and ride.key in taken):
                continue
            unique = namesakes[names.plain(ride.name)] == 1
            finding = _by_name(park_id, ride, source, here, {one.key for one in listed}, unique=unique)
            if finding is None and (source == WIKI or park_id not in lists.wiki):
                partner = paired.get(ride.key) if source == WIKI and unique else None
                if partner is not None:
                    taken.add(partner.key)
                finding = _new_ride(park_id, ride, partner, source, unique=unique)
            if finding is not None:
                yield finding


def _pairs(wiki: Sequence[ListedRide], queue: Sequence[ListedRide]) -> dict[str, ListedRide]:
    """Rides of the one source with the only one of the same name at the other."""
    by_name: dict[str, list[ListedRide]] = {}
    for ride in queue:
        by_name.setdefault(names.plain(ride.name), []).append(ride)
    return {ride.key: found[0] for ride in wiki if len(found := by_name.get(names.plain(ride.name), [])) == 1}


def _by_name(
    park_id: int,
    ride: ListedRide,
    source: DataSource,
    here: Sequence[KnownRide],
    listed: Collection[str],
    *,
    unique: bool,
) -> Finding | None:
    """A stored ride that has no id at this source (or one that is gone) and this name, or one like it."""
    free = [one for one in here if one.key(source) is None or one.key(source) not in listed]
    exact = [one for one in free if names.plain(one.name) == names.plain(ride.name)]
    alike = exact or [one for one in free if names.similarity(one.name, ride.name) >= names.ALIKE]
    if not alike:
        return None
    mine = alike[0]
    before = mine.key(source)
    return _about(
        ProposalKind.SAME_RIDE,
        source,
        ride,
        park_id,
        mine,
        {column(source): ride.key if source == WIKI else int(ride.key)},
        compared(mine.name, ride.name[:255]),
        f"its id {before} is not listed any more" if before else "it has no id there yet",
        clear=unique and len(exact) == 1 and mine.is_active,
    )


def _new_ride(
    park_id: int, ride: ListedRide, partner: ListedRide | None, source: DataSource, *, unique: bool
) -> Finding:
    queue = ride if source == QUEUE_TIMES else partner
    return Finding(
        ProposalKind.NEW_RIDE,
        source,
        ride.key,
        ride.name[:255],
        park_id=park_id,
        values={
            "name": ride.name[:255],
            "themeparks_wiki_id": ride.key if source == WIKI else None,
            "queue_times_id": None if queue is None else int(queue.key),
            "land_area": (queue.land[:100] or None) if queue is not None else None,
        },
        evidence=("listed once",) if unique else ("listed more than once under this name: one may be dead",),
        clear=unique,
    )
