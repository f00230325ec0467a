"""ThemeParks.wiki through its official SDK: who there is, how it is now, when it opens, how it was.

Answers are read item by item from the SDK's plain JSON: its models refuse a whole park for one bad item
(docs/data.md 1.1). Its retries, its patience with `Retry-After` and its watch over the limits are used; its
cache is off, since it keeps an answer before it has looked at it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple
from urllib.parse import quote

import themeparks

from parkstats_project.feeds.answers import (
    USER_AGENT,
    BudgetSpent,
    Concern,
    Doubt,
    Fault,
    FeedError,
    Refused,
    listed,
    mapping,
    minutes,
    moment,
    objects,
    updated,
)
from parkstats_project.feeds.client import Client

STATUSES: Final = ("OPERATING", "DOWN", "CLOSED", "REFURBISHMENT")
ATTRACTION: Final = "ATTRACTION"
MOST_PATIENCE: Final = 60.0
"""Seconds of `Retry-After` that a call sits out; more is a spent budget."""


@dataclass(frozen=True)
class Item:
    """An attraction now; `wait` (standby) in minutes as received, `updated` aware UTC or None."""

    id: str
    name: str
    status: str
    wait: int | None
    updated: datetime | None
    doubts: tuple[Doubt, ...]


class Live(NamedTuple):
    """The attractions of a park, each id once, and what was refused of them."""

    items: list[Item]
    refused: list[Refused]


class Opening(NamedTuple):
    """One announced opening: date of the park's calendar, kind, times as they are written, and a note."""

    date: str
    kind: str
    opens: str
    closes: str


class Schedule(NamedTuple):
    """Announced openings, the zone that times without an offset are in, and what was refused."""

    timezone: str
    openings: list[Opening]
    refused: list[Refused]


class State(NamedTuple):
    """What held from `at` (aware UTC) on; a status of None is unknown."""

    at: datetime
    status: str | None
    wait: int | None


class PastEntity(NamedTuple):
    """An entity over one past day: states ascending in time, the first of them holding as the day began.

    `degraded` if the source could not look far enough back for that first one; `observed` is when it was
    last seen, None if nothing was known before the day.
    """

    id: str
    name: str
    kind: str
    states: list[State]
    degraded: bool
    observed: datetime | None


class Child(NamedTuple):
    """An entity below a park or destination, as it is listed now."""

    id: str
    name: str
    kind: str
    parent: str | None
    latitude: Decimal | None
    longitude: Decimal | None


class Park(NamedTuple):
    """A park of the list of destinations."""

    id: str
    name: str
    destination: str


class Entity(NamedTuple):
    """A park in detail."""

    id: str
    name: str
    timezone: str
    latitude: Decimal | None
    longitude: Decimal | None


