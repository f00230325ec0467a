"""Hours of collections with a fault of every kind at fixed places, mended, against the same hours without."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest

from parks.models import ParkActivitySnapshot
from parkstats_project.tests.upstream import FakeUpstream
from parkstats_project.tests.upstream.world import make_id, utc
from rides.models import Ride, RideStatusChange, RideStatusSnapshot
from stats.jobs.collect.mend import mend
from stats.jobs.collect.run import collect
from stats.models import CollectionRun
from stats.tests.collected import make_world, upstream_at

pytestmark = [pytest.mark.whole, pytest.mark.django_db]

START = utc("2026-07-15T15:00:00Z")
STEP = timedelta(minutes=10)
STEPS = 24

# Step -> what is wrong with the whole answer about p1, and how that is counted.
ANSWERS = {
    2: ("status", "bad status"),
    4: ("reset", "unreachable"),
    5: ("short_read", "unreachable"),
    7: ("truncated", "unreadable answer"),
    9: ("html", "unreadable answer"),
    10: ("html_as_json", "unreadable answer"),
    11: ("wrong_type", "unreadable answer"),
    13: ("empty_body", "unreadable answer"),
    15: ("json_null", "unreadable answer"),
    17: ("empty_live", "empty list"),
}
# Step -> what is wrong with one item of p3.
ITEMS: dict[int, tuple[str, dict, str]] = {
    3: ("unknown_status", {"value": "WEATHER_DELAY"}, "unknown status"),
    6: ("wait", {"value": 999}, "extreme wait"),
    8: ("wait", {"value": -1}, "negative wait"),
    12: ("wait", {"value": "45"}, "wait is text"),
    14: ("wait", {"value": "n/a"}, "wait is no number"),
    16: ("missing_last_updated", {}, "no update time"),
    18: ("naive_last_updated", {}, "update time without a zone"),
    20: ("clock_skew", {"seconds": 86_400}, "update time in the future"),
    21: ("stale_last_updated", {"minutes": 6000}, "stale"),
    22: ("duplicate", {}, "listed twice"),
}


@pytest.fixture
def upstream(monkeypatch) -> Iterator[FakeUpstream]:
    monkeypatch.setattr("themeparks._transport._backoff", lambda attempt: 0.0)
    with FakeUpstream() as running:
        yield running


def moments() -> list[datetime]:
    return [START + step * STEP for step in range(STEPS)]


def collect_all(upstream: FakeUpstream, *, faulty: bool) -> Counter[str]:
    counted: Counter[str] = Counter()
    for step, moment in enumerate(moments()):
        upstream.control(clear_faults=True)
        if faulty and step in ANSWERS:
            upstream.fault(f"{make_id('p1')}/live", ANSWERS[step][0])
        if faulty and step in ITEMS:
            kind, more, _ = ITEMS[step]
            upstream.fault(f"{make_id('p3')}/live", kind, entity=make_id("pacific"), **more)
        with upstream_at(upstream, moment):
            counted.update(collect().faults)
    upstream.control(clear_faults=True)
    return counted


def rows_of(park) -> list:
    span = (START, START + (STEPS - 1) * STEP)
    rides = RideStatusSnapshot.objects.filter(ride__park=park, recorded_at__range=span)
    changes = RideStatusChange.objects.filter(ride__park=park, changed_at__gt=START, changed_at__range=span)
    parks = ParkActivitySnapshot.objects.filter(park=park, recorded_at__range=span)
    return [
        list(rides.order_by("recorded_at", "ride").values_list("recorded_at", "ride", "status", "wait_time")),
        list(
            changes.order_by("changed_at", "ride").values_list(
                "changed_at", "ride", "previous_status", "new_status", "duration_in_previous_status"
            )
        ),
        list(parks.order_by("recorded_at").values_list("recorded_at", "rides_open", "park_appears_open")),
    ]


def test_every_fault_is_counted_and_what_history_can_give_is_as_if_there_had_been_none(upstream):
    parks = make_world("p1", "p3")
    collect_all(upstream, faulty=False)
    expected = rows_of(parks["p1"])
    for model in (RideStatusSnapshot, RideStatusChange, ParkActivitySnapshot, CollectionRun):
        model.objects.all().delete()
    Ride.objects.update(last_operated_at=None, status_since=None)

    counted = collect_all(upstream, faulty=True)

    wanted = Counter(fault for _, fault in ANSWERS.values()) + Counter(fault for *_, fault in ITEMS.values())
    for fault, number in wanted.items():
        assert counted[fault] >= number, fault
    assert set(CollectionRun.objects.values_list("status", flat=True)) == {"success"}
    assert ParkActivitySnapshot.objects.filter(park=parks["p3"]).count() == STEPS
    assert ParkActivitySnapshot.objects.filter(park=parks["p1"]).count() == STEPS - len(ANSWERS)
    with upstream_at(upstream, START + (STEPS + 2) * STEP):
        list(mend(day=date(2026, 7, 15)))
    assert rows_of(parks["p1"]) == expected
    for rows in (RideStatusSnapshot, ParkActivitySnapshot):
        entity = "ride" if rows is RideStatusSnapshot else "park"
        keys = list(rows.objects.values_list(entity, "recorded_at"))
        assert len(keys) == len(set(keys))
