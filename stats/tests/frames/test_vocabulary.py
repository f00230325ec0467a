"""What models and querysets say of a ride or park is what the frames say of all of them."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest

from parks.models import Park, ParkActivitySnapshot
from parkstats_project.base import clock
from parkstats_project.tests import cases
from rides.models import Ride, RideStatusSnapshot
from stats import rules
from stats.frames import current, observations, roster, schedules
from stats.frames.versions import LEGACY_VERSION
from stats.jobs.daily_figures import ride_figures
from stats.models import RideDailyStats

pytestmark = [pytest.mark.mariadb, pytest.mark.whole, pytest.mark.no_cover]


@pytest.fixture(params=["winter_saturday", "new_year_morning"])
def now(request, golden_case):
    with golden_case(request.param):
        yield cases.moment(request.param)


@pytest.fixture
def window(now):
    """A day and a half with open and closed hours."""
    return clock.Window(now - timedelta(hours=36), now)


def ids(frame, column):
    return sorted(frame[column].to_list())


def test_snapshots_in_which_a_ride_was_operating_or_down(now, window):
    observed, snapshots = observations.rides(window), RideStatusSnapshot.objects.between(*window)
    for found, rule in ((snapshots.operating(), rules.operating()), (snapshots.down(), rules.down())):
        expected = ids(observed.filter(rule), "snapshot_id")
        assert sorted(found.values_list("snapshot_id", flat=True)) == expected != []


def test_snapshots_of_open_parks(now, window):
    observed, snapshots = observations.parks(window), ParkActivitySnapshot.objects.between(*window)
    for found, column in ((snapshots.open(), "open"), (snapshots.open(fallback=True), "open_fb")):
        expected = ids(observed.filter(column), "snapshot_id")
        assert sorted(found.values_list("snapshot_id", flat=True)) == expected != []


def test_active_rides_and_parks(now):
    who = roster.current()
    assert sorted(Ride.objects.active().values_list("pk", flat=True)) == ids(
        who.rides.filter("active_attraction"), "ride_id"
    )
    assert sorted(Park.objects.active().values_list("pk", flat=True)) == ids(
        who.parks.filter("is_active"), "park_id"
    )


def test_rides_that_operated_in_a_window(now, window):
    operated = (rules.operating() & (pl.col("minute_open") > 0)).any()
    of_rides = observations.rides(window).group_by("ride_id").agg(operated=operated)
    expected = ids(of_rides.filter("operated"), "ride_id")
    found = sorted(Ride.objects.that_operated(window).values_list("pk", flat=True))
    assert found == expected
    assert 0 < len(found) < of_rides.height


def test_the_current_status_of_every_ride(now):
    expected = dict(current.ride_status(now=now).select("ride_id", "current_status").iter_rows())
    assert {ride.pk: ride.current_status(now) for ride in Ride.objects.all()} == expected


def test_whether_every_park_operates_at_a_moment(now):
    is_open = dict(current.park_is_open(now=now).iter_rows())
    scheduled = schedules.open_at(now)
    for park in Park.objects.all():
        operating = park.is_operating_at(now)
        assert (None if operating is None else int(operating)) == is_open[park.pk]
        assert park.is_within_operating_hours(now) is (park.pk in scheduled)
    assert {0, 1} <= set(is_open.values())


def test_the_uptime_of_every_ride_over_a_day(now):
    day = clock.pacific_date(now) - timedelta(days=1)
    window = clock.pacific_day(day)
    figures = ride_figures(
        observations.rides(window),
        observations.status_changes(window),
        roster.current().rides.filter("is_active"),
        version=LEGACY_VERSION,
    )
    shares = dict(figures.select("ride_id", "uptime_percentage").iter_rows())
    found = {ride.pk: ride.calculate_uptime(window) for ride in Ride.objects.filter(is_active=True)}
    assert {ride: int(100 * (uptime or 0)) for ride, uptime in found.items()} == shares
    assert any(uptime is None for uptime in found.values())
    stored = RideDailyStats.objects.filter(stat_date=day, uptime_percentage__gt=0)
    assert {row.ride_id: row.uptime_percentage for row in stored}.items() <= found.items()
