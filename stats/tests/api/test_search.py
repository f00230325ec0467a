"""`/api/search/index` (docs/contract/search-and-health.md 3)."""

from __future__ import annotations

import pytest
from django.db import DatabaseError
from freezegun import freeze_time
from model_bakery import baker

from parks.models import Park
from parkstats_project.tests.asking import ask
from rides.models import Ride
from stats.frames import roster
from stats.questions import search

pytestmark = pytest.mark.django_db


def test_active_parks_and_their_active_rides_are_found_by_name():
    zoo = baker.make(Park, name="Zoo", city="Plailly", state_province="", is_active=True)
    alton = baker.make(Park, name="Alton", city="Alton", state_province="ST", is_active=True)
    nowhere = baker.make(Park, name="Bare", city="", state_province=None, is_active=True)
    gone = baker.make(Park, name="Gone", is_active=False)
    show = baker.make(Ride, name="Zirkus", park=zoo, is_active=True, category="SHOW")
    coaster = baker.make(Ride, name="Big <Drop>", park=alton, is_active=True)
    baker.make(Ride, name="Retired", park=alton, is_active=False)
    baker.make(Ride, name="Elsewhere", park=gone, is_active=True)
    with freeze_time("2025-12-20T22:35:00Z"):
        payload = ask("/api/search/index").json()
    assert payload["meta"] == {
        "last_updated": "2025-12-20T22:35:00+00:00",
        "park_count": 3,
        "ride_count": 2,
    }
    assert sorted((park["id"], park["location"]) for park in payload["parks"]) == sorted(
        [(zoo.park_id, "Plailly"), (alton.park_id, "Alton, ST"), (nowhere.park_id, "")]
    )
    assert payload["parks"][-1]["url"] == f"/park-detail.html?id={zoo.park_id}"
    assert payload["rides"] == [
        {
            "id": coaster.ride_id,
            "name": "Big <Drop>",
            "park_id": alton.park_id,
            "park_name": "Alton",
            "type": "ride",
            "url": f"/ride-detail.html?id={coaster.ride_id}",
        },
        {
            "id": show.ride_id,
            "name": "Zirkus",
            "park_id": zoo.park_id,
            "park_name": "Zoo",
            "type": "ride",
            "url": f"/ride-detail.html?id={show.ride_id}",
        },
    ]


def test_equal_names_are_in_the_order_of_their_ids():
    park = baker.make(Park, is_active=True)
    rides = baker.make(Ride, 5, name="Carousel", park=park, is_active=True)
    payload = ask("/api/search/index").json()
    assert [ride["id"] for ride in payload["rides"]] == sorted(ride.ride_id for ride in rides)


@pytest.mark.mariadb
def test_names_are_ordered_as_the_database_orders_texts():
    park = baker.make(Park, is_active=True)
    for name in ("zebra", "Éclair", "apple", "Eclipse"):
        baker.make(Ride, name=name, park=park, is_active=True)
    payload = ask("/api/search/index").json()
    assert [ride["name"] for ride in payload["rides"]] == ["apple", "Éclair", "Eclipse", "zebra"]


def test_it_takes_no_query_besides_those_of_the_roster_and_is_kept(django_assert_num_queries):
    baker.make(Ride, 7, is_active=True)
    roster.current()
    # What was corrected, on which every kept answer depends.
    with django_assert_num_queries(1):
        first = ask("/api/search/index")
    with django_assert_num_queries(0):
        assert ask("/api/search/index") == first


def test_a_failure_has_a_body_of_its_own_without_the_cause(monkeypatch):
    def fails(*, now):
        raise DatabaseError("secret detail")

    monkeypatch.setattr(search, "index", fails)
    with freeze_time("2025-12-20T22:35:00Z"):
        reply = ask("/api/search/index")
    assert reply.status == 500
    assert reply.json() == {
        "error": "The search index is not available",
        "meta": {"last_updated": "2025-12-20T22:35:00+00:00", "park_count": 0, "ride_count": 0},
        "parks": [],
        "rides": [],
        "success": False,
    }