class ThemeParksWiki(Client):
    """A client; use it as a context manager. Safe to use from several threads."""

    def __init__(self, url: str, key: str) -> None:
        self._sdk = themeparks.ThemeParks(
            base_url=url.rstrip("/"),
            user_agent=USER_AGENT,
            cache=False,
            api_key=key or None,
            retry=themeparks.RetryConfig(max_retries=2, max_retry_after=MOST_PATIENCE),
        )

    def close(self) -> None:
        self._sdk.close()

    def live(self, park_id: str) -> Live:
        """The attractions of a park now; everything else of the answer is left out, unread."""
        body = self._get(f"/entity/{quote(park_id, safe='')}/live")
        found: dict[str, Item] = {}
        refused: list[Refused] = []
        for item in objects(listed(body, "liveData")):
            if item.get("entityType") != ATTRACTION:
                continue
            read = _item(item)
            if isinstance(read, Refused):
                refused.append(read)
            elif read.id in found:
                doubt = Doubt(Concern.INCONSISTENT_DATA, "listed twice", "the first entry counts")
                refused.append(Refused(read.id, read.name, doubt))
            else:
                found[read.id] = read
        return Live(list(found.values()), refused)

    def schedule(self, park_id: str) -> Schedule:
        """The announced openings from today on."""
        body = self._get(f"/entity/{quote(park_id, safe='')}/schedule")
        openings, refused = [], []
        for row in objects(listed(body, "schedule")):
            fields = [row.get(name) for name in ("date", "type", "openingTime", "closingTime")]
            if all(isinstance(field, str) for field in fields):
                openings.append(Opening(*map(str, fields)))
            else:
                doubt = Doubt(Concern.MISSING_DATA, "opening without times", str(fields)[:200])
                refused.append(Refused(park_id, str(row.get("date")), doubt))
        return Schedule(str(body.get("timezone") or ""), openings, refused)

    def past_day(self, park_id: str, day: date) -> list[PastEntity]:
        """Everything recorded of a park on one date of its own calendar: one request."""
        body = self._get(f"/entity/{quote(park_id, safe='')}/history?date={day.isoformat()}")
        return [_past(entity) for entity in objects(listed(body, "entities"))]

    def parks(self) -> list[Park]:
        """Every park of every destination."""
        body = self._get("/destinations")
        return [
            Park(park["id"], park["name"], str(destination.get("name") or ""))
            for destination in objects(listed(body, "destinations"))
            for park in objects(destination.get("parks") or [])
            if isinstance(park.get("id"), str) and isinstance(park.get("name"), str)
        ]

    def park(self, park_id: str) -> Entity:
        """One park in detail."""
        body = self._get(f"/entity/{quote(park_id, safe='')}")
        latitude, longitude = _place(body)
        return Entity(
            park_id, str(body.get("name") or ""), str(body.get("timezone") or ""), latitude, longitude
        )

    def children(self, park_id: str) -> list[Child]:
        """Everything listed below a park."""
        body = self._get(f"/entity/{quote(park_id, safe='')}/children")
        return [
            Child(
                child["id"],
                child["name"],
                str(child.get("entityType") or ""),
                child.get("parentId") if isinstance(child.get("parentId"), str) else None,
                *_place(child),
            )
            for child in objects(listed(body, "children"))
            if isinstance(child.get("id"), str) and isinstance(child.get("name"), str)
        ]

    def _get(self, path: str) -> dict[str, Any]:
        try:
            return mapping(self._sdk.raw.get_path(path))
        except themeparks.RateLimitError as error:
            raise BudgetSpent(str(error), retry_after=error.retry_after) from None
        except themeparks.TimeoutError as error:
            raise FeedError(Fault.TIMEOUT, str(error)) from None
        except themeparks.NetworkError as error:
            raise FeedError(Fault.UNREACHABLE, str(error)) from None
        except themeparks.APIError as error:
            raise FeedError(Fault.STATUS, str(error), status=error.status) from None


def _item(item: dict[str, Any]) -> Item | Refused:
    identity, name, status = item.get("id"), str(item.get("name") or ""), item.get("status")
    if not isinstance(identity, str) or not identity:
        return Refused("", name, Doubt(Concern.INCONSISTENT_DATA, "no id", f"{str(identity)[:40]!r}"))
    if status is None:
        return Refused(identity, name, Doubt(Concern.MISSING_DATA, "no status", "status is null or absent"))
    if status not in STATUSES:
        return Refused(
            identity, name, Doubt(Concern.INVALID_STATUS, "unknown status", f"{str(status)[:40]!r}")
        )
    wait, about_wait = _standby(item)
    at, about_time = updated(item.get("lastUpdated"))
    return Item(identity, name, status, wait, at, (*about_wait, *about_time))


def _standby(item: dict[str, Any]) -> tuple[int | None, list[Doubt]]:
    queue = item.get("queue")
    standby = queue.get("STANDBY") if isinstance(queue, dict) else None
    return minutes(standby.get("waitTime") if isinstance(standby, dict) else None)


def _past(entity: dict[str, Any]) -> PastEntity:
    opening = mapping(entity.get("opening"))
    began, _ = moment(opening.get("time"))
    if began is None:
        raise FeedError(Fault.SHAPE, "a day without a beginning")
    observed, _ = moment(opening.get("observedAt"))
    states = [_state(began, opening)] if observed is not None else []
    for row in objects(entity.get("history") or []):
        at, _ = moment(row.get("time"))
        if at is not None:
            states.append(_state(at, row))
    return PastEntity(
        str(entity.get("id")),
        str(entity.get("name") or ""),
        str(entity.get("entityType") or ""),
        sorted(states, key=lambda state: state.at),
        opening.get("degraded") is True,
        observed,
    )


def _state(at: datetime, row: dict[str, Any]) -> State:
    status = row.get("status")
    return State(at, status if status in STATUSES else None, _standby(row)[0])


def _place(entity: dict[str, Any]) -> tuple[Decimal | None, Decimal | None]:
    location = entity.get("location")
    found = []
    for name, limit in (("latitude", 90), ("longitude", 180)):
        value = location.get(name) if isinstance(location, dict) else None
        usable = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= limit
        found.append(Decimal(str(value)) if usable else None)
    return found[0], found[1]
