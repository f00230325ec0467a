"""Rides that are frozen, parks that are open at night (docs/data.md 2.1)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from parks.models import ParkActivitySnapshot, ParkSchedule
from parkstats_project.tests.upstream import FakeUpstream
from parkstats_project.tests.upstream.world import make_id, utc
from rides.models import Ride, RideStatusSnapshot
from stats.jobs.collect.run import Outcome, collect
from stats.models import DataQualityIssue
from stats.tests.collected import make_world, upstream_at

pytestmark = pytest.mark.django_db

NOON = utc("2026-07-15T18:00:00Z")
STEP = timedelta(minutes=10)


@pytest.fixture(scope="module")
def server() -> Iterator[FakeUpstream]:
    with FakeUpstream() as running:
        yield running


@pytest.fixture
def upstream(server) -> FakeUpstream:
    server.control(reset=True)
    return server


def collect_at(upstream: FakeUpstream, moment: datetime) -> Outcome:
    with upstream_at(upstream, moment):
        return collect()


def open_hours(park, ride: Ride, *, hours: int, wait: int | None = 35, until: datetime = NOON) -> None:
    """Collections of an open park in which a ride shows the same."""
    moments = [until - number * STEP for number in range(1, 6 * hours + 2)]
    ParkActivitySnapshot.objects.bulk_create(
        ParkActivitySnapshot(park=park, recorded_at=at, park_appears_open=True) for at in moments
    )
    RideStatusSnapshot.objects.bulk_create(
        RideStatusSnapshot(
            ride=ride, recorded_at=at, status="OPERATING", is_open=True, computed_is_open=True, wait_time=wait
        )
        for at in moments
    )


def frozen_issues() -> list:
    found = DataQualityIssue.objects.filter(details__contains="frozen")
    return list(found.values_list("ride__themeparks_wiki_id", "is_resolved"))


def test_a_ride_that_shows_the_same_for_twelve_open_hours_is_frozen(upstream):
    park = make_world("p1")["p1"]
    ride = Ride.objects.get(themeparks_wiki_id=make_id("buzz"))
    open_hours(park, ride, hours=12)
    outcome = collect_at(upstream, NOON)
    assert outcome.faults["frozen"] == 1
    assert frozen_issues() == [(ride.themeparks_wiki_id, False)]


def test_a_ride_that_thaws_is_no_longer_in_doubt(upstream):
    park = make_world("p1")["p1"]
    ride = Ride.objects.get(themeparks_wiki_id=make_id("buzz"))
    open_hours(park, ride, hours=12)
    collect_at(upstream, NOON)
    upstream.fault("/live", "wait", value=5, entity=ride.themeparks_wiki_id)
    for number in (1, 2):
        collect_at(upstream, NOON + number * STEP)
    assert frozen_issues() == [(ride.themeparks_wiki_id, True)]


@pytest.mark.parametrize(("hours", "wait"), [(11, 35), (12, 40), (12, None)])
def test_fewer_hours_a_change_or_no_wait_are_not_frozen(upstream, hours, wait):
    park = make_world("p1")["p1"]
    ride = Ride.objects.get(themeparks_wiki_id=make_id("buzz"))
    open_hours(park, ride, hours=hours, wait=wait)
    if wait is not None and hours == 12:
        RideStatusSnapshot.objects.filter(recorded_at=NOON - STEP).update(wait_time=35)
    if wait is None:
        upstream.fault("/live", "wait", value=None, entity=ride.themeparks_wiki_id)
    collect_at(upstream, NOON)
    assert frozen_issues() == []


def night(upstream, park, hour: int) -> list[str]:
    """Details of issues about a park all of whose rides are reported open so many hours after 22:00 local."""
    ParkSchedule.objects.create(
        park=park,
        schedule_date="2026-07-15",
        schedule_type="OPERATING",
        opening_time="2026-07-15T13:00Z",
        closing_time="2026-07-16T02:00Z",
    )
    upstream.fault("/live", "unknown_status", value="OPERATING")
    collect_at(upstream, utc("2026-07-16T02:00:00Z") + timedelta(hours=hour))
    about = DataQualityIssue.objects.filter(park=park, ride=None)
    return [details or "" for details in about.values_list("details", flat=True)]


def test_a_park_that_reports_most_rides_open_in_the_night_is_doubtful(upstream):
    [details] = night(upstream, make_world("p1")["p1"], 4)
    assert details.startswith("open at night")
    assert "240 minutes after closing" in details


@pytest.mark.parametrize("hour", [1, 10])
def test_around_opening_and_closing_it_is_not(upstream, hour):
    assert night(upstream, make_world("p1")["p1"], hour) == []
