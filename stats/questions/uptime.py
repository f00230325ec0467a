"""Uptime of a park over its last days, for badges: what share is known is part of the answer."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, NamedTuple

from parkstats_project.base import clock
from parkstats_project.base.arithmetic import divide
from parkstats_project.base.clock import DateSpan
from stats.frames import roster
from stats.frames.roster import row_of
from stats.questions import calendar

DAYS: Final = (7, 30, 90)


class Uptime(NamedTuple):
    """Mean uptime of the days that have one, one decimal; None if no day has."""

    name: str
    days: int
    percentage: Decimal | None
    missing: int


def of_park(park_id: int, days: int, *, now: datetime) -> Uptime | None:
    """Over the `days` complete Pacific days before today; None if there is no such park."""
    park = row_of(roster.current().parks, "park_id", park_id)
    if park is None:
        return None
    yesterday = clock.pacific_date(now) - timedelta(days=1)
    found = calendar.of_park(park_id, DateSpan(yesterday - timedelta(days=days - 1), yesterday))
    known = [Decimal(str(day["uptime_percentage"])) for day in found if day["uptime_percentage"] is not None]
    mean = divide(sum(known), len(known), scale=1) if known else None
    return Uptime(park["name"], days, mean, days - len(known))
