"""What the clients of the sources make of good and of bad answers (docs/data.md 1 and 2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from parkstats_project.feeds import http
from parkstats_project.feeds.answers import BudgetSpent, Fault, FeedError
from parkstats_project.feeds.open_meteo import VARIABLES, OpenMeteo, Place
from parkstats_project.feeds.queue_times import QueueTimes
from parkstats_project.feeds.themeparks_wiki import ThemeParksWiki
from parkstats_project.tests.upstream import FakeUpstream
from parkstats_project.tests.upstream.world import LONG_NAME, make_id

KINGDOM = make_id("p1")
SPLASH = make_id("splash")


@pytest.fixture(scope="module")
def server() -> Iterator[FakeUpstream]:
    with FakeUpstream() as running:
        yield running


@pytest.fixture
def upstream(server) -> FakeUpstream:
    server.control(reset=True)
    server.at("2026-07-15T18:00:00Z")
    return server


@pytest.fixture
def wiki(upstream) -> Iterator[ThemeParksWiki]:
    with ThemeParksWiki(upstream.wiki_url, "") as client:
        yield client


@pytest.fixture
def queue_times(upstream) -> Iterator[QueueTimes]:
    with QueueTimes(upstream.queue_times_url) as client:
        yield client


@pytest.fixture
def open_meteo(upstream) -> Iterator[OpenMeteo]:
    with OpenMeteo(upstream.weather_url) as client:
        yield client


@pytest.fixture(autouse=True)
def impatient(monkeypatch) -> None:
    """Pauses between attempts are not waited for."""
    monkeypatch.setattr("time.sleep", lambda seconds: None)


def splash(live):
    return next(item for item in live.items if item.id == SPLASH)


def faults(found) -> list[str]:
    return [doubt.fault for doubt in found.doubts]


def test_a_park_lists_its_attractions_and_nothing_else(wiki):
    live = wiki.live(KINGDOM)
    names = {item.name for item in live.items}
    assert "Splash Ridge" in names
    assert not names & {"Sunshine Kingdom", "Tony’s Trattoria", "Friendship Faire"}
    assert splash(live).wait is not None
    assert splash(live).updated.tzinfo is UTC


def test_the_sdk_says_who_asks(wiki, upstream):
    wiki.live(KINGDOM)
    assert upstream.requests[-1]["user_agent"].startswith("parkstats/")


def test_a_key_travels_with_each_request(upstream):
    with ThemeParksWiki(upstream.wiki_url, "free-key") as client:
        client.live(KINGDOM)
    assert upstream.requests[-1]["key"] == "free-key"


@pytest.mark.parametrize(
    ("value", "wait", "fault"),
    [
        (999, 999, "extreme wait"),
        (-1, -1, "negative wait"),
        (None, None, None),
        ("45", 45, "wait is text"),
        ("n/a", None, "wait is no number"),
    ],
)
def test_an_odd_wait_loses_nothing_but_itself(wiki, upstream, value, wait, fault):
    upstream.fault("/live", "wait", value=value, entity=SPLASH)
    live = wiki.live(KINGDOM)
    assert splash(live).wait == wait
    assert faults(splash(live)) == ([fault] if fault else [])
    assert len(live.items) > 10


@pytest.mark.parametrize(
    ("kind", "fault"),
    [("missing_last_updated", "no update time"), ("naive_last_updated", "update time without a zone")],
)
def test_an_odd_update_time_is_said(wiki, upstream, kind, fault):
    upstream.fault("/live", kind, entity=SPLASH)
    assert faults(splash(wiki.live(KINGDOM))) == [fault]


def test_an_unknown_status_refuses_the_item_only(wiki, upstream):
    upstream.fault("/live", "unknown_status", entity=SPLASH)
    live = wiki.live(KINGDOM)
    assert [(refused.key, refused.doubt.fault) for refused in live.refused] == [(SPLASH, "unknown status")]
    assert len(live.items) > 10


def test_an_item_without_a_status_is_refused(wiki):
    assert [refused.doubt.fault for refused in wiki.live(make_id("p2")).refused] == ["no status"]


def test_of_an_entity_listed_twice_the_first_counts(wiki, upstream):
    once = wiki.live(KINGDOM)
    upstream.fault("/live", "duplicate", entity=SPLASH)
    twice = wiki.live(KINGDOM)
    assert [item.id for item in twice.items] == [item.id for item in once.items]
    assert [refused.doubt.fault for refused in twice.refused] == ["listed twice"]


def test_an_unknown_type_is_no_attraction(wiki, upstream):
    upstream.fault("/live", "unknown_type", entity=SPLASH)
    assert SPLASH not in {item.id for item in wiki.live(KINGDOM).items}


def test_a_name_of_300_characters_is_read_whole(wiki):
    assert LONG_NAME in {item.name for item in wiki.live(make_id("p3")).items}


def test_an_empty_list_is_an_answer(wiki, upstream):
    upstream.fault("/live", "empty_live")
    assert wiki.live(KINGDOM) == ([], [])


@pytest.mark.whole
@pytest.mark.parametrize(
    ("kind", "fault"),
    [
        ("truncated", Fault.SHAPE),
        ("html", Fault.SHAPE),
        ("html_as_json", Fault.SHAPE),
        ("wrong_type", Fault.SHAPE),
        ("empty_body", Fault.SHAPE),
        ("json_null", Fault.SHAPE),
        ("status", Fault.STATUS),
        ("reset", Fault.UNREACHABLE),
        ("short_read", Fault.UNREACHABLE),
    ],
)
def test_an_answer_that_fails_says_how(wiki, queue_times, upstream, kind, fault):
    upstream.fault("/live", kind)
    with pytest.raises(FeedError) as failure:
        wiki.live(KINGDOM)
    assert failure.value.fault == fault
    upstream.fault("queue_times.json", kind)
    if kind == "wrong_type":
        assert queue_times.live(6).rides
        return
    with pytest.raises(FeedError) as failure:
        queue_times.live(6)
    assert failure.value.fault == fault


def test_a_fault_that_passes_is_overcome(wiki, queue_times, upstream):
    upstream.fault("/live", "status", status=502, times=1)
    upstream.fault("queue_times.json", "reset", times=1)
    assert wiki.live(KINGDOM).items
    assert queue_times.live(6).rides


@pytest.mark.whole
def test_a_source_that_is_silent_is_given_up(upstream):
    upstream.fault("parks.json", "slow", seconds=1)
    with http.Json(upstream.queue_times_url, timeout=0.05) as json, pytest.raises(FeedError) as failure:
        json.get("/parks.json")
    assert failure.value.fault == Fault.TIMEOUT


def test_retry_after_is_honoured(upstream):
    upstream.fault("parks.json", "rate_limit", retry_after=17, times=1)
    waited: list[float] = []
    with http.Json(upstream.queue_times_url, sleep=waited.append) as json:
        assert json.get("/parks.json")
    assert waited == [17.0]


def test_a_rest_that_is_too_long_is_a_spent_budget(wiki, queue_times, upstream):
    upstream.fault("/live", "rate_limit", retry_after=900)
    upstream.fault("queue_times.json", "rate_limit", retry_after=900)
    for ask in (lambda: wiki.live(KINGDOM), lambda: queue_times.live(6)):
        with pytest.raises(BudgetSpent) as failure:
            ask()
        assert failure.value.retry_after == 900


@pytest.mark.parametrize(
    ("header", "seconds"),
    [(None, 2), ("7", 7), ("0", 1), ("-3", 1), ("Wed, 15 Jul 2026 18:00:09 GMT", 9), ("soon", 2)],
)
def test_a_retry_after_may_be_a_number_or_a_date(header, seconds):
    assert http.retry_after(header, now="Wed, 15 Jul 2026 18:00:00 GMT") == seconds


def test_rides_of_lands_and_without_one_are_all_rides(queue_times):
    assert {ride.land for ride in queue_times.live(6).rides} >= {"Frontier", "Fantasy"}
    assert {ride.land for ride in queue_times.live(50).rides} == {""}


def test_lines_for_single_riders_are_no_rides(queue_times):
    for park in (6, 50):
        assert not [ride for ride in queue_times.live(park).rides if "single rider" in ride.name.lower()]


def test_a_null_wait_loses_only_itself(queue_times, upstream):
    upstream.fault("queue_times.json", "wait", value=None, entity="Splash Ridge")
    ride = next(ride for ride in queue_times.live(6).rides if ride.name == "Splash Ridge")
    assert ride.wait is None
    assert faults(ride) == ["no wait"]


def test_the_list_of_parks_has_operators_and_coordinates(queue_times):
    park = next(park for park in queue_times.parks() if park.id == 6)
    assert (park.operator, park.timezone) == ("Walt Disney Attractions", "America/New_York")
    assert park.latitude == Decimal("28.4177")


def test_openings_are_as_they_are_announced(wiki, upstream):
    plan = wiki.schedule(KINGDOM)
    assert plan.timezone == "America/New_York"
    assert ("2026-07-15", "OPERATING") in {(opening.date, opening.kind) for opening in plan.openings}
    upstream.fault("/schedule", "schedule_null_times")
    plan = wiki.schedule(KINGDOM)
    assert not plan.openings
    assert {refused.doubt.fault for refused in plan.refused} == {"opening without times"}


def test_a_past_day_begins_with_what_held_at_midnight(wiki):
    entities = {entity.id: entity for entity in wiki.past_day(KINGDOM, date(2026, 7, 14))}
    entity = entities[SPLASH]
    assert entity.states[0].at == datetime(2026, 7, 14, 4, tzinfo=UTC)
    assert [state.at for state in entity.states] == sorted(state.at for state in entity.states)
    assert {state.status for state in entity.states} >= {"OPERATING", "CLOSED"}


def test_an_incomplete_beginning_is_said(wiki, upstream):
    upstream.fault("/history", "degraded_opening", entity=SPLASH)
    entities = {entity.id: entity for entity in wiki.past_day(KINGDOM, date(2026, 7, 14))}
    assert entities[SPLASH].degraded
    assert entities[SPLASH].observed is None


def test_a_day_before_the_window_is_refused_by_the_source(wiki):
    with pytest.raises(FeedError) as failure:
        wiki.past_day(KINGDOM, date(2026, 7, 1))
    assert (failure.value.fault, failure.value.status) == (Fault.STATUS, 403)


def test_parks_and_their_children_are_listed(wiki):
    assert KINGDOM in {park.id for park in wiki.parks()}
    assert wiki.park(KINGDOM).timezone == "America/New_York"
    child = next(child for child in wiki.children(KINGDOM) if child.id == SPLASH)
    assert (child.name, child.kind, child.parent) == ("Splash Ridge", "ATTRACTION", KINGDOM)


PLACES = [Place(Decimal("28.4177"), Decimal("-81.5812")), Place(Decimal("35.6329"), Decimal("139.8804"))]


def test_several_places_are_asked_in_one_call(open_meteo, upstream):
    found = open_meteo.hours(PLACES)
    assert [len(hours) for hours in found] == [168, 168]
    assert found[0][0].at == datetime(2026, 7, 15, tzinfo=UTC)
    assert set(found[0][0].values) == set(VARIABLES)
    assert len(upstream.requests) == 1


def test_a_single_place_is_an_answer_of_its_own(open_meteo):
    assert len(open_meteo.hours(PLACES[:1])) == 1


def test_what_is_null_is_not_known(open_meteo, upstream):
    upstream.fault("forecast", "null_values", variable="visibility")
    assert {hour.values["visibility"] for hour in open_meteo.hours(PLACES)[0]} == {None}


def test_visibility_is_in_metres(open_meteo):
    assert all(5_000 <= hour.values["visibility"] <= 55_000 for hour in open_meteo.hours(PLACES)[0])


@pytest.mark.parametrize("kind", ["html", "truncated", "json_null", "empty_body"])
def test_weather_that_cannot_be_read_is_a_failed_answer(open_meteo, upstream, kind):
    upstream.fault("forecast", kind)
    with pytest.raises(FeedError) as failure:
        open_meteo.hours(PLACES)
    assert failure.value.fault == Fault.SHAPE
