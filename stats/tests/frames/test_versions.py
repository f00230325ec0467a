"""Metrics versions can be switched: what lacks the active one is read in version 1 (docs/design.md D6)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from freezegun import freeze_time
from model_bakery import baker

from parks.models import Park
from parkstats_project import settings as project
from parkstats_project.base.clock import DateSpan
from rides.models import Ride
from stats.frames import daily_rows, versions
from stats.jobs import rollup
from stats.jobs.daily_figures import VERSIONS
from stats.models import ParkDailyStats, RideDailyStats
from stats.tests.observed import NOW, a_park, a_ride

pytestmark = pytest.mark.django_db
NOV = DateSpan(date(2025, 11, 1), date(2025, 11, 30))
ONE_DAY = date(2025, 11, 12)


def a_day(park: Park, rides: list[Ride], day: date, *, version: int, minutes: int) -> None:
    key: dict[str, Any] = {"stat_date": day, "metrics_version": version}
    hours: dict[str, Any] = {"total_downtime_hours": minutes // 60, "operating_hours_minutes": 600}
    baker.make(ParkDailyStats, park=park, **hours, **key)
    for ride in rides:
        baker.make(
            RideDailyStats,
            ride=ride,
            downtime_minutes=minutes,
            operating_hours_minutes=600,
            uptime_minutes=600 - minutes,
            avg_wait_time=None,
            peak_wait_time=None,
            status_changes=0,
            **key,
        )


@pytest.fixture
def november() -> list[Park]:
    """Two parks with a ride each: every day in version 1, one day of the first park in version 2, too."""
    parks = [a_park(), a_park()]
    for number, park in enumerate(parks):
        ride = a_ride(park)
        for day in NOV.days():
            a_day(park, [ride], day, version=1, minutes=60)
        if number == 0:
            a_day(park, [ride], ONE_DAY, version=2, minutes=300)
    return parks


@pytest.fixture
def version_2(settings: Any) -> None:
    settings.PARKSTATS_METRICS_VERSION = 2


def test_a_day_without_the_active_version_is_read_in_version_1(november: list[Park], version_2: None) -> None:
    for frame in (daily_rows.rides(NOV), daily_rows.parks(NOV)):
        assert frame.height == 60
        assert frame["day"].is_sorted()
    assert sorted(daily_rows.rides(NOV)["downtime_minutes"].to_list()) == [60] * 59 + [300]
    of_the_day = daily_rows.parks(DateSpan(ONE_DAY, ONE_DAY))
    assert dict(of_the_day.select("park_id", "downtime").iter_rows()) == {
        november[0].pk: 500,
        november[1].pk: 100,
    }


@pytest.mark.parametrize("period", ["last_week", "last_month"])
def test_rankings_keep_their_rows_when_the_version_is_switched(
    november: list[Park], version_2: None, client: Client, period: str
) -> None:
    week = DateSpan(date(2025, 12, 7), date(2025, 12, 13))
    for park in november:
        for day in week.days():
            a_day(park, list(park.rides.all()), day, version=1, minutes=60)
    with freeze_time(NOW):
        for route in ("parks/downtime", "rides/downtime"):
            answer = client.get(f"/api/{route}?period={period}&filter=all-parks").json()
            assert len(answer["data"]) == 2, route


def test_roll_ups_add_up_what_is_read(november: list[Park]) -> None:
    month = rollup.period_of(rollup.Grain.MONTH, ONE_DAY)
    for version, minutes in ((1, [1800, 1800]), (2, [1800, 2040])):
        rows = rollup.ride_rows(month, version=version)
        assert sorted(rows["downtime_minutes"].to_list()) == minutes


def test_the_check_says_how_many_days_are_read_in_version_1(november: list[Park], settings: Any) -> None:
    def said() -> list[str]:
        return [str(warning.msg) for warning in versions.check_days(databases=["default"])]

    assert said() == []
    settings.PARKSTATS_METRICS_VERSION = 2
    (warning,) = said()
    # Of one day only one of the two parks is missing.
    assert warning.startswith("30 days have parks without metrics version 2,")
    a_day(november[1], [], ONE_DAY, version=2, minutes=0)
    (warning,) = said()
    assert warning.startswith("29 days ")


def test_the_setting_knows_every_version_that_has_a_rule() -> None:
    assert set(project.METRICS_VERSIONS) == {str(version) for version in VERSIONS}
