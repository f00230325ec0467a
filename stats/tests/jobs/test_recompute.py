"""Recomputing days: which rows are written, with what, and which are taken away or left alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from freezegun import freeze_time

from parks.models import Park, ParkActivitySnapshot
from rides.models import Ride, RideStatusSnapshot
from stats.frames import archive, roster
from stats.models import AggregationLog, ParkDailyStats, RideDailyStats
from stats.tests.databases import dump
from stats.tests.observed import a_park, a_ride, moments, observe
from stats.tests.recomputed import DAY, minutes, run

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("later")]


def test_running_it_twice_gives_identical_rows_with_the_same_ids(rides: list[Ride]) -> None:
    run("--date", str(DAY))
    first = dump(RideDailyStats, ParkDailyStats)
    assert len(first["ride_daily_stats"]) == 6
    assert len(first["park_daily_stats"]) == 2
    with freeze_time("2025-12-21T12:00:00Z"):
        assert "0 rows changed" in run("--date", str(DAY))
    assert dump(RideDailyStats, ParkDailyStats) == first


def test_wrong_rows_are_corrected_under_their_id_and_creation_time(rides: list[Ride]) -> None:
    run("--date", str(DAY))
    good = dump(RideDailyStats, ParkDailyStats)
    RideDailyStats.objects.update(uptime_minutes=1, avg_wait_time=None, peak_wait_time=7)
    ParkDailyStats.objects.update(total_downtime_hours="99.99")
    with freeze_time("2025-12-21T12:00:00Z"):
        run("--date", str(DAY))
    assert dump(RideDailyStats, ParkDailyStats) == good


def test_the_stored_score_survives_version_1_and_is_written_by_version_2(rides: list[Ride]) -> None:
    run("--date", str(DAY))
    ParkDailyStats.objects.update(shame_score="1.234", rides_with_downtime=99)
    run("--date", str(DAY))
    assert {str(score) for score in ParkDailyStats.objects.values_list("shame_score", flat=True)} == {"1.234"}
    assert not ParkDailyStats.objects.filter(rides_with_downtime=99).exists()
    run("--date", str(DAY), "--metrics-version", "2")
    second = ParkDailyStats.objects.filter(metrics_version=2)
    assert second.count() == 2
    assert all(score is not None for score in second.values_list("shame_score", flat=True))
    assert ParkDailyStats.objects.filter(metrics_version=1, shame_score="1.234").count() == 2


def test_two_versions_are_compared_column_by_column(rides: list[Ride]) -> None:
    run("--date", str(DAY))
    run("--date", str(DAY), "--metrics-version", "2")
    RideDailyStats.objects.filter(metrics_version=2, ride=rides[0]).update(downtime_minutes=990)
    text = run("--date", str(DAY), "--compare", "1", "2")
    assert "ride_daily_stats: 6 rows in both versions, 0 only in 1, 0 only in 2" in text
    assert f"ride {rides[0].pk} on {DAY}" in text
    assert "  downtime_minutes: 1 differ, largest " in text
    assert "shame_score: 2 differ, largest none" in text
    assert "uptime_minutes" not in text
    RideDailyStats.objects.filter(metrics_version=2).first().delete()  # type: ignore[union-attr]
    assert "5 rows in both versions, 1 only in 1" in run("--date", str(DAY), "--compare", "1", "2")


def test_a_dry_run_says_what_would_change_and_changes_nothing(rides: list[Ride]) -> None:
    before = dump()
    text = run("--date", str(DAY), "--dry-run")
    assert "rides 6 new, 0 changed, 0 removed, 0 as before" in text
    assert "8 rows would change" in text
    assert dump() == before


def test_a_deactivated_ride_that_was_observed_keeps_its_row_up_to_date(rides: list[Ride]) -> None:
    run("--date", str(DAY))
    Ride.objects.filter(pk=rides[0].pk).update(is_active=False)
    RideDailyStats.objects.filter(ride=rides[0]).update(uptime_minutes=5)
    roster.forget()
    run("--date", str(DAY))
    assert RideDailyStats.objects.get(ride=rides[0]).uptime_minutes > 5
    assert ParkDailyStats.objects.get(park=rides[0].park).total_rides_tracked == 3


def test_a_deactivated_ride_gets_no_new_row(rides: list[Ride]) -> None:
    Ride.objects.filter(pk=rides[0].pk).update(is_active=False)
    roster.forget()
    run("--date", str(DAY))
    assert set(minutes()) == {ride.pk for ride in rides[1:]}


def test_a_ride_without_snapshots_and_a_park_without_rides(rides: list[Ride]) -> None:
    silent = a_ride(rides[0].park)
    empty = a_park()
    run("--date", str(DAY))
    row = RideDailyStats.objects.get(ride=silent)
    assert (row.operating_hours_minutes, row.avg_wait_time) == (0, None)
    assert not ParkDailyStats.objects.filter(park=empty).exists()


def test_rides_of_an_inactive_park_have_rows_but_the_park_has_none(rides: list[Ride]) -> None:
    ride = a_ride(a_park(is_active=False))
    run("--date", str(DAY))
    assert minutes()[ride.pk] == 0
    assert not ParkDailyStats.objects.filter(park=ride.park).exists()


def test_an_archived_day_gives_the_same_rows_after_its_raw_rows_are_gone(rides: list[Ride]) -> None:
    run("--date", str(DAY))
    good = dump(RideDailyStats, ParkDailyStats)
    archive.write_day(DAY)
    for model in (RideStatusSnapshot, ParkActivitySnapshot):
        model._default_manager.all().delete()
    RideDailyStats.objects.update(uptime_minutes=1, status_changes=77)
    assert "(archive)" in run("--date", str(DAY))
    assert dump(RideDailyStats, ParkDailyStats) == good


def test_rows_of_rides_and_parks_that_were_deactivated_since_can_be_made_again(rides: list[Ride]) -> None:
    run("--date", str(DAY))
    good = dump(RideDailyStats, ParkDailyStats, without=["stat_id"])
    archive.write_day(DAY)
    Ride.objects.filter(pk=rides[0].pk).update(is_active=False)
    Park.objects.filter(pk=rides[-1].park_id).update(is_active=False)
    for model in (RideStatusSnapshot, ParkActivitySnapshot, RideDailyStats, ParkDailyStats):
        model._default_manager.all().delete()
    roster.forget()
    run("--date", str(DAY))
    assert dump(RideDailyStats, ParkDailyStats, without=["stat_id"]) == good


def test_snapshots_that_come_late_are_counted_by_the_next_run(rides: list[Ride]) -> None:
    last = rides[-1]
    RideStatusSnapshot.objects.filter(ride=last, recorded_at__gte=moments(DAY)[100]).delete()
    run("--date", str(DAY))
    before = minutes()
    missing = [moment + timedelta(seconds=1) for moment in moments(DAY)[100:]]
    RideStatusSnapshot.objects.bulk_create(
        RideStatusSnapshot(ride=last, recorded_at=at, status="OPERATING", computed_is_open=True, wait_time=5)
        for at in missing
    )
    run("--date", str(DAY))
    assert minutes()[last.pk] == before[last.pk] + 440
    assert {key: value for key, value in minutes().items() if key != last.pk} == {
        key: value for key, value in before.items() if key != last.pk
    }


def test_a_ride_whose_average_wait_does_not_fit_loses_that_figure_alone(rides: list[Ride]) -> None:
    odd = a_ride(rides[0].park)
    observe(DAY, [*rides[1:3], odd], lambda ride, number: ("OPERATING", True, 5000) if ride == odd else None)
    run("--date", str(DAY))
    row = RideDailyStats.objects.get(ride=odd)
    assert (row.avg_wait_time, row.max_wait_time, row.operating_hours_minutes) == (None, 5000, 2880)
    assert f"do not fit their columns: avg_wait_time of ride {odd.pk}" in (
        AggregationLog.objects.get().error_message or ""
    )
