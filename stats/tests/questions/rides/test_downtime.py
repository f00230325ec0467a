"""Rides by downtime (docs/contract/rides.md 1)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from model_bakery import baker

from parks.models import ParkSchedule
from parkstats_project.tests.plugin import forget_everything
from stats.models import RideLiveRanking, RideMonthlyStats, RideWeeklyStats
from stats.questions.rides import downtime
from stats.tests.observed import (
    CLOSED,
    DOWN,
    NOW,
    RUNNING,
    YESTERDAY,
    a_park,
    a_ride,
    at,
    ride_day,
    saw,
    saw_hour,
)

pytestmark = pytest.mark.django_db


def ranked(period: str, **asked: Any) -> list[Any]:
    forget_everything()
    given: dict[str, Any] = {"among": "all-parks", "sort_by": "downtime_hours", "limit": 100, "now": NOW}
    return list(downtime.ranked_rides(period=period, **(given | asked)))


def ids(rows: list[Any]) -> list[int]:
    return [row["ride_id"] for row in rows]


def live_row(ride, **fields):
    given: dict[str, Any] = {
        "ride": ride,
        "park": ride.park,
        "ride_name": "Name in the table",
        "park_name": "Its park",
        "queue_times_id": 5,
        "tier": 3,
        "tier_weight": Decimal("2.0"),
        "category": "ATTRACTION",
        "is_disney": False,
        "is_universal": False,
        "is_down": True,
        "current_status": "DOWN",
        "downtime_hours": Decimal("1.00"),
        "downtime_incidents": 0,
        "calculated_at": NOW,
    }
    return baker.make(RideLiveRanking, **(given | fields))


class TestLiveTable:
    def test_rows_are_shown_as_stored(self):
        ride = a_ride(a_park())
        changed = NOW - timedelta(minutes=35)
        live_row(ride, last_status_change=changed, avg_wait_time=Decimal("14.5"), max_wait_time=20)
        (row,) = ranked("live")
        assert row == {
            "rank": 1,
            "ride_id": ride.ride_id,
            "ride_name": "Name in the table",
            "queue_times_id": 5,
            "queue_times_url": None,
            "park_id": ride.park_id,
            "park_name": "Its park",
            "is_disney": 0,
            "is_universal": 0,
            "tier": 3,
            "tier_weight": Decimal("2.0"),
            "category": "ATTRACTION",
            "is_down": 1,
            "current_status": "DOWN",
            "current_wait_time": None,
            "last_status_change": changed,
            "downtime_hours": Decimal("1.00"),
            "downtime_incidents": 0,
            "avg_wait_time": Decimal("14.5"),
            "max_wait_time": 20,
            "calculated_at": NOW,
        }

    def test_it_knows_one_order_whatever_is_asked(self):
        park = a_park()
        rides = [a_ride(park) for _ in range(3)]
        for ride, hours in zip(rides, ("1.00", "3.00", "3.00"), strict=True):
            live_row(ride, downtime_hours=Decimal(hours))
        expected = [rides[1].ride_id, rides[2].ride_id, rides[0].ride_id]
        for sort_by in downtime.RIDE_SORTS:
            assert ids(ranked("live", sort_by=sort_by)) == expected

    def test_twenty_minutes_are_fresh_and_a_second_more_is_not(self):
        ride = a_ride(a_park())
        row = live_row(ride, calculated_at=NOW - timedelta(minutes=20))
        assert ids(ranked("live")) == [ride.ride_id]
        row.calculated_at -= timedelta(seconds=1)
        row.save()
        assert ranked("live") == []

    def test_the_filter_looks_at_the_flags_of_the_row(self):
        stored, other = a_ride(a_park()), a_ride(a_park(is_disney=True))
        live_row(stored, is_universal=True)
        live_row(other)
        assert ids(ranked("live", among="disney-universal")) == [stored.ride_id]


class TestSoFar:
    """The live period without a row in the table: computed from observations, another shape."""

    def test_downtime_counts_ten_minutes_within_the_schedule_and_uptime_while_the_park_appears_open(self):
        park = a_park(is_disney=True, queue_times_id=16)
        baker.make(
            ParkSchedule,
            park=park,
            schedule_date=at(0).date(),
            opening_time=at(12),
            closing_time=at(12, 30),
            schedule_type="OPERATING",
        )
        ride = a_ride(park, tier=1, queue_times_id=284)
        ride_day(ride, YESTERDAY, minutes=20)
        # Both ends of the schedule count; at 12:40 the park appears open without being so.
        saw_hour(park, at(12), *[{ride: DOWN}] * 5)
        saw(park, at(13), {ride: RUNNING})
        saw(park, at(14), {ride: ("OPERATING", True, 25)}, appears_open=False)
        (row,) = ranked("live")
        assert row == {
            "rank": 1,
            "ride_id": ride.ride_id,
            "ride_name": ride.name,
            "tier": 1,
            "queue_times_id": 284,
            "queue_times_url": "https://queue-times.com/parks/16/rides/284",
            "park_id": park.park_id,
            "park_name": park.name,
            "location": "Tampa, Florida",
            "park_queue_times_id": 16,
            "park_is_open": None,
            "current_status": None,
            "current_is_open": None,
            "downtime_hours": Decimal("0.67"),
            # One of six.
            "uptime_percentage": Decimal("16.67"),
            "avg_wait_time": Decimal("22.50"),
            "peak_wait_time": 25,
            # Five snapshots of five minutes against twenty.
            "trend_percentage": Decimal("25.00"),
        }

    def test_without_any_schedule_the_park_is_open_when_it_appears_so(self):
        park = a_park(is_disney=True)
        ride = a_ride(park)
        saw_hour(park, at(12), {ride: DOWN}, {ride: RUNNING})
        saw(park, at(13), {ride: DOWN}, appears_open=False)
        assert ranked("live")[0]["downtime_hours"] == Decimal("0.17")

    def test_a_park_with_a_schedule_of_another_day_is_closed_but_a_ride_down_now_is_listed(self):
        park = a_park(is_disney=True)
        baker.make(ParkSchedule, park=park, schedule_date=date(2025, 12, 1), schedule_type="OPERATING")
        down_now, down_before = a_ride(park), a_ride(park)
        saw(park, at(12), {down_now: RUNNING, down_before: DOWN})
        saw(park, at(22), {down_now: DOWN, down_before: RUNNING})
        (row,) = ranked("live")
        assert row["ride_id"] == down_now.ride_id
        assert (row["downtime_hours"], row["current_status"]) == (Decimal("0.00"), "DOWN")

    def test_a_ride_must_have_run_six_times_where_closed_counts_as_down(self):
        park = a_park()
        often, seldom = a_ride(park), a_ride(park)
        saw(park, at(12), {often: CLOSED, seldom: CLOSED})
        for minute in range(0, 50, 10):
            saw(park, at(13, minute), {often: RUNNING, seldom: RUNNING})
        saw(park, at(13, 50), {often: RUNNING, seldom: CLOSED})
        assert ids(ranked("live")) == [often.ride_id]

    def test_nulls_come_first_when_ascending_and_last_when_descending(self):
        park = a_park(is_disney=True)
        unseen, open_now, closed_now = (a_ride(park) for _ in range(3))
        ride_day(open_now, YESTERDAY, minutes=10)
        ride_day(closed_now, YESTERDAY, minutes=20)
        saw_hour(park, at(12), *[{unseen: DOWN, open_now: DOWN, closed_now: DOWN}] * 2)
        saw(park, at(13), {unseen: RUNNING, open_now: RUNNING, closed_now: RUNNING})
        saw(park, at(22), {open_now: RUNNING, closed_now: DOWN})
        by_state = ranked("live", sort_by="current_is_open")
        assert ids(by_state) == [unseen.ride_id, closed_now.ride_id, open_now.ride_id]
        by_trend = ranked("live", sort_by="trend_percentage")
        assert ids(by_trend) == [open_now.ride_id, closed_now.ride_id, unseen.ride_id]
        assert [row["trend_percentage"] for row in by_trend] == [Decimal("0.00"), Decimal("-25.00"), None]
        assert [row["rank"] for row in ranked("live", limit=2)] == [1, 2]
        assert ranked("live", limit=0) == []


class TestToday:
    def test_rounded_hours_are_summed_and_the_night_is_in_the_uptime(self):
        park = a_park(is_disney=True)
        ride = a_ride(park)
        saw(park, at(9), {ride: CLOSED})
        saw_hour(park, at(12), *([{ride: DOWN}] * 2 + [{ride: RUNNING}] * 4))
        saw_hour(park, at(13), *([{ride: DOWN}] * 5 + [{ride: RUNNING}]))
        (row,) = ranked("today")
        assert row["downtime_hours"] == Decimal("1.16")
        # 6 of the 13 snapshots were not down.
        assert row["uptime_percentage"] == Decimal("46.2")
        assert row["trend_percentage"] is None

    def test_a_ride_that_never_operated_is_left_out(self):
        park = a_park()
        ride, closed = a_ride(park), a_ride(park)
        saw_hour(park, at(12), *[{ride: RUNNING, closed: CLOSED}] * 3, {ride: CLOSED, closed: CLOSED})
        assert ids(ranked("today")) == [ride.ride_id]

    def test_shows_inactive_rides_and_other_parks_are_filtered(self):
        disney, other = a_park(is_disney=True), a_park()
        rides = {
            a_ride(disney, category="SHOW"): DOWN,
            a_ride(disney, is_active=False): DOWN,
            a_ride(disney): DOWN,
        }
        elsewhere = a_ride(other)
        saw(disney, at(12), rides)
        saw_hour(other, at(12), {elsewhere: RUNNING}, {elsewhere: CLOSED})
        wanted = list(rides)[-1]
        assert ids(ranked("today")) == [wanted.ride_id, elsewhere.ride_id]
        assert ids(ranked("today", among="disney-universal")) == [wanted.ride_id]

    def test_sorting_by_the_trend_that_is_always_null_leaves_the_order_of_ids(self):
        park = a_park(is_disney=True)
        rides = [a_ride(park) for _ in range(3)]
        states = [dict(zip(rides, (RUNNING, DOWN, RUNNING), strict=True)), dict.fromkeys(rides, DOWN)]
        saw_hour(park, at(12), *states)
        everyone = [ride.ride_id for ride in rides]
        assert ids(ranked("today", sort_by="trend_percentage")) == everyone
        most = [rides[1].ride_id, rides[0].ride_id, rides[2].ride_id]
        assert ids(ranked("today")) == most
        assert ids(ranked("today", sort_by="uptime_percentage")) == most


class TestStoredRows:
    def test_yesterday_shows_minutes_in_four_places_and_the_trend_in_five(self):
        park = a_park()
        longer, equal, shorter = (a_ride(park) for _ in range(3))
        waits = {"avg_wait_time": Decimal("33.33"), "peak_wait_time": 90}
        ride_day(longer, YESTERDAY, minutes=130, **waits)
        ride_day(longer, date(2025, 12, 18), minutes=70)
        ride_day(equal, YESTERDAY, minutes=20)
        ride_day(equal, date(2025, 12, 18), minutes=20)
        ride_day(shorter, YESTERDAY, minutes=10)
        ride_day(shorter, date(2025, 12, 18), minutes=0)
        saw(park, at(22), {longer: RUNNING})
        rows = ranked("yesterday")
        assert [(str(row["downtime_hours"]), row["trend_percentage"]) for row in rows] == [
            ("2.1667", Decimal("85.71429")),
            ("0.3333", Decimal("0.00000")),
            ("0.1667", None),
        ]
        assert str(rows[1]["trend_percentage"]) == "0.00000"
        assert (rows[0]["current_status"], rows[0]["current_is_open"]) == ("OPERATING", 1)
        assert rows[0]["queue_times_url"] is None
        assert "queue_times_id" not in rows[0]

    def test_yesterday_leaves_out_days_without_operation_or_downtime(self):
        park = a_park()
        ride_day(a_ride(park), YESTERDAY, minutes=50, operating_hours_minutes=0)
        ride_day(a_ride(park), YESTERDAY, minutes=0)
        assert ranked("yesterday") == []

    def test_the_week_and_the_month_list_rides_without_downtime_too(self):
        ride, idle = (a_ride(a_park()) for _ in range(2))
        for listed, minutes in ((ride, 100), (idle, 0)):
            baker.make(
                RideWeeklyStats,
                ride=listed,
                year=2025,
                week_number=51,
                week_start_date=date(2025, 12, 15),
                downtime_minutes=minutes,
                uptime_percentage=Decimal("81.94"),
            )
            for month, factor in ((12, 1), (11, 2)):
                baker.make(
                    RideMonthlyStats,
                    ride=listed,
                    year=2025,
                    month=month,
                    downtime_minutes=minutes * factor,
                    uptime_percentage=Decimal("81.94"),
                )
        of_week, of_month = ranked("7days"), ranked("30days")
        assert ids(of_week) == ids(of_month) == [ride.ride_id, idle.ride_id]
        assert [str(row["downtime_hours"]) for row in of_week] == ["1.67", "0.00"]
        assert [row["trend_percentage"] for row in of_week] == [None, None]
        assert [str(row["downtime_hours"]) for row in of_month] == ["1.6667", "0.0000"]
        assert [row["trend_percentage"] for row in of_month] == [Decimal("-50.00000"), None]
        assert of_week[0]["queue_times_url"].endswith(f"/rides/{ride.queue_times_id}")

    def test_the_calendar_year_is_combined_with_the_iso_week(self):
        ride = a_ride(a_park())
        baker.make(RideWeeklyStats, ride=ride, year=2025, week_number=1, week_start_date=date(2024, 12, 30))
        assert ids(ranked("7days", now=NOW + timedelta(days=10))) == [ride.ride_id]


class TestDays:
    def test_days_are_summed_and_uptime_is_sorted_by_its_exact_mean(self):
        park = a_park()
        rides = [a_ride(park) for _ in range(3)]
        # Means of 90.003.. and 90.001.., which show alike, and a lower one.
        uptimes = [("90.01", "90.00", "90.00"), ("90.00", "90.00", "90.00"), ("50.00",)]
        for ride, values in zip(rides, uptimes, strict=True):
            for number, value in enumerate(values):
                ride_day(
                    ride,
                    date(2025, 12, 7 + number),
                    minutes=490 if ride is rides[0] and number == 0 else 1,
                    uptime_percentage=Decimal(value),
                    status_changes=7,
                )
        rows = ranked("last_week")
        assert ids(rows) == [rides[0].ride_id, rides[1].ride_id, rides[2].ride_id]
        assert rows[0] == {
            "rank": 1,
            "ride_id": rides[0].ride_id,
            "ride_name": rides[0].name,
            "tier": None,
            "park_id": park.park_id,
            "park_name": park.name,
            "period_label": "Dec 7-13, 2025",
            "queue_times_url": None,
            "total_downtime_hours": 8.2,
            "uptime_percentage": Decimal("90.00"),
            "status_changes": Decimal(21),
            "trend_percentage": None,
        }
        by_uptime = ranked("last_week", sort_by="uptime_percentage")
        assert ids(by_uptime) == [rides[2].ride_id, rides[1].ride_id, rides[0].ride_id]
        assert ids(ranked("last_week", sort_by="current_is_open")) == ids(rows)

    def test_the_week_before_is_not_the_month_before(self):
        ride = a_ride(a_park())
        ride_day(ride, date(2025, 11, 30), minutes=60)
        assert ranked("last_week") == []
        assert ranked("last_month")[0]["period_label"] == "November 2025"
