"""Queue-Times.com: parks, and the rides of one park as they are now (docs/data.md 1.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NamedTuple

from parkstats_project.feeds.answers import (
    Concern,
    Doubt,
    Fault,
    FeedError,
    Refused,
    listed,
    mapping,
    minutes,
    objects,
    updated,
)
from parkstats_project.feeds.client import Client
from parkstats_project.feeds.http import Json

SINGLE_RIDER: Final = "single rider"


@dataclass(frozen=True)
class Park:
    """A park of the list; `operator` is the name of its group, coordinates in degrees."""

    id: int
    name: str
    operator: str
    country: str
    timezone: str
    latitude: Decimal | None
    longitude: Decimal | None


@dataclass(frozen=True)
class Ride:
    """A ride now; `wait` in minutes as received, `updated` aware UTC or None."""

    id: int
    name: str
    land: str
    is_open: bool
    wait: int | None
    updated: datetime | None
    doubts: tuple[Doubt, ...]


class Live(NamedTuple):
    """The rides of a park, each id once, and what was refused."""

    rides: list[Ride]
    refused: list[Refused]


class QueueTimes(Client):
    """A client; use it as a context manager."""

    def __init__(self, url: str) -> None:
        self._json = Json(url)

    def close(self) -> None:
        self._json.close()

    def parks(self) -> list[Park]:
        """Every park that is listed, in their order; entries without an id or name are left out."""
        body = self._json.get("/parks.json")
        if not isinstance(body, list):
            raise FeedError(Fault.SHAPE, "the list of parks is no list")
        found = []
        for group in objects(body):
            for park in objects(group.get("parks") or []):
                if isinstance(park.get("id"), int) and isinstance(park.get("name"), str):
                    found.append(_park(park, str(group.get("name") or "")))
        return found

    def live(self, park_id: int) -> Live:
        """The rides of a park now, of its lands and without one; lines for single riders are no rides."""
        body = mapping(self._json.get(f"/parks/{park_id}/queue_times.json"))
        rides: dict[int, Ride] = {}
        refused: list[Refused] = []
        for land, item in _items(body):
            name = str(item.get("name") or "")
            if SINGLE_RIDER in name.lower():
                continue
            ride = _ride(land, name, item)
            if isinstance(ride, Refused):
                refused.append(ride)
            elif ride.id in rides:
                doubt = Doubt(Concern.INCONSISTENT_DATA, "listed twice", "the first entry counts")
                refused.append(Refused(str(ride.id), name, doubt))
            else:
                rides[ride.id] = ride
        return Live(list(rides.values()), refused)


def _items(body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for land in objects(listed(body, "lands")):
        for item in objects(land.get("rides") or []):
            yield str(land.get("name") or ""), item
    for item in objects(body.get("rides") or []):
        yield "", item


def _ride(land: str, name: str, item: dict[str, Any]) -> Ride | Refused:
    number, is_open = item.get("id"), item.get("is_open")
    if not isinstance(number, int) or isinstance(number, bool):
        return Refused("", name, Doubt(Concern.INCONSISTENT_DATA, "no id", f"{str(number)[:40]!r}"))
    if not isinstance(is_open, bool):
        doubt = Doubt(Concern.INVALID_STATUS, "unknown status", f"is_open is {str(is_open)[:40]!r}")
        return Refused(str(number), name, doubt)
    wait, about_wait = minutes(item.get("wait_time"))
    if wait is None and not about_wait:
        about_wait = [Doubt(Concern.MISSING_DATA, "no wait", "wait_time is null or absent")]
    moment, about_time = updated(item.get("last_updated"))
    return Ride(number, name, land, is_open, wait, moment, (*about_wait, *about_time))


def _park(park: dict[str, Any], operator: str) -> Park:
    return Park(
        id=park["id"],
        name=park["name"],
        operator=operator,
        country=str(park.get("country") or ""),
        timezone=str(park.get("timezone") or ""),
        latitude=_degrees(park.get("latitude"), 90),
        longitude=_degrees(park.get("longitude"), 180),
    )


def _degrees(value: Any, limit: int) -> Decimal | None:
    try:
        read = Decimal(str(value))
    except InvalidOperation:
        return None
    return read if read.is_finite() and abs(read) <= limit else None
