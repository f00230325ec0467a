"""What a ride and its snapshots say about themselves, and where status values are named."""

import ast
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from model_bakery import baker

from parks.models import Park
from rides.choices import RideStatus

NOW = datetime(2025, 12, 20, 22, 35, tzinfo=UTC)
HOURS = timedelta(hours=1)
APPS = ("parks", "rides", "stats", "weather", "parkstats_project")
HOMES = {
    "rides/choices.py",
    "parks/choices.py",
    "parkstats_project/feeds/themeparks_wiki.py",
    "stats/frames/archive_format.py",
}


@pytest.fixture
def ride(db):
    park: Park = baker.make("parks.Park", name="A park", is_disney=False, is_universal=False)
    return baker.make("rides.Ride", park=park)


def seen(ride, ago, status=None, running=True):
    return baker.make(
        "rides.RideStatusSnapshot",
        ride=ride,
        recorded_at=NOW - ago,
        status=status,
        computed_is_open=running,
    )


def park_seen(ride, ago, open_):
    baker.make("parks.ParkActivitySnapshot", park=ride.park, recorded_at=NOW - ago, park_appears_open=open_)


def test_the_current_status_is_that_of_the_newest_snapshot_of_two_hours(ride):
    assert ride.current_status(NOW) is None
    seen(ride, 2 * HOURS + timedelta(seconds=1), RideStatus.DOWN)
    assert ride.current_status(NOW) is None
    seen(ride, 2 * HOURS, RideStatus.REFURBISHMENT)
    assert ride.current_status(NOW) == "REFURBISHMENT"
    seen(ride, HOURS, None, running=False)
    assert ride.current_status(NOW) == "DOWN"
    seen(ride, timedelta(0), None, running=True)
    assert ride.current_status(NOW) == "OPERATING"
    seen(ride, -HOURS, RideStatus.CLOSED)
    assert ride.current_status(NOW) == "OPERATING"


def test_a_closed_park_hides_the_status_of_its_rides(ride):
    seen(ride, HOURS)
    park_seen(ride, HOURS, False)
    assert ride.current_status(NOW) == "PARK_CLOSED"
    park_seen(ride, timedelta(0), True)
    assert ride.current_status(NOW) == "OPERATING"


@pytest.mark.parametrize(
    ("status", "running", "operating", "down", "down_at_disney"),
    [
        (RideStatus.OPERATING, False, True, False, False),
        (RideStatus.DOWN, True, False, True, True),
        (RideStatus.CLOSED, True, False, True, False),
        (RideStatus.REFURBISHMENT, False, False, False, False),
        (None, True, True, False, False),
        (None, False, False, True, False),
    ],
)
def test_a_snapshot_is_operating_or_down_by_the_rules_of_its_park(
    ride, status, running, operating, down, down_at_disney
):
    snapshot = seen(ride, HOURS, status, running)
    assert (snapshot.is_operating, snapshot.is_down) == (operating, down)
    ride.park.is_disney = True
    assert snapshot.is_down == down_at_disney


def test_status_values_are_named_in_the_choice_classes_only():
    found = []
    for app in APPS:
        for path in sorted(Path(settings.BASE_DIR, app).rglob("*.py")):
            name = path.relative_to(settings.BASE_DIR).as_posix()
            # `feeds` speaks the language of the sources.
            if name in HOMES or {"tests", "migrations", "feeds"} & set(path.parts):
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and node.value in RideStatus.values:
                    found.append(f"{name}:{node.lineno} names {node.value}")
    assert found == []
