"""Details of a park: what its parts say in odd cases (docs/contract/parks.md 4)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from freezegun import freeze_time
from model_bakery import baker

from parks.models import ParkOperatingSession
from stats.models import ParkLiveRanking, RideDailyStats, RideLiveRanking
from stats.questions.parks import details as park_details
from stats.tests.observed import (
    CLOSED,
    DOWN,
    NOW,
    RUNNING,
    SILENT_RUNNING,
    SILENT_STANDING,
    a_park,
    a_ride,
    at,
    raw_rows_since,
    saw,
    saw_park,
    saw_ride,
)

pytestmark = pytest.mark.django_db


def details(park, period="live"):
    found = park_details.of_period(park.park_id, period, now=NOW)
    assert found is not None
    return found


def blame(park, period="live"):
    return details(park, period)["shame_breakdown"]


# -------------------------------------------------------------------------------------------- every period


def test_there_are_no_details_of_a_park_that_is_not_there():
    assert park_details.of_period(1, "live", now=NOW) is None
    assert park_details.of_period(10**4000, "live", now=NOW) is None


@pytest.mark.parametrize("state", [None, ""])
def test_where_there_is_no_state_the_country_is_named(state):
    park = a_park(city="Plailly", state_province=state, country="FR")
    assert details(park)["park"]["location"] == "Plailly, FR"


def test_counts_are_null_without_rides_and_zero_with_one():
    park = a_park()
    assert details(park)["tier_distribution"]["tier_1_count"] is None
    assert details(park)["current_status"] == {
        "total_rides": 0,
        "rides_open": None,
        "rides_closed": None,
        "last_updated": None,
    }


def test_a_ride_never_seen_is_in_the_total_only():
    park = a_park()
    a_ride(park, tier=3)
    a_ride(park, category="SHOW")
    a_ride(park, is_active=False)
    assert details(park)["tier_distribution"] == {
        "total_rides": 1,
        "tier_1_count": 0,
        "tier_2_count": 0,
        "tier_3_count": 1,
        "unclassified_count": 0,
    }
    assert details(park)["current_status"] == {
        "total_rides": 1,
        "rides_open": 0,
        "rides_closed": 0,
        "last_updated": None,
    }


def test_the_current_status_is_that_of_the_newest_row_whatever_its_age_and_the_park():
    park = a_park()
    seen = [RUNNING, SILENT_RUNNING, SILENT_STANDING, DOWN, CLOSED, ("REFURBISHMENT", False, None)]
    saw(park, at(12, day=2), {a_ride(park): what for what in seen}, appears_open=False)
    assert details(park)["current_status"] == {
        "total_rides": 6,
        "rides_open": 2,
        "rides_closed": 4,
        "last_updated": at(12, day=2),
    }


def test_rides_idle_for_a_week_do_not_count_towards_the_weight():
    park = a_park()
    a_ride(park, tier=1, last_operated_at=NOW - timedelta(days=7))
    a_ride(park, last_operated_at=NOW - timedelta(days=7, seconds=1))
    a_ride(park, last_operated_at=None)
    assert details(park)["effective_park_weight"] == 3
    assert details(park)["excluded_rides_count"] == 2


def test_at_most_seven_sessions_of_the_last_thirty_days_are_shown():
    park = a_park()
    for days in (0, 1, 2, 3, 4, 5, 6, 7, 30, 31, -1):
        day = NOW.date() - timedelta(days=days)
        baker.make(ParkOperatingSession, park=park, session_date=day, operating_minutes=60)
    dates = [session["session_date"] for session in details(park)["operating_sessions"]]
    assert dates == [NOW.date() - timedelta(days=days) for days in range(7)]


# --------------------------------------------------------------------------------------------------- live


def live_row(park, **fields):
    baker.make(ParkLiveRanking, park=park, park_name=park.name, calculated_at=at(1), **fields)


def test_without_a_row_in_the_live_table_even_excluded_rides_are_left_out():
    park = a_park()
    a_ride(park, last_operated_at=None)
    found = blame(park)
    assert found["rides_excluded"] == [] and found["rides_down"] == []
    assert found["shame_score"] == 0.0 and found["park_is_open"] is False
    assert [found["total_park_weight"], found["total_weighted_down"], found["total_excluded_weight"]] == [
        0
    ] * 3


def test_the_live_breakdown_shows_the_stored_rows_as_they_are():
    park = a_park()
    live_row(park, shame_score=Decimal("2.4"), total_park_weight=Decimal("48.00"), park_is_open=True)
    first, second, up = a_ride(park), a_ride(park), a_ride(park)
    for ride, tier, down in ((first, 2, True), (second, 1, True), (up, 1, False)):
        baker.make(
            RideLiveRanking,
            ride=ride,
            park=park,
            ride_name=f"Then {ride.name}",
            park_name=park.name,
            tier=tier,
            tier_weight=Decimal(4 - tier),
            is_down=down,
            current_status=None,
            calculated_at=at(1),
        )
    found = blame(park)
    assert [
        (row["ride_id"], row["tier"], row["tier_weight"], row["status"]) for row in found["rides_down"]
    ] == [
        (second.ride_id, 1, 3.0, None),
        (first.ride_id, 2, 2.0, None),
    ]
    assert found["rides_down"][0]["ride_name"] == f"Then {second.name}"
    assert (found["shame_score"], found["total_park_weight"], found["total_weighted_down"]) == (
        2.4,
        48.0,
        5.0,
    )
    assert found["park_is_open"] is True


@pytest.mark.mariadb
def test_excluded_rides_come_unclassified_first_and_say_how_many_full_days():
    park = a_park()
    live_row(park, total_park_weight=None)
    a_ride(park, tier=2, name="Last", last_operated_at=NOW - timedelta(days=8, hours=23))
    a_ride(park, name="Second", last_operated_at=None)
    a_ride(park, name="first", last_operated_at=None)
    found = blame(park)
    assert [(row["ride_name"], row["tier"], row["exclusion_reason"]) for row in found["rides_excluded"]] == [
        ("first", 3, "Never operated"),
        ("Second", 3, "Never operated"),
        ("Last", 2, "Last operated 8 days ago"),
    ]
    assert found["total_excluded_weight"] == 6.0
    assert found["total_park_weight"] == 0


def test_the_live_chart_keeps_closed_and_unknown_scores_and_names_the_last_known():
    park, unseen = a_park(), a_park()
    saw_park(park, NOW - timedelta(minutes=61), shame_score=Decimal("9.9"))
    saw_park(park, NOW - timedelta(minutes=60), shame_score=Decimal("1.0"), appears_open=False, rides_open=0)
    saw_park(park, NOW - timedelta(minutes=30), shame_score=Decimal("2.5"))
    saw_park(park, NOW - timedelta(minutes=10))
    saw_park(park, NOW, shame_score=Decimal("9.9"))
    assert details(park)["chart_data"] == {
        "granularity": "minutes",
        "labels": ["13:35", "14:05", "14:25"],
        "data": [1.0, 2.5, None],
        "current": 2.5,
    }
    assert details(unseen)["chart_data"]["current"] == 0.0


# -------------------------------------------------------------------------------------------------- today


def test_the_score_of_today_adds_up_over_the_hours():
    raw_rows_since(at(0, day=15))
    park = a_park(is_disney=True)
    down, up = a_ride(park, tier=1), a_ride(park)
    show = a_ride(park, category="SHOW")
    for hour in (18, 19, 20):
        for minute in range(0, 60, 10):
            saw(park, at(hour, minute), {down: DOWN, up: RUNNING, show: DOWN})
    saw(park, at(22, 30), {down: RUNNING})
    found = blame(park, "today")
    # 3 x 1.00 h x 3, and of the show 3 x 1.00 h x 2, on 7 units of weight
    assert found["weighted_downtime_hours"] == 15.0
    assert found["total_downtime_hours"] == 6.0
    assert found["total_park_weight"] == 7.0
    assert found["shame_score"] == round(15.0 / 7.0 * 10, 1)
    assert found["park_is_open"] is True
    [ride] = found["rides_with_downtime"]
    assert ride["ride_id"] == down.ride_id
    assert (ride["downtime_hours"], ride["weighted_downtime_hours"], ride["tier"]) == (3.0, 9.0, 1)
    assert ride["is_currently_down"] is True, "as of the last completed hour"
    assert ride["current_status"] == "OPERATING"
    assert found["shame_score"] == details(park, "today")["chart_data"]["average"]


def test_of_a_day_without_hours_everything_is_zero():
    found = blame(a_park(), "today")
    assert found["shame_score"] == 0.0 and found["total_park_weight"] == 0.0
    assert found["total_downtime_hours"] == 0.0 and found["park_is_open"] is False


def test_hours_of_the_chart_are_those_of_utc_minus_8_and_leave_unknown_scores_out():
    raw_rows_since(at(0, day=15))
    park = a_park()
    saw_park(park, at(16), shame_score=Decimal("1.0"), avg_wait_time=Decimal("10.00"), rides_closed=1)
    saw_park(park, at(16, 30), shame_score=Decimal("1.5"), rides_closed=2)
    saw_park(park, at(16, 40), rides_closed=50)
    saw_park(park, at(17), shame_score=Decimal("4.0"), appears_open=False, rides_open=0)
    saw_park(park, at(18), shame_score=Decimal("0.0"), appears_open=False, rides_open=3)
    chart = details(park, "today")["chart_data"]
    assert chart["labels"] == ["8:00", "10:00"]
    assert chart["data"] == [1.3, 0.0], "1.25 rounds away from zero"
    assert chart["avg_wait"] == [10.0, None]
    assert chart["rides_down"] == [2, 0]


# ---------------------------------------------------------------------------------------------- yesterday


def test_yesterday_adds_a_rounded_share_for_each_snapshot():
    raw_rows_since(at(0, day=15))
    park = a_park(is_disney=True)
    ride, other = a_ride(park, tier=1), a_ride(park)
    saw(park, at(16, day=19), {ride: RUNNING, other: RUNNING})
    for minute in range(50):
        saw(park, at(17, minute, day=19), {ride: DOWN})
    found = blame(park, "yesterday")
    [row] = found["rides_with_downtime"]
    assert (row["downtime_hours"], row["weighted_downtime_hours"]) == (8.34, 25.0)
    assert found["total_park_weight"] == 5.0 and found["shame_score"] == 50.0
    assert found["period_label"] == "Dec 19, 2025"


@pytest.mark.parametrize("times, listed", [(5, False), (6, True)])
def test_where_closed_counts_as_down_a_ride_must_have_run_six_times(times, listed):
    raw_rows_since(at(0, day=15))
    park = a_park()
    ride = a_ride(park)
    for minute in range(times):
        saw(park, at(16, minute, day=19), {ride: RUNNING})
    saw(park, at(17, day=19), {ride: CLOSED})
    assert len(blame(park, "yesterday")["rides_with_downtime"]) == listed


def test_yesterday_matches_by_the_minute_and_counts_open_by_running_rides():
    raw_rows_since(at(0, day=15))
    park = a_park(is_disney=True)
    ride = a_ride(park, tier=2)
    saw_park(park, at(16, 0, 5, day=19), appears_open=False, rides_open=1)
    saw_ride(ride, at(16, 0, 50, day=19), RUNNING)
    saw_park(park, at(17, 0, 5, day=19), appears_open=False, rides_open=1)
    saw_park(park, at(17, 0, 6, day=19))
    saw_ride(ride, at(17, 0, 50, day=19), DOWN)
    [row] = blame(park, "yesterday")["rides_with_downtime"]
    assert row["downtime_hours"] == 0.33, "two park rows in one minute count twice"


def test_without_rides_the_sums_of_yesterday_are_the_integer_zero():
    found = blame(a_park(), "yesterday")
    for key in ("total_downtime_hours", "weighted_downtime_hours", "total_park_weight"):
        assert found[key] == 0 and isinstance(found[key], int)
    assert found["shame_score"] == 0.0


# ----------------------------------------------------------------------------------- last week, last month


def a_day(ride, day, minutes, **fields):
    baker.make(RideDailyStats, ride=ride, stat_date=day, downtime_minutes=minutes, **fields)


def test_last_week_averages_over_the_dates_that_have_rows():
    park = a_park()
    ride, calm, show = a_ride(park, tier=1), a_ride(park), a_ride(park, category="SHOW")
    a_day(ride, date(2025, 12, 7), 100)
    a_day(ride, date(2025, 12, 13), 0)
    a_day(calm, date(2025, 12, 13), 0)
    a_day(show, date(2025, 12, 9), 600)
    a_day(ride, date(2025, 12, 14), 600)
    found = details(park, "last_week")
    breakdown = found["shame_breakdown"]
    [row] = breakdown["rides_with_downtime"]
    assert (row["downtime_hours"], row["weighted_downtime_hours"], row["days_with_downtime"]) == (
        1.67,
        5.0,
        1,
    )
    assert breakdown["total_park_weight"] == 5.0
    assert breakdown["shame_score"] == 5.0, "10.0 and 0.0"
    assert breakdown["period_label"] == "Dec 7-13, 2025" and breakdown["days_in_period"] == 7
    assert found["chart_data"] == {
        "granularity": "daily",
        "labels": ["Dec 07", "Dec 13"],
        "data": [1.0, 0.0],
        "downtime_hours": [1.67, 0.0],
        "rides_down": [1, 0],
        "average": 5.0,
    }


def test_last_month_is_the_calendar_month():
    park = a_park()
    ride = a_ride(park)
    a_day(ride, date(2025, 11, 1), 60)
    a_day(ride, date(2025, 11, 30), 60)
    a_day(ride, date(2025, 12, 1), 60)
    breakdown = blame(park, "last_month")
    assert breakdown["days_in_period"] == 30
    assert breakdown["rides_with_downtime"][0]["days_with_downtime"] == 2
    assert "for November 2025." in breakdown["explanation"]


# ------------------------------------------------------------------------------------------------ queries


@freeze_time(NOW)
@pytest.mark.parametrize(
    "period, queries",
    # The two live tables.
    [("live", 2), ("today", 0), ("yesterday", 0), ("last_week", 0), ("last_month", 0)],
)
def test_the_number_of_queries_once_hours_and_days_are_kept(period, queries, django_assert_num_queries):
    raw_rows_since(at(0, day=15))
    park = a_park()
    live_row(park)
    saw(park, at(22, 30), {a_ride(park): RUNNING, a_ride(park): DOWN})
    details(park, period)
    with django_assert_num_queries(queries):
        details(park, period)
