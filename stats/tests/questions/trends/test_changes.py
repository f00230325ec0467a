"""Weeks beside the weeks before (docs/contract/trends.md)."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from model_bakery import baker

from parkstats_project.tests.plugin import forget_everything
from stats.models import ParkWeeklyStats, RideWeeklyStats
from stats.questions.trends import changes
from stats.tests.observed import NOW, a_park, a_ride

pytestmark = pytest.mark.django_db

# The server date of NOW is in ISO week 51 of 2025.
THIS, LAST = (2025, 51), (2025, 50)


def ranked(category="parks-improving", *, among="all-parks", limit=50, now=NOW):
    forget_everything()
    return changes.ranked(category=category, among=among, limit=limit, now=now)


def park_week(park, trend, week=THIS, **fields):
    given = {
        "avg_uptime_percentage": Decimal("90.00"),
        "total_downtime_hours": Decimal("12.50"),
        "trend_vs_previous_week": None if trend is None else Decimal(trend),
    }
    baker.make(ParkWeeklyStats, park=park, year=week[0], week_number=week[1], **(given | fields))


def ride_week(ride, trend, week=THIS, **fields):
    given = {
        "uptime_percentage": Decimal("90.00"),
        "downtime_minutes": 202,
        "trend_vs_previous_week": None if trend is None else Decimal(trend),
    }
    baker.make(RideWeeklyStats, ride=ride, year=week[0], week_number=week[1], **(given | fields))


def test_the_row_of_an_improving_park_is_complete():
    park = a_park(name="Castle Park", queue_times_id=77)
    park_week(park, "-20.00")
    park_week(park, None, LAST, total_downtime_hours=Decimal("15.63"))
    assert ranked() == [
        {
            "park_id": park.pk,
            "park_name": "Castle Park",
            "location": "Tampa, Florida",
            "queue_times_id": 77,
            "queue_times_url": "https://queue-times.com/parks/77",
            "current_uptime": Decimal("90.00"),
            "previous_uptime": Decimal("112.50"),
            "improvement_percentage": Decimal("20.00"),
            "current_downtime_hours": Decimal("12.50"),
            "previous_downtime_hours": Decimal("15.63"),
        }
    ]


def test_hours_of_a_ride_are_unrounded_numbers():
    park = a_park(queue_times_id=77)
    ride = a_ride(park, queue_times_id=88)
    ride_week(ride, "11.25")
    ride_week(ride, None, LAST, downtime_minutes=203)
    (row,) = ranked("rides-declining")
    assert (row["current_downtime_hours"], row["previous_downtime_hours"]) == (202 / 60.0, 203 / 60.0)
    assert isinstance(row["current_downtime_hours"], float)
    assert str(row["previous_uptime"]) == "80.90"
    assert str(row["decline_percentage"]) == "11.25"
    assert row["queue_times_url"] == "https://queue-times.com/parks/77/rides/88"
    assert (row["queue_times_id"], row["park_queue_times_id"]) == (88, 77)


def test_without_a_row_of_the_week_before_a_park_shows_zero_and_a_ride_null():
    park = a_park()
    ride = a_ride(park)
    park_week(park, "10.00")
    ride_week(ride, "10.00")
    assert str(ranked("parks-declining")[0]["previous_downtime_hours"]) == "0.00"
    assert ranked("rides-declining")[0]["previous_downtime_hours"] is None


@pytest.mark.parametrize(
    ("trend", "improving", "declining"),
    [
        ("-5.01", 1, 0),
        ("-5.00", 0, 0),
        ("0.00", 0, 0),
        (None, 0, 0),
        ("5.00", 0, 0),
        ("5.01", 0, 1),
        ("9999.99", 0, 1),
    ],
)
def test_a_change_of_five_percent_is_none(trend, improving, declining):
    park = a_park()
    park_week(park, trend)
    ride_week(a_ride(park), trend)
    for entity in ("parks", "rides"):
        assert len(ranked(f"{entity}-improving")) == improving
        assert len(ranked(f"{entity}-declining")) == declining


def test_a_fall_to_nothing_has_no_uptime_before():
    park = a_park()
    park_week(park, "-100.00")
    ride_week(a_ride(park), "-100.00")
    assert ranked()[0]["previous_uptime"] is None
    assert ranked("rides-improving")[0]["previous_uptime"] is None


def test_a_park_without_an_uptime_shows_none():
    park_week(a_park(), "-50.00", avg_uptime_percentage=None)
    (row,) = ranked()
    assert (row["current_uptime"], row["previous_uptime"]) == (None, None)


@pytest.mark.parametrize(
    ("uptime", "trend", "before"), [("90.00", "-60.00", "225.00"), ("99.99", "-5.49", "105.80")]
)
def test_the_uptime_before_may_exceed_a_hundred(uptime, trend, before):
    park_week(a_park(), trend, avg_uptime_percentage=Decimal(uptime))
    assert str(ranked()[0]["previous_uptime"]) == before


def test_the_greatest_change_comes_first_and_equal_ones_by_id():
    parks = [a_park() for _ in range(4)]
    for park, trend in zip(parks, ("-10.00", "-30.00", "-10.00", "-20.00"), strict=True):
        park_week(park, trend)
    expected = [parks[1].pk, parks[3].pk, parks[0].pk, parks[2].pk]
    assert [row["park_id"] for row in ranked()] == expected
    assert [row["park_id"] for row in ranked(limit=2)] == expected[:2]
    rides = [a_ride(parks[0]) for _ in range(3)]
    for ride, trend in zip(rides, ("10.00", "30.00", "10.00"), strict=True):
        ride_week(ride, trend)
    found = [row["ride_id"] for row in ranked("rides-declining")]
    assert found == [rides[1].pk, rides[0].pk, rides[2].pk]


def test_a_missing_state_leaves_no_location_and_a_queue_times_id_of_zero_no_url():
    park = a_park(state_province=None, queue_times_id=0)
    park_week(park, "-10.00")
    (row,) = ranked()
    assert (row["location"], row["queue_times_url"], row["queue_times_id"]) == (None, None, 0)
    ride_week(a_ride(park), "-10.00")
    assert ranked("rides-improving")[0]["queue_times_url"] is None


def test_only_active_attractions_of_active_parks_take_part():
    park, shut = a_park(), a_park(is_active=False)
    park_week(shut, "-10.00")
    for ride in (a_ride(park, is_active=False), a_ride(park, category="SHOW"), a_ride(shut)):
        ride_week(ride, "-10.00")
    assert ranked() == ranked("rides-improving") == []


def test_the_filter_leaves_disney_and_universal():
    parks = [a_park(is_disney=True), a_park(is_universal=True), a_park()]
    for park in parks:
        park_week(park, "-10.00")
        ride_week(a_ride(park), "-10.00")
    assert [row["park_id"] for row in ranked(among="disney-universal")] == [parks[0].pk, parks[1].pk]
    assert len(ranked("rides-improving", among="disney-universal")) == 2


@pytest.mark.parametrize(
    ("now", "week", "before"),
    [
        # The calendar year with the ISO week: 1 January 2027 lies in week 53 of 2026.
        (datetime(2027, 1, 1, 12, tzinfo=UTC), (2027, 53), (2026, 52)),
        (datetime(2025, 12, 30, 12, tzinfo=UTC), (2025, 1), (2025, 52)),
        # The server's date is the UTC one.
        (datetime(2025, 12, 21, 23, 59, tzinfo=UTC), (2025, 51), (2025, 50)),
        (datetime(2025, 12, 22, 0, 0, tzinfo=UTC), (2025, 52), (2025, 51)),
    ],
)
def test_weeks_are_those_of_the_calendar_year_and_the_iso_week(now, week, before):
    park = a_park()
    park_week(park, "-10.00", week)
    park_week(park, None, before, total_downtime_hours=Decimal("7.00"))
    park_week(park, "-90.00", (2020, 1))
    (row,) = ranked(now=now)
    assert (str(row["improvement_percentage"]), str(row["previous_downtime_hours"])) == ("10.00", "7.00")


@pytest.mark.parametrize(
    ("period", "current", "previous"),
    [
        ("today", "2025-12-20 to 2025-12-20", "2025-12-19 to 2025-12-19"),
        ("yesterday", "2025-12-19 to 2025-12-19", "2025-12-18 to 2025-12-18"),
        ("last_week", "2025-12-07 to 2025-12-13", "2025-11-30 to 2025-12-06"),
        ("7days", "2025-12-07 to 2025-12-13", "2025-11-30 to 2025-12-06"),
        ("last_month", "2025-11-01 to 2025-11-30", "2025-10-01 to 2025-10-31"),
        ("30days", "2025-11-01 to 2025-11-30", "2025-10-01 to 2025-10-31"),
    ],
)
def test_a_period_names_two_spans(period, current, previous):
    assert changes.comparison(period=period, now=NOW) == {
        "current_period": current,
        "previous_period": previous,
    }


def test_the_spans_follow_the_pacific_date():
    spans = changes.comparison(period="today", now=datetime(2026, 1, 1, 7, 59, tzinfo=UTC))
    assert spans["current_period"] == "2025-12-31 to 2025-12-31"
