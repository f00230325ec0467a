"""What the sources list: parks at both of them, and the rides of a park."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from parkstats_project.base.zones import zone_named
from parkstats_project.feeds import queue_times, themeparks_wiki
from parkstats_project.feeds.themeparks_wiki import ATTRACTION
from stats.jobs.discover import names, places
from stats.jobs.discover.places import Spot

PAIRED: Final = 80
"""Similarity from which two parks that are near each other are one."""


@dataclass(frozen=True)
class ListedPark:
    """A park at one source or, found to be one, at both."""

    name: str
    wiki_id: str | None
    queue_times_id: int | None
    timezone: str
    country: str
    operator: str | None
    spot: Spot | None
    group: str


@dataclass(frozen=True)
class ListedRide:
    """A ride of a park at one source; `key` is its id there."""

    key: str
    name: str
    land: str = ""


def of_queue_times(park: queue_times.Park) -> ListedPark:
    """A park as Queue-Times lists it."""
    country = places.country_code(park.country)
    return ListedPark(
        name=park.name[:255],
        wiki_id=None,
        queue_times_id=park.id,
        timezone=park.timezone if zone_named(park.timezone) else "",
        country=country,
        operator=places.operator(park.operator, park.name),
        spot=places.spot(park.latitude, park.longitude, country=country),
        group=park.operator,
    )


def of_wiki(park: themeparks_wiki.Park, entity: themeparks_wiki.Entity) -> ListedPark:
    """A park as ThemeParks.wiki lists it."""
    return ListedPark(
        name=(entity.name or park.name)[:255],
        wiki_id=park.id,
        queue_times_id=None,
        timezone=entity.timezone if zone_named(entity.timezone) else "",
        country=places.country_of_zone(entity.timezone),
        operator=places.operator(park.destination, park.name),
        spot=places.spot(entity.latitude, entity.longitude),
        group=park.destination,
    )


def paired(wiki: Iterable[ListedPark], queue: Iterable[ListedPark]) -> list[ListedPark]:
    """Parks of both lists; two that are near each other and of similar names are one.

    Only if there is just one such partner for each: which of two it is, is for people to say.
    """
    wiki, queue = list(wiki), list(queue)
    partners = [(w, q) for w in wiki for q in queue if same(w, q, least=PAIRED)]
    alone: Callable[[ListedPark], bool] = lambda park: sum(park in pair for pair in partners) == 1  # noqa: E731
    both = {w: q for w, q in partners if alone(w) and alone(q)}
    merged = [
        ListedPark(
            name=w.name,
            wiki_id=w.wiki_id,
            queue_times_id=q.queue_times_id,
            timezone=w.timezone or q.timezone,
            country=q.country or w.country,
            operator=q.operator or w.operator,
            spot=w.spot or q.spot,
            group=q.group,
        )
        for w, q in both.items()
    ]
    used = set(both.values())
    return [*merged, *(w for w in wiki if w not in both), *(q for q in queue if q not in used)]


def same(one: ListedPark, other: ListedPark, *, least: int) -> bool:
    """Whether two parks may be one: near each other and of similar names."""
    apart = places.distance_km(one.spot, other.spot)
    return apart is not None and apart <= places.NEAR_KM and names.similarity(one.name, other.name) >= least


def rides_of_wiki(children: Iterable[themeparks_wiki.Child]) -> list[ListedRide]:
    """The attractions among what is below a park, without lines of others."""
    return [
        ListedRide(child.id, child.name)
        for child in children
        if child.kind == ATTRACTION and child.name.strip() and not names.is_line(child.name)
    ]


def rides_of_queue_times(live: queue_times.Live) -> list[ListedRide]:
    """The rides of a park, without lines of others."""
    return [
        ListedRide(str(ride.id), ride.name, ride.land)
        for ride in live.rides
        if ride.name.strip() and not names.is_line(ride.name)
    ]
