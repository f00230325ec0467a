"""The ten checks on a day (docs/contract/audit.md 1)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from model_bakery import baker

from parkstats_project.tests.plugin import forget_everything
from stats.models import ParkDailyStats, ParkWeeklyStats, RideDailyStats
from stats.questions.audit import status
from stats.tests.observed import a_park, a_ride

pytestmark = pytest.mark.django_db

DAY = date(2025, 12, 17)
# A Wednesday in week 51.
SOUND = {
    "downtime_minutes": 30,
    "uptime_minutes": 570,
    "operating_hours_minutes": 600,
    "uptime_percentage": Decimal("95.00"),
}
SOUND_PARK = {
    "shame_score": Decimal("0.500"),
    "avg_uptime_percentage": Decimal("95.00"),
    "rides_with_downtime": 1,
    "total_rides_tracked": 2,
    "total_downtime_hours": Decimal("0.50"),
}


@pytest.fixture
def park():
    """A park with a sound ride on a sound day."""
    park = a_park(name="Castle Park")
    ride_day(a_ride(park))
    return park


def ride_day(ride, day=DAY, **fields):
    baker.make(RideDailyStats, ride=ride, stat_date=day, **(SOUND | fields))


def park_day(park, day=DAY, **fields):
    baker.make(ParkDailyStats, park=park, stat_date=day, **(SOUND_PARK | fields))


def status_of(day):
    forget_everything()
    return status.status(day=day)


def only_failure(day=DAY):
    found = status_of(day)
    assert (found["total_checks"], found["passed"], found["failed"]) == (10, 9, 1)
    (failure,) = found["failures"]
    assert failure["passed"] is False
    assert found["critical_failures"] == (failure["severity"] == "CRITICAL")
    assert found["status"] == ("FAIL" if failure["severity"] == "CRITICAL" else "WARN")
    return failure


def test_a_sound_day_passes(park):
    park_day(park)
    assert status_of(DAY) == {
        "target_date": "2025-12-17",
        "total_checks": 10,
        "passed": 10,
        "failed": 0,
        "critical_failures": 0,
        "status": "PASS",
        "failures": [],
    }


def test_a_day_without_any_row_passes():
    assert status_of(DAY)["status"] == "PASS"


@pytest.mark.parametrize(
    ("fields", "name", "shown"),
    [
        (
            {"downtime_minutes": 1441, "operating_hours_minutes": 0},
            "downtime_exceeds_24h",
            {"downtime_hours": Decimal("24.02")},
        ),
        (
            {"uptime_percentage": Decimal("100.01")},
            "uptime_percentage_out_of_bounds",
            {"uptime_percentage": Decimal("100.01")},
        ),
        (
            {"uptime_percentage": Decimal("-0.01")},
            "uptime_percentage_out_of_bounds",
            {"uptime_percentage": Decimal("-0.01")},
        ),
        ({"downtime_minutes": -1}, "negative_downtime", {"downtime_minutes": -1}),
        (
            {"downtime_minutes": 601},
            "downtime_exceeds_operating_hours",
            {"downtime_minutes": 601, "operating_hours_minutes": 600},
        ),
    ],
)
def test_a_broken_ride_day_is_shown_with_what_is_wrong(park, fields, name, shown):
    ride = a_ride(park, name="Big Drop", is_active=False)
    ride_day(ride, **fields)
    failure = only_failure()
    assert (failure["check_name"], failure["violations"], failure["max_allowed"]) == (name, 1, 0)
    assert failure["severity"] == "CRITICAL"
    expected = {"ride_id": ride.pk, "ride_name": "Big Drop", "park_name": "Castle Park", "stat_date": DAY}
    assert failure["sample"] == [expected | shown]


@pytest.mark.parametrize(
    "fields",
    [
        {"downtime_minutes": 1440, "operating_hours_minutes": 1440},
        {"uptime_percentage": Decimal("100.00")},
        {"uptime_percentage": Decimal("0.00")},
        {"downtime_minutes": 600},
        {"downtime_minutes": 700, "operating_hours_minutes": 0},
    ],
)
def test_a_ride_day_on_the_edge_is_sound(park, fields):
    ride_day(a_ride(park), **fields)
    assert status_of(DAY)["status"] == "PASS"


@pytest.mark.parametrize(
    ("fields", "name", "shown"),
    [
        ({"shame_score": Decimal("-0.001")}, "shame_score_negative", {"shame_score": Decimal("-0.001")}),
        (
            {"avg_uptime_percentage": Decimal("100.01")},
            "park_uptime_out_of_bounds",
            {"avg_uptime_percentage": Decimal("100.01")},
        ),
        (
            {"avg_uptime_percentage": Decimal("-1.00")},
            "park_uptime_out_of_bounds",
            {"avg_uptime_percentage": Decimal("-1.00")},
        ),
        (
            {"rides_with_downtime": 3},
            "rides_with_downtime_exceeds_total",
            {"rides_with_downtime": 3, "total_rides_tracked": 2},
        ),
    ],
)
def test_a_broken_park_day_is_shown_with_what_is_wrong(park, fields, name, shown):
    park_day(park, **fields)
    failure = only_failure()
    assert (failure["check_name"], failure["severity"]) == (name, "CRITICAL")
    expected = {"park_id": park.pk, "park_name": "Castle Park", "stat_date": DAY}
    assert failure["sample"] == [expected | shown]


def test_nulls_are_not_out_of_bounds(park):
    park_day(park, shame_score=None, avg_uptime_percentage=None)
    assert status_of(DAY)["status"] == "PASS"


def test_fifty_active_parks_may_lack_their_rides(park):
    silent = [a_park() for _ in range(50)]
    a_park(is_active=False)
    assert status_of(DAY)["status"] == "PASS"
    a_park()
    failure = only_failure()
    assert (failure["check_name"], failure["severity"]) == ("no_ride_data_for_date", "WARNING")
    assert (failure["violations"], failure["max_allowed"]) == (51, 50)
    # The one date that is plain text, and the first five only.
    assert failure["sample"] == [
        {"park_id": one.pk, "park_name": one.name, "stat_date": "2025-12-17"} for one in silent[:5]
    ]


def test_a_hundred_rides_may_stand_still(park):
    idle = {"downtime_minutes": 0, "uptime_minutes": 0, "operating_hours_minutes": 0}
    for _ in range(100):
        ride_day(a_ride(park), **idle)
    assert status_of(DAY)["status"] == "PASS"
    ride_day(a_ride(park), **idle)
    failure = only_failure()
    # INFO, and yet a warning.
    assert (failure["check_name"], failure["severity"]) == ("rides_with_zero_operating_time", "INFO")
    assert (failure["violations"], len(failure["sample"])) == (101, 5)


def a_week(park, total, *, year=2025, week=51):
    baker.make(ParkWeeklyStats, park=park, year=year, week_number=week, total_downtime_hours=Decimal(total))


def test_a_week_may_differ_from_its_days_by_half_an_hour(park):
    # Monday to Sunday.
    for day in (15, 17, 21):
        park_day(park, date(2025, 12, day), total_downtime_hours=Decimal("2.00"))
    for day in (14, 22):
        park_day(park, date(2025, 12, day), total_downtime_hours=Decimal("9.00"))
    a_week(park, "6.50")
    assert status_of(DAY)["status"] == "PASS"
    ParkWeeklyStats.objects.update(total_downtime_hours=Decimal("5.49"))
    failure = only_failure()
    assert (failure["check_name"], failure["severity"]) == ("weekly_vs_daily_sum_mismatch", "WARNING")
    assert failure["sample"] == [
        {
            "park_id": park.pk,
            "park_name": "Castle Park",
            "year": 2025,
            "week_number": 51,
            "weekly_total": Decimal("5.49"),
            "daily_sum": Decimal("6.00"),
            "diff": Decimal("0.51"),
        }
    ]


def test_a_week_without_days_is_not_compared(park):
    a_week(park, "99.00")
    assert status_of(DAY)["status"] == "PASS"


def test_other_days_are_not_looked_at(park):
    ride_day(a_ride(park), DAY - timedelta(days=1), downtime_minutes=-1)
    ride_day(a_ride(park), DAY + timedelta(days=1), downtime_minutes=-1)
    assert status_of(DAY)["status"] == "PASS"


def test_failures_come_in_the_order_of_the_checks(park):
    park_day(park, shame_score=Decimal("-1"), rides_with_downtime=9)
    ride_day(a_ride(park), downtime_minutes=1500, uptime_percentage=Decimal("120"))
    found = status_of(DAY)
    assert [failure["check_name"] for failure in found["failures"]] == [
        "downtime_exceeds_24h",
        "uptime_percentage_out_of_bounds",
        "shame_score_negative",
        "downtime_exceeds_operating_hours",
        "rides_with_downtime_exceeds_total",
    ]
    assert (found["passed"], found["failed"], found["critical_failures"]) == (5, 5, 5)


@pytest.mark.parametrize(
    ("day", "week"),
    [
        # WEEK(date, 1) of MariaDB.
        (date(2025, 12, 17), 51),
        (date(2025, 1, 1), 1),
        (date(2025, 12, 31), 53),
        (date(2024, 12, 30), 53),
        (date(2026, 1, 1), 1),
        (date(2027, 1, 1), 0),
        (date(2021, 1, 3), 0),
        (date(2021, 1, 4), 1),
        (date(2020, 12, 31), 53),
        (date(2023, 1, 1), 0),
        (date(2023, 12, 31), 52),
        (date(1, 1, 1), 1),
        (date(9999, 12, 31), 52),
    ],
)
def test_weeks_are_counted_as_the_database_does(day, week):
    assert status.calendar_week(day) == week


@pytest.mark.mariadb
def test_the_database_counts_weeks_the_same_way():
    from django.db import connection

    days = [date(1999, 12, 20) + timedelta(days=number) for number in range(30 * 366)]
    days = [day for day in days if day.month in (1, 12)]
    with connection.cursor() as cursor:
        for part in range(0, len(days), 500):
            some = days[part : part + 500]
            cursor.execute(f"SELECT {', '.join(['WEEK(%s, 1)'] * len(some))}", some)
            assert list(cursor.fetchone()) == [status.calendar_week(day) for day in some]


@pytest.mark.parametrize("day", [date.min, date.max])
def test_the_ends_of_the_calendar_are_days_like_others(day):
    assert status_of(day)["status"] == "PASS"
