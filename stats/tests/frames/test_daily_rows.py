"""Daily rows as kept: one version of each, and what a writer or a hand changed is seen."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from freezegun import freeze_time
from model_bakery import baker

from parkstats_project.base import cache
from parkstats_project.base.cache import CHECK_SECONDS
from parkstats_project.base.clock import DateSpan
from stats.frames import daily_rows
from stats.models import AggregationLog, ParkDailyStats, RideDailyStats
from stats.tests.observed import NOW, a_park, a_ride

pytestmark = pytest.mark.django_db
DAY = date(2025, 12, 19)
SPAN = DateSpan(DAY, DAY)


def a_ride_day(**fields: Any) -> RideDailyStats:
    ride = a_ride(a_park())
    given: dict[str, Any] = {"ride": ride, "stat_date": DAY, "metrics_version": 1, "downtime_minutes": 30}
    row: RideDailyStats = baker.make(RideDailyStats, **(given | fields))
    return row


def test_decimals_are_held_as_integers_and_nulls_stay():
    row = a_ride_day(uptime_percentage=Decimal("71.79"), avg_wait_time=None, peak_wait_time=27)
    baker.make(
        ParkDailyStats, park=row.ride.park, stat_date=DAY, shame_score=Decimal("2.250"), metrics_version=1
    )
    ride_day = daily_rows.rides(SPAN).row(0, named=True)
    park_day = daily_rows.parks(SPAN).row(0, named=True)
    assert (ride_day["day"], ride_day["uptime"], ride_day["avg_wait"], ride_day["peak_wait"]) == (
        DAY,
        7179,
        None,
        27,
    )
    assert park_day["shame"] == 2250


def test_only_the_active_version_is_read(settings):
    row = a_ride_day()
    baker.make(RideDailyStats, ride=row.ride, stat_date=DAY, metrics_version=2, downtime_minutes=50)
    assert daily_rows.rides(SPAN)["downtime_minutes"].to_list() == [30]
    settings.PARKSTATS_METRICS_VERSION = 2
    cache.forget()
    assert daily_rows.rides(SPAN)["downtime_minutes"].to_list() == [50]


def test_a_logged_run_is_seen_within_seconds_and_a_change_by_hand_within_minutes():
    row = a_ride_day()
    with freeze_time(NOW) as clock:
        assert daily_rows.rides(SPAN)["downtime_minutes"].to_list() == [30]
        RideDailyStats.objects.filter(pk=row.pk).update(downtime_minutes=40)
        baker.make(AggregationLog, aggregation_date=DAY, aggregation_type="daily", status="success")
        clock.tick(timedelta(seconds=CHECK_SECONDS + 1))
        assert daily_rows.rides(SPAN)["downtime_minutes"].to_list() == [40]
        RideDailyStats.objects.filter(pk=row.pk).update(downtime_minutes=60)
        clock.tick(timedelta(seconds=daily_rows.LOOK_AGAIN + CHECK_SECONDS))
        assert daily_rows.rides(SPAN)["downtime_minutes"].to_list() == [60]


def test_a_row_whose_ride_is_gone_belongs_to_nobody():
    a_ride_day(ride=None)
    assert daily_rows.rides(SPAN).is_empty()


def test_a_month_is_read_in_a_few_queries(django_assert_max_num_queries):
    a_ride_day()
    with django_assert_max_num_queries(24):
        daily_rows.rides(DateSpan(DAY - timedelta(days=30), DAY))
    with django_assert_max_num_queries(0):
        daily_rows.rides(DateSpan(DAY - timedelta(days=30), DAY))
