"""How a displayed figure came about (docs/contract/audit.md 6)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from model_bakery import baker

from parkstats_project.base import clock
from parkstats_project.tests.plugin import forget_everything
from stats.frames import hours
from stats.models import ParkDailyStats, RideDailyStats
from stats.questions.audit import verify
from stats.tests.observed import DOWN, NOW, RUNNING, a_park, a_ride, at, raw_rows_since, saw

pytestmark = pytest.mark.django_db

TODAY = date(2025, 12, 20)
UNKNOWN = 999


def ride_day(ride, back, minutes, *, operating=600):
    baker.make(
        RideDailyStats,
        ride=ride,
        stat_date=TODAY - timedelta(days=back),
        downtime_minutes=minutes,
        operating_hours_minutes=operating,
    )


def park_day(park, back, **fields):
    given = {
        "total_rides_tracked": 3,
        "total_downtime_hours": Decimal("1.25"),
        "avg_uptime_percentage": Decimal("90.00"),
    }
    baker.make(ParkDailyStats, park=park, stat_date=TODAY - timedelta(days=back), **(given | fields))


def of_park(entity_id, *, period="7days", displayed=0.0):
    forget_everything()
    return verify.park_shame_score(entity_id=entity_id, period=period, displayed=displayed, now=NOW)


def of_ride(entity_id, *, period="7days", displayed=0.0):
    forget_everything()
    return verify.ride_downtime(entity_id=entity_id, period=period, displayed=displayed, now=NOW)


def step(traced, number):
    (found,) = (one for one in traced["computation_trace"] if one["step"] == number)
    return found


# ------------------------------------------------------------------------------------- parks


def test_a_park_without_any_data_has_a_score_of_nothing():
    """The documented example."""
    traced = of_park(UNKNOWN)
    assert traced["data_quality"] == {
        "avg_rides_tracked": None,
        "avg_uptime_percentage": 0,
        "data_completeness": 0.0,
        "days_with_data": 0,
        "expected_days": 7,
        "total_downtime_hours": None,
    }
    assert (traced["verified"], traced["computed_value"], traced["entity_name"]) == (True, 0, "Unknown")
    outputs = [one["output"] for one in traced["computation_trace"]]
    assert outputs == [
        {},
        {"total_snapshots": 0, "rides_tracked": 0, "days_with_data": 0},
        [],
        {"weighted_downtime_hours": None, "total_park_weight": None, "total_rides": 0},
        None,
    ]
    assert step(traced, 2)["description"].endswith("from 2025-12-13 to 2025-12-19")


def test_a_score_is_weighted_downtime_by_the_weight_of_all_ride_days():
    park = a_park(name="Castle Park", is_active=False)
    big, plain = (
        a_ride(park, tier=1, name="Big"),
        a_ride(park, name="Plain", category="SHOW", is_active=False),
    )
    ride_day(big, 1, 90)
    ride_day(big, 7, 60)
    ride_day(plain, 1, 30, operating=500)
    ride_day(big, 8, 999)
    ride_day(big, 0, 999)
    traced = of_park(park.pk, displayed=1.0)
    # 150 x 3 + 30 x 2 minutes by 3 + 3 + 2.
    assert step(traced, 4)["output"] == {
        "weighted_downtime_hours": Decimal("8.50"),
        "total_park_weight": Decimal(8),
        "total_rides": 2,
    }
    assert str(step(traced, 5)["output"]) == "1.06"
    assert (traced["computed_value"], traced["verified"]) == (1.06, False)
    assert step(traced, 1)["output"] == {"park_id": park.pk, "park_name": "Castle Park"}
    assert step(traced, 3)["inputs"] == {"rides_counted": 2, "snapshot_interval_minutes": 5}
    assert step(traced, 3)["output"] == [
        {
            "ride_id": big.pk,
            "ride_name": "Big",
            "operating_minutes": Decimal(1200),
            "downtime_minutes": Decimal(150),
            "downtime_hours": Decimal("2.50"),
            "tier": 1,
            "tier_weight": 3,
        },
        {
            "ride_id": plain.pk,
            "ride_name": "Plain",
            "operating_minutes": Decimal(500),
            "downtime_minutes": Decimal(30),
            "downtime_hours": Decimal("0.50"),
            "tier": None,
            "tier_weight": 2,
        },
    ]


def test_the_five_rides_that_were_down_longest_are_shown_equal_ones_by_id():
    park = a_park()
    rides = [a_ride(park) for _ in range(7)]
    for ride, minutes in zip(rides, (0, 0, 5, 0, 9, 0, 0), strict=True):
        ride_day(ride, 1, minutes)
    shown = [row["ride_id"] for row in step(of_park(park.pk), 3)["output"]]
    assert shown == [rides[number].pk for number in (4, 2, 0, 1, 3)]


@pytest.mark.parametrize(
    ("displayed", "verified"), [(0.05, True), (-0.05, True), (0.0501, False), (9.0, False)]
)
def test_a_figure_may_be_off_by_a_twentieth(displayed, verified):
    assert of_park(UNKNOWN, displayed=displayed)["verified"] is verified
    assert of_ride(UNKNOWN, displayed=displayed)["verified"] is verified


def test_data_quality_is_that_of_the_parks_daily_rows():
    park = a_park()
    park_day(park, 1)
    park_day(park, 2, total_rides_tracked=4, avg_uptime_percentage=Decimal("90.10"))
    park_day(park, 7, avg_uptime_percentage=None)
    park_day(park, 8, total_rides_tracked=99)
    quality = of_park(park.pk)["data_quality"]
    assert {name: str(value) for name, value in quality.items()} == {
        "avg_rides_tracked": "3.3333",
        "total_downtime_hours": "3.75",
        # 90.05, half to even
        "avg_uptime_percentage": "90.0",
        "days_with_data": "3",
        "expected_days": "7",
        "data_completeness": "42.9",
    }


@pytest.mark.parametrize(
    ("period", "first", "last", "days"),
    [
        ("today", "2025-12-20", "2025-12-20", 1),
        ("7days", "2025-12-13", "2025-12-19", 7),
        ("30days", "2025-11-20", "2025-12-19", 30),
    ],
)
def test_a_period_is_a_span_of_pacific_dates(period, first, last, days):
    for traced in (of_park(UNKNOWN, period=period), of_ride(UNKNOWN, period=period)):
        inputs = step(traced, 2)["inputs"]
        assert (inputs["start_date"], inputs["end_date"]) == (first, last)
        assert traced["period"] == period
    assert of_park(UNKNOWN, period=period)["data_quality"]["expected_days"] == days


def test_raw_snapshots_are_counted_by_utc_date():
    park = a_park()
    ride, show = a_ride(park), a_ride(park, category="SHOW")
    for moment in (at(0, day=13), at(23, 59, 59, day=19), at(23, 59, 59, day=12), at(0, day=20)):
        saw(park, moment, {ride: RUNNING, show: RUNNING})
    counted = {"total_snapshots": 2, "rides_tracked": 1, "days_with_data": 2}
    assert step(of_park(park.pk), 2)["output"] == counted
    assert step(of_ride(ride.pk), 2)["output"] == of_ride(ride.pk)["data_quality"] == counted


# ------------------------------------------------------------------------------------- rides


def test_a_rides_downtime_of_longer_periods_comes_from_its_daily_rows():
    ride = a_ride(a_park(), name="Big Drop")
    for back, minutes in ((0, 999), (1, 61), (7, 30), (8, 999)):
        ride_day(ride, back, minutes)
    traced = of_ride(ride.pk, displayed=1.5)
    assert (traced["computed_value"], traced["verified"]) == (1.52, True)
    assert (traced["entity_type"], traced["entity_name"], traced["metric"]) == (
        "ride",
        "Big Drop",
        "downtime_hours",
    )
    assert step(traced, 3)["inputs"]["days_counted"] == 2
    assert str(step(traced, 3)["output"]) == "1.52"
    assert of_ride(ride.pk, period="30days")["computed_value"] == 18.17


def test_a_rides_downtime_of_today_is_the_sum_of_its_hours():
    raw_rows_since(at(0))
    park = a_park()
    ride, other = a_ride(park), a_ride(park)
    for hour in (18, 19, 20):
        saw(park, at(hour), {ride: RUNNING, other: DOWN})
        saw(park, at(hour, 10), {ride: DOWN, other: DOWN})
    # The running hour is not over.
    saw(park, at(22), {ride: DOWN})
    traced = of_ride(ride.pk, period="today", displayed=0.51)
    assert (traced["computed_value"], traced["verified"]) == (0.51, True)
    assert step(traced, 3)["inputs"]["hours_counted"] == 3
    of_hours = hours.of_rides(clock.today_so_far(NOW), now=NOW, rides=[ride.pk])
    assert of_hours["downtime"].sum() == 51


def test_an_unknown_ride_has_no_downtime_on_any_period():
    for period in verify.PERIODS:
        traced = of_ride(UNKNOWN, period=period)
        assert (traced["computed_value"], traced["entity_name"], step(traced, 1)["output"]) == (
            0,
            "Unknown",
            {},
        )


# ------------------------------------------------------------------------------------- ids, anomalies


@pytest.mark.parametrize("as_sent", [lambda pk: pk, str, lambda pk: f" {pk} ", lambda pk: [pk], float])
def test_an_id_may_be_a_number_a_text_or_a_list_of_one(as_sent):
    park = a_park(name="Castle Park")
    ride = a_ride(park, name="Big Drop")
    for traced, name in ((of_park(as_sent(park.pk)), "Castle Park"), (of_ride(as_sent(ride.pk)), "Big Drop")):
        assert traced["entity_name"] == name
        kind = traced["entity_type"]
        assert (
            traced["entity_id"]
            == step(traced, 1)["inputs"][f"{kind}_id"]
            == as_sent(park.pk if kind == "park" else ride.pk)
        )


@pytest.mark.parametrize(
    "garbage",
    [
        None,
        "",
        "x",
        [],
        [1, 2],
        [[1]],
        1.5,
        -1,
        0,
        2**31,
        -(2**31),
        10**40,
        float("inf"),
        float("nan"),
        "1" * 5000,
    ],
    ids=str,
)
def test_what_is_no_id_is_an_unknown_entity(garbage):
    a_ride(a_park())
    assert of_park(garbage)["entity_name"] == of_ride(garbage)["entity_name"] == "Unknown"


def test_anomalies_of_the_last_date_are_shown_if_the_id_was_sent_as_a_number():
    park, other = a_park(), a_park()
    ride = a_ride(park)
    for back in range(2, 12):
        ride_day(ride, back, 60 * (back % 2))
    ride_day(ride, 1, 900)
    (found,) = of_park(park.pk)["anomalies_detected"]
    assert (found["metric"], found["entity_id"], found["stat_date"]) == (
        "missing_daily_stats",
        park.pk,
        "2025-12-19",
    )
    assert of_park(str(park.pk))["anomalies_detected"] == []
    assert of_park([park.pk])["anomalies_detected"] == []
    (found,) = of_ride(ride.pk)["anomalies_detected"]
    assert (found["metric"], found["entity_type"]) == ("downtime_hours", "ride")
    (today,) = of_park(other.pk, period="today")["anomalies_detected"]
    assert today["stat_date"] == "2025-12-20"
