"""The status page, badges and feeds are for everybody, where the operator wants them (docs/admin.md)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from freezegun import freeze_time

from parkstats_project.tests.asking import ask
from stats.jobs import history
from stats.tests.observed import DOWN, NOW, RUNNING, YESTERDAY, a_park, a_ride, at, park_day, saw

pytestmark = pytest.mark.django_db


@pytest.fixture
def park(settings):
    """A park whose only ride was down for half an hour."""
    settings.PARKSTATS_STATUS_PAGE = True
    cache.clear()
    park = a_park(name="Pier & Co")
    ride = a_ride(park, name="Big <Dipper>")
    for minute, state in ((0, RUNNING), (10, DOWN), (20, DOWN), (30, DOWN), (40, RUNNING)):
        saw(park, at(20, minute), {ride: state})
    with freeze_time(NOW):
        yield park


@pytest.mark.parametrize("path", ["", "/", "/parks/1.svg", "/parks/1.atom", "/rides/1.atom"])
def test_it_is_not_there_unless_it_is_wanted(path):
    assert ask(f"/status{path}").status == 404


def test_the_page_says_in_public_words_what_is_late(park):
    history.note("aggregate_daily", started=NOW, ended=NOW, exit_code=1, message="disk of db7 is full")
    page = ask("/status").body.decode()
    assert "Some figures may be late or incomplete." in page
    assert "Figures are computed: not at the moment" in page
    assert "Pier &amp; Co" in page
    assert "db7" not in page and "aggregate_daily" not in page


def test_days_that_are_not_complete_are_named_beside_figures_that_are_up_to_date(park):
    saw(park, NOW - timedelta(minutes=5), {park.rides.get(): RUNNING})
    counts = {"observed_collections": 100, "expected_collections": 144}
    park_day(park, YESTERDAY, hours="1.00", **counts)
    page = ask("/status").body.decode()
    assert "The figures are up to date; some days are not complete." in page
    assert "Days are complete: yes</strong>, but for 19 Dec, 20 Dec" in page


def test_with_a_slash_at_its_end_or_without_the_page_is_found(park):
    for typed, meant in (("/status/", "/status"), ("/admin", "/admin/")):
        reply = ask(typed)
        assert (reply.status, reply.headers["Location"]) == (302, meant)
    assert ask("/api/health/").status == ask("/metrics/").status == 404


def test_a_backup_that_failed_is_no_visitors_affair(park):
    history.note("backup", started=NOW, ended=NOW, exit_code=1)
    assert "Figures are computed: yes" in ask("/status").body.decode()


def test_a_badge_has_the_uptime_and_says_what_is_missing(park):
    new = a_park()
    park_day(park, YESTERDAY, hours="1.00", avg_uptime_percentage=Decimal("97.10"))
    reply = ask(f"/status/parks/{park.pk}.svg", query="days=7")
    assert reply.status == 200
    assert "97.1 %, 6 days missing" in reply.body.decode()
    assert "Pier &amp; Co" in reply.body.decode()
    assert "no data" in ask(f"/status/parks/{new.pk}.svg").body.decode()
    assert ask(f"/status/parks/{park.pk}.svg", query="days=8").status == 400
    assert ask("/status/parks/999999.svg").status == 404


def test_a_feed_has_the_incidents_of_a_park_and_of_a_ride(park):
    ride = park.rides.get()
    for path in (f"/status/parks/{park.pk}.atom", f"/status/rides/{ride.pk}.atom"):
        feed = ask(path).body.decode()
        assert feed.count("<entry>") == 1
        assert "Big &lt;Dipper&gt; down, 30 minutes" in feed
    assert ask("/status/parks/999999.atom").status == 404


def test_an_incident_that_lasts_has_no_end(park):
    ride = park.rides.get()
    saw(park, NOW - timedelta(minutes=5), {ride: DOWN})
    assert "so far" in ask(f"/status/rides/{ride.pk}.atom").body.decode()
