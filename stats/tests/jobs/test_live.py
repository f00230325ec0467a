"""What the live rankings hold in cases that the recorded ones lack (docs/contract/live.md 2)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from freezegun import freeze_time

from stats.jobs import live
from stats.models import ParkLiveRanking, RideLiveRanking
from stats.tests.observed import CLOSED, DOWN, NOW, RUNNING, a_park, a_ride, raw_rows_since, saw

pytestmark = pytest.mark.django_db


def test_a_ride_that_is_down_and_its_park() -> None:
    raw_rows_since(NOW - timedelta(days=2))
    park = a_park(is_disney=True)
    down, up = a_ride(park, tier=1), a_ride(park)
    for minutes in range(120, 60, -10):
        saw(park, NOW - timedelta(minutes=minutes), {down: RUNNING, up: RUNNING})
    for minutes in (20, 10):
        saw(park, NOW - timedelta(minutes=minutes), {down: DOWN, up: RUNNING}, shame_score="6.0")
    assert live.refresh(now=NOW) == (1, 1)
    row = ParkLiveRanking.objects.get()
    assert (row.rides_down, row.total_rides, row.shame_score) == (1, 2, Decimal("6.0"))
    assert (row.total_downtime_hours, row.weighted_downtime_hours) == (Decimal("0.17"), Decimal("0.50"))
    assert (row.total_park_weight, row.park_is_open) == (Decimal("5.00"), True)
    assert row.location == "Tampa, Florida"
    ride = RideLiveRanking.objects.get()
    assert (ride.ride_id, ride.is_down, ride.current_status) == (down.pk, True, "DOWN")
    assert (ride.tier, ride.tier_weight, ride.avg_wait_time) == (1, Decimal("3.0"), Decimal("20.0"))
    assert ride.calculated_at == NOW.replace(microsecond=0)


def test_the_tables_are_replaced_as_a_whole() -> None:
    raw_rows_since(NOW - timedelta(days=2))
    park = a_park(is_disney=True)
    ride = a_ride(park)
    saw(park, NOW - timedelta(minutes=20), {ride: RUNNING})
    saw(park, NOW - timedelta(minutes=10), {ride: DOWN})
    with freeze_time(NOW):
        call_command("refresh_live_rankings", verbosity=0)
    assert RideLiveRanking.objects.count() == 1
    # On the next Pacific day nothing is known yet.
    assert live.refresh(now=NOW + timedelta(hours=12)) == (0, 0)
    assert not ParkLiveRanking.objects.exists()


def test_a_ride_that_did_not_run_today_or_this_week_is_not_listed() -> None:
    raw_rows_since(NOW - timedelta(days=2))
    park = a_park(is_disney=True)
    idle, retired = a_ride(park), a_ride(park, last_operated_at=NOW - timedelta(days=8))
    saw(park, NOW - timedelta(minutes=20), {idle: CLOSED, retired: RUNNING})
    saw(park, NOW - timedelta(minutes=10), {idle: DOWN, retired: DOWN})
    assert live.refresh(now=NOW) == (1, 0)
    # Downtime counts all attractions, the number of rides only those of the last week.
    assert ParkLiveRanking.objects.get().total_downtime_hours == Decimal("0.17")
    assert ParkLiveRanking.objects.get().total_rides == 1
