"""Hours of collections with a fault of every kind at fixed places, mended, against the same hours without.

`./scripts/bench faults` makes two weeks of it.
"""

from __future__ import annotations

from copy import deepcopy

import pytest

from parks.models import ParkActivitySnapshot
from parkstats_project.tests.upstream import FakeUpstream
from stats.tests import faulty_weeks
from stats.tests.collected import make_world

# Counting lines takes half as long again as what they do thousands of times; other tests cover them.
pytestmark = [pytest.mark.whole, pytest.mark.django_db, pytest.mark.no_cover]

STEPS, EVERY = 42, 3


def test_every_fault_is_counted_and_what_history_can_give_is_as_if_there_had_been_none() -> None:
    parks = make_world("p1", "p3", "qt")
    with FakeUpstream() as upstream:
        without = faulty_weeks.run(upstream, steps=STEPS, every=EVERY, faulty=False)
        faulty_weeks.start_anew()
        found = faulty_weeks.run(upstream, steps=STEPS, every=EVERY, faulty=True)
    placed = {
        fault.counted
        for faults in (faulty_weeks.WHOLE, faulty_weeks.ITEMS, faulty_weeks.OF_QUEUE_TIMES)
        for fault in faults
    }
    assert placed - {None, "stale"} <= found.placed.keys()
    assert found.aged
    # One park and collection is lost for each fault of a whole answer, and no other.
    assert found.lost == {"Sunshine Kingdom": STEPS // EVERY, "Cedar Bluff": STEPS // EVERY}
    assert (without.lost, without.counted["weather: unreadable answer"]) == ({}, 0)
    assert faulty_weeks.differences(without, found) == []
    assert ParkActivitySnapshot.objects.filter(park=parks["p1"], rebuilt=True).exists()
    assert len(without.ride_days) == len(found.ride_days) > 0


def test_a_difference_would_be_named() -> None:
    make_world("p1", "p3", "qt")
    with FakeUpstream() as upstream:
        whole = faulty_weeks.run(upstream, steps=1, every=EVERY, faulty=False)
    found = deepcopy(whole)
    assert faulty_weeks.differences(whole, found) == []
    found.placed["bad status"] = 1
    key, row = next((key, row) for key, row in found.ride_days.items() if row["operating_hours_minutes"])
    found.ride_days[key] = row | {"operating_hours_minutes": 1}
    found.park_days.popitem()
    said = faulty_weeks.differences(whole, found)
    assert "bad status: 0 counted, 1 placed" in said
    assert any("operating_hours_minutes" in one for one in said)
    assert any("of one run only" in one for one in said)
