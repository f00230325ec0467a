"""Parks and rides by wait (docs/contract/parks.md 2, docs/contract/rides.md 2)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from model_bakery import baker

from parkstats_project.base import clock
from parkstats_project.tests.plugin import forget_everything
from rides.models import RideStatusSnapshot
from stats.models import RideWeeklyStats
from stats.questions.parks import waits as park_waits
from stats.questions.rides import waits as ride_waits
from stats.tests.observed import (
    NOW,
    RUNNING,
    YESTERDAY,
    Seen,
    a_park,
    a_ride,
    at,
    park_day,
    ride_day,
    saw,
)

pytestmark = pytest.mark.django_db


def parks(period: str, **asked: Any) -> list[Any]:
    forget_everything()
    given: dict[str, Any] = {"among": "all-parks", "limit": 50, "now": NOW}
    return list(park_waits.ranked_parks(period=period, **(given | asked)))


def rides(mode: str, **asked: Any) -> list[Any]:
    forget_everything()
    given: dict[str, Any] = {"among": "all-parks", "limit": 100, "now": NOW}
    return list(ride_waits.ranked_rides(mode=mode, **(given | asked)))


def ids(rows: list[Any]) -> list[int]:
    return [row["ride_id"] for row in rows]


def waiting(minutes: int) -> Seen:
    return ("OPERATING", True, minutes)


class TestParksFromObservations:
    def test_live_takes_every_wait_and_today_only_those_of_an_open_park(self):
        park = a_park(queue_times_id=16)
        ride, other = a_ride(park), a_ride(park)
        saw(park, at(12), {ride: waiting(30), other: waiting(0)})
        saw(park, at(13), {ride: waiting(90), other: waiting(5)}, appears_open=False)
        saw(park, at(22), {ride: waiting(40)})
        park_day(park, YESTERDAY, hours="0.00", avg_wait_time=Decimal("50.00"))
        (live,), (today,) = parks("live"), parks("today")
        assert live == {
            "rank": 1,
            "park_id": park.park_id,
            "park_name": park.name,
            "location": "Tampa, Florida",
            "queue_times_id": 16,
            "queue_times_url": "https://queue-times.com/parks/16",
            "park_is_open": 1,
            # (30 + 90 + 5 + 40) / 4
            "avg_wait_minutes": Decimal("41.3"),
            "peak_wait_minutes": 90,
            "rides_reporting": 2,
            "trend_percentage": Decimal("-17.5"),
        }
        assert today["avg_wait_minutes"] == Decimal("35.0")
        assert today["peak_wait_minutes"] == 40
        # The other ride had a wait, though not while the park was open.
        assert today["rides_reporting"] == 2
        assert "trend_percentage" not in today

    def test_live_lists_open_parks_only_and_today_says_what_is_unknown(self):
        shut, unknown = a_park(), a_park()
        for park in (shut, unknown):
            saw(park, at(12), {a_ride(park): waiting(30)})
        saw(shut, at(22), {}, appears_open=False)
        assert parks("live") == []
        assert [row["park_is_open"] for row in parks("today")] == [0, None]

    def test_at_midnight_nobody_has_waited_today(self):
        park = a_park()
        saw(park, at(23, 50), {a_ride(park): waiting(30)})
        midnight = clock.pacific_day(YESTERDAY + timedelta(days=2)).start
        assert parks("today", now=midnight) == rides("today", now=midnight) == []

    def test_averages_are_rounded_to_four_places_before_one(self):
        park = a_park()
        ride = a_ride(park)
        # 5 + 101 / 2002 = 5.04995..: 5.0 at once, but 5.05 after four places.
        saw(park, at(12), {})
        rows = [
            RideStatusSnapshot(
                ride=ride,
                recorded_at=at(12),
                status="OPERATING",
                wait_time=6 if number < 101 else 5,
                computed_is_open=True,
            )
            for number in range(2022)
        ]
        RideStatusSnapshot.objects.bulk_create(rows)
        assert parks("today")[0]["avg_wait_minutes"] == Decimal("5.1")
        assert rides("yesterday") == []
        assert rides("live")[0]["avg_wait_minutes"] == Decimal("5.0")

    def test_a_wait_without_a_matching_park_observation_counts_live_only(self):
        park = a_park()
        ride = a_ride(park)
        saw(park, at(22), {})
        baker.make(
            RideStatusSnapshot,
            ride=ride,
            recorded_at=at(22) + timedelta(seconds=1),
            status="OPERATING",
            wait_time=20,
            computed_is_open=True,
        )
        assert [row["avg_wait_minutes"] for row in parks("live")] == [Decimal("20.0")]
        assert parks("today") == rides("today") == rides("live") == []

    def test_yesterday_is_the_whole_pacific_day_before(self):
        park = a_park()
        ride = a_ride(park)
        for moment, minutes in ((at(7, 59, day=19), 1), (at(8, day=19), 10), (at(7, 59), 20), (at(8), 99)):
            saw(park, moment, {ride: waiting(minutes)})
        (row,) = parks("yesterday")
        assert (row["avg_wait_minutes"], row["peak_wait_minutes"]) == (Decimal("15.0"), 20)
        assert "park_is_open" not in row

    def test_equal_averages_are_in_the_order_of_ids_and_the_limit_may_be_zero(self):
        found = [a_park(is_disney=number > 0) for number in range(3)]
        for park in reversed(found):
            saw(park, at(12), {a_ride(park): waiting(30), a_ride(park, category="SHOW"): waiting(99)})
        assert [row["park_id"] for row in parks("today")] == [park.park_id for park in found]
        among = parks("today", among="disney-universal", limit=1)
        assert [(row["rank"], row["park_id"]) for row in among] == [(1, found[1].park_id)]
        assert parks("today", limit=0) == parks("live", limit=0) == []


class TestParksFromDays:
    def test_unrounded_averages_decide_and_days_without_one_are_left_out(self):
        lower, higher = a_park(), a_park()
        park_day(lower, date(2025, 12, 7), hours="0", avg_wait_time=Decimal("30.01"), peak_wait_time=80)
        park_day(higher, date(2025, 12, 8), hours="0", avg_wait_time=Decimal("30.02"))
        park_day(higher, date(2025, 12, 13), hours="0", peak_wait_time=500)
        rows = parks("last_week")
        assert rows == [
            {
                "rank": rank,
                "park_id": park.park_id,
                "park_name": park.name,
                "location": "Tampa, Florida",
                "period_label": "Dec 7-13, 2025",
                "avg_wait_time": Decimal("30.0"),
                "peak_wait_time": peak,
            }
            for rank, park, peak in ((1, higher, None), (2, lower, 80))
        ]
        assert parks("last_month") == []


class TestRidesFromObservations:
    def test_live_needs_a_ride_that_ran_and_shows_its_state_and_trend(self):
        park = a_park(queue_times_id=16)
        ride = a_ride(park, queue_times_id=284)
        never_ran = a_ride(park)
        saw(park, at(12), {ride: waiting(30), never_ran: ("CLOSED", False, 60)})
        saw(park, at(22), {ride: ("DOWN", False, None)})
        ride_day(ride, YESTERDAY, minutes=0, avg_wait_time=Decimal("33.33"))
        (row,) = rides("live")
        assert row == {
            "rank": 1,
            "ride_id": ride.ride_id,
            "ride_name": ride.name,
            # Unclassified, and yet in tier 3.
            "tier": 3,
            "queue_times_id": 284,
            "queue_times_url": "https://queue-times.com/parks/16/rides/284",
            "park_id": park.park_id,
            "park_name": park.name,
            "location": "Tampa, Florida",
            "park_queue_times_id": 16,
            "park_is_open": 1,
            "avg_wait_minutes": Decimal("30.0"),
            "peak_wait_minutes": 30,
            "current_wait_minutes": 30.0,
            "current_status": "DOWN",
            "current_is_open": 0,
            "trend_percentage": Decimal("-10.0"),
        }
        assert len(rides("today")) == 2

    def test_today_shows_the_newest_observation_as_it_was_recorded(self):
        park = a_park()
        ride = a_ride(park, tier=None)
        saw(park, at(12), {ride: waiting(30)})
        saw(park, at(13), {ride: (None, False, 7)}, appears_open=False)
        (row,) = rides("today")
        assert row["tier"] is None
        assert (row["current_wait_time"], row["current_status"], row["current_is_open"]) == (7, None, 0)
        assert row["park_is_open"] == 0
        assert row["peak_wait_minutes"] == 30

    def test_a_ride_observed_twice_at_its_newest_second_has_two_rows_within_the_limit(self):
        park = a_park()
        ride, twice = a_ride(park), a_ride(park)
        saw(park, at(12), {ride: waiting(10), twice: waiting(30)})
        baker.make(
            RideStatusSnapshot,
            ride=twice,
            recorded_at=at(12),
            status="OPERATING",
            wait_time=50,
            computed_is_open=True,
        )
        rows = rides("today")
        assert ids(rows) == [twice.ride_id, twice.ride_id, ride.ride_id]
        assert [row["rank"] for row in rows] == [1, 2, 3]
        assert sorted(row["current_wait_time"] for row in rows[:2]) == [30, 50]
        assert len(rides("today", limit=1)) == 1

    def test_yesterday_counts_waits_whatever_the_park(self):
        park = a_park()
        ride = a_ride(park, tier=2)
        saw(park, at(12, day=19), {ride: waiting(30)})
        saw(park, at(13, day=19), {ride: waiting(60)}, appears_open=False)
        saw(park, at(14, day=19), {ride: waiting(0)})
        (row,) = rides("yesterday")
        assert (row["avg_wait_minutes"], row["snapshots_with_waits"]) == (Decimal("30.0"), 2)
        assert (row["tier"], row["peak_wait_minutes"]) == (2, 30)


class TestRidesFromStoredRows:
    def test_a_park_without_a_state_is_shown_by_its_city_only_over_days(self):
        park = a_park(city="Plailly", state_province=None)
        ride = a_ride(park)
        ride_day(ride, date(2025, 11, 3), minutes=0, avg_wait_time=Decimal("29.25"), peak_wait_time=60)
        ride_day(ride, date(2025, 11, 4), minutes=0, avg_wait_time=Decimal("0.00"))
        saw(park, at(12), {ride: waiting(30)})
        (row,) = rides("last_month")
        assert (row["location"], row["period_label"]) == ("Plailly", "November 2025")
        assert (row["avg_wait_minutes"], row["peak_wait_minutes"]) == (Decimal("14.6"), 60)
        assert row["tier"] == 3
        assert rides("today")[0]["location"] is None

    def week(self, ride, number: int, average: str | None, peak: int | None) -> None:
        baker.make(
            RideWeeklyStats,
            ride=ride,
            year=2025,
            week_number=number,
            week_start_date=date(2025, 12, 1),
            avg_wait_time=None if average is None else Decimal(average),
            peak_wait_time=peak,
        )

    def test_the_weekly_modes_compare_with_the_week_before(self):
        park = a_park()
        ride, same, unknown = (
            a_ride(park, tier=1),
            a_ride(park),
            a_ride(
                park,
            ),
        )
        type(ride).objects.filter(ride_id=same.ride_id).update(tier=2)
        self.week(ride, 51, "31.25", 90)
        self.week(ride, 50, "22.50", 60)
        self.week(same, 51, "20.00", 90)
        self.week(same, 50, "20.00", 90)
        self.week(unknown, 51, "10.00", None)
        saw(park, at(10, day=18), {ride: RUNNING, same: ("CLOSED", False, None)})
        average, peak = rides("7day-average"), rides("peak-times")
        assert ids(average) == [ride.ride_id, same.ride_id, unknown.ride_id]
        assert [str(row["trend_percentage"]) for row in average] == ["38.8888889", "0E-7", "None"]
        assert [row["current_is_open"] for row in average] == [1, 0, None]
        # Not the classification, but the column of the ride.
        assert [row["tier"] for row in average] == [None, 2, None]
        assert average[0]["queue_times_url"] is None
        assert ids(peak) == [ride.ride_id, same.ride_id]
        assert [str(row["trend_percentage"]) for row in peak] == ["50.00000", "0.00000"]

    def test_the_week_is_that_of_the_servers_date(self):
        ride = a_ride(a_park())
        self.week(ride, 52, "30.00", 60)
        # Still Sunday in California, already Monday in UTC.
        monday = at(3, day=22)
        assert ids(rides("7day-average", now=monday)) == [ride.ride_id]
        assert rides("7day-average", now=monday - timedelta(hours=4)) == []
