"""Collecting from the simulated sources: rows as docs/contract/jobs.md 1, faults as docs/data.md 2.1."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command

from parks.models import Park, ParkActivitySnapshot, ParkSchedule
from parkstats_project.tests.upstream import FakeUpstream
from parkstats_project.tests.upstream.timeline import state_at
from parkstats_project.tests.upstream.world import PLACES, make_id, utc
from rides.models import Ride, RideStatusChange, RideStatusSnapshot
from stats.jobs.collect.run import Outcome, collect
from stats.models import CollectionRun, DataQualityIssue, ParkFeed, ParkLiveRanking
from stats.tests.collected import make_world, upstream_at

pytestmark = pytest.mark.django_db

NOON = "2026-07-15T18:00:00Z"
SPLASH = make_id("splash")
PLACE_BY_ID = {place.id: place for place in PLACES}


@pytest.fixture(scope="module")
def server() -> Iterator[FakeUpstream]:
    with FakeUpstream() as running:
        yield running


@pytest.fixture
def upstream(server) -> FakeUpstream:
    server.control(reset=True)
    return server


def collect_at(upstream: FakeUpstream, moment: str | datetime = NOON, **choice) -> Outcome:
    with upstream_at(upstream, moment):
        return collect(**choice)


def snapshot(key: str) -> RideStatusSnapshot:
    return RideStatusSnapshot.objects.filter(ride__themeparks_wiki_id=make_id(key)).latest("recorded_at")


def issues(**about) -> list[tuple[str, str | None]]:
    return sorted(DataQualityIssue.objects.filter(**about).values_list("issue_type", "details"))


def test_every_ride_is_stored_as_its_source_has_it(upstream):
    make_world()
    outcome = collect_at(upstream)
    assert outcome.parks == 6
    assert not outcome.missing
    for row in RideStatusSnapshot.objects.filter(status__isnull=False).select_related("ride"):
        state = state_at(PLACE_BY_ID[row.ride.themeparks_wiki_id], utc(NOON))[1]
        assert row.status == state["status"]
        assert row.wait_time == (state.get("queue") or {}).get("STANDBY", {}).get("waitTime")
        assert row.is_open == row.computed_is_open == (state["status"] == "OPERATING")
        assert row.recorded_at == utc(NOON)


def test_the_row_of_a_park_sums_up_its_rides(upstream):
    park = make_world("p1")["p1"]
    collect_at(upstream)
    row = ParkActivitySnapshot.objects.get(park=park)
    rides = RideStatusSnapshot.objects.filter(ride__park=park)
    waits = [ride.wait_time for ride in rides if ride.computed_is_open and ride.wait_time is not None]
    assert row.total_rides_tracked == rides.count() == row.rides_open + row.rides_closed
    assert row.rides_open == sum(ride.computed_is_open for ride in rides)
    assert row.max_wait_time == max(waits)
    assert row.avg_wait_time == round(Decimal(sum(waits)) / len(waits), 2)
    assert row.park_appears_open
    assert not row.rebuilt


def test_a_park_of_queue_times_has_no_status(upstream):
    park = make_world("qt")["qt"]
    collect_at(upstream)
    rows = RideStatusSnapshot.objects.filter(ride__park=park)
    assert {row.status for row in rows} == {None}
    assert all(row.computed_is_open == (row.is_open or row.wait_time > 0) for row in rows)
    assert not rows.filter(ride__name__contains="Single Rider").exists()
    assert not ParkActivitySnapshot.objects.get(park=park).park_appears_open


def test_old_values_of_queue_times_are_those_of_before_closing(upstream):
    park = make_world("qt")["qt"]
    upstream.fault("queue_times.json", "stale_last_updated", minutes=31)
    collect_at(upstream)
    rows = RideStatusSnapshot.objects.filter(ride__park=park)
    assert {(row.wait_time, row.is_open, row.computed_is_open) for row in rows} == {(0, False, False)}


def test_shows_of_queue_times_count_in_the_row_of_the_park_only(upstream):
    park = make_world("qt")["qt"]
    Ride.objects.filter(name="Log Flume").update(category="SHOW")
    collect_at(upstream)
    assert not RideStatusSnapshot.objects.filter(ride__name="Log Flume").exists()
    assert ParkActivitySnapshot.objects.get(park=park).total_rides_tracked == 5


def test_a_ride_that_ran_is_remembered_as_having_run(upstream):
    make_world("p1")
    collect_at(upstream)
    ran = set(Ride.objects.filter(last_operated_at=utc(NOON)).values_list("pk", flat=True))
    assert ran == set(
        RideStatusSnapshot.objects.filter(computed_is_open=True).values_list("ride_id", flat=True)
    )


def test_the_score_weighs_what_is_down_against_what_ran_this_week(upstream):
    park = make_world("p1")["p1"]
    collect_at(upstream)
    assert ParkActivitySnapshot.objects.get(park=park).shame_score == 0  # nothing had run before
    later = utc(NOON) + timedelta(minutes=10)
    weight = 2 * Ride.objects.filter(last_operated_at__isnull=False).count()
    Ride.objects.filter(themeparks_wiki_id=SPLASH).update(last_operated_at=utc(NOON))
    upstream.fault("/live", "unknown_status", value="DOWN", entity=SPLASH)
    collect_at(upstream, later)
    down = 2 * RideStatusSnapshot.objects.filter(recorded_at=later, status="DOWN").count()
    score = ParkActivitySnapshot.objects.get(park=park, recorded_at=later).shame_score
    assert score == round(Decimal(10 * down) / weight, 1)


def test_a_change_keeps_the_moment_when_the_status_began(upstream):
    make_world("p1")
    moments = [utc(NOON) + timedelta(minutes=minutes) for minutes in (0, 10, 20, 30)]
    for moment, status in zip(moments, ("OPERATING", "DOWN", "DOWN", "OPERATING"), strict=True):
        upstream.control(clear_faults=True)
        upstream.fault("/live", "unknown_status", value=status, entity=SPLASH)
        collect_at(upstream, moment)
    down, up = RideStatusChange.objects.filter(ride__themeparks_wiki_id=SPLASH).order_by("changed_at")
    assert (down.changed_at, down.status_since) == (moments[1], None)
    assert (up.changed_at, up.status_since) == (moments[3], moments[1])
    assert (up.previous_status, up.new_status, up.duration_in_previous_status) == (False, True, 10)
    assert Ride.objects.get(themeparks_wiki_id=SPLASH).status_since == moments[3]


def test_down_and_closed_are_two_statuses(upstream):
    make_world("p1")
    for minutes, status in ((0, "DOWN"), (10, "CLOSED")):
        upstream.control(clear_faults=True)
        upstream.fault("/live", "unknown_status", value=status, entity=SPLASH)
        collect_at(upstream, utc(NOON) + timedelta(minutes=minutes))
    change = RideStatusChange.objects.get(ride__themeparks_wiki_id=SPLASH)
    assert (change.previous_status, change.new_status) == (False, False)


def test_a_status_that_an_old_collector_changed_began_with_its_change(upstream):
    make_world("p1")
    ride = Ride.objects.get(themeparks_wiki_id=SPLASH)
    ride.status_since = utc("2026-07-01T00:00:00Z")
    ride.save()
    RideStatusSnapshot.objects.create(
        ride=ride, recorded_at="2026-07-15T17:50:00Z", status="DOWN", is_open=False, computed_is_open=False
    )
    RideStatusChange.objects.create(
        ride=ride,
        changed_at="2026-07-15T15:00:00Z",
        previous_status=True,
        new_status=False,
        duration_in_previous_status=10,
    )
    upstream.fault("/live", "unknown_status", value="OPERATING", entity=SPLASH)
    collect_at(upstream)
    newest = RideStatusChange.objects.filter(ride=ride).latest("changed_at")
    assert newest.status_since == utc("2026-07-15T15:00:00Z")


def test_one_bad_item_loses_itself_and_not_its_park(upstream):
    make_world("p1")
    upstream.fault("/live", "unknown_status", entity=SPLASH)
    outcome = collect_at(upstream)
    assert (outcome.parks, outcome.refused, outcome.faults["unknown status"]) == (1, 1, 1)
    assert not RideStatusSnapshot.objects.filter(ride__themeparks_wiki_id=SPLASH).exists()
    row = ParkActivitySnapshot.objects.get()
    assert row.total_rides_tracked == row.rides_open + row.rides_closed + 1
    assert issues(ride__themeparks_wiki_id=SPLASH) == [("INVALID_STATUS", "unknown status: 'WEATHER_DELAY'")]


@pytest.mark.parametrize(
    ("value", "stored", "details"),
    [
        (999, 999, "extreme wait: 999 minutes"),
        (-1, -1, "negative wait: -1 minutes"),
        (None, None, None),
        ("45", 45, "wait is text: '45'"),
        ("n/a", None, "wait is no number: \"'n/a'\""),
    ],
)
def test_an_odd_wait_is_stored_and_reported(upstream, value, stored, details):
    make_world("p1")
    upstream.fault("/live", "unknown_status", value="OPERATING", entity=SPLASH, times=0)
    upstream.fault("/live", "wait", value=value, entity=SPLASH)
    collect_at(upstream)
    assert snapshot("splash").wait_time == stored
    found = issues(ride__themeparks_wiki_id=SPLASH, issue_type="INCONSISTENT_DATA")
    assert found == (
        [("INCONSISTENT_DATA", details.replace("\"'", "'").replace("'\"", "'"))] if details else []
    )


def test_an_update_time_in_the_future_is_reported_and_kept(upstream):
    make_world("p1")
    upstream.fault("/live", "clock_skew", seconds=86_400, entity=SPLASH)
    collect_at(upstream)
    assert snapshot("splash").last_updated_api > utc(NOON)
    [(concern, details)] = issues(ride__themeparks_wiki_id=SPLASH)
    assert concern == "INCONSISTENT_DATA"
    assert details.startswith("update time in the future")


def test_without_an_update_time_the_moment_of_asking_is_stored(upstream):
    make_world("p1")
    upstream.fault("/live", "missing_last_updated", entity=SPLASH)
    collect_at(upstream)
    assert snapshot("splash").last_updated_api == utc(NOON)
    assert [concern for concern, _ in issues(ride__themeparks_wiki_id=SPLASH)] == ["MISSING_DATA"]


@pytest.mark.whole
def test_stale_rides_are_reported_every_hour_until_they_are_fresh(upstream):
    make_world("p1")
    about = {"ride__themeparks_wiki_id": SPLASH, "issue_type": "STALE_DATA"}
    upstream.fault("/live", "stale_last_updated", minutes=600, entity=SPLASH)
    for minutes in range(0, 80, 10):
        collect_at(upstream, utc(NOON) + timedelta(minutes=minutes))
    first, second = DataQualityIssue.objects.filter(**about).order_by("detected_at")
    assert second.detected_at - first.detected_at == timedelta(minutes=60)
    assert first.data_age_minutes >= 600
    assert (first.entity_name, first.reported_status, first.details) == ("Splash Ridge", "OPERATING", None)
    upstream.control(clear_faults=True)
    upstream.fault("/live", "clock_skew", seconds=0, entity=SPLASH)
    fresh = utc(NOON) + timedelta(minutes=90)
    ride = PLACE_BY_ID[SPLASH]
    assert state_at(ride, fresh)[0] > fresh - timedelta(minutes=60)
    collect_at(upstream, fresh)
    assert set(DataQualityIssue.objects.filter(**about).values_list("is_resolved", "resolved_at")) == {
        (True, fresh)
    }


@pytest.mark.parametrize(
    "kind",
    [
        "truncated",
        "html",
        "html_as_json",
        "wrong_type",
        "empty_body",
        "json_null",
        "status",
        "reset",
        "short_read",
    ],
)
def test_one_bad_park_loses_itself_and_not_the_run(upstream, kind):
    parks = make_world("p1", "p3")
    upstream.fault(f"{make_id('p1')}/live", kind)
    outcome = collect_at(upstream)
    assert outcome.parks == 1
    [(park, why)] = outcome.missing.items()
    assert park.park_id == parks["p1"].pk
    assert not ParkActivitySnapshot.objects.filter(park=parks["p1"]).exists()
    feed = ParkFeed.objects.get(park=parks["p1"])
    assert (feed.failing_since, feed.failure) == (utc(NOON), why)
    assert issues(park=parks["p1"], ride=None)[0][0] == "MISSING_DATA"
    run = CollectionRun.objects.get()
    assert run.parks_missing == {str(parks["p1"].pk): why}
    upstream.control(clear_faults=True)
    collect_at(upstream, utc(NOON) + timedelta(minutes=10))
    feed.refresh_from_db()
    assert (feed.failing_since, feed.failure) == (None, "")
    assert not DataQualityIssue.objects.filter(park=parks["p1"], ride=None, is_resolved=False).exists()


def test_an_empty_list_is_no_observation(upstream):
    park = make_world("p1")["p1"]
    upstream.fault("/live", "empty_live")
    outcome = collect_at(upstream)
    assert list(outcome.missing.values()) == ["empty list"]
    assert not ParkActivitySnapshot.objects.filter(park=park).exists()


def test_an_entity_that_is_listed_twice_is_stored_once(upstream):
    make_world("p1")
    upstream.fault("/live", "duplicate")
    outcome = collect_at(upstream)
    assert RideStatusSnapshot.objects.count() == RideStatusSnapshot.objects.values("ride").distinct().count()
    assert ParkActivitySnapshot.objects.get().total_rides_tracked == RideStatusSnapshot.objects.count()
    assert outcome.faults["listed twice"] == RideStatusSnapshot.objects.count()


def test_a_ride_in_the_lists_of_two_parks_is_stored_once(upstream):
    parks = make_world("p1", "p2")
    Ride.objects.filter(park=parks["p2"]).delete()
    Park.objects.filter(pk=parks["p2"].pk).update(themeparks_wiki_id=make_id("p1"))
    collect_at(upstream)
    assert RideStatusSnapshot.objects.count() == RideStatusSnapshot.objects.values("ride").distinct().count()


def test_what_is_unknown_is_counted(upstream):
    make_world("p1")
    Ride.objects.filter(themeparks_wiki_id=SPLASH).update(themeparks_wiki_id=None)
    outcome = collect_at(upstream)
    assert outcome.unmapped == 1
    assert ParkActivitySnapshot.objects.get().total_rides_tracked == outcome.rides + 1


def test_a_spent_budget_stops_the_asking_of_that_source_only(upstream):
    make_world("p1", "p3", "qt")
    upstream.fault("/v1/entity/.*/live", "rate_limit", retry_after=3600)
    outcome = collect_at(upstream)
    assert {source.value for source in outcome.spent} == {"themeparks_wiki"}
    assert outcome.parks == 1


def test_parks_that_are_not_done_in_time_are_named(upstream):
    make_world("p1")
    upstream.fault("/live", "slow", seconds=2, times=1)
    with upstream_at(upstream, NOON):
        # Time enough to connect: a connection that is made after its client was closed is nobody's to close.
        outcome = collect(until=time.monotonic() + 0.5)
    assert list(outcome.missing.values()) == ["no time left"]


def test_the_live_tables_follow_a_collection(upstream):
    park = make_world("p1")["p1"]
    for minutes in (0, 10):
        collect_at(upstream, utc(NOON) + timedelta(minutes=minutes))
    row = ParkLiveRanking.objects.get(park=park)
    assert row.calculated_at == utc(NOON) + timedelta(minutes=10)
    assert row.park_is_open


def test_parks_that_are_switched_off_are_not_asked(upstream):
    parks = make_world("p1", "p3")
    Park.objects.filter(pk=parks["p1"].pk).update(is_active=False)
    assert collect_at(upstream).parks == 1
    assert collect_at(upstream, parks=[parks["p1"].pk]).parks == 1


def test_a_dry_run_writes_nothing(upstream, capsys):
    make_world("p1")
    with upstream_at(upstream, NOON):
        call_command("collect", dry_run=True)
    assert "would write 1 parks" in capsys.readouterr().out
    for model in (ParkActivitySnapshot, RideStatusSnapshot, ParkSchedule, CollectionRun, ParkFeed):
        assert not model.objects.exists()


def test_beside_another_collector_differences_are_named(upstream, capsys):
    make_world("p1")
    collect_at(upstream, utc(NOON) - timedelta(minutes=20))
    collect_at(upstream)
    with upstream_at(upstream, utc(NOON)):
        call_command("collect", compare=True)
    assert capsys.readouterr().out.splitlines()[-1] == "0 differences"
    RideStatusSnapshot.objects.filter(ride__themeparks_wiki_id=SPLASH).update(wait_time=7)
    with upstream_at(upstream, utc(NOON)):
        call_command("collect", compare=True)
    out = capsys.readouterr().out
    assert "(Splash Ridge): wait_time" in out
    assert out.splitlines()[-1] == "1 differences"
    assert ParkActivitySnapshot.objects.count() == 2
