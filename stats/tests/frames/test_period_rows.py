"""Rows of weeks and months are kept until any of them is another."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from freezegun import freeze_time
from model_bakery import baker

from parkstats_project.base import clock
from parkstats_project.base.cache import CHECK_SECONDS
from stats.frames import period_rows
from stats.models import RideWeeklyStats
from stats.tests.observed import NOW, a_park, a_ride

pytestmark = pytest.mark.django_db

WEEK = clock.week_key(date(2025, 12, 15))


def minutes() -> list[int]:
    return period_rows.of(RideWeeklyStats, WEEK)["downtime_minutes"].to_list()


def test_figures_that_change_places_are_seen_within_seconds():
    park = a_park()
    first, second = (
        baker.make(RideWeeklyStats, ride=a_ride(park), downtime_minutes=lost, **WEEK) for lost in (30, 50)
    )
    with freeze_time(NOW) as time:
        assert minutes() == [30, 50]
        RideWeeklyStats.objects.filter(pk=first.pk).update(downtime_minutes=50)
        RideWeeklyStats.objects.filter(pk=second.pk).update(downtime_minutes=30)
        assert minutes() == [30, 50]
        time.tick(timedelta(seconds=CHECK_SECONDS + 1))
        assert minutes() == [50, 30]
