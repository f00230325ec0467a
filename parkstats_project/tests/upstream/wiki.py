"""The answers of ThemeParks.wiki at one simulated time."""

from __future__ import annotations

import copy
import json
import re
from datetime import date, datetime, timedelta

from parkstats_project.tests.upstream.timeline import changes_between, day_of, state_at
from parkstats_project.tests.upstream.world import (
    ARCHIVE_FROM,
    BY_ID,
    BY_SLUG,
    DESTINATIONS,
    KEYS,
    PARKS,
    PLACES,
    Place,
    iso_z,
    local_midnight,
    make_id,
    schedule_rows,
)


class HttpError(Exception):
    def __init__(self, status: int, body: dict | str, headers: dict | None = None) -> None:
        self.status, self.body, self.headers = status, body, headers or {}


def not_found(what: str) -> HttpError:
    return HttpError(
        404,
        {
            "success": False,
            "error": {"type": "Not found", "message": f"Entity {what} not found", "code": 404},
        },
    )


class Wiki:
    """The answers of api.themeparks.wiki/v1 at one simulated time."""

    def __init__(self, now: datetime, base: str, key: str | None) -> None:
        self.now, self.base, self.key = now, base, key

    # -- entities

    def find(self, text: str) -> Place:
        place = BY_ID.get(text) or BY_SLUG.get(text)
        if place is None:
            raise not_found(text)
        return place

    def destination(self, place: Place) -> Place:
        while place.type != "DESTINATION":
            place = place.park_at(self.now)
        return place

    def below(self, place: Place) -> list[Place]:
        if place.type == "DESTINATION":
            parks = [p for p in PARKS if p.parent is place]
            return [x for p in parks for x in [p, *self.below(p)]] + [
                x for x in PLACES if x.parent is place and x.listed_at(self.now)
            ]
        if place.type == "PARK":
            return [x for x in PLACES if x.park_at(self.now) is place and x.listed_at(self.now)]
        return []

    def destinations(self) -> dict:
        return {
            "destinations": [
                {
                    "id": d.id,
                    "name": d.name,
                    "slug": d.slug,
                    "externalId": d.slug,
                    "parks": [{"id": p.id, "name": p.name} for p in PARKS if p.parent is d],
                }
                for d in DESTINATIONS
            ]
        }

    def entity(self, place: Place) -> dict:
        parent = place.park_at(self.now)
        body = {
            "id": place.id,
            "name": place.name_at(self.now),
            "slug": place.slug,
            "location": {"latitude": place.lat, "longitude": place.lon, "pointsOfInterest": []},
            "timezone": place.zone,
            "entityType": place.type,
            "externalId": f"ext_{place.key}",
        }
        if place.type != "DESTINATION":
            body["parentId"] = parent.id
            body["destinationId"] = self.destination(place).id
            if parent.type == "PARK":
                body["parkId"] = parent.id
        if place.type == "ATTRACTION":
            body["attractionType"] = "RIDE"
        return body

    def children(self, place: Place) -> dict:
        return {
            "id": place.id,
            "name": place.name_at(self.now),
            "entityType": place.type,
            "timezone": place.zone,
            "children": [
                {
                    "id": c.id,
                    "name": c.name_at(self.now),
                    "entityType": c.type,
                    "slug": None,
                    "parentId": c.park_at(self.now).id,
                    "externalId": f"ext_{c.key}",
                    "location": {"longitude": c.lon, "latitude": c.lat},
                }
                for c in self.below(place)
            ],
        }

    # -- live

    def live(self, place: Place) -> dict:
        if place.type in ("PARK", "DESTINATION"):
            shown = [x for x in [place, *self.below(place)] if x.type not in ("DESTINATION", "HOTEL")]
        else:
            shown = [place]
        return {
            "id": place.id,
            "name": place.name_at(self.now),
            "entityType": place.type,
            "timezone": place.zone,
            "liveData": [self.live_item(x) for x in shown],
        }

    def live_item(self, place: Place) -> dict:
        since, value = state_at(place, self.now)
        park = place if place.type == "PARK" else place.park_at(self.now)
        item = {
            "id": place.id,
            "name": place.name_at(self.now),
            "entityType": place.type,
            "parkId": park.id,
            "externalId": f"ext_{place.key}",
        }
        item.update(copy.deepcopy(value))
        if place.kind == "no_status":
            del item["status"]
        day = day_of(self.now, place.zone)
        if place.type == "ATTRACTION" and place.kind == "normal":
            item["operatingHours"] = [
                {"type": "Operating", "startTime": r["openingTime"], "endTime": r["closingTime"]}
                for r in schedule_rows(park, day)
                if r["type"] == "OPERATING"
            ]
            item["forecast"] = [
                {"time": r["openingTime"], "waitTime": place.wait, "percentage": 40}
                for r in schedule_rows(park, day)[:1]
            ]
        if place.kind == "restaurant" and value["status"] == "OPERATING":
            item["diningAvailability"] = [{"partySize": 2, "waitTime": 10}]
        stamp = since
        # Half of the feeds stamp every refresh, the others only a change.
        if place.kind in ("normal", "single_rider", "paid") and make_id(place.key) < "8":
            stamp = max(since, self.now.replace(minute=self.now.minute // 5 * 5, second=0, microsecond=0))
        item["lastUpdated"] = iso_z(stamp)
        return item

    # -- schedule

    def schedule(self, place: Place, days: list[date]) -> dict:
        body = {
            "id": place.id,
            "name": place.name_at(self.now),
            "entityType": place.type,
            "timezone": place.zone,
        }
        if place.type == "DESTINATION":
            body["schedule"] = []
            body["parks"] = [self.schedule(p, days) for p in PARKS if p.parent is place]
        else:
            body["schedule"] = (
                [r for d in days for r in schedule_rows(place, d)] if place.type == "PARK" else []
            )
        return body

    def upcoming(self, place: Place) -> dict:
        today = day_of(self.now, place.zone)
        return self.schedule(place, [today + timedelta(days=n) for n in range(31)])

    def month(self, place: Place, year: str, month: str) -> dict:
        if not re.fullmatch(r"0[1-9]|1[0-2]", month):
            raise HttpError(
                400,
                {
                    "success": False,
                    "error": {
                        "type": "Bad request",
                        "message": "Month must be a two-digit number (01-12)",
                        "code": 400,
                    },
                },
            )
        day, days = date(int(year), int(month), 1), []
        while day.month == int(month):
            days.append(day)
            day += timedelta(days=1)
        return self.schedule(place, days)

    # -- history

    def window(self, place: Place) -> date:
        depth = KEYS[self.key][0]
        today = day_of(self.now, place.zone)
        return ARCHIVE_FROM if depth is None else max(ARCHIVE_FROM, today - timedelta(days=depth - 1))

    def range(self, place: Place, query: dict, cap: int, park_cap: int) -> tuple[date, date]:
        def fail(kind: str, message: str, status: int = 400, **more) -> HttpError:
            return HttpError(status, {"error": {"type": kind, "message": message, **more}})

        def day(name: str, default: date) -> date:
            text = query.get(name)
            if text is None:
                return default
            try:
                return date.fromisoformat(text)
            except ValueError:
                try:  # an instant: the day it falls on is enough here
                    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
                except ValueError:
                    moment = None
                if moment is None or moment.tzinfo is None:
                    raise fail(
                        "INVALID_DATE",
                        f"{name} must be a calendar day (YYYY-MM-DD) or an RFC 3339 "
                        "instant with an offset (e.g. 2026-09-13T14:00:00Z).",
                    ) from None
                return day_of(moment, place.zone)

        if "date" in query and ("from" in query or "to" in query):
            raise fail("INVALID_DATE", "date cannot be combined with from or to.")
        if "to" in query and "from" not in query:
            raise fail("INVALID_DATE", "to needs from.")
        today = day_of(self.now, place.zone)
        if "date" in query:
            first = last = day("date", today)
        else:
            first, last = day("from", today), day("to", today)
        if last < first:
            raise fail("INVALID_RANGE", "to must not be before from.")
        allowed = self.window(place)
        if first < allowed:
            depth = KEYS[self.key][0]
            raise fail(
                "HISTORY_WINDOW_EXCEEDED",
                f"This key can see history back to {allowed} ({depth} days).",
                403,
                earliestAllowedDate=allowed.isoformat(),
            )
        limit = park_cap if place.type == "PARK" else cap
        if (last - first).days + 1 > limit:
            raise fail(
                "RANGE_TOO_LONG",
                f"A history call covers at most {limit} park-local days "
                f"({first} to {last} is {(last - first).days + 1}).",
            )
        return first, last

    def recorded(self, place: Place, first: date, last: date) -> list[Place]:
        """Which entities a history answer for this place holds."""
        if place.type != "PARK":
            return [place]
        start, end = local_midnight(first, place.zone), local_midnight(last + timedelta(days=1), place.zone)
        found = [place]
        for x in PLACES:
            here = x.park_at(start) is place or x.park_at(end - timedelta(seconds=1)) is place
            alive = (x.born is None or x.born < end) and (x.gone is None or x.gone > start)
            if here and alive and x.kind != "unrecorded" and x.type != "HOTEL":
                found.append(x)
        return sorted(found, key=lambda x: x.name)

    def head(self, place: Place) -> dict:
        return {
            "id": place.id,
            "name": place.name_at(self.now),
            "entityType": place.type,
            "parentId": place.park_at(self.now).id if place.parent else None,
            "destinationId": self.destination(place).id,
            "timezone": place.zone,
        }

    @staticmethod
    def coverage_of(place: Place) -> dict:
        if place.kind == "unrecorded":
            return {"firstRecordedAt": None}
        return {
            "firstRecordedAt": max(
                ARCHIVE_FROM, day_of(place.born, place.zone) if place.born else ARCHIVE_FROM
            ).isoformat()
        }

    def raw_entity(self, place: Place, first: date, last: date) -> dict:
        start = local_midnight(first, place.zone)
        end = local_midnight(last + timedelta(days=1), place.zone) - timedelta(seconds=1)
        opening: dict = {"time": iso_z(start)}
        if place.kind != "unrecorded" and place.listed_at(start):
            since, value = state_at(place, start)
            opening["observedAt"] = iso_z(since)
            opening["observedAtByKind"] = {kind: iso_z(since) for kind in sorted(paths_of(value))}
            opening.update(copy.deepcopy(value))
        else:
            opening["status"] = None
        rows, before = [], {k: v for k, v in opening.items() if k in ("status", "queue", "showtimes")}
        if place.kind != "unrecorded":
            for moment, value in changes_between(place, start, min(end, self.now)):
                if place.listed_at(moment):
                    rows.append(
                        {
                            "time": iso_z(moment),
                            "changed": changed_paths(before, value),
                            **copy.deepcopy(value),
                        }
                    )
                    before = value
        return {"opening": opening, "history": rows}

    def history(self, place: Place, query: dict) -> dict:
        first, last = self.range(place, query, 31, 1)
        body = self.head(place)
        body["range"] = {"from": first.isoformat(), "to": last.isoformat()}
        if place.type == "PARK":
            body["entities"] = [
                {
                    "id": x.id,
                    "name": x.name_at(local_midnight(last, x.zone)),
                    "entityType": x.type,
                    "coverage": self.coverage_of(x),
                    **self.raw_entity(x, first, last),
                }
                for x in self.recorded(place, first, last)
            ]
        else:
            body["coverage"] = self.coverage_of(place)
            body.update(self.raw_entity(place, first, last))
        body["next"] = None
        return body


def paths_of(value: dict) -> set[str]:
    found = {"status"} if value.get("status") is not None else set()
    found |= {f"queue.{name}" for name in value.get("queue") or {}}
    return found | ({"showtimes"} if "showtimes" in value else set())


def changed_paths(before: dict, after: dict) -> list[str]:
    def leaves(value: dict) -> dict:
        flat = {"status": value.get("status"), "showtimes": json.dumps(value.get("showtimes"))}
        for name, queue in (value.get("queue") or {}).items():
            for key, leaf in queue.items():
                flat[f"queue.{name}.{key}"] = json.dumps(leaf)
        return flat

    old, new = leaves(before), leaves(after)
    return sorted(path for path in old.keys() | new.keys() if old.get(path) != new.get(path))
