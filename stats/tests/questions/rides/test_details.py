"""Details of a ride: hours, days and their odd averages (docs/contract/rides.md 3)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from freezegun import freeze_time

from stats.questions.rides import details as ride_details
from stats.tests.observed import (
    CLOSED,
    DOWN,
    NOW,
    RUNNING,
    a_park,
    a_ride,
    at,
    raw_rows_since,
    saw,
    saw_ride,
)

pytestmark = pytest.mark.django_db


def details(ride, period="today"):
    found = ride_details.of_period(ride.ride_id, period, now=NOW)
    assert found is not None
    return found


def test_there_are_no_details_of_a_ride_that_is_not_there():
    assert ride_details.of_period(1, "today", now=NOW) is None
    assert ride_details.of_period(10**4000, "today", now=NOW) is None


def test_an_inactive_show_of_an_inactive_park_has_details_without_hours():
    park = a_park(is_active=False, queue_times_id=24)
    ride = a_ride(park, category="SHOW", is_active=False, queue_times_id=1020)
    saw(park, at(18), {ride: RUNNING})
    found = details(ride)
    assert found["ride"] == {
        "ride_id": ride.ride_id,
        "name": ride.name,
        "park_id": park.park_id,
        "park_name": park.name,
        "tier": None,
        "category": "SHOW",
        "queue_times_url": "https://queue-times.com/parks/24/rides/1020",
    }
    assert found["timeseries"] == found["hourly_breakdown"] == found["downtime_events"] == []
    assert found["summary"] == {
        "avg_wait_time": None,
        "total_downtime_hours": None,
        "total_hours": 0,
        "total_operating_hours": None,
        "uptime_percentage": None,
    }


@pytest.mark.parametrize("of_park, of_ride", [(0, 1020), (24, 0)])
def test_without_one_of_the_two_foreign_ids_there_is_no_link(of_park, of_ride):
    ride = a_ride(a_park(queue_times_id=of_park), queue_times_id=of_ride)
    assert details(ride)["ride"]["queue_times_url"] is None


def test_an_hour_is_named_after_the_share_of_running_snapshots():
    raw_rows_since(at(0, day=15))
    park = a_park(is_disney=True)
    ride = a_ride(park)
    saw(park, at(17), {ride: RUNNING})
    saw(park, at(17, 30), {ride: DOWN})
    saw(park, at(18), {ride: RUNNING})
    for minute in (10, 20):
        saw(park, at(18, minute), {ride: DOWN})
    saw(park, at(19), {ride: DOWN})
    saw_ride(ride, at(20), RUNNING)
    found = details(ride)
    assert [
        (row["status"], row["uptime_percentage"], row["snapshot_count"]) for row in found["timeseries"]
    ] == [
        ("OPERATING", 50.0, 2),
        ("DOWN", 33.33, 3),
        ("CLOSED", 0.0, 1),
        ("CLOSED", 0.0, 0),
    ]
    assert [row["hour_start_utc"].hour for row in found["hourly_breakdown"]] == [20, 19, 18, 17]
    assert [
        (row["operating_snapshots"], row["down_snapshots"], row["downtime_hours"])
        for row in found["hourly_breakdown"]
    ] == [(0, 0, None), (0, 1, 0.17), (1, 2, 0.33), (1, 1, 0.17)]


def test_an_event_is_a_clock_hour_and_counts_before_the_ride_has_run():
    raw_rows_since(at(0, day=15))
    park = a_park()
    ride = a_ride(park)
    saw(park, at(17), {ride: CLOSED})
    saw(park, at(20), {ride: RUNNING})
    saw(park, at(20, 10), {ride: CLOSED})
    found = details(ride)
    assert found["downtime_events"] == [
        {"start_time": at(20), "end_time": at(21), "duration_hours": 0.17},
        {"start_time": at(17), "end_time": at(18), "duration_hours": 0.17},
    ]
    assert found["summary"]["total_hours"] == 1, "hours before the first operation are not operated"
    assert found["summary"]["total_operating_hours"] == 1
    assert found["summary"]["total_downtime_hours"] == 0.17
    assert found["summary"]["avg_wait_time"] == 20.0


def test_days_trail_today_and_average_their_hours_without_weights():
    raw_rows_since(at(0, day=1))
    park = a_park(is_disney=True)
    ride = a_ride(park)
    saw(park, at(18, day=12), {ride: RUNNING})
    saw(park, at(18, day=13), {ride: RUNNING})
    for hour, seen in ((19, DOWN), (20, DOWN), (21, RUNNING)):
        saw(park, at(hour, day=13), {ride: seen})
    saw(park, at(21, 10, day=13), {ride: DOWN})
    saw(park, at(21, 20, day=13), {ride: DOWN})
    saw(park, at(18), {ride: RUNNING})
    found = details(ride, "last_week")
    assert found["timeseries"] == [
        {
            "date": "2025-12-13",
            "avg_wait_time_minutes": 20.0,
            "uptime_percentage": 33.3325,
            "snapshot_count": 6,
            "status": "DOWN",
        }
    ]
    [day] = found["hourly_breakdown"]
    assert (day["operating_hours"], day["down_hours"], day["downtime_hours"]) == (1, 1, 0.67)
    assert [row["date"] for row in details(ride, "last_month")["hourly_breakdown"]] == [
        "2025-12-13",
        "2025-12-12",
    ]


def test_averages_are_rounded_half_up_at_six_places():
    raw_rows_since(at(0, day=15))
    park = a_park()
    ride = a_ride(park)
    for hour, wait in ((17, 10), (18, 10), (19, 20)):
        saw(park, at(hour, day=19), {ride: ("OPERATING", True, wait)})
    assert details(ride, "yesterday")["summary"]["avg_wait_time"] == 13.333333


@freeze_time(NOW)
@pytest.mark.parametrize(
    # A ride's own rows and its park's, of a window that is too long to be kept.
    "period, queries",
    [("today", 0), ("yesterday", 0), ("last_week", 2), ("last_month", 2)],
)
def test_the_number_of_queries_once_the_hours_are_kept(period, queries, django_assert_num_queries):
    raw_rows_since(NOW - timedelta(days=40))
    park = a_park()
    ride = a_ride(park)
    saw(park, at(18), {ride: RUNNING})
    details(ride, period)
    with django_assert_num_queries(queries):
        details(ride, period)
