"""What rides and parks show at this moment.

See docs/contract/README.md 10, docs/contract/live.md 1, docs/contract/rules.md 4.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from freezegun import freeze_time

from stats.frames import current
from stats.tests.observed import (
    CLOSED,
    DOWN,
    NOW,
    RUNNING,
    SILENT_RUNNING,
    SILENT_STANDING,
    a_park,
    a_ride,
    announced,
    at,
    raw_rows_since,
    saw,
    saw_park,
    saw_ride,
)

pytestmark = pytest.mark.django_db


def open_flags():
    return dict(current.park_is_open(now=NOW).iter_rows())


def shown():
    frame = current.ride_status(now=NOW)
    return {ride: (status, is_open) for ride, status, is_open in frame.iter_rows()}


def test_a_schedule_that_contains_this_second_opens_a_park_whatever_was_observed():
    park = a_park()
    announced(park, NOW.date(), at(15), NOW)
    saw_park(park, NOW - timedelta(minutes=5), appears_open=False)
    assert open_flags() == {park.park_id: 1}


@pytest.mark.parametrize(
    "opening, closing, kind",
    [
        (at(15), NOW - timedelta(seconds=1), "OPERATING"),
        (NOW + timedelta(seconds=1), at(23), "OPERATING"),
        (at(15), at(23), "TICKETED_EVENT"),
        (None, at(23), "OPERATING"),
    ],
)
def test_another_schedule_leaves_the_word_to_the_newest_observation(opening, closing, kind):
    park = a_park()
    announced(park, NOW.date(), opening, closing, kind)
    saw_park(park, at(22, 10), appears_open=True)
    saw_park(park, at(22, 20), appears_open=False)
    assert open_flags() == {park.park_id: 0}


def test_a_park_unseen_for_two_hours_is_neither_open_nor_closed():
    seen, unseen = a_park(), a_park()
    saw_park(seen, NOW - timedelta(hours=2))
    saw_park(unseen, NOW - timedelta(hours=2, seconds=1))
    assert open_flags() == {seen.park_id: 1, unseen.park_id: None}


def test_the_window_counts_whole_seconds_so_the_running_second_is_inside():
    park = a_park()
    saw_park(park, NOW)
    half_a_second_later = NOW + timedelta(microseconds=500_000)
    assert current.park_is_open(now=half_a_second_later)["park_is_open"].to_list() == [1]


@freeze_time(NOW)
def test_whether_parks_are_open_costs_no_query_once_the_hours_are_kept(django_assert_num_queries):
    raw_rows_since(at(0, day=15))
    open_flags()
    with django_assert_num_queries(0):
        open_flags()


@pytest.mark.parametrize(
    "seen, expected",
    [
        (RUNNING, ("OPERATING", 1)),
        (DOWN, ("DOWN", 0)),
        (("REFURBISHMENT", False, None), ("REFURBISHMENT", 0)),
        (SILENT_RUNNING, ("OPERATING", 1)),
        (SILENT_STANDING, ("DOWN", 0)),
    ],
)
def test_a_ride_shows_its_newest_status_or_what_its_flag_means(seen, expected):
    park = a_park()
    ride = a_ride(park)
    saw(park, at(22, 10), {ride: CLOSED})
    saw(park, at(22, 20), {ride: seen})
    assert shown() == {ride.ride_id: expected}


def test_every_ride_of_a_closed_park_shows_that_the_park_is_closed():
    park = a_park()
    ride, unseen = a_ride(park), a_ride(park)
    saw(park, at(22, 20), {ride: RUNNING}, appears_open=False)
    assert shown() == {ride.ride_id: ("PARK_CLOSED", 0), unseen.ride_id: (None, None)}


@freeze_time(NOW)
def test_the_current_status_costs_no_query_once_the_hours_are_kept(django_assert_num_queries):
    raw_rows_since(at(0, day=15))
    park = a_park()
    saw(park, at(22, 20), {a_ride(park): RUNNING})
    shown()
    with django_assert_num_queries(0):
        shown()


# ------------------------------------------------------------------------------------------ newest of all


def newest(*rides, now=NOW):
    frame = current.newest_of_rides([ride.ride_id for ride in rides], now=now)
    return list(frame.select("ride_id", "at", "wait").iter_rows())


def test_the_newest_observation_is_found_however_old_it_is():
    park = a_park()
    fresh, old, never = a_ride(park), a_ride(park), a_ride(park)
    saw(park, at(22, 20), {fresh: RUNNING})
    saw_ride(old, at(10, day=1), ("CLOSED", False, 1))
    saw_ride(old, at(12, day=1), ("CLOSED", False, 2))
    assert newest(fresh, old, never) == [
        (fresh.ride_id, int(at(22, 20).timestamp()), 20),
        (old.ride_id, int(at(12, day=1).timestamp()), 2),
    ]


@pytest.mark.parametrize("moment", [at(22, 20), at(12, day=1)])
def test_two_observations_of_the_newest_second_are_both_there(moment):
    ride = a_ride(a_park())
    saw_ride(ride, moment - timedelta(minutes=10), ("OPERATING", True, 5))
    saw_ride(ride, moment, ("OPERATING", True, 10))
    saw_ride(ride, moment, ("OPERATING", True, 15))
    assert [wait for _, _, wait in newest(ride)] == [10, 15]


@freeze_time(NOW)
def test_the_database_is_asked_only_about_rides_unseen_in_the_live_window(django_assert_num_queries):
    raw_rows_since(at(0, day=15))
    park = a_park()
    ride = a_ride(park)
    saw(park, at(22, 20), {ride: RUNNING})
    newest(ride)
    with django_assert_num_queries(0):
        newest(ride)


def test_of_parks_the_newest_row_of_all_time_counts_and_of_one_second_the_last_written():
    fresh, old, never = a_park(), a_park(), a_park()
    saw_park(fresh, at(22, 20), appears_open=True)
    saw_park(old, at(12, day=1), appears_open=True)
    saw_park(old, at(12, day=1), appears_open=False)
    ids = [park.park_id for park in (fresh, old, never)]
    rows = current.newest_of_parks(ids, now=NOW).select("park_id", "open").rows()
    assert rows == [(fresh.park_id, True), (old.park_id, False)]


# ---------------------------------------------------------------------------------------- status summary


def counted(**options):
    summary = current.status_summary(now=NOW, **options)
    return {word: number for word, number in summary.items() if number}


@pytest.mark.parametrize(
    "seen, before, word",
    [
        (RUNNING, None, "OPERATING"),
        (DOWN, RUNNING, "DOWN"),
        (DOWN, None, "CLOSED"),
        (CLOSED, RUNNING, "CLOSED"),
        (("REFURBISHMENT", False, None), None, "REFURBISHMENT"),
        (SILENT_RUNNING, None, "OPERATING"),
        (SILENT_STANDING, SILENT_RUNNING, "DOWN"),
        (SILENT_STANDING, None, "CLOSED"),
    ],
)
def test_the_summary_calls_a_ride_down_only_once_it_has_run_today(seen, before, word):
    park = a_park()
    ride = a_ride(park)
    if before is not None:
        saw(park, at(15), {ride: before})
    saw(park, at(22, 20), {ride: seen})
    assert counted() == {word: 1, "total": 1}


def test_having_run_yesterday_is_not_having_run_today():
    park = a_park()
    ride = a_ride(park)
    saw(park, at(7, 50), {ride: RUNNING})
    saw(park, at(22, 20), {ride: DOWN})
    assert counted() == {"CLOSED": 1, "total": 1}


def test_the_summary_goes_by_the_row_written_last_not_by_the_newest_time():
    park = a_park()
    ride = a_ride(park)
    saw_ride(ride, at(22, 20), RUNNING)
    saw_ride(ride, at(22, 10), CLOSED)
    assert counted() == {"CLOSED": 1, "total": 1}


def test_a_closed_park_closes_its_rides_and_an_unseen_one_does_not():
    closed, unseen = a_park(), a_park()
    saw(closed, at(22, 20), {a_ride(closed): RUNNING}, appears_open=False)
    saw_ride(a_ride(unseen), at(22, 20), RUNNING)
    assert counted() == {"PARK_CLOSED": 1, "OPERATING": 1, "total": 2}


def test_only_active_attractions_seen_in_two_hours_are_in_the_total():
    park, inactive = a_park(), a_park(is_active=False)
    saw(
        park,
        at(22, 20),
        {
            a_ride(park): RUNNING,
            a_ride(park, category="SHOW"): RUNNING,
            a_ride(park, is_active=False): RUNNING,
        },
    )
    saw(inactive, at(22, 20), {a_ride(inactive): RUNNING})
    saw(park, at(20, 34, 59), {a_ride(park): RUNNING})
    assert counted() == {"OPERATING": 1, "total": 1}


def test_the_summary_of_a_park_and_of_disney_and_universal():
    disney, dollywood = a_park(is_disney=True), a_park(name="Dollywood")
    for park in (disney, dollywood):
        saw(park, at(22, 20), {a_ride(park): RUNNING})
    assert counted()["total"] == 2
    assert counted(disney_universal=True)["total"] == 1
    assert counted(park_id=dollywood.park_id)["total"] == 1
    assert counted(park_id=dollywood.park_id, disney_universal=True) == {}
    assert counted(park_id=-1) == {}
    assert counted(park_id=10**30) == {}


@freeze_time(NOW)
def test_the_summary_costs_no_query_once_the_hours_are_kept(django_assert_num_queries):
    raw_rows_since(at(0, day=15))
    park = a_park()
    saw(park, at(22, 20), {a_ride(park): RUNNING})
    counted()
    with django_assert_num_queries(0):
        counted()
