"""What the pictures of the admin show: answers of questions, put together (docs/design.md D19)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final, TypedDict, cast

from parkstats_project.base import clock
from stats.questions import calendar
from stats.questions.calendar import CalendarDay
from stats.questions.parks import breakdown, details
from stats.questions.parks import day as park_day
from stats.questions.rides import timeline
from stats.questions.rides.timeline import Incident

CALENDAR_DAYS: Final = 60
INCIDENT_DAYS: Final = 7
HOURS_DAYS: Final = 7
MOST_BLAMED: Final = 10
FIRST_DAY: Final = date(2000, 1, 1)
"""Nothing was collected before."""


class RidePictures(TypedDict):
    """The figures of a ride's page."""

    timezone: str
    day: timeline.RideDay
    calendar: list[CalendarDay]
    incidents: list[Incident]


class ParkPictures(TypedDict):
    """The figures of a park's page.

    `blame` are rides of the last calendar week, worst first; `hours` what the park announces around today.
    """

    timezone: str
    day: park_day.ParkDay
    calendar: list[CalendarDay]
    incidents: list[Incident]
    blame: list[breakdown.RideOfDates]
    hours: list[park_day.Announced]


def of_ride(ride_id: int, day: date, *, now: datetime) -> RidePictures | None:
    """A ride's day, sixty days and incidents; None if there is no such ride."""
    found = timeline.of_day(ride_id, day, now=now)
    if found is None:
        return None
    return {
        "timezone": found["timezone"],
        "day": found,
        "calendar": calendar.of_ride(ride_id, clock.rolling(clock.pacific_date(now), CALENDAR_DAYS)),
        "incidents": timeline.incidents(_last_days(now), now=now, rides=[ride_id]),
    }


def of_park(park_id: int, day: date, *, now: datetime) -> ParkPictures | None:
    """A park's day, sixty days, incidents and worst rides; None if there is no such park."""
    found = park_day.of_day(park_id, day, now=now)
    known = details.of_period(park_id, "last_week", now=now)
    if found is None or known is None:
        return None
    shame = cast(breakdown.DatesBreakdown, known["shame_breakdown"])
    return {
        "timezone": found["timezone"],
        "day": found,
        "calendar": calendar.of_park(park_id, clock.rolling(clock.pacific_date(now), CALENDAR_DAYS)),
        "incidents": timeline.incidents(_last_days(now), now=now, parks=[park_id]),
        "blame": shame["rides_with_downtime"][:MOST_BLAMED],
        "hours": park_day.announced(park_id, _around(clock.pacific_date(now))),
    }


def _around(today: date) -> clock.DateSpan:
    reach = timedelta(days=HOURS_DAYS)
    return clock.DateSpan(today - reach, today + reach)


def _last_days(now: datetime) -> clock.Window:
    return clock.Window(now - timedelta(days=INCIDENT_DAYS), now)
