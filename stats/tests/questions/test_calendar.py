"""A calendar has a day for each date, and an uptime says which dates it does not know."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from parkstats_project.base.clock import DateSpan
from stats.questions import calendar, uptime
from stats.tests.observed import NOW, TODAY, YESTERDAY, a_park, a_ride, park_day, ride_day

pytestmark = pytest.mark.django_db

SPAN = DateSpan(YESTERDAY - timedelta(days=1), YESTERDAY)


def test_a_date_without_a_row_is_unknown_and_not_zero():
    ride = a_ride(a_park())
    ride_day(ride, YESTERDAY, minutes=90, observed_collections=72, expected_collections=144)
    before, last = calendar.of_ride(ride.pk, SPAN)
    assert (before["downtime_hours"], before["coverage_percentage"]) == (None, None)
    assert (last["downtime_hours"], last["uptime_percentage"], last["coverage_percentage"]) == (
        1.5,
        90.0,
        50.0,
    )


def test_a_date_without_the_active_version_is_read_in_version_1(settings):
    settings.PARKSTATS_METRICS_VERSION = 2
    park = a_park()
    park_day(park, SPAN.start, hours="1.00")
    park_day(park, YESTERDAY, hours="1.00")
    park_day(park, YESTERDAY, hours="2.00", metrics_version=2)
    assert [day["downtime_hours"] for day in calendar.of_park(park.pk, SPAN)] == [1.0, 2.0]


def test_an_uptime_is_that_of_the_days_that_have_one():
    park, new = a_park(name="Pier"), a_park(name="New")
    for days, percentage in ((1, "90.00"), (2, "80.00"), (40, "10.00")):
        day: date = TODAY - timedelta(days=days)
        park_day(park, day, hours="1.00", avg_uptime_percentage=Decimal(percentage))
    assert uptime.of_park(park.pk, 7, now=NOW) == uptime.Uptime("Pier", 7, Decimal("85.0"), 5)
    assert uptime.of_park(new.pk, 7, now=NOW) == uptime.Uptime("New", 7, None, 7)
    assert uptime.of_park(999_999, 7, now=NOW) is None
