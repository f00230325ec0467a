"""Charts, heat maps and the comparison of a park's rides.

See docs/contract/charts-and-heatmaps.md, docs/contract/parks.md 5.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from freezegun import freeze_time
from model_bakery import baker

from stats.models import ParkDailyStats, RideDailyStats
from stats.questions.parks import rides_charts
from stats.questions.trends import charts, mock_charts
from stats.tests.observed import (
    CLOSED,
    DOWN,
    NOW,
    RUNNING,
    SILENT_STANDING,
    a_park,
    a_ride,
    at,
    raw_rows_since,
    saw,
    saw_park,
    saw_ride,
)

pytestmark = pytest.mark.django_db


def chart(kind, period, *, among="all-parks", limit=10, now=NOW):
    return charts.of_period(kind, period, among=among, limit=limit, now=now)


def shown(kind, period, **options):
    """The first line as the chart shows it, by label and without its gaps."""
    found = chart(kind, period, **options)
    values = found.shown(found.lines[0])
    return {label: value for label, value in zip(found.labels, values, strict=True) if value is not None}


def ids(kind, period, **options):
    key = "park_id" if kind in charts.OF_PARKS else "ride_id"
    return [line.entity[key] for line in chart(kind, period, **options).lines]


# --------------------------------------------------------------------------------------------------- live


def test_live_scores_are_every_parks_own_rows_under_the_labels_of_the_first():
    worse, better, calm = a_park(), a_park(), a_park()
    saw_park(worse, at(22, 0), shame_score=Decimal("9.0"))
    saw_park(worse, at(22, 10), shame_score=Decimal("9.0"), appears_open=False, rides_open=0)
    saw_park(better, at(21, 40), shame_score=None)
    saw_park(better, at(21, 50), shame_score=Decimal("1.0"))
    saw_park(calm, at(21, 50), shame_score=Decimal("0.0"))
    found = chart("parks", "live")
    assert found.labels == ["22:00"]
    assert [found.shown(line) for line in found.lines] == [[Decimal("9.0")], [None, Decimal("1.0")]]


def test_live_waits_of_a_park_are_chosen_by_attractions_but_average_all_its_rides():
    park, only_a_show = a_park(), a_park()
    ride, show = a_ride(park), a_ride(park, category="SHOW")
    saw(park, at(22, 10, 30), {ride: ("OPERATING", True, 10), show: ("OPERATING", True, 15)})
    saw(only_a_show, at(22, 10), {a_ride(only_a_show, category="SHOW"): RUNNING})
    assert ids("waittimes", "live") == [park.park_id]
    assert shown("waittimes", "live") == {"22:10": 12.5}
    assert chart("waittimes", "live").labels == [
        "21:30", "21:40", "21:50", "22:00", "22:10", "22:20", "22:30",
    ]  # fmt: skip


def test_live_downtime_counts_five_minutes_for_each_snapshot_of_the_labelled_minute():
    park = a_park()
    ride = a_ride(park)
    saw(park, at(22, 0), {ride: RUNNING})
    saw(park, at(22, 10), {ride: CLOSED})
    saw_ride(ride, at(22, 10, 40), SILENT_STANDING)
    saw(park, at(22, 12), {ride: CLOSED})
    saw(park, NOW, {ride: CLOSED}, appears_open=False)
    assert shown("rides", "live") == {"22:00": 0.0, "22:10": 0.1667, "22:35": 0.0}
    assert len(chart("rides", "live").labels) == 13


def test_live_waits_of_rides_match_the_park_by_the_minute():
    park = a_park()
    ride, drifted = a_ride(park), a_ride(park)
    saw(park, at(22, 10, 5), {ride: ("OPERATING", True, 10)})
    saw_ride(drifted, at(22, 10, 55), ("OPERATING", True, 30))
    saw_ride(drifted, at(22, 20, 1), ("OPERATING", True, 90))
    assert ids("ridewaittimes", "live") == [drifted.ride_id, ride.ride_id]
    assert shown("ridewaittimes", "live") == {"22:10": 30.0}


# ------------------------------------------------------------------------------------------------- hourly


def test_hourly_scores_are_averages_rounded_away_from_zero_zeros_included():
    raw_rows_since(at(0, day=15))
    park = a_park()
    saw_park(park, at(16), shame_score=Decimal("2.5"))
    saw_park(park, at(16, 10), shame_score=Decimal("0.0"))
    saw_park(park, at(13), shame_score=Decimal("9.0"))
    assert shown("parks", "today") == {"8:00": Decimal("1.3")}
    assert chart("parks", "today").labels[0] == "6:00", "hours before are not charted"


def test_hourly_waits_count_only_while_the_park_says_it_is_open():
    raw_rows_since(at(0, day=15))
    park = a_park()
    saw_park(park, at(16), avg_wait_time=Decimal("10.50"))
    saw_park(park, at(16, 10), avg_wait_time=Decimal("90.00"), appears_open=False, rides_open=5)
    assert shown("waittimes", "today") == {"8:00": Decimal("11")}


def test_hourly_downtime_begins_with_the_first_operation_and_needs_an_open_park():
    raw_rows_since(at(0, day=15))
    park, other = a_park(), a_park()
    ride, never = a_ride(park), a_ride(park)
    saw(park, at(16), {ride: DOWN, never: DOWN})
    saw(park, at(17), {ride: RUNNING}, appears_open=False)
    saw(park, at(18), {ride: DOWN}, appears_open=False)
    saw_ride(ride, at(18, 5), DOWN)
    saw(park, at(19), {ride: RUNNING})
    saw_ride(ride, at(19, 5), DOWN)
    saw_ride(ride, at(19, 10), CLOSED)
    saw(park, at(20), {ride: RUNNING, never: DOWN})
    saw(other, at(16), {a_ride(other): DOWN})
    saw(other, at(20), {}, appears_open=False)
    found = chart("rides", "today")
    assert [line.entity["ride_id"] for line in found.lines] == [ride.ride_id, never.ride_id]
    assert shown("rides", "today") == {"11:00": Decimal("0.08"), "12:00": Decimal("0.00")}
    assert found.lines[1].values == [None] * 18, "chosen, but it never ran"


def test_hourly_waits_of_rides_match_exactly_and_need_an_open_park():
    raw_rows_since(at(0, day=15))
    park = a_park()
    ride = a_ride(park)
    saw(park, at(16), {ride: ("OPERATING", True, 10)})
    saw(park, at(16, 10), {ride: ("OPERATING", True, 15)})
    saw(park, at(16, 20), {ride: ("OPERATING", True, 0)})
    saw_ride(ride, at(16, 30), ("OPERATING", True, 90))
    saw(park, at(16, 40), {ride: ("OPERATING", True, 90)}, appears_open=False)
    assert shown("ridewaittimes", "today") == {"8:00": Decimal("13")}


def test_yesterday_is_the_whole_pacific_day():
    raw_rows_since(at(0, day=15))
    park = a_park()
    saw_park(park, at(8, 10, day=20) - timedelta(minutes=20), shame_score=Decimal("1.0"))
    saw_park(park, at(8, 10, day=20), shame_score=Decimal("9.0"))
    assert shown("parks", "yesterday") == {"23:00": Decimal("1.0")}


# -------------------------------------------------------------------------------------------------- daily


def park_day(park, day, **fields):
    baker.make(ParkDailyStats, park=park, stat_date=day, **fields)


def ride_day(ride, day, **fields):
    baker.make(RideDailyStats, ride=ride, stat_date=day, **fields)


def test_daily_scores_are_ordered_by_weighted_hours_but_show_hours_per_ride():
    first, second, unknown = a_park(), a_park(), a_park()
    day = date(2025, 12, 19)
    park_day(first, day, total_downtime_hours=Decimal("1.00"), total_rides_tracked=8)
    park_day(first, day - timedelta(days=1), total_downtime_hours=Decimal("1.00"), total_rides_tracked=0)
    park_day(second, day, total_downtime_hours=Decimal("9.00"), total_rides_tracked=2)
    park_day(unknown, day, total_downtime_hours=Decimal("3.00"), total_rides_tracked=2)
    ride_day(a_ride(first, tier=1), day, downtime_minutes=60)
    ride_day(a_ride(second), day, downtime_minutes=30)
    assert ids("parks", "last_week") == [first.park_id, second.park_id, unknown.park_id]
    assert shown("parks", "last_week") == {"Dec 19": Decimal("0.13")}


def test_days_end_with_the_date_in_utc_and_a_month_has_the_length_of_the_last_one():
    evening = at(5, day=21)
    assert chart("rides", "last_week", now=evening).labels == [
        "Dec 15", "Dec 16", "Dec 17", "Dec 18", "Dec 19", "Dec 20", "Dec 21",
    ]  # fmt: skip
    assert len(chart("rides", "last_month").labels) == 30


def test_daily_downtime_is_shown_as_numbers_and_waits_as_whole_decimals():
    ride = a_ride(a_park())
    ride_day(ride, date(2025, 12, 18), downtime_minutes=50, avg_wait_time=Decimal("12.50"))
    ride_day(ride, date(2025, 12, 19), downtime_minutes=0, avg_wait_time=None)
    assert shown("rides", "last_week") == {"Dec 18": 0.83, "Dec 19": 0.0}
    assert shown("ridewaittimes", "last_week") == {"Dec 18": Decimal("13")}


def test_ties_are_broken_by_the_id_and_the_filter_leaves_other_parks_out():
    parks = [a_park(is_disney=True), a_park(), a_park(is_universal=True)]
    for park in parks:
        park_day(park, date(2025, 12, 19), avg_wait_time=Decimal("20.00"), total_rides_tracked=1)
    park_day(a_park(is_active=False), date(2025, 12, 19), avg_wait_time=Decimal("20.00"))
    assert ids("waittimes", "last_week") == sorted(park.park_id for park in parks)
    assert ids("waittimes", "last_week", limit=2) == sorted(park.park_id for park in parks)[:2]
    assert parks[1].park_id not in ids("waittimes", "last_week", among="disney-universal")


# ------------------------------------------------------------------------------------- rides of one park


def compared(park, kind, period="today"):
    found = rides_charts.of_park(park.park_id, kind, period, now=NOW)
    return {
        line["label"]: {
            label: value
            for label, value in zip(found["labels"], line["data"], strict=True)
            if value is not None
        }
        for line in found["datasets"]
    }


@pytest.mark.parametrize("park_id", [1, 10**4000])
@pytest.mark.parametrize("period", rides_charts.PERIODS)
def test_an_unknown_park_has_no_rides_to_compare(park_id, period):
    assert rides_charts.of_park(park_id, "downtime", period, now=NOW)["datasets"] == []


@pytest.mark.mariadb
def test_rides_are_listed_by_tier_and_name_once_they_ran_in_an_open_park():
    raw_rows_since(at(0, day=15))
    park = a_park(is_active=False)
    rides = [a_ride(park, name="zorro"), a_ride(park, name="Ape", tier=3), a_ride(park, name="Écrin", tier=2)]
    saw(park, at(16), dict.fromkeys(rides, RUNNING))
    saw(park, at(17), {a_ride(park, name="closed"): RUNNING}, appears_open=False)
    found = rides_charts.of_park(park.park_id, "downtime", "today", now=NOW)
    assert [(line["label"], line["tier"]) for line in found["datasets"]] == [
        ("Écrin", 2),
        ("zorro", 2),
        ("Ape", 3),
    ]


def test_compared_downtime_shows_zero_where_charts_have_a_gap():
    raw_rows_since(at(0, day=15))
    park = a_park()
    ride = a_ride(park, name="Ride")
    saw(park, at(16), {ride: DOWN})
    saw(park, at(17), {ride: RUNNING})
    saw(park, at(17, 10), {ride: DOWN})
    saw(park, at(18), {ride: DOWN}, appears_open=False)
    assert compared(park, "downtime") == {
        "Ride": {"8:00": Decimal("0.00"), "9:00": Decimal("0.08"), "10:00": Decimal("0.00")}
    }


def test_compared_waits_count_zeros_by_the_hour_but_leave_them_out_by_the_day():
    raw_rows_since(at(0, day=15))
    park = a_park()
    ride = a_ride(park, name="Ride")
    saw(park, at(16), {ride: ("OPERATING", True, 15)})
    saw(park, at(16, 10), {ride: ("OPERATING", True, 0)})
    assert compared(park, "wait_times") == {"Ride": {"8:00": Decimal("8")}}
    ride_day(ride, date(2025, 12, 7), avg_wait_time=Decimal("33.33"))
    ride_day(ride, date(2025, 12, 8), avg_wait_time=Decimal("0.00"))
    assert compared(park, "wait_times", "last_week") == {"Ride": {"Dec 07": 33.33}}


def test_compared_days_list_a_ride_that_was_up_or_down_at_all():
    park = a_park()
    up, down, idle = a_ride(park, name="up"), a_ride(park, name="down"), a_ride(park, name="idle")
    ride_day(up, date(2025, 12, 7), uptime_minutes=10, downtime_minutes=0)
    ride_day(down, date(2025, 12, 7), uptime_minutes=0, downtime_minutes=50)
    ride_day(idle, date(2025, 12, 7), uptime_minutes=0, downtime_minutes=0)
    assert compared(park, "downtime", "last_week") == {
        "down": {"Dec 07": Decimal("0.83")},
        "up": {"Dec 07": Decimal("0.00")},
    }


# -------------------------------------------------------------------------------------------------- mocks


@pytest.mark.parametrize("period", charts.PERIODS)
@pytest.mark.parametrize("kind", charts.KINDS)
def test_invented_charts_are_the_same_on_every_call(kind, period):
    first = mock_charts.of_period(kind, period, limit=20, now=NOW)
    assert first == mock_charts.of_period(kind, period, limit=20, now=NOW)
    assert len(first["datasets"]) == (8 if kind == "waittimes" else 10)
    assert all(len(line["data"]) == len(first["labels"]) for line in first["datasets"])
    json.dumps(first)


def test_an_invented_chart_of_today_is_empty_before_six_in_the_morning():
    early = at(13, 59)
    assert mock_charts.of_period("parks", "today", limit=10, now=early) == {"labels": [], "datasets": []}
    at_six = mock_charts.of_period("parks", "today", limit=1, now=at(14))
    assert at_six["labels"] == ["6:00"] and len(at_six["datasets"]) == 1


def test_invented_days_end_with_the_pacific_date():
    assert mock_charts.of_period("rides", "last_week", limit=1, now=at(5, day=21))["labels"][-1] == "Dec 20"
    live = mock_charts.of_period("rides", "live", limit=1, now=NOW)["labels"]
    assert (live[0], live[-1], len(live)) == ("13:35", "14:30", 12)


# ------------------------------------------------------------------------------------------------ queries


@freeze_time(NOW)
@pytest.mark.parametrize("period", charts.PERIODS)
@pytest.mark.parametrize("kind", charts.KINDS)
def test_charts_cost_no_query_once_hours_and_days_are_kept(kind, period, django_assert_num_queries):
    raw_rows_since(at(0, day=15))
    park = a_park()
    saw(park, at(22, 30), {a_ride(park): RUNNING, a_ride(park): DOWN}, shame_score=Decimal("1.0"))
    chart(kind, period)
    with django_assert_num_queries(0):
        chart(kind, period)


@freeze_time(NOW)
@pytest.mark.parametrize("period", rides_charts.PERIODS)
@pytest.mark.parametrize("kind", rides_charts.KINDS)
def test_comparisons_cost_no_query_once_hours_and_days_are_kept(kind, period, django_assert_num_queries):
    raw_rows_since(at(0, day=15))
    park = a_park()
    saw(park, at(22, 30), {a_ride(park): RUNNING})
    compared(park, kind, period)
    with django_assert_num_queries(0):
        compared(park, kind, period)
