"""Parks by score and downtime (docs/contract/parks.md 1)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from model_bakery import baker

from parkstats_project.base import clock
from parkstats_project.tests.plugin import forget_everything
from stats.models import ParkLiveRanking, ParkMonthlyStats, ParkWeeklyStats, RideWeeklyStats
from stats.questions.parks import downtime, totals
from stats.tests.observed import (
    CLOSED,
    DOWN,
    NOW,
    RUNNING,
    a_park,
    a_ride,
    at,
    park_day,
    ride_day,
    saw,
    saw_hour,
)

pytestmark = pytest.mark.django_db


def ranked(period: str, **asked: Any) -> list[Any]:
    given: dict[str, Any] = {
        "among": "all-parks",
        "sort_by": "shame_score",
        "weighted": False,
        "limit": 50,
        "now": NOW,
    }
    forget_everything()
    return list(downtime.ranked_parks(period=period, **(given | asked)))


def ids(rows: list[Any]) -> list[int]:
    return [row["park_id"] for row in rows]


def totals_of(period: str, among: str = "all-parks") -> Any:
    forget_everything()
    return totals.park_totals(period=period, now=NOW, among=among)


def live_row(park, **fields):
    given: dict[str, Any] = {
        "park": park,
        "park_name": "Name in the table",
        "rides_down": 1,
        "total_rides": 8,
        "shame_score": Decimal("1.5"),
        "park_is_open": True,
        "total_downtime_hours": Decimal("2.50"),
        "weighted_downtime_hours": None,
        "calculated_at": at(1, day=1),
    }
    return baker.make(ParkLiveRanking, **(given | fields))


class TestLive:
    def test_the_table_is_served_as_it_is_however_old(self):
        park = a_park(queue_times_id=77)
        live_row(park)
        assert ranked("live") == [
            {
                "rank": 1,
                "park_id": park.park_id,
                "park_name": "Name in the table",
                "location": "Tampa, Florida",
                "queue_times_id": 77,
                "queue_times_url": "https://queue-times.com/parks/77",
                "park_is_open": 1,
                "rides_down": 1,
                "total_rides": 8,
                "shame_score": 1.5,
                "total_downtime_hours": 2.5,
                "weighted_downtime_hours": 0.0,
                "uptime_percentage": 87.5,
            }
        ]

    def test_closed_parks_and_parks_without_score_or_without_downtime_are_left_out(self):
        live_row(a_park(), park_is_open=False)
        live_row(a_park(), park_is_open=None)
        live_row(a_park(), shame_score=Decimal("0.0"))
        live_row(a_park(), rides_down=0, total_downtime_hours=Decimal("0.00"))
        live_row(a_park(is_active=False))
        by_hours_only = live_row(a_park(), rides_down=0)
        assert ids(ranked("live")) == [by_hours_only.park_id]

    def test_every_sort_but_the_score_sorts_by_hours_and_ties_by_id(self):
        first, second, third = a_park(), a_park(), a_park()
        live_row(first, shame_score=Decimal("3.0"), total_downtime_hours=Decimal("1.00"))
        live_row(third, shame_score=Decimal("2.0"), total_downtime_hours=Decimal("4.00"))
        live_row(second, shame_score=Decimal("2.0"), total_downtime_hours=Decimal("4.00"))
        by_score = [first.park_id, second.park_id, third.park_id]
        assert ids(ranked("live")) == by_score
        for other in ("total_downtime_hours", "uptime_percentage", "rides_down"):
            assert ids(ranked("live", sort_by=other)) == [second.park_id, third.park_id, first.park_id]
        assert ids(ranked("live", limit=2)) == by_score[:2]
        assert ranked("live", limit=0) == []

    def test_a_park_without_counted_rides_has_full_uptime(self):
        live_row(a_park(), total_rides=0, rides_down=0)
        assert ranked("live")[0]["uptime_percentage"] == 100.0

    def test_the_filter_looks_at_the_park_and_dollywood_is_not_in_it(self):
        disney, universal = a_park(is_disney=True), a_park(is_universal=True)
        for park in (disney, universal, a_park(name="Dollywood"), a_park()):
            live_row(park)
        assert ids(ranked("live", among="disney-universal")) == [disney.park_id, universal.park_id]


class TestHours:
    def test_today_averages_the_score_over_all_hours_and_sums_the_rest(self):
        park = a_park(is_disney=True)
        heavy, light = a_ride(park, tier=1), a_ride(park, tier=3)
        # 12:00: everything runs. 13:00: the heavy ride is down for half an hour (0.50 h).
        saw_hour(park, at(12), *[{heavy: RUNNING, light: RUNNING}] * 6)
        states = [{heavy: DOWN, light: RUNNING}] * 3 + [{heavy: RUNNING, light: RUNNING}] * 3
        saw_hour(park, at(13), *states)
        (row,) = ranked("today")
        # 0.50 x 3 / 4 x 10 = 3.75 -> 3.8 in its hour; the mean with 0.0 is 1.9.
        assert row["shame_score"] == 1.9
        assert row["total_downtime_hours"] == 0.5
        assert row["weighted_downtime_hours"] == 1.5
        assert row["effective_park_weight"] == 4.0
        # Hourly averages 0 and 0.5 -> 1 of rides not open, 2 and 1.5 -> 2 of open ones.
        assert (row["rides_down"], row["rides_operating"]) == (1, 4)
        assert row["uptime_percentage"] == 80.0
        assert row["snapshot_count"] == 12
        assert row["park_is_open"] == 1

    def test_the_running_hour_is_not_in_it(self):
        park = a_park(is_disney=True)
        ride = a_ride(park)
        saw_hour(park, at(22), {ride: RUNNING}, {ride: DOWN}, {ride: DOWN})
        assert ranked("today") == []

    def test_yesterday_shows_the_worst_hour_and_whether_the_park_is_open_now(self):
        park = a_park(is_disney=True)
        ride, other = a_ride(park), a_ride(park)
        saw_hour(park, at(12, day=19), *[{ride: DOWN, other: RUNNING}] * 6)
        saw_hour(park, at(13, day=19), *[{ride: DOWN, other: CLOSED}] * 6)
        (row,) = ranked("yesterday")
        assert row["rides_down"] == 2
        assert row["park_is_open"] is None
        assert row["uptime_percentage"] == 25.0
        assert "snapshot_count" not in row
        saw(park, at(22, 30), {ride: RUNNING}, appears_open=False)
        assert ranked("yesterday")[0]["park_is_open"] == 0

    def test_each_of_the_two_days_has_its_own_sorts(self):
        longer, worse = a_park(is_disney=True), a_park(is_disney=True)
        for day in (19, 20):
            # The longer park: two of three rides down for an hour; the worse one: its only ride.
            rides = [a_ride(longer) for _ in range(3)]
            down = {rides[0]: DOWN, rides[1]: DOWN, rides[2]: RUNNING}
            saw_hour(longer, at(12, day=day), *[down] * 6)
            only = a_ride(worse)
            saw_hour(worse, at(12, day=day), *[{only: DOWN}] * 6)
        for period in ("today", "yesterday"):
            assert ids(ranked(period)) == [worse.park_id, longer.park_id]
            assert ids(ranked(period, sort_by="total_downtime_hours")) == [longer.park_id, worse.park_id]
        assert ids(ranked("today", sort_by="uptime_percentage")) == [longer.park_id, worse.park_id]
        assert ids(ranked("yesterday", sort_by="uptime_percentage")) == [worse.park_id, longer.park_id]

    def test_a_day_without_a_score_above_zero_ranks_nobody(self):
        park = a_park(is_disney=True)
        ride = a_ride(park)
        saw_hour(park, at(12), *[{ride: RUNNING}] * 6)
        assert ranked("today") == []


class TestDays:
    def test_the_score_is_the_mean_of_the_days_that_have_ride_rows(self):
        park = a_park()
        ride = a_ride(park, tier=2)
        a_ride(park, tier=1)
        park_day(park, date(2025, 12, 8), hours="1.50", rides_with_downtime=3)
        park_day(park, date(2025, 12, 9), hours="0.25", avg_uptime_percentage=None)
        ride_day(ride, date(2025, 12, 8), minutes=90)
        ride_day(ride, date(2025, 12, 13), minutes=0)
        (row,) = ranked("last_week")
        assert row == {
            "rank": 1,
            "park_id": park.park_id,
            "park_name": park.name,
            "location": "Tampa, Florida",
            "period_label": "Dec 7-13, 2025",
            "total_downtime_hours": 1.75,
            "rides_down": 3,
            # (1.5 h x 2 / 5 x 10 + 0) / 2
            "shame_score": 3.0,
            "uptime_percentage": 90.0,
            "trend_percentage": None,
        }

    def test_days_without_operation_and_parks_without_attractions_do_not_count(self):
        closed, without = a_park(), a_park()
        a_ride(closed)
        a_ride(without, category="SHOW")
        park_day(closed, date(2025, 12, 8), hours="5.00", operating_hours_minutes=0)
        park_day(without, date(2025, 12, 8), hours="5.00")
        assert ranked("last_week") == []

    def test_unknown_uptime_comes_first_and_an_unknown_score_last(self):
        low, unknown = a_park(), a_park()
        scored = a_ride(low)
        a_ride(unknown)
        ride_day(scored, date(2025, 11, 30), minutes=60)
        park_day(low, date(2025, 11, 30), hours="1.00", avg_uptime_percentage=Decimal("1.00"))
        park_day(unknown, date(2025, 11, 1), hours="9.00", avg_uptime_percentage=None)
        assert ids(ranked("last_month", sort_by="uptime_percentage")) == [unknown.park_id, low.park_id]
        rows = ranked("last_month", sort_by="shame_score")
        assert ids(rows) == [low.park_id, unknown.park_id]
        assert rows[1]["shame_score"] is None
        assert rows[0]["period_label"] == "November 2025"


class TestStoredPeriods:
    def week(self, park, hours: str, **fields):
        baker.make(
            ParkWeeklyStats,
            park=park,
            year=2025,
            week_number=51,
            week_start_date=date(2025, 12, 15),
            total_downtime_hours=Decimal(hours),
            rides_with_downtime=2,
            avg_uptime_percentage=Decimal("71.46"),
            trend_vs_previous_week=Decimal("-12.50"),
            **fields,
        )

    def test_the_week_has_no_score_unless_weighted(self):
        more, less = a_park(), a_park()
        self.week(more, "9.00")
        self.week(less, "1.00")
        rows = ranked("7days")
        assert ids(rows) == [more.park_id, less.park_id]
        assert "shame_score" not in rows[0]
        assert rows[0]["trend_percentage"] == Decimal("-12.50")
        assert rows[0]["affected_rides_count"] == 2

    def test_a_weighted_week_counts_hours_of_every_ride_but_weight_of_attractions(self):
        quiet, park = a_park(), a_park()
        a_ride(park, tier=1)
        show = a_ride(park, tier=3, category="SHOW")
        a_ride(quiet)
        self.week(quiet, "9.00")
        self.week(park, "1.00")
        baker.make(
            RideWeeklyStats,
            ride=show,
            year=2025,
            week_number=51,
            week_start_date=date(2025, 12, 15),
            downtime_minutes=90,
        )
        rows = ranked("7days", weighted=True)
        assert [(row["park_id"], row["shame_score"]) for row in rows] == [
            (park.park_id, 5.0),
            (quiet.park_id, None),
        ]

    def test_the_month_sums_the_daily_rows_so_far(self):
        park = a_park()
        ride = a_ride(park, tier=3)
        ride_day(ride, date(2025, 12, 1), minutes=60)
        ride_day(ride, date(2025, 12, 2), minutes=120)
        ride_day(ride, date(2025, 11, 30), minutes=600)
        baker.make(
            ParkMonthlyStats,
            park=park,
            year=2025,
            month=12,
            total_downtime_hours=Decimal("3.00"),
            rides_with_downtime=1,
            avg_uptime_percentage=None,
            trend_vs_previous_month=None,
        )
        (row,) = ranked("30days")
        assert row["shame_score"] == 30.0
        assert row["trend_percentage"] is None
        assert row["uptime_percentage"] is None


class TestTotals:
    def test_nothing_is_zero_in_each_ones_wire_type(self):
        for period in clock.PERIODS:
            assert {name: str(value) for name, value in totals_of(period).items()} == {
                "currently_down_rides": "0",
                "peak_downtime_hours": "0.00",
                "total_parks_tracked": "0",
            }

    def test_the_newest_hour_counts_whichever_period_is_asked(self):
        park, other = a_park(is_disney=True), a_park()
        ride, foreign = a_ride(park), a_ride(other)
        saw_hour(park, at(20), *[{ride: DOWN}] * 6)
        saw_hour(other, at(21), *[{foreign: DOWN}] * 6)
        assert totals_of("last_month")["currently_down_rides"] == Decimal(1)
        assert totals_of("live", "disney-universal")["currently_down_rides"] == Decimal(0)
        saw_hour(park, at(21), *[{ride: RUNNING, a_ride(park): DOWN, a_ride(park): DOWN}] * 6)
        assert totals_of("last_month")["currently_down_rides"] == Decimal(3)
        assert totals_of("live", "disney-universal")["currently_down_rides"] == Decimal(2)

    def test_after_an_outage_the_newest_hour_with_data_counts(self):
        park = a_park()
        rides = {a_ride(park): RUNNING, a_ride(park): DOWN, a_ride(park): DOWN}
        saw_hour(park, at(14), *[rides] * 6)
        assert totals_of("today")["currently_down_rides"] == Decimal(2)

    def test_dates_are_those_of_the_server_and_inactive_parks_only_count_for_the_peak(self):
        active, inactive = a_park(), a_park(is_active=False)
        park_day(active, date(2025, 12, 19), hours="1.25")
        park_day(inactive, date(2025, 12, 19), hours="7.50")
        park_day(active, date(2025, 12, 15), hours="8.00")
        park_day(active, date(2025, 11, 21), hours="9.00")
        park_day(active, date(2025, 11, 20), hours="99.00")
        expected = {"yesterday": "7.50", "live": "7.50", "7days": "8.00", "last_week": "8.00"}
        for period, peak in (expected | {"30days": "9.00", "last_month": "9.00"}).items():
            found = totals_of(period)
            assert str(found["peak_downtime_hours"]) == peak
            assert found["total_parks_tracked"] == 1

    def test_today_looks_back_a_full_day_of_hours(self):
        park = a_park(is_disney=True)
        ride = a_ride(park)
        saw_hour(park, at(22, day=19), *[{ride: DOWN}] * 6)
        assert totals_of("today")["total_parks_tracked"] == 0
        saw_hour(park, at(23, day=19), *([{ride: DOWN}] * 3 + [{ride: RUNNING}] * 3))
        found = totals_of("today")
        assert found["total_parks_tracked"] == 1
        assert str(found["peak_downtime_hours"]) == "0.50"
