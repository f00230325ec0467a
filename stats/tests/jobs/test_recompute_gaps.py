"""Recomputing days of which something was not seen: what is kept, what is written, and that it is said."""

from __future__ import annotations

from datetime import timedelta

import pytest

from parks.models import ParkActivitySnapshot
from rides.models import Ride, RideStatusSnapshot
from stats.choices import RunStatus
from stats.jobs import recompute
from stats.models import AggregationLog, ParkDailyStats, RideDailyStats
from stats.tests.databases import dump
from stats.tests.observed import RUNNING, a_park, a_ride, an_earlier_row, moments, observe, two_parks
from stats.tests.recomputed import DAY, minutes, refused, run

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("later")]


def test_the_row_of_a_ride_of_which_no_observation_is_left_stays_and_is_named(rides: list[Ride]) -> None:
    gone = a_ride(rides[0].park, is_active=False)
    RideDailyStats.objects.create(ride=gone, stat_date=DAY, uptime_minutes=10)
    code, text = refused("--date", str(DAY))
    assert (code, str(DAY) in text) == (4, True)
    assert set(minutes()) == {ride.pk for ride in [*rides, gone]}
    assert RideDailyStats.objects.get(ride=gone).uptime_minutes == 10
    assert f"kept what saw more: park {gone.park_id} (144/144): ride {gone.pk}" in (
        AggregationLog.objects.get().error_message or ""
    )
    # The park's row is made of all rows of its rides, this one included.
    assert ParkDailyStats.objects.get(park=gone.park).total_rides_tracked == 4
    run("--date", str(DAY), "--allow-gaps")
    assert RideDailyStats.objects.get(ride=gone).uptime_minutes == 0


def test_what_is_said_of_days_is_what_they_lack(rides: list[Ride]) -> None:
    unseen, hardly_seen = DAY - timedelta(days=2), DAY - timedelta(days=1)
    gone = a_ride(rides[0].park, is_active=False)
    RideDailyStats.objects.create(ride=gone, stat_date=DAY, uptime_minutes=10)
    assert refused("--date", str(unseen)) == (4, f"there are no observations of {unseen}")
    assert refused("--start-date", str(unseen), "--end-date", str(DAY)) == (
        4,
        f"there are no observations of {unseen}; rows that saw more stayed on {DAY}; "
        f"less than the day was seen on {hardly_seen}",
    )


def test_one_dark_park_among_many_keeps_its_rows_and_the_others_are_written(rides: list[Ride]) -> None:
    dark = a_ride(a_park())
    kept = RideDailyStats.objects.create(ride=dark, stat_date=DAY, uptime_minutes=777)
    ParkDailyStats.objects.create(park=dark.park, stat_date=DAY, total_rides_tracked=1)
    code, message = refused("--date", str(DAY))
    assert (code, str(DAY) in message) == (4, True)
    kept.refresh_from_db()
    assert kept.uptime_minutes == 777
    assert len(minutes()) == 7
    log = AggregationLog.objects.get()
    assert (log.status, log.error_message) == (
        RunStatus.SUCCESS,
        f"kept what saw more: park {dark.park_id} (0/144): its own row ride {dark.pk}",
    )


@pytest.mark.parametrize(("missed", "too_many"), [(7, False), (8, True)])
def test_five_percent_of_the_collections_may_be_missing(missed: int, too_many: bool) -> None:
    first, second = two_parks(rides=1)
    an_earlier_row(DAY, first)
    observe(DAY, [first])
    observe(DAY, [second], at=moments(DAY)[missed:])
    outcome = recompute.recompute_day(DAY, version=1)
    assert outcome.expected == 144
    assert outcome.below == ((second.park_id,) if too_many else ())
    assert outcome.complete is not too_many


def test_gaps_are_written_if_the_command_line_says_so() -> None:
    first, second = two_parks(rides=1)
    an_earlier_row(DAY, first)
    observe(DAY, [first])
    observe(DAY, [second], lambda ride, number: RUNNING, at=moments(DAY)[:72])
    assert refused("--date", str(DAY))[0] == 4
    # There was no row: an outage must not make a day disappear.
    assert minutes()[second.pk] == 720
    RideDailyStats.objects.filter(ride=second).update(
        operating_hours_minutes=1440, uptime_minutes=1440, observed_collections=144
    )
    assert refused("--date", str(DAY))[0] == 4
    assert minutes()[second.pk] == 1440
    run("--date", str(DAY), "--allow-gaps")
    assert minutes()[second.pk] == 720
    assert "gaps allowed" in (AggregationLog.objects.get().error_message or "")


def test_hours_without_any_collection_are_gaps_also_if_nobody_was_seen_in_them() -> None:
    rides = two_parks(rides=1)
    observe(DAY, rides, at=moments(DAY)[60:])
    assert refused("--date", str(DAY))[0] == 4
    rows = RideDailyStats.objects.values_list("observed_collections", "expected_collections")
    assert list(rows) == [(84, 144)] * 2


@pytest.mark.parametrize("words", [(), ("--allow-gaps",)])
def test_a_day_without_observations_is_never_overwritten(rides: list[Ride], words: tuple[str, ...]) -> None:
    empty = DAY + timedelta(days=2)
    kept = RideDailyStats.objects.create(ride=rides[0], stat_date=empty, uptime_minutes=777)
    assert refused("--date", str(empty), *words)[0] == 4
    kept.refresh_from_db()
    assert kept.uptime_minutes == 777
    assert RideDailyStats.objects.count() == 1
    log = AggregationLog.objects.get()
    assert (log.status, log.error_message) == (RunStatus.FAILED, "no observations")


def test_a_day_whose_beginning_is_pruned_is_left_as_it_was(rides: list[Ride]) -> None:
    run("--date", str(DAY))
    before = dump(RideDailyStats, ParkDailyStats)
    for model in (RideStatusSnapshot, ParkActivitySnapshot):
        model._default_manager.filter(recorded_at__lt=moments(DAY)[30]).delete()
    assert refused("--date", str(DAY))[0] == 4
    assert dump(RideDailyStats, ParkDailyStats) == before
    run("--date", str(DAY), "--allow-gaps")
    assert set(minutes().values()) == {1140}
