"""Parks that are listed and not stored as they are listed. Pure: no query, no request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from stats.choices import DataSource, ProposalKind
from stats.jobs.discover import names
from stats.jobs.discover.finding import QUEUE_TIMES, UNKNOWN_CITY, WIKI, Finding, KnownPark, column, compared
from stats.jobs.discover.listed import ListedPark, same


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
        "city": UNKNOWN_CITY,
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
        values={column(source): key if source == WIKI else int(key)},
        evidence=(compared(mine.listed.name, park.name),),
        clear=clear and mine.is_active,
    )
