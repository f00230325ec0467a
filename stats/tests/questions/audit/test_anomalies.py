"""Figures out of the ordinary: the five kinds, their edges and their texts (docs/contract/audit.md 2)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from model_bakery import baker

from parkstats_project.tests.plugin import forget_everything
from stats.models import ParkDailyStats, RideDailyStats
from stats.questions.audit import anomalies
from stats.tests.observed import a_park, a_ride

pytestmark = pytest.mark.django_db

DAY = date(2025, 12, 17)


def park_day(park, back, score, *, tracked=10):
    baker.make(
        ParkDailyStats,
        park=park,
        stat_date=DAY - timedelta(days=back),
        shame_score=None if score is None else Decimal(score),
        total_rides_tracked=tracked,
    )


def ride_day(ride, back, minutes):
    baker.make(RideDailyStats, ride=ride, stat_date=DAY - timedelta(days=back), downtime_minutes=minutes)


def found(kind=None):
    forget_everything()
    return [one for one in anomalies.detect(day=DAY) if kind in (None, one["anomaly_type"], one["metric"])]


def two_scores(park, count=8, *, low="1.000", high="2.000"):
    """A baseline of so many days, half of them low: mean in the middle, deviation half the distance."""
    for back in range(1, count + 1):
        park_day(park, back, low if back % 2 else high)


def two_downtimes(ride, count=8, *, low=60, high=120):
    for back in range(1, count + 1):
        ride_day(ride, back, low if back % 2 else high)


# ------------------------------------------------------------------------------------- A: scores


def test_a_score_far_from_its_mean_is_an_anomaly():
    park = a_park(name="Castle Park")
    two_scores(park)
    park_day(park, 0, "3.200")
    assert found("zscore") == [
        {
            "anomaly_type": "zscore",
            "entity_type": "park",
            "entity_id": park.pk,
            "entity_name": "Castle Park",
            "metric": "shame_score",
            "severity": "WARNING",
            "current_value": 3.2,
            "expected_value": 1.5,
            "threshold": 3.4,
            "message": "Shame score 3.20 is 3.4 standard deviations from 30-day mean (1.50)",
            "stat_date": "2025-12-17",
            "methodology_url": "/about#methodology",
        }
    ]


@pytest.mark.parametrize(
    ("score", "severity"),
    [("3.000", None), ("3.001", "WARNING"), ("3.500", "WARNING"), ("3.501", "CRITICAL"), ("0.000", None)],
)
def test_three_deviations_warn_and_four_are_critical(score, severity):
    park = a_park()
    two_scores(park)
    park_day(park, 0, score)
    assert [one["severity"] for one in found("zscore")] == ([severity] if severity else [])


def test_a_score_far_below_its_mean_is_one_too():
    park = a_park()
    two_scores(park, low="5.000", high="5.200")
    park_day(park, 0, "4.000")
    (one,) = found("zscore")
    assert (one["severity"], one["threshold"]) == ("CRITICAL", -11.0)
    assert one["message"] == "Shame score 4.00 is 11.0 standard deviations from 30-day mean (5.10)"


def test_a_baseline_has_seven_scores_and_some_deviation():
    short, flat, old, nulls = (a_park() for _ in range(4))
    two_scores(short, 6)
    two_scores(flat, 8, high="1.000")
    for back in range(25, 33):
        park_day(old, back, f"{1 + back % 2}.000")
    for back in range(1, 9):
        park_day(nulls, back, None if back > 6 else f"{1 + back % 2}.000")
    for park in (short, flat, old, nulls):
        park_day(park, 0, "9.000")
    assert found("zscore") == []
    park_day(short, 7, "1.000")
    assert [one["entity_id"] for one in found("zscore")] == [short.pk]


def test_the_mean_of_scores_has_seven_places_and_z_eleven():
    park = a_park()
    for back, score in enumerate(("1.000", "1.000", "2.000", "1.000", "1.000", "1.000", "1.000"), start=1):
        park_day(park, back, score)
    park_day(park, 0, "9.999")
    (one,) = found("zscore")
    assert one["expected_value"] == 1.1428571
    assert one["threshold"] == round((9.999 - 1.1428571) / (6**0.5 / 7), 11)


def test_inactive_parks_and_rides_count_as_well():
    park = a_park(is_active=False)
    ride = a_ride(park, is_active=False)
    two_scores(park)
    two_downtimes(ride)
    park_day(park, 0, "9.000")
    ride_day(ride, 0, 900)
    assert {(one["entity_type"], one["entity_id"]) for one in found("zscore")} == {
        ("park", park.pk),
        ("ride", ride.pk),
    }


# ------------------------------------------------------------------------------------- B: downtimes


def test_a_downtime_far_above_its_mean_is_an_anomaly():
    park = a_park(name="Castle Park", is_active=False)
    ride = a_ride(park, name="Big Drop")
    two_downtimes(ride)
    ride_day(ride, 0, 200)
    assert found() == [
        {
            "anomaly_type": "zscore",
            "entity_type": "ride",
            "entity_id": ride.pk,
            "entity_name": "Big Drop (Castle Park)",
            "metric": "downtime_hours",
            "severity": "WARNING",
            "current_value": 3.33,
            "expected_value": 1.5,
            "threshold": round((3.333333333 - 1.5) / 0.5, 12),
            "message": "Downtime 3.33h is 3.7\N{GREEK SMALL LETTER SIGMA} from 30-day mean (1.50h)",
            "stat_date": "2025-12-17",
            "methodology_url": "/about#methodology",
        }
    ]


@pytest.mark.parametrize(
    ("low", "high", "minutes", "severity"),
    [
        (60, 120, 180, None),
        (60, 120, 181, "WARNING"),
        (60, 120, 210, "WARNING"),
        (60, 120, 211, "CRITICAL"),
        # Four deviations, but not over two hours.
        (0, 24, 120, "WARNING"),
        (0, 24, 121, "CRITICAL"),
        # A deviation of 0.1 is too small.
        (60, 72, 600, None),
        (60, 73, 600, "CRITICAL"),
        # Less downtime than usual is no anomaly.
        (600, 660, 1, None),
    ],
)
def test_downtimes_on_the_edge(low, high, minutes, severity):
    ride = a_ride(a_park(is_active=False))
    two_downtimes(ride, low=low, high=high)
    ride_day(ride, 0, minutes)
    assert [one["severity"] for one in found("zscore")] == ([severity] if severity else [])


def test_a_baseline_of_downtimes_has_seven_days_and_counts_those_without_any():
    ride = a_ride(a_park(is_active=False))
    for back in range(1, 7):
        ride_day(ride, back, 0 if back % 2 else 60)
    ride_day(ride, 0, 600)
    assert found("zscore") == []
    ride_day(ride, 30, 0)
    (one,) = found("zscore")
    assert one["expected_value"] == 0.42857143


# ------------------------------------------------------------------------------------- C: sudden change


@pytest.mark.parametrize(
    ("before", "score", "message", "change"),
    [
        ("1.000", "3.010", "Shame score increased 201% (1.00 \N{RIGHTWARDS ARROW} 3.01)", 201.0),
        ("1.000", "3.000", None, None),
        ("0.100", "3.000", None, None),
        ("0.101", "0.100", None, None),
        ("0.300", "1.000", "Shame score increased 233% (0.30 \N{RIGHTWARDS ARROW} 1.00)", 233.3333333),
        # A score falls by 100 % at most.
        ("9.000", "0.101", None, None),
        (None, "3.000", None, None),
    ],
)
def test_a_score_that_triples_over_night_is_an_anomaly(before, score, message, change):
    park = a_park()
    park_day(park, 1, before)
    park_day(park, 0, score)
    changes = found("sudden_change")
    if message is None:
        assert changes == []
        return
    (one,) = changes
    assert (one["severity"], one["metric"]) == ("WARNING", "shame_score")
    assert (one["message"], one["threshold"]) == (message, change)
    assert (one["current_value"], one["expected_value"]) == (float(score), float(before))


# ------------------------------------------------------------------------------------- D: missing data


def test_an_active_park_without_a_daily_row_is_an_anomaly():
    park = a_park(name="Castle Park")
    a_park(is_active=False)
    assert found() == [
        {
            "anomaly_type": "data_quality",
            "entity_type": "park",
            "entity_id": park.pk,
            "entity_name": "Castle Park",
            "metric": "missing_daily_stats",
            "severity": "WARNING",
            "current_value": 0,
            "expected_value": 1.0,
            "threshold": 0,
            "message": "No daily stats recorded (park may be closed)",
            "stat_date": "2025-12-17",
            "methodology_url": "/about#methodology",
        }
    ]


@pytest.mark.parametrize(
    ("tracked", "severity", "message"),
    [
        (20, None, None),
        (19, "WARNING", "Only 19 rides tracked (48% of normal 40)"),
        (10, "WARNING", "Only 10 rides tracked (25% of normal 40)"),
        (9, "CRITICAL", "Only 9 rides tracked (22% of normal 40)"),
        (0, "CRITICAL", "Only 0 rides tracked (0% of normal 40)"),
    ],
)
def test_fewer_than_half_of_the_usual_rides_are_an_anomaly(tracked, severity, message):
    park = a_park()
    for back in range(1, 15):
        park_day(park, back, None, tracked=40)
    park_day(park, 15, None, tracked=4000)
    park_day(park, 0, None, tracked=tracked)
    few = found("rides_tracked")
    assert [(one["severity"], one["message"]) for one in few] == ([(severity, message)] if severity else [])
    if severity:
        assert (few[0]["current_value"], few[0]["expected_value"], few[0]["threshold"]) == (
            tracked,
            40.0,
            50.0,
        )


def test_a_park_of_five_rides_may_shrink():
    small, larger = a_park(), a_park()
    for park, usual in ((small, 5), (larger, 6)):
        park_day(park, 1, None, tracked=usual)
        park_day(park, 0, None, tracked=1)
    assert [one["entity_id"] for one in found("rides_tracked")] == [larger.pk]


# ------------------------------------------------------------------------------------- all together


def test_anomalies_come_detector_by_detector_and_by_id_within_each():
    parks = [a_park() for _ in range(3)]
    rides = [a_ride(parks[1]) for _ in range(2)]
    for park in parks[1:]:
        two_scores(park)
        park_day(park, 0, "9.000", tracked=1)
    for ride in reversed(rides):
        two_downtimes(ride)
        ride_day(ride, 0, 900)
    one, two, three = (park.pk for park in parks)
    assert [(entry["metric"], entry["anomaly_type"], entry["entity_id"]) for entry in found()] == [
        ("shame_score", "zscore", two),
        ("shame_score", "zscore", three),
        ("downtime_hours", "zscore", rides[0].pk),
        ("downtime_hours", "zscore", rides[1].pk),
        ("shame_score", "sudden_change", two),
        ("shame_score", "sudden_change", three),
        ("missing_daily_stats", "data_quality", one),
        ("rides_tracked", "data_quality", two),
        ("rides_tracked", "data_quality", three),
    ]


def test_rows_of_a_deleted_park_or_ride_are_passed_over():
    """The legacy sets their ids to null; the last day of the calendar has no row either."""
    baker.make(ParkDailyStats, park=None, stat_date=DAY, shame_score=Decimal(9))
    baker.make(RideDailyStats, ride=None, stat_date=DAY, downtime_minutes=900)
    assert found() == []
    assert anomalies.detect(day=date.min) == anomalies.detect(day=date.max) == []
