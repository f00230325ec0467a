"""Observations: matched once, kept by hour, read anew when a collection comes or goes."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest
from freezegun import freeze_time

from parks.models import ParkActivitySnapshot
from parkstats_project.base import clock as periods
from parkstats_project.base.cache import CHECK_SECONDS
from parkstats_project.base.clock import Window
from rides.models import RideStatusSnapshot
from stats.frames import observations, roster
from stats.tests.observed import (
    DOWN,
    NOW,
    RUNNING,
    a_park,
    a_ride,
    at,
    raw_rows_since,
    saw,
    saw_park,
    saw_ride,
)

pytestmark = pytest.mark.django_db
HOUR = Window(at(20), at(21))


def counts(frame: pl.DataFrame) -> dict[str, int]:
    names = ("partners", "open", "open_fb", "minute_partners", "minute_open", "minute_open_fb")
    return {name: frame[name].to_list()[0] for name in names}


def test_a_snapshot_counts_its_exact_and_its_minute_partners():
    raw_rows_since(at(8))
    park = a_park()
    ride = a_ride(park)
    saw_park(park, at(20, 0, 5), appears_open=True)
    saw_park(park, at(20, 0, 40), appears_open=False, rides_open=3)
    saw_ride(ride, at(20, 0, 5), RUNNING)
    assert counts(observations.rides(HOUR)) == {
        "partners": 1,
        "open": 1,
        "open_fb": 1,
        "minute_partners": 2,
        "minute_open": 1,
        "minute_open_fb": 2,
    }


def test_a_snapshot_without_a_partner_stays_with_counts_of_zero():
    raw_rows_since(at(8))
    park = a_park()
    saw_park(park, at(20, 0, 58))
    saw_ride(a_ride(park), at(20, 1, 1), RUNNING)
    assert set(counts(observations.rides(HOUR)).values()) == {0}


def test_two_partners_at_one_second_count_twice_without_a_second_row():
    raw_rows_since(at(8))
    park = a_park()
    saw_park(park, at(20))
    saw(park, at(20), {a_ride(park): DOWN})
    frame = observations.rides(HOUR)
    assert frame.height == 1
    assert counts(frame)["open"] == 2


def test_a_window_is_half_open():
    raw_rows_since(at(8))
    park = a_park()
    ride = a_ride(park)
    for moment in (at(20), at(20, 59, 59), at(21)):
        saw(park, moment, {ride: RUNNING})
    assert observations.rides(HOUR).height == 2
    assert observations.parks(HOUR).height == 2


def test_columns_hold_integers_in_units_of_their_last_place():
    raw_rows_since(at(8))
    park = a_park()
    saw_park(park, at(20), avg_wait_time="12.34", shame_score="2.5", max_wait_time=40)
    row = observations.parks(HOUR).row(0, named=True)
    assert (row["avg_wait"], row["shame"], row["max_wait"], row["open"]) == (1234, 25, 40, True)


def test_only_the_wanted_parks_or_rides_are_given():
    raw_rows_since(at(8))
    one, other = a_park(), a_park()
    first, second, third = a_ride(one), a_ride(one), a_ride(other)
    saw(one, at(20), {first: RUNNING, second: RUNNING})
    saw(other, at(20), {third: RUNNING})
    assert set(observations.rides(HOUR, parks=[one.pk])["ride_id"]) == {first.pk, second.pk}
    assert set(observations.rides(HOUR, rides=[third.pk])["ride_id"]) == {third.pk}
    assert set(observations.parks(HOUR, parks=[other.pk])["park_id"]) == {other.pk}


def test_a_late_and_a_deleted_collection_are_seen_within_seconds(django_assert_num_queries):
    raw_rows_since(at(8))
    park = a_park()
    ride = a_ride(park)
    saw(park, at(20), {ride: RUNNING})
    with freeze_time(NOW) as clock:
        assert observations.rides(HOUR).height == 1
        saw(park, at(20, 10), {ride: DOWN})
        with django_assert_num_queries(0):
            assert observations.rides(HOUR).height == 1
        clock.tick(timedelta(seconds=CHECK_SECONDS + 1))
        assert observations.rides(HOUR).height == 2
        RideStatusSnapshot.objects.filter(recorded_at=at(20, 10)).delete()
        ParkActivitySnapshot.objects.filter(recorded_at=at(20, 10)).delete()
        clock.tick(timedelta(seconds=CHECK_SECONDS + 1))
        assert observations.rides(HOUR).height == 1


def test_a_ride_that_moves_is_matched_with_its_new_park():
    raw_rows_since(at(8))
    old, new = a_park(), a_park(name="Dollywood")
    ride = a_ride(old)
    saw(old, at(20), {ride: RUNNING})
    saw_park(new, at(20), appears_open=False)
    with freeze_time(NOW) as clock:
        before = observations.rides(HOUR, rides=[ride.pk]).row(0, named=True)
        ride.park = new
        ride.save()
        clock.tick(timedelta(seconds=CHECK_SECONDS + 1))
        after = observations.rides(HOUR, rides=[ride.pk]).row(0, named=True)
    assert (before["park_id"], before["open"], before["reports_down"]) == (old.pk, 1, False)
    assert (after["park_id"], after["open"], after["reports_down"]) == (new.pk, 0, True)


def test_a_long_window_of_one_ride_is_read_by_ride_and_agrees_with_the_kept_hours():
    park, other = a_park(), a_park()
    ride, elsewhere = a_ride(park), a_ride(other)
    for day in range(15, 20):
        saw(park, at(18, day=day), {ride: RUNNING})
        saw(other, at(18, day=day), {elsewhere: DOWN})
    window = Window(at(18, day=15), at(19, day=19))
    assert len(window.hours()) > observations.DIRECT_HOURS
    direct = observations.rides(window, rides=[ride.pk])
    observations.forget()
    assert direct.equals(observations.rides(window).filter(pl.col("ride_id") == ride.pk))


def test_a_day_past_the_kept_hours_holds_what_the_kept_hours_hold():
    park = a_park()
    ride = a_ride(park)
    raw_rows_since(at(7))
    for hour in (9, 15, 20):
        saw(park, at(hour), {ride: RUNNING})
    window = periods.pacific_day(periods.pacific_date(at(9)))
    day = observations.read_day(periods.pacific_date(at(9)))
    assert not day.archived
    assert day.rides.sort("snapshot_id").equals(observations.rides(window).select(day.rides.columns))
    assert day.parks.sort("snapshot_id").equals(observations.parks(window))


def test_an_empty_database_has_no_observations():
    assert observations.rides(HOUR).is_empty()
    assert observations.parks(HOUR).is_empty()
    assert observations.status_changes(HOUR).is_empty()
    assert roster.current().rides.is_empty()


def test_the_first_half_hour_of_a_new_database_counts():
    park = a_park()
    ride = a_ride(park)
    saw(park, at(20, 30), {ride: RUNNING})
    assert observations.rides(HOUR).height == 1
