"""`/api/parks/<id>/rides` (docs/contract/parks.md 3)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from freezegun import freeze_time
from model_bakery import baker

from parks.models import Park
from parkstats_project.tests.asking import ask
from parkstats_project.tests.plugin import forget_everything
from rides.models import Ride, RideClassification, RideStatusSnapshot

NOW = datetime(2025, 12, 20, 3, 0, 0, 500_000, tzinfo=UTC)
WHOLE_NOW = NOW.replace(microsecond=0)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock():
    with freeze_time(NOW):
        yield


@pytest.fixture
def park():
    return baker.make(Park, name="Busch Gardens", is_active=False)


def ride(park, name, *, ago=timedelta(hours=1), tier=None, **fields):
    made = baker.make(
        Ride,
        **{
            "park": park,
            "name": name,
            "is_active": True,
            "category": "ATTRACTION",
            "land_area": None,
            "last_operated_at": None if ago is None else WHOLE_NOW - ago,
            **fields,
        },
    )
    if tier:
        baker.make(RideClassification, ride=made, tier=tier, tier_weight=4 - tier)
    return made


def rides_of(park):
    return ask(f"/api/parks/{park.park_id}/rides").json()


def names(rows):
    return [row["ride_name"] for row in rows]


def test_a_ride_counts_for_seven_days_after_it_last_ran(park):
    ride(park, "on the second", ago=timedelta(days=7))
    ride(park, "a second late", ago=timedelta(days=7, seconds=1))
    ride(park, "never", ago=None)
    lists = rides_of(park)["rides"]
    assert names(lists["active"]) == ["on the second"]
    assert names(lists["excluded"]) == ["a second late", "never"]


def test_only_active_attractions_of_the_park_are_listed(park):
    ride(park, "inactive", is_active=False)
    ride(park, "show", category="SHOW")
    ride(park, "no category", category=None)
    ride(baker.make(Park), "elsewhere")
    lists = rides_of(park)["rides"]
    assert lists == {"active": [], "excluded": []}


def test_the_heaviest_come_first_and_the_unclassified_last_each_by_name(park):
    for name, tier in [("d", None), ("c", 3), ("b", 2), ("a2", 1), ("a1", 1)]:
        ride(park, name, tier=tier)
    payload = rides_of(park)
    assert names(payload["rides"]["active"]) == ["a1", "a2", "b", "c", "d"]
    assert [(row["tier"], row["tier_weight"]) for row in payload["rides"]["active"]] == [
        ("1", 3),
        ("1", 3),
        ("2", 2),
        ("3", 1),
        ("Tier 2", 2),
    ]
    assert payload["effective_park_weight"] == payload["total_roster_weight"] == 11


def test_the_excluded_count_towards_the_whole_roster_and_the_longest_absent_come_first(park):
    ride(park, "ran", tier=1)
    ride(park, "b", ago=timedelta(days=30), tier=1)
    ride(park, "never", ago=None)
    ride(park, "a", ago=timedelta(days=30, hours=2))
    ride(park, "longest", ago=timedelta(days=40), tier=3)
    payload = rides_of(park)
    assert [(row["ride_name"], row["days_since_operation"]) for row in payload["rides"]["excluded"]] == [
        ("longest", 40),
        ("a", 30),
        ("b", 30),
        ("never", None),
    ]
    assert (payload["effective_park_weight"], payload["total_roster_weight"]) == (3, 11)


def test_days_are_calendar_dates_of_utc(park):
    ride(park, "late in the evening", ago=timedelta(days=8, hours=4))
    (row,) = rides_of(park)["rides"]["excluded"]
    assert row["days_since_operation"] == 9
    assert row["last_operated_at"] == "Thu, 11 Dec 2025 23:00:00 GMT"


def test_the_status_is_the_one_observed_last_however_long_ago(park):
    old, new, unknown = (ride(park, name) for name in ("old", "seen now", "without status"))
    ride(park, "unseen")
    for made, age, status in [
        (old, timedelta(days=20), "DOWN"),
        (new, timedelta(days=2), "CLOSED"),
        (new, timedelta(minutes=5), "OPERATING"),
        (unknown, timedelta(minutes=5), None),
    ]:
        baker.make(RideStatusSnapshot, ride=made, recorded_at=WHOLE_NOW - age, status=status)
    assert {row["ride_name"]: row["current_status"] for row in rides_of(park)["rides"]["active"]} == {
        "old": "DOWN",
        "seen now": "OPERATING",
        "unseen": None,
        "without status": None,
    }


def test_the_number_of_queries_does_not_grow_with_the_rides(park):
    counts = []
    for number in (1, 10):
        for index in range(number):
            made = ride(park, f"{number} {index}")
            baker.make(RideStatusSnapshot, ride=made, recorded_at=WHOLE_NOW - timedelta(days=number + index))
        forget_everything()
        for _ in ("nothing kept", "everything kept"):
            with CaptureQueriesContext(connection) as queries:
                rides_of(park)
            counts.append(len(queries))
    assert counts[:2] == counts[2:]
    # Rides that were not observed lately: their newest moments, then the rows.
    assert counts[1] == 2


@pytest.mark.parametrize("park_id", ["0", "99999", "00099999", "2147483648", "9" * 20, "9" * 4300])
def test_an_id_that_no_park_has_is_a_404_whatever_its_size(park_id):
    reply = ask(f"/api/parks/{park_id}/rides")
    assert reply.status == 404
    shown = park_id.lstrip("0") or "0"
    assert reply.json() == {"error": f"Park with ID {shown} not found", "success": False}


@pytest.mark.parametrize("park_id", ["9" * 4301, "-1", "1.5", "abc", "1\n", "²", "%31"])
def test_what_is_no_id_is_an_unknown_url(park_id):
    assert ask(f"/api/parks/{park_id}/rides").json()["error"] == "Not Found"


def test_an_id_may_have_leading_zeros_and_digits_of_any_script(park):
    plain = ask(f"/api/parks/{park.park_id}/rides")
    assert plain.status == 200
    assert ask(f"/api/parks/00{park.park_id}/rides") == plain
    arabic = str(park.park_id).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    assert ask(f"/api/parks/{arabic}/rides") == plain
