"""When the parks of the demo are open, and what they announce about it (docs/contract/jobs.md 1.5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from parks.choices import ScheduleType
from stats.demo.catalogue import DemoPark
from stats.demo.noise import Salt, chance

_HOUR = 3600


class OpenDay(NamedTuple):
    """One opening of a park, in epoch seconds; `ends` is before `closes` on a day that was broken off."""

    day: date
    opens: int
    closes: int
    ends: int


class Announcement(NamedTuple):
    """One row of park_schedules; a day without hours has neither time."""

    day: date
    opening: int | None
    closing: int | None
    kind: ScheduleType


def open_days(park: DemoPark, number: int, days: Iterable[date], *, seed: int) -> Iterator[OpenDay]:
    """The days on which a park really opens; `number` identifies the park."""
    zone = ZoneInfo(park.timezone)
    for day in days:
        if day.weekday() in park.hours.closed_on:
            continue
        first, last = park.hours.weekend if day.weekday() >= 5 else park.hours.weekday
        longer = chance(seed, Salt.HOURS, number, day.toordinal()) % 8 == 0
        opens, closes = _local(day, first, zone), _local(day, last + longer, zone)
        broken_off = chance(seed, Salt.CUT, number, day.toordinal()) % 60 == 0
        yield OpenDay(day, opens, closes, closes - (closes - opens) // 3 if broken_off else closes)


def announcements(park: DemoPark, number: int, days: list[date], *, seed: int) -> Iterator[Announcement]:
    """What the source announces: nothing for parks of Queue-Times, and a day is missing now and then."""
    if not park.wiki:
        return
    hours = {each.day: each for each in open_days(park, number, days, seed=seed)}
    for day in days:
        luck = chance(seed, Salt.ANNOUNCED, number, day.toordinal()) % 40
        if luck == 0:
            continue
        if (open_day := hours.get(day)) is None:
            yield Announcement(day, None, None, ScheduleType.INFO)
            continue
        yield Announcement(day, open_day.opens, open_day.closes, ScheduleType.OPERATING)
        if luck in (1, 2, 3):
            yield Announcement(day, open_day.opens - _HOUR // 2, open_day.opens, ScheduleType.EXTRA_HOURS)
        if luck == 4:
            yield Announcement(day, open_day.closes, open_day.closes + 3 * _HOUR, ScheduleType.TICKETED_EVENT)


def _local(day: date, hour: int, zone: ZoneInfo) -> int:
    wall = datetime.combine(day + timedelta(days=hour // 24), time(hour % 24), tzinfo=zone)
    return int(wall.timestamp())
