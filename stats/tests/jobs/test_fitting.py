"""A figure that its column cannot hold is lost, and nothing else."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from freezegun import freeze_time
from model_bakery import baker

from parks.models import ParkActivitySnapshot
from parkstats_project.base.clock import DateSpan
from stats.jobs import fitting, live, rollup
from stats.models import (
    ParkDailyStats,
    ParkLiveRanking,
    RideDailyStats,
    RideLiveRanking,
    RideWeeklyStats,
)
from stats.tests.observed import NOW, RUNNING, a_park, a_ride, at, raw_rows_since, saw


def test_null_where_it_may_be_else_the_greatest_that_fits() -> None:
    frame = pl.DataFrame(
        {
            "ride_id": [3, 5, 7],
            "avg_wait_time": [999_99, 1000_00, None],
            "uptime_percentage": [100_00, 55_00, -1000_00],
            "peak_wait_time": [2**31 - 1, 2**31, 5],
            "anything": [10**18, 0, 0],
        }
    )
    found, lost = fitting.fitted(RideDailyStats, frame, entity="ride_id")
    assert found.to_dict(as_series=False) == {
        "ride_id": [3, 5, 7],
        "avg_wait_time": [999_99, None, None],
        "uptime_percentage": [100_00, 55_00, -999_99],
        "peak_wait_time": [2**31 - 1, None, 5],
        "anything": [10**18, 0, 0],
    }
    assert lost == ("avg_wait_time of ride 5", "uptime_percentage of ride 7", "peak_wait_time of ride 5")


def test_a_score_of_a_park_may_be_too_great() -> None:
    frame = pl.DataFrame({"park_id": [1], "shame_score": [1_000_000], "total_rides_tracked": [4]})
    found, lost = fitting.fitted(ParkDailyStats, frame, entity="park_id")
    assert found.row(0) == (1, None, 4)
    assert lost == ("shame_score of park 1",)


@pytest.mark.django_db
def test_live_rankings_are_written_without_a_wait_that_does_not_fit(caplog: Any) -> None:
    raw_rows_since(at(0))
    park = a_park(is_disney=True)
    odd, plain = a_ride(park, tier=1), a_ride(park, tier=1)
    for minute in range(0, 60, 10):
        seen = {odd: ("OPERATING", True, 10**6), plain: RUNNING}
        saw(park, at(21, minute), seen if minute else dict.fromkeys(seen, ("DOWN", False, None)))
    with freeze_time(NOW):
        live.refresh(now=NOW)
    waits = dict(RideLiveRanking.objects.values_list("ride_id", "avg_wait_time"))
    assert waits == {odd.pk: None, plain.pk: 20}
    assert f"ride_live_rankings does not hold avg_wait_time of ride {odd.pk}" in caplog.text


@pytest.mark.django_db
def test_live_rankings_are_written_without_a_downtime_that_does_not_fit() -> None:
    raw_rows_since(at(0))
    park = a_park(is_disney=True)
    rides = [a_ride(park, tier=1) for _ in range(60)]
    for minute in range(0, 60, 10):
        saw(park, at(20, minute), dict.fromkeys(rides, RUNNING if minute == 0 else ("DOWN", False, None)))
        ParkActivitySnapshot.objects.bulk_create(
            ParkActivitySnapshot(
                park=park, recorded_at=at(20, minute), total_rides_tracked=60, park_appears_open=True,
                rides_open=1, rides_closed=59,
            )
            for _ in range(450)
        )  # fmt: skip
    with freeze_time(NOW):
        live.refresh(now=NOW)
    row = ParkLiveRanking.objects.get(park=park)
    assert (row.total_downtime_hours, row.total_rides) == (None, 60)


@pytest.mark.django_db
def test_a_roll_up_is_written_without_a_figure_that_does_not_fit() -> None:
    odd, plain = a_ride(a_park()), a_ride(a_park())
    for ride, minutes in ((odd, 2**31 - 1), (plain, 60)):
        for day in (date(2025, 12, 8), date(2025, 12, 9)):
            baker.make(
                RideDailyStats, ride=ride, stat_date=day, metrics_version=1, uptime_minutes=minutes,
                downtime_minutes=0, operating_hours_minutes=600, status_changes=0,
            )  # fmt: skip
    for _ in rollup.roll_up(DateSpan(date(2025, 12, 8), date(2025, 12, 9)), version=1, now=NOW):
        pass
    found = dict(RideWeeklyStats.objects.values_list("ride_id", "uptime_minutes"))
    assert found == {odd.pk: 2**31 - 1, plain.pk: 120}
