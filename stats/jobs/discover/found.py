"""What differs between what is listed and what is stored. Pure: no query, no request.

A finding that is `clear` leaves no doubt and is applied at once; every other one is for people to decide.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from stats.choices import DataSource, ProposalKind
from stats.jobs.discover import names
from stats.jobs.discover.listed import ListedPark, ListedRide, same

WIKI = DataSource.THEMEPARKS_WIKI
QUEUE_TIMES = DataSource.QUEUE_TIMES


class KnownPark(NamedTuple):
    """A stored park; `listed` as if a source had it."""

    park_id: int
    is_active: bool
    listed: ListedPark


class KnownRide(NamedTuple):
    """A stored ride; `queue_times_id` is None for a ride that Queue-Times does not have."""

    ride_id: int
    park_id: int
    name: str
    is_active: bool
    wiki_id: str | None
    queue_times_id: str | None

    def key(self, source: DataSource) -> str | None:
        """Its id at a source."""
        return self.wiki_id if source == WIKI else self.queue_times_id


@dataclass(frozen=True)
class Finding:
    """A proposal to be made: columns to write, sentences that speak for it."""

    kind: ProposalKind
    source: DataSource
    key: str
    name: str
    park_id: int | None = None
    ride_id: int | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    evidence: tuple[str, ...] = ()
    clear: bool = False


# ------------------------------------------------------------------------------------------------ parks


def parks(listed: Iterable[ListedPark], known: Sequence[KnownPark]) -> Iterator[Finding]:
    """Parks that are new, or known and now found at a second source."""
    for park in listed:
        mine = [one for one in known if _shares_id(park, one.listed)]
        if len(mine) == 1:
            yield from _second_source(park, mine[0])
        elif not mine:
            yield from _unknown_park(park, known)


def _shares_id(one: ListedPark, other: ListedPark) -> bool:
    return (one.wiki_id is not None and one.wiki_id == other.wiki_id) or (
        one.queue_times_id is not None and one.queue_times_id == other.queue_times_id
    )


def _second_source(park: ListedPark, mine: KnownPark) -> Iterator[Finding]:
    if park.wiki_id and mine.listed.wiki_id is None:
        yield _same_park(park, mine, WIKI, park.wiki_id, clear=True)
    if park.queue_times_id and mine.listed.queue_times_id is None:
        yield _same_park(park, mine, QUEUE_TIMES, str(park.queue_times_id), clear=True)


def _unknown_park(park: ListedPark, known: Sequence[KnownPark]) -> Iterator[Finding]:
    alike = [one for one in known if same(park, one.listed, least=60)]
    source = WIKI if park.wiki_id else QUEUE_TIMES
    key = park.wiki_id or str(park.queue_times_id)
    if len(alike) == 1 and _lacks(alike[0].listed, source):
        exact = names.plain(alike[0].listed.name) == names.plain(park.name)
        yield _same_park(park, alike[0], source, key, clear=exact)
        return
    values = {
        "name": park.name,
        "themeparks_wiki_id": park.wiki_id,
        "queue_times_id": park.queue_times_id,
        "timezone": park.timezone,
        "country": park.country,
        "operator": park.operator,
        "latitude": None if park.spot is None else str(park.spot.latitude),
        "longitude": None if park.spot is None else str(park.spot.longitude),
        "is_disney": "disney" in park.group.casefold(),
        "is_universal": "universal" in park.group.casefold(),
    }
    lacking = [name for name in ("timezone", "country", "latitude") if not values[name]]
    evidence = [
        f"listed in {park.group}" if park.group else "listed",
        *(f"near {one.listed.name} (park {one.park_id})" for one in alike),
        *(f"{name} is not known" for name in lacking),
    ]
    yield Finding(
        ProposalKind.NEW_PARK,
        source,
        key,
        park.name,
        values=values,
        evidence=tuple(evidence),
        clear=not alike and not lacking,
    )


def _lacks(park: ListedPark, source: DataSource) -> bool:
    return (park.wiki_id if source == WIKI else park.queue_times_id) is None


def _same_park(park: ListedPark, mine: KnownPark, source: DataSource, key: str, *, clear: bool) -> Finding:
    return Finding(
        ProposalKind.SAME_PARK,
        source,
        key,
        park.name,
        park_id=mine.park_id,
        values={_column(source): key if source == WIKI else int(key)},
        evidence=(_compared(mine.listed.name, park.name),),
        clear=clear and mine.is_active,
    )


def _compared(here: str, there: str) -> str:
    return f"{here} here, {there} there: {names.similarity(here, there)} % alike"


def _column(source: DataSource) -> str:
    return "themeparks_wiki_id" if source == WIKI else "queue_times_id"


# ------------------------------------------------------------------------------------------------ rides


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
            yield Finding(
                ProposalKind.MOVED,
                source,
                listed.key,
                listed.name[:255],
                park_id=park_id,
                ride_id=ride.ride_id,
                values={"park_id": park_id},
                evidence=(f"belongs to park {ride.park_id}, is listed in {', '.join(map(str, elsewhere))}",),
                clear=elsewhere == [park_id] and ride.park_id in lists.wiki,
            )
        given = lists.given.get(ride.ride_id) == ride.name
        if ride.name != listed.name[:255] and (given or names.plain(ride.name) != names.plain(listed.name)):
            yield Finding(
                ProposalKind.RENAMED,
                source,
                listed.key,
                listed.name[:255],
                park_id=park_id,
                ride_id=ride.ride_id,
                values={"name": listed.name[:255]},
                evidence=(
                    f"was {ride.name}",
                    "nobody has edited the name" if given else "the name may be edited",
                ),
                clear=given,
            )
        if not ride.is_active and ride.ride_id in lists.vanished:
            yield Finding(
                ProposalKind.RETURNED,
                source,
                listed.key,
                listed.name[:255],
                park_id=park_id,
                ride_id=ride.ride_id,
                values={"is_active": True},
                evidence=("was switched off since it had vanished, and is listed again",),
            )


def _unlisted(park_id: int, lists: Lists, here: Sequence[KnownRide]) -> Iterator[Finding]:
    """Active rides that their park's source no longer lists, there or elsewhere."""
    source = lists.source(park_id)
    everywhere = {ride.key for rides_ in lists.of(source).values() for ride in rides_}
    if not lists.of(source)[park_id]:
        return
    for ride in here:
        key = ride.key(source)
        if ride.is_active and key is not None and key not in everywhere:
            yield Finding(
                ProposalKind.VANISHED,
                source,
                key,
                ride.name,
                park_id=park_id,
                ride_id=ride.ride_id,
                values={"is_active": False},
                evidence=(f"{source.label} does not list it in any park that was asked",),
            )


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
    return Finding(
        ProposalKind.SAME_RIDE,
        source,
        ride.key,
        ride.name[:255],
        park_id=park_id,
        ride_id=mine.ride_id,
        values={_column(source): ride.key if source == WIKI else int(ride.key)},
        evidence=(
            _compared(mine.name, ride.name[:255]),
            f"its id {before} is not listed any more" if before else "it has no id there yet",
        ),
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
