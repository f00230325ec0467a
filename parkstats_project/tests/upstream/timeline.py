"""What every entity shows at any moment, and its changes between two."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from parkstats_project.tests.upstream.world import (
    ARCHIVE_FROM,
    LOOKBACK_DAYS,
    Place,
    local_midnight,
    opening_windows,
    time,
    utc,
)


def rng(*parts: object) -> random.Random:
    return random.Random("|".join(str(p) for p in parts))


def queue_of(
    place: Place, status: str, wait: int | None, single: int | None = None, step: int = 0
) -> dict | None:
    if place.kind in ("no_queue", "refurbishment"):
        return None
    running = status == "OPERATING"
    queue = {"STANDBY": {"waitTime": wait if running else None}}
    if place.kind == "single_rider":
        queue["SINGLE_RIDER"] = {"waitTime": single if running else None}
    if place.kind == "boarding":
        queue["BOARDING_GROUP"] = {
            "allocationStatus": "AVAILABLE" if running else "CLOSED",
            "currentGroupStart": 10 + step if running else None,
            "currentGroupEnd": 14 + step if running else None,
            "nextAllocationTime": None,
            "estimatedWait": 90 if running else None,
        }
    if place.kind == "paid":
        price = {"amount": 2100, "currency": "USD", "formatted": "$21.00"}
        if place.zone == "Asia/Tokyo":
            price = {"amount": None, "currency": "JPY"}
        queue["PAID_RETURN_TIME"] = {
            "state": "AVAILABLE" if running else "FINISHED",
            "returnStart": None,
            "returnEnd": None,
            "price": price,
        }
    if place.kind == "virtual":
        queue["RETURN_TIME"] = {
            "state": "AVAILABLE" if running else "FINISHED",
            "returnStart": None,
            "returnEnd": None,
        }
    return queue


def state(status: str | None, queue: dict | None = None, showtimes: list | None = None) -> dict:
    made: dict = {"status": status}
    if queue is not None:
        made["queue"] = queue
    if showtimes is not None:
        made["showtimes"] = showtimes
    return made


@lru_cache(maxsize=50_000)
def events_of_day(place: Place, day: date) -> tuple[tuple[datetime, dict], ...]:
    """The changes whose schedule belongs to one park-local day, ascending."""
    start = local_midnight(day, place.zone)
    kind = place.kind
    if kind in ("refurbishment", "frozen", "ghost", "no_status", "unrecorded"):
        return ()
    park = place if place.type == "PARK" else place.park_at(start)
    dice = rng(place.key, day)
    if kind == "show":  # the whole day's list from midnight on, running or not
        zone = ZoneInfo(place.zone)
        times = []
        for hour in sorted(dice.sample(range(11, 20), 4)) if opening_windows(park, day) else ():
            begin = datetime.combine(day, time(hour, 15), tzinfo=zone)
            times.append(
                {
                    "type": "Performance Time",
                    "startTime": begin.isoformat(),
                    "endTime": (begin + timedelta(minutes=25)).isoformat(),
                }
            )
        return ((start, state("OPERATING" if times else "CLOSED", None, times)),)
    found: list[tuple[datetime, dict]] = []
    if park.type != "PARK":
        return ()
    for opens, closes in opening_windows(park, day):
        if place.type == "PARK" or kind == "restaurant":
            found.append((opens, state("OPERATING", {"STANDBY": {"waitTime": None}})))
            found.append((closes, state("CLOSED", {"STANDBY": {"waitTime": None}})))
            continue
        moment = opens + timedelta(seconds=dice.randrange(0, 1500))
        shuts = closes + timedelta(seconds=dice.randrange(60, 1200))
        level, status, step = max(place.wait - 15, 0), "OPERATING", 0
        if dice.random() < 0.08:  # opens late
            found.append((opens, state("DOWN", queue_of(place, "DOWN", None))))
            moment = opens + timedelta(seconds=dice.randrange(1800, 7200))
        while moment < shuts:
            step += 1
            wait: int | None = level
            if kind in ("no_wait", "no_queue"):
                wait = None
            if kind == "extreme" and step % 40 == 3:
                wait = 999
            found.append((moment, state(status, queue_of(place, status, wait, max(level - 10, 0), step))))
            if kind == "flapping":  # faster than a ten minute poll
                status = "DOWN" if status == "OPERATING" else "OPERATING"
                moment += timedelta(seconds=dice.randrange(40, 400))
                continue
            if status == "OPERATING" and dice.random() < 0.03:
                status = "DOWN"
                moment += timedelta(seconds=dice.randrange(180, 600))
            elif status == "DOWN":
                status = "OPERATING"
                moment += timedelta(seconds=dice.randrange(300, 5400))
            else:
                moment += timedelta(seconds=dice.randrange(180, 1020))
                level = min(max(level + 5 * dice.choice((-2, -1, -1, 0, 1, 1, 2)), 0), place.wait * 2 + 10)
        found.append((shuts, state("CLOSED", queue_of(place, "CLOSED", None))))
    # Only real changes, one a second, in order.
    kept: list[tuple[datetime, dict]] = []
    for moment, value in sorted(found, key=lambda pair: pair[0]):
        if kept and kept[-1][0] == moment:
            kept.pop()
        if not kept or kept[-1][1] != value:
            kept.append((moment, value))
    return tuple(kept)


def first_state(place: Place) -> tuple[datetime, dict]:
    """What holds before the first change."""
    if place.kind == "refurbishment":
        return utc("2026-06-01T10:00:00Z"), state("REFURBISHMENT")
    if place.kind == "frozen":
        return utc("2026-03-02T21:41:07Z"), state("OPERATING", queue_of(place, "OPERATING", 35))
    if place.kind == "ghost":
        return utc("2026-01-05T08:00:00Z"), state("CLOSED", queue_of(place, "CLOSED", None))
    if place.kind == "no_status":
        return utc("2026-05-20T12:00:00Z"), state(None, {"STANDBY": {"waitTime": None}})
    if place.kind == "unrecorded":
        return utc("2026-05-20T12:00:00Z"), state("CLOSED", None, [])
    return utc("2026-01-01T12:00:00Z"), state("CLOSED", queue_of(place, "CLOSED", None))


def day_of(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()


def changes_between(place: Place, start: datetime, end: datetime) -> list[tuple[datetime, dict]]:
    """Changes with start < time <= end."""
    day = day_of(start, place.zone) - timedelta(days=1)
    last = day_of(end, place.zone)
    merged: dict[datetime, dict] = {}
    while day <= last:
        for moment, value in events_of_day(place, day):
            if start < moment <= end:
                merged[moment] = value
        day += timedelta(days=1)
    listed = [(m, merged[m]) for m in sorted(merged)]
    before = state_at(place, start)[1] if listed else None
    kept = []
    for moment, value in listed:
        if value != before:
            kept.append((moment, value))
            before = value
    return kept


@lru_cache(maxsize=50_000)
def state_at(place: Place, moment: datetime) -> tuple[datetime, dict]:
    """The state in force at a moment, and since when."""
    day = day_of(moment, place.zone)
    for back in range(LOOKBACK_DAYS):
        here = day - timedelta(days=back)
        if here < ARCHIVE_FROM:
            break
        # A run past midnight belongs to the day before: look at both.
        near = [
            e for d in (here - timedelta(days=1), here) for e in events_of_day(place, d) if e[0] <= moment
        ]
        if near:
            return max(near, key=lambda event: event[0])
    return first_state(place)
