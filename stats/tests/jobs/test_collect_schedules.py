"""Opening hours as they are announced (docs/data.md 2.2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest

from parks.models import ParkSchedule
from parkstats_project.feeds.themeparks_wiki import Opening, Schedule
from parkstats_project.tests.upstream import FakeUpstream
from parkstats_project.tests.upstream.world import PARKS, make_id, schedule_rows, utc
from stats.jobs.collect import schedules
from stats.jobs.collect.run import collect
from stats.models import ParkFeed
from stats.tests.collected import make_world, upstream_at

NOON = "2026-07-15T18:00:00Z"


@pytest.fixture(scope="module")
def server() -> Iterator[FakeUpstream]:
    with FakeUpstream() as running:
        yield running


@pytest.fixture
def upstream(server) -> FakeUpstream:
    server.control(reset=True)
    return server


def collect_at(upstream: FakeUpstream, moment: str | datetime):
    with upstream_at(upstream, moment):
        return collect()


def one(opens: str, closes: str, *, kind: str = "OPERATING", zone: str = "America/New_York"):
    answer = Schedule(zone, [Opening("2026-07-15", kind, opens, closes)], [])
    return schedules.read(answer, "America/New_York")


@pytest.mark.django_db
def test_every_opening_of_every_day_is_stored_in_utc(upstream):
    parks = make_world()
    collect_at(upstream, NOON)
    for place in PARKS:
        rows = ParkSchedule.objects.filter(park=parks[place.key], schedule_date="2026-07-18")
        stored = {(row.schedule_type, row.opening_time, row.closing_time) for row in rows}
        announced = {
            (row["type"], utc(row["openingTime"]), utc(row["closingTime"]))
            for row in schedule_rows(place, date(2026, 7, 18))
        }
        assert stored == announced
    two = ParkSchedule.objects.filter(park=parks["p3"], schedule_date="2026-07-18", schedule_type="OPERATING")
    assert two.count() == 2


@pytest.mark.django_db
def test_a_closed_day_has_no_opening(upstream):
    park = make_world("p3")["p3"]
    collect_at(upstream, NOON)
    assert not ParkSchedule.objects.filter(park=park, schedule_date="2026-07-20").exists()
    assert ParkSchedule.objects.filter(park=park, schedule_date="2026-07-21").exists()


@pytest.mark.django_db
def test_hours_are_asked_for_once_a_day_and_an_empty_answer_changes_nothing(upstream):
    make_world("p1")
    collect_at(upstream, NOON)
    before = ParkSchedule.objects.count()
    assert collect_at(upstream, utc(NOON) + timedelta(hours=23)).hours == 0
    upstream.fault("/schedule", "schedule_null_times")
    outcome = collect_at(upstream, utc(NOON) + timedelta(hours=24))
    assert outcome.hours == 1
    assert outcome.faults["opening without times"] > 0
    assert ParkSchedule.objects.count() == before
    assert ParkFeed.objects.get().schedule_asked_at == utc(NOON) + timedelta(hours=24)


@pytest.mark.django_db
def test_what_is_announced_anew_replaces_what_was(upstream):
    park = make_world("p1")["p1"]
    wrong = {"park": park, "schedule_date": "2026-07-16", "schedule_type": "OPERATING"}
    ParkSchedule.objects.create(**wrong, opening_time="2026-07-16T01:00Z", closing_time="2026-07-16T02:00Z")
    past = ParkSchedule.objects.create(
        park=park,
        schedule_date="2026-07-14",
        opening_time="2026-07-14T13:00Z",
        closing_time="2026-07-15T02:00Z",
    )
    collect_at(upstream, NOON)
    [row] = ParkSchedule.objects.filter(**wrong)
    assert row.opening_time == utc("2026-07-16T13:00:00Z")
    assert ParkSchedule.objects.filter(pk=past.pk).exists()


@pytest.mark.django_db
def test_hours_that_fail_do_not_keep_parks_from_being_collected(upstream):
    make_world("p1")
    upstream.fault("/schedule", "html")
    outcome = collect_at(upstream, NOON)
    assert (outcome.parks, outcome.faults["opening hours: unreadable answer"]) == (1, 1)


@pytest.mark.django_db
def test_the_parks_that_were_not_asked_for_longest_come_first():
    parks = make_world("p1", "p2", "p3", "p4", "p5")
    for number, park in enumerate(parks.values()):
        asked = utc(NOON) - timedelta(hours=24 + number)
        ParkFeed.objects.create(park=park, schedule_asked_at=None if number == 0 else asked)
    from stats.jobs.collect.facts import parks_to_collect

    due = schedules.due(parks_to_collect(), now=utc(NOON))
    assert [park.park_id for park in due] == [parks[key].pk for key in ("p1", "p5", "p4", "p3", "p2")]
    assert due[0].themeparks_wiki_id == make_id("p1")


def test_a_closing_before_its_opening_is_meant_for_the_next_day():
    found, faults = one("2026-07-15T09:00:00-04:00", "2026-07-15T00:00:00-04:00")
    [opening] = found
    assert opening.closes == utc("2026-07-16T04:00:00Z")
    assert faults == {"inverted opening": 1}


def test_past_midnight_is_no_fault():
    found, faults = one("2026-07-15T09:00:00-04:00", "2026-07-16T01:00:00-04:00")
    assert next(iter(found)).closes == utc("2026-07-16T05:00:00Z")
    assert not faults


def test_times_without_an_offset_are_in_the_zone_of_the_answer():
    found, _ = one("2026-07-15T09:00:00", "2026-07-15T21:00:00", zone="America/Los_Angeles")
    assert next(iter(found)).opens == utc("2026-07-15T16:00:00Z")


def test_a_zone_that_does_not_exist_is_that_of_the_park_and_a_fault():
    found, faults = one("2026-07-15T09:00:00", "2026-07-15T21:00:00", zone="Mars/Olympus")
    assert next(iter(found)).opens == utc("2026-07-15T13:00:00Z")
    assert faults == {"unknown time zone": 1}


@pytest.mark.parametrize(
    ("opens", "closes", "fault"),
    [
        ("soon", "2026-07-15T21:00:00-04:00", "unreadable opening"),
        ("2026-07-15T09:00:00-04:00", "2026-07-17T21:00:00-04:00", "impossible opening"),
        ("2026-07-17T09:00:00-04:00", "2026-07-15T21:00:00-04:00", "impossible opening"),
    ],
)
def test_what_cannot_be_is_refused(opens, closes, fault):
    found, faults = one(opens, closes)
    assert not found
    assert faults[fault] == 1


def test_an_unknown_kind_is_an_opening():
    assert (
        next(iter(one("2026-07-15T09:00:00Z", "2026-07-15T21:00:00Z", kind="FESTIVAL")[0])).kind
        == "OPERATING"
    )
