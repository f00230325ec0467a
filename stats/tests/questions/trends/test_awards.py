"""The two awards (docs/contract/awards.md): which rows count, how they are rounded, who comes first."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from model_bakery import baker

from stats.models import ParkDailyStats, RideDailyStats
from stats.questions.trends import awards
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
    saw_park,
    saw_ride,
)

pytestmark = pytest.mark.django_db

TODAY = date(2025, 12, 20)


@pytest.fixture(autouse=True)
def long_ago():
    raw_rows_since(at(0, day=17))


def waits(entity="rides", *, period="today", among="all-parks", limit=10):
    return awards.longest_waits(entity=entity, period=period, among=among, limit=limit, now=NOW)


def unreliable(entity="rides", *, period="today", among="all-parks", limit=10):
    return awards.least_reliable(entity=entity, period=period, among=among, limit=limit, now=NOW)


def waiting(minutes, *, status="OPERATING"):
    return (status, True, minutes)


def ride_day(ride, day, **fields):
    given = {"downtime_minutes": 0, "status_changes": 0, "uptime_percentage": Decimal("90.00")}
    baker.make(RideDailyStats, ride=ride, stat_date=day, **(given | fields))


def park_day(park, day, **fields):
    baker.make(ParkDailyStats, park=park, stat_date=day, **fields)


# ------------------------------------------------------------------------------------- longest waits


def test_equal_rounded_means_are_ordered_by_id_though_the_exact_ones_differ():
    park = a_park()
    first, second = a_ride(park), a_ride(park)
    saw(park, at(12), {first: waiting(20), second: waiting(20)})
    saw(park, at(13), {first: waiting(20), second: waiting(20)})
    saw(park, at(14), {first: waiting(20), second: waiting(21)})
    rows = waits()
    assert [(row["ride_id"], row["rank"], str(row["avg_wait_time"])) for row in rows] == [
        (first.pk, 1, "20"),
        (second.pk, 2, "20"),
    ]


def test_a_half_minute_is_rounded_up():
    park = a_park()
    ride = a_ride(park)
    saw(park, at(12), {ride: waiting(20)})
    saw(park, at(13), {ride: waiting(21)})
    assert [str(row["avg_wait_time"]) for row in waits()] == ["21"]


def test_the_row_of_a_ride_is_complete():
    park = a_park(name="Castle Park")
    ride = a_ride(park, name="Big Drop")
    saw(park, at(12), {ride: waiting(30)})
    saw(park, at(13), {ride: waiting(50)})
    assert waits() == [
        {
            "rank": 1,
            "ride_id": ride.pk,
            "ride_name": "Big Drop",
            "park_id": park.pk,
            "park_name": "Castle Park",
            "avg_wait_time": Decimal(40),
            "peak_wait_time": 50,
            "snapshot_count": 2,
        }
    ]


def test_only_positive_waits_while_the_park_is_strictly_open_count():
    park = a_park()
    ride = a_ride(park)
    saw(park, at(12), {ride: waiting(30)})
    saw(park, at(13), {ride: waiting(0)})
    saw(park, at(14), {ride: RUNNING[:2] + (None,)})
    # Rides run, but the park does not appear open: the fallback is not used here.
    saw(park, at(15), {ride: waiting(99)}, appears_open=False, rides_open=5)
    # No park snapshot of that second.
    saw_ride(ride, at(16, 0, 5), waiting(99))
    saw_park(park, at(16))
    assert [(str(row["avg_wait_time"]), row["snapshot_count"]) for row in waits()] == [("30", 1)]


def test_the_status_of_the_ride_makes_no_difference_to_its_wait():
    park = a_park(is_disney=True)
    ride = a_ride(park)
    saw(park, at(12), {ride: ("DOWN", False, 40)})
    assert [str(row["avg_wait_time"]) for row in waits()] == ["40"]


def test_a_wait_counts_once_for_each_matching_park_snapshot():
    park = a_park()
    ride = a_ride(park)
    saw(park, at(12), {ride: waiting(40)})
    saw_park(park, at(12))
    saw(park, at(13), {ride: waiting(10)})
    assert [(str(row["avg_wait_time"]), row["snapshot_count"]) for row in waits()] == [("30", 3)]


def test_today_begins_at_pacific_midnight_and_ends_with_the_current_second():
    park = a_park()
    early, late, before, after = (a_ride(park) for _ in range(4))
    saw(park, at(8), {early: waiting(1)})
    saw(park, NOW, {late: waiting(2)})
    saw(park, at(7, 59, 59), {before: waiting(3)})
    saw(park, NOW + timedelta(seconds=1), {after: waiting(4)})
    assert {row["ride_id"] for row in waits()} == {early.pk, late.pk}
    assert {row["ride_id"] for row in waits(period="yesterday")} == {before.pk}


def test_parks_have_the_mean_of_all_snapshots_and_no_peak():
    park = a_park(name="Castle Park")
    one, other = a_ride(park), a_ride(park)
    saw(park, at(12), {one: waiting(10), other: waiting(40)})
    saw(park, at(13), {one: waiting(10)})
    assert waits("parks") == [
        {
            "rank": 1,
            "park_id": park.pk,
            "park_name": "Castle Park",
            "location": "Tampa, Florida",
            "avg_wait_time": Decimal(20),
            "rides_with_waits": 2,
        }
    ]


def test_the_location_ends_with_a_comma_without_a_state():
    park = a_park(city="Sandusky", state_province=None)
    saw(park, at(12), {a_ride(park): waiting(10)})
    assert waits("parks")[0]["location"] == "Sandusky, "


@pytest.mark.parametrize("entity", ["rides", "parks"])
@pytest.mark.parametrize("limit", [0, 1, 2])
def test_the_limit_cuts_the_list_and_zero_empties_it(entity, limit):
    for _ in range(3):
        park = a_park()
        saw(park, at(12), {a_ride(park, tier=1): waiting(10)})
        saw(park, at(13), {a_ride(park): waiting(10)})
    assert len(waits(entity, limit=limit)) == limit


@pytest.mark.parametrize("period", ["today", "last_week"])
@pytest.mark.parametrize("entity", ["rides", "parks"])
def test_only_active_attractions_of_active_parks_take_part(entity, period):
    park, shut = a_park(), a_park(is_active=False)
    others = (a_ride(park, is_active=False), a_ride(park, category="SHOW"), a_ride(park, category=None))
    saw(park, at(12), dict.fromkeys(others, waiting(10)))
    gone = a_ride(shut)
    saw(shut, at(12), {gone: waiting(10)})
    for ride in (*others, gone):
        ride_day(ride, date(2025, 12, 10), avg_wait_time=Decimal(10))
    assert waits(entity, period=period) == []


@pytest.mark.parametrize("award", [waits, unreliable])
def test_the_filter_leaves_disney_and_universal(award):
    wanted = []
    for park in (a_park(is_disney=True), a_park(is_universal=True), a_park()):
        ride = a_ride(park)
        saw(park, at(12), {ride: RUNNING})
        saw(park, at(13), {ride: ("DOWN", False, 20)})
        wanted.append(ride.pk)
    assert {row["ride_id"] for row in award(among="disney-universal")} == set(wanted[:2])
    assert {row["ride_id"] for row in award()} == set(wanted)


def test_calendar_periods_average_daily_rows_with_equal_weight():
    park = a_park()
    ride = a_ride(park)
    ride_day(ride, date(2025, 12, 7), avg_wait_time=Decimal("10.25"), peak_wait_time=None)
    ride_day(ride, date(2025, 12, 13), avg_wait_time=Decimal("20.75"), peak_wait_time=45)
    ride_day(ride, date(2025, 12, 12), avg_wait_time=Decimal("0.00"), peak_wait_time=99)
    ride_day(ride, date(2025, 12, 11), avg_wait_time=None, peak_wait_time=99)
    for outside in (date(2025, 12, 6), date(2025, 12, 14)):
        ride_day(ride, outside, avg_wait_time=Decimal(90), peak_wait_time=99)
    (row,) = waits(period="last_week")
    assert (str(row["avg_wait_time"]), row["peak_wait_time"], row["days_with_data"]) == ("16", 45, 2)
    assert "snapshot_count" not in row
    (park_row,) = waits("parks", period="last_week")
    assert (str(park_row["avg_wait_time"]), park_row["rides_with_waits"]) == ("16", 1)


def test_last_month_is_the_calendar_month_and_a_peak_may_be_missing():
    ride = a_ride(a_park())
    for day in (date(2025, 10, 31), date(2025, 11, 1), date(2025, 11, 30), date(2025, 12, 1)):
        ride_day(ride, day, avg_wait_time=Decimal(day.day), peak_wait_time=None)
    (row,) = waits(period="last_month")
    assert (str(row["avg_wait_time"]), row["peak_wait_time"], row["days_with_data"]) == ("16", None, 2)


# ------------------------------------------------------------------------------------- least reliable


def test_down_snapshots_are_hours_and_incidents():
    park = a_park(is_disney=True)
    ride = a_ride(park)
    for hour, seen in ((12, RUNNING), (13, DOWN), (14, RUNNING), (15, CLOSED)):
        saw(park, at(hour), {ride: seen})
    (row,) = unreliable()
    shown = [str(row[key]) for key in ("downtime_hours", "downtime_incidents", "uptime_percentage")]
    assert shown == ["0.17", "1", "50.0"]


def test_closed_is_down_where_the_park_does_not_report_down():
    park = a_park()
    ride = a_ride(park)
    for hour, seen in ((12, RUNNING), (13, DOWN), (14, CLOSED)):
        saw(park, at(hour), {ride: seen})
    assert [str(row["downtime_hours"]) for row in unreliable()] == ["0.33"]


def test_uptime_counts_snapshots_of_the_closed_park_and_those_without_a_park_snapshot():
    park = a_park()
    ride = a_ride(park)
    saw(park, at(12), {ride: RUNNING})
    saw(park, at(13), {ride: DOWN})
    saw(park, at(14), {ride: DOWN}, appears_open=False, rides_open=0)
    saw_ride(ride, at(15), DOWN)
    (row,) = unreliable()
    assert (str(row["downtime_incidents"]), str(row["uptime_percentage"])) == ("1", "25.0")


def test_a_snapshot_counts_once_for_each_park_snapshot_of_its_second():
    park = a_park()
    ride = a_ride(park)
    saw(park, at(12), {ride: RUNNING})
    saw(park, at(13), {ride: DOWN})
    saw_park(park, at(13))
    (row,) = unreliable()
    assert (str(row["downtime_incidents"]), str(row["uptime_percentage"])) == ("2", "33.3")


def test_a_ride_that_never_ran_while_its_park_was_open_is_left_out():
    park = a_park()
    ran, stood, ran_at_night = a_ride(park), a_ride(park), a_ride(park)
    saw(park, at(9), {ran_at_night: RUNNING}, appears_open=False, rides_open=9)
    saw(park, at(12), {ran: RUNNING, stood: DOWN, ran_at_night: DOWN})
    saw(park, at(13), {ran: DOWN, stood: DOWN, ran_at_night: DOWN})
    assert [row["ride_id"] for row in unreliable()] == [ran.pk]


def test_a_ride_that_was_never_down_is_left_out():
    park = a_park()
    saw(park, at(12), {a_ride(park): RUNNING})
    assert unreliable() == []


def test_a_ride_that_first_ran_in_the_current_second_has_not_operated_yet():
    park = a_park()
    ride = a_ride(park)
    saw(park, at(12), {ride: DOWN})
    saw(park, NOW, {ride: RUNNING})
    assert unreliable() == []


def test_equal_downtimes_are_ordered_by_id():
    park = a_park()
    rides = [a_ride(park) for _ in range(4)]
    saw(park, at(12), dict.fromkeys(reversed(rides), RUNNING))
    saw(park, at(13), dict.fromkeys(reversed(rides), DOWN))
    assert [row["ride_id"] for row in unreliable()] == [ride.pk for ride in rides]
    assert unreliable(limit=0) == []


def test_longer_periods_of_rides_are_rolling_and_know_only_days_with_downtime():
    ride = a_ride(a_park())
    for back, minutes in ((0, 61), (6, 30), (7, 900)):
        ride_day(ride, TODAY - timedelta(days=back), downtime_minutes=minutes, status_changes=2)
    ride_day(ride, TODAY - timedelta(days=3), uptime_percentage=Decimal(100), status_changes=9)
    (row,) = unreliable(period="last_week")
    shown = [str(row[key]) for key in ("downtime_hours", "downtime_incidents", "uptime_percentage")]
    assert shown == ["1.52", "4", "90.0"]
    (row,) = unreliable(period="last_month")
    assert str(row["downtime_hours"]) == "16.52"


def test_a_score_is_the_mean_over_moments_also_while_the_park_is_closed():
    park = a_park()
    heavy, light = a_ride(park, tier=1), a_ride(park, tier=3)
    saw(park, at(12), {heavy: RUNNING, light: RUNNING})
    saw(park, at(13), {heavy: DOWN, light: RUNNING})
    saw(park, at(14), {heavy: DOWN, light: DOWN}, appears_open=False, rides_open=3)
    # 0, 3/4 x 10 and, closed, 0.
    (row,) = unreliable("parks")
    assert (str(row["avg_shame_score"]), str(row["uptime_percentage"])) == ("2.5", "50.0")
    assert row["location"] == "Tampa, Florida"


def scores(park, down, moments, *, rides):
    """So many moments with one of the rides down, among so many."""
    start = at(9)
    saw(park, start - timedelta(minutes=10), dict.fromkeys(rides, RUNNING), appears_open=True)
    for number in range(moments - 1):
        seen = dict.fromkeys(rides, RUNNING) | ({rides[0]: DOWN} if number < down else {})
        saw(park, start + timedelta(minutes=10 * number), seen)


def test_an_exact_one_made_of_thirds_is_dropped():
    """3 x 3.3333 / 10 = 0.99999 (docs/contract/awards.md)."""
    park = a_park()
    scores(park, 3, 10, rides=[a_ride(park, tier=3) for _ in range(3)])
    assert unreliable("parks") == []


def test_an_exact_one_made_of_two_thirds_is_kept():
    """3 x 6.6667 / 20 = 1.000005 (docs/contract/awards.md)."""
    park = a_park()
    scores(park, 3, 20, rides=[a_ride(park, tier=2), a_ride(park, tier=3)])
    assert [str(row["avg_shame_score"]) for row in unreliable("parks")] == ["1.0"]


def test_equal_scores_are_ordered_by_park():
    parks = [a_park() for _ in range(3)]
    for park in reversed(parks):
        scores(park, 2, 4, rides=[a_ride(park)])
    assert [row["park_id"] for row in unreliable("parks")] == [park.pk for park in parks]
    assert unreliable("parks", limit=0) == []


def test_longer_periods_of_parks_know_only_days_with_a_score_of_one():
    park = a_park(city="Sandusky", state_province=None)
    park_day(park, TODAY, shame_score=Decimal("1.000"), avg_uptime_percentage=None)
    park_day(
        park, TODAY - timedelta(days=6), shame_score=Decimal("2.500"), avg_uptime_percentage=Decimal("80")
    )
    park_day(
        park, TODAY - timedelta(days=2), shame_score=Decimal("0.999"), avg_uptime_percentage=Decimal("10")
    )
    park_day(park, TODAY - timedelta(days=3), shame_score=None, avg_uptime_percentage=Decimal("10"))
    park_day(park, TODAY - timedelta(days=7), shame_score=Decimal("9"), avg_uptime_percentage=Decimal("10"))
    (row,) = unreliable("parks", period="last_week")
    assert (str(row["avg_shame_score"]), str(row["uptime_percentage"])) == ("1.8", "80.0")
    assert row["location"] == "Sandusky, "


def test_a_score_without_any_uptime_has_none():
    park = a_park()
    park_day(park, TODAY, shame_score=Decimal("3.000"), avg_uptime_percentage=None)
    (row,) = unreliable("parks", period="last_month")
    assert row["uptime_percentage"] is None


def test_an_inactive_park_gets_no_award():
    park = a_park(is_active=False)
    park_day(park, TODAY, shame_score=Decimal("3.000"))
    assert unreliable("parks", period="last_week") == []
