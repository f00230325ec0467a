"""Weekly, monthly and yearly rows from daily ones (docs/contract/daily-aggregation.md 6)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from freezegun import freeze_time

from parkstats_project.base.clock import DateSpan
from rides.models import Ride
from stats.jobs import live, retention, rollup
from stats.jobs.lease import LeaseHeld
from stats.models import (
    ParkMonthlyStats,
    ParkWeeklyStats,
    ParkYearlyStats,
    RideDailyStats,
    RideMonthlyStats,
    RideWeeklyStats,
    RideYearlyStats,
)
from stats.tests.databases import dump
from stats.tests.observed import a_park, a_ride

pytestmark = pytest.mark.django_db

TABLES = (
    RideWeeklyStats,
    ParkWeeklyStats,
    RideMonthlyStats,
    ParkMonthlyStats,
    RideYearlyStats,
    ParkYearlyStats,
)


def a_day(ride: Ride, day: date, **columns: Any) -> None:
    given = {
        "uptime_minutes": 300,
        "downtime_minutes": 60,
        "operating_hours_minutes": 400,
        "avg_wait_time": Decimal("20.00"),
        "peak_wait_time": 45,
        "status_changes": 2,
    }
    RideDailyStats.objects.create(ride=ride, stat_date=day, **(given | columns))


def roll_up(*words: str) -> str:
    out = StringIO()
    with freeze_time("2026-02-01T12:00:00Z"):
        call_command("roll_up_stats", *words, stdout=out)
    return out.getvalue()


def test_sums_maxima_and_averages_weighted_with_operating_minutes() -> None:
    ride = a_ride(a_park())
    monday = date(2025, 12, 1)
    a_day(ride, monday)
    a_day(ride, monday + timedelta(days=2), avg_wait_time=Decimal("50.00"), operating_hours_minutes=200)
    a_day(ride, monday + timedelta(days=3), avg_wait_time=None, peak_wait_time=None)
    roll_up("--date", str(monday))
    row = RideWeeklyStats.objects.get()
    assert (row.year, row.week_number, row.week_start_date) == (2025, 49, monday)
    assert (row.uptime_minutes, row.downtime_minutes, row.operating_hours_minutes) == (900, 180, 1000)
    assert row.uptime_percentage == Decimal("90.00")
    # A day without an average counts in the denominator.
    assert row.avg_wait_time == Decimal("18.00")
    assert (row.peak_wait_time, row.status_changes) == (45, 6)
    assert row.trend_vs_previous_week is None


def test_a_park_row_is_made_of_its_active_rides() -> None:
    park = a_park()
    first, second = a_ride(park), a_ride(park)
    for ride in (first, second, a_ride(park, is_active=False)):
        a_day(ride, date(2025, 12, 1))
    RideDailyStats.objects.filter(ride=second).update(
        downtime_minutes=0, uptime_minutes=0, avg_wait_time=None, peak_wait_time=90
    )
    roll_up("--date", "2025-12-01")
    row = ParkMonthlyStats.objects.get()
    assert (row.year, row.month, row.total_rides_tracked, row.rides_with_downtime) == (2025, 12, 2, 1)
    assert row.avg_uptime_percentage == Decimal("37.50")
    assert row.total_downtime_hours == Decimal("1.00")
    assert row.avg_wait_time == Decimal("10.00")
    assert row.peak_wait_time == 90


def test_nothing_observed_is_null_and_not_zero_where_the_legacy_has_it_so() -> None:
    ride = a_ride(a_park())
    a_day(ride, date(2025, 12, 1), uptime_minutes=0, operating_hours_minutes=0, avg_wait_time=None)
    roll_up("--date", "2025-12-01")
    assert RideWeeklyStats.objects.get().uptime_percentage == 0
    assert RideWeeklyStats.objects.get().avg_wait_time is None
    assert ParkWeeklyStats.objects.get().avg_uptime_percentage is None


def test_iso_weeks_stand_under_their_iso_year() -> None:
    ride = a_ride(a_park())
    a_day(ride, date(2025, 12, 31))
    roll_up("--date", "2025-12-31")
    week = RideWeeklyStats.objects.get()
    assert (week.year, week.week_number, week.week_start_date) == (2026, 1, date(2025, 12, 29))
    assert RideMonthlyStats.objects.values_list("year", "month").get() == (2025, 12)
    assert RideYearlyStats.objects.get().year == 2025


def test_the_trend_looks_back_one_period_and_is_cut_to_its_column() -> None:
    quiet, noisy = a_ride(a_park()), a_ride(a_park())
    a_day(quiet, date(2025, 12, 22), downtime_minutes=0)
    a_day(noisy, date(2025, 12, 22), downtime_minutes=10)
    a_day(quiet, date(2025, 12, 29), downtime_minutes=30)
    a_day(noisy, date(2025, 12, 29), downtime_minutes=20)
    roll_up("--start-date", "2025-12-22", "--end-date", "2025-12-29")
    trends = RideWeeklyStats.objects.filter(year=2026).values_list("ride_id", "trend_vs_previous_week")
    assert dict(trends) == {quiet.pk: None, noisy.pk: Decimal("100.00")}
    # 20 minutes at four places against the stored 0.17 hours.
    park = ParkWeeklyStats.objects.get(year=2026, park=noisy.park)
    assert park.trend_vs_previous_week == Decimal("96.06")
    RideDailyStats.objects.filter(ride=noisy, stat_date=date(2025, 12, 29)).update(downtime_minutes=10**6)
    roll_up("--date", "2025-12-29")
    assert RideWeeklyStats.objects.get(ride=noisy, year=2026).trend_vs_previous_week == Decimal("9999.99")


def test_a_corrected_week_also_corrects_the_trend_of_the_week_after() -> None:
    ride = a_ride(a_park())
    for day in (date(2025, 12, 1), date(2025, 12, 8)):
        a_day(ride, day)
    roll_up("--start-date", "2025-12-01", "--end-date", "2025-12-08")
    RideDailyStats.objects.filter(stat_date=date(2025, 12, 1)).update(downtime_minutes=120)
    roll_up("--date", "2025-12-01")
    after = RideWeeklyStats.objects.get(week_number=50)
    assert after.trend_vs_previous_week == Decimal("-50.00")


def test_rolling_up_twice_changes_nothing_and_only_the_asked_version_counts() -> None:
    ride = a_ride(a_park())
    a_day(ride, date(2025, 12, 1))
    a_day(ride, date(2025, 12, 1), metrics_version=2, downtime_minutes=70)
    roll_up("--date", "2025-12-01")
    first = dump(*TABLES)
    assert all(len(rows) == 1 for rows in first.values())
    assert "0 of 1 ride rows and 0 of 1 park rows changed" in roll_up("--date", "2025-12-01")
    assert dump(*TABLES) == first
    roll_up("--date", "2025-12-01", "--metrics-version", "2")
    assert RideWeeklyStats.objects.get().downtime_minutes == 70
    assert RideWeeklyStats.objects.get().created_at == first["ride_weekly_stats"][0]["created_at"]


def test_a_ride_without_daily_rows_any_more_loses_its_period() -> None:
    ride = a_ride(a_park())
    a_day(ride, date(2025, 12, 1))
    roll_up("--date", "2025-12-01")
    RideDailyStats.objects.all().delete()
    roll_up("--date", "2025-12-01")
    assert not any(dump(*TABLES).values())


def test_periods_touched_by_a_span() -> None:
    span = DateSpan(date(2025, 12, 28), date(2026, 1, 1))
    found = [(period.grain.name, period.span.start) for period in rollup.touched(span)]
    assert found == [
        ("WEEK", date(2025, 12, 22)),
        ("WEEK", date(2025, 12, 29)),
        ("MONTH", date(2025, 12, 1)),
        ("MONTH", date(2026, 1, 1)),
        ("YEAR", date(2025, 1, 1)),
        ("YEAR", date(2026, 1, 1)),
    ]


@pytest.mark.parametrize("command", ["roll_up_stats", "refresh_live_rankings", "prune_raw_data"])
def test_a_second_run_of_a_job_is_refused(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def held(name: str) -> None:
        raise LeaseHeld

    for module in (rollup, live, retention):
        monkeypatch.setattr(module, "lease", held)
    with pytest.raises(CommandError) as caught:
        call_command(command)
    assert caught.value.returncode == 3
