"""The answers of Queue-Times at one simulated time."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from parkstats_project.tests.upstream.timeline import day_of, rng, state_at
from parkstats_project.tests.upstream.wiki import HttpError
from parkstats_project.tests.upstream.world import ONLY_QUEUE_TIMES, PARKS, PLACES, Place, opening_windows

FREEZES_AFTER_CLOSING = {"p2"}  # keeps the last open values all night, as several parks do


def queue_times_parks() -> list[dict]:
    def park(p: Place, country: str, continent: str, lon: float | None = None) -> dict:
        return {
            "id": p.queue_times,
            "name": p.name,
            "country": country,
            "continent": continent,
            "latitude": str(p.lat),
            "longitude": str(p.lon if lon is None else lon),
            "timezone": p.zone,
        }

    by_key = {p.key: p for p in PARKS}
    cedar = {
        "id": 50,
        "name": "Cedar Bluff",
        "country": "United States",
        "continent": "North America",
        "latitude": "41.4822",
        "longitude": "-82.6835",
        "timezone": "America/New_York",
    }
    return [
        {
            "id": 2,
            "name": "Walt Disney Attractions",
            "parks": [
                park(by_key["p1"], "United States", "North America"),
                park(by_key["p4"], "France", "Europe"),
            ],
        },
        {
            "id": 3,
            "name": "Universal Parks & Resorts",
            "parks": [
                park(by_key["p2"], "United States", "North America"),
                park(by_key["p3"], "United States", "North America", 117.919),
            ],
        },  # sign lost, as seen upstream
        {"id": 9, "name": "Cedar Fair Entertainment Company", "parks": [cedar]},
    ]


def queue_times_live(park_id: int, now: datetime) -> dict:
    def ride(number: int, name: str, is_open: bool, wait: int, stamp: datetime) -> dict:
        return {
            "id": number,
            "name": name,
            "is_open": is_open,
            "wait_time": wait,
            "last_updated": stamp.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        }

    tick = now.replace(minute=now.minute // 5 * 5, second=0, microsecond=0)
    if park_id == ONLY_QUEUE_TIMES["id"]:
        local = now.astimezone(ZoneInfo("America/New_York"))
        running = 10 <= local.hour < 20
        rides = []
        for number, name in enumerate(ONLY_QUEUE_TIMES["rides"]):
            dice = rng("qt", name, local.date(), local.hour, local.minute // 20)
            up = running and dice.random() > 0.1
            rides.append(ride(9000 + number, name, up, 5 * dice.randrange(0, 12) if up else 0, tick))
        return {"lands": [], "rides": rides}
    park = next((p for p in PARKS if p.queue_times == park_id), None)
    if park is None:
        raise HttpError(
            404, "<!DOCTYPE html><html><body><h1>The page you were looking for doesn't exist.</h1>"
        )
    seen = tick
    if park.key in FREEZES_AFTER_CLOSING:
        windows = [
            w for n in (1, 0) for w in opening_windows(park, day_of(now, park.zone) - timedelta(days=n))
        ]
        past = [end for begin, end in windows if end <= tick]
        if past and not any(begin <= tick < end for begin, end in windows):
            seen = max(past) - timedelta(minutes=5)
    lands: dict[str, list] = {}
    for x in PLACES:
        if x.queue_times is None or x.parent is not park or not x.listed_at(now):
            continue
        value = state_at(x, seen)[1]
        is_open = value["status"] == "OPERATING"
        wait = (value.get("queue") or {}).get("STANDBY", {}).get("waitTime") or 0
        rides = lands.setdefault(x.land, [])
        rides.append(ride(x.queue_times, x.name, is_open, wait if is_open else 0, seen))
        if x.kind == "single_rider":
            single = value["queue"]["SINGLE_RIDER"]["waitTime"] or 0
            rides.append(
                ride(x.queue_times + 4000, f"{x.name} Single Rider", is_open and single > 0, single, seen)
            )
    return {
        "lands": [
            {"id": 100 + n, "name": name, "rides": rides}
            for n, (name, rides) in enumerate(sorted(lands.items()))
        ],
        "rides": [],
    }
