"""A daily row is explained by what recomputes it: both versions, coverage, the steps with their numbers."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from parkstats_project.base.clock import pacific_date
from rides.models import RideMove
from stats.frames import archive, observations
from stats.jobs import explained, recompute
from stats.jobs.explained import Explained
from stats.models import ParkDailyStats, RideDailyStats
from stats.tests.observed import CLOSED, DOWN, EVERY, NOW, RUNNING, YESTERDAY, a_park, a_ride, at, saw

pytestmark = [pytest.mark.django_db, pytest.mark.mariadb]

STATES = [RUNNING] * 6 + [DOWN] * 3 + [CLOSED]


@pytest.fixture
def ride():
    """Ten collections of yesterday, of which the park was open in nine, and the rows made of them."""
    park = a_park()
    one, other = a_ride(park, tier=1), a_ride(park)
    for number, state in enumerate(STATES):
        moment = at(18, day=19) + number * EVERY
        saw(park, moment, {one: state, other: RUNNING}, appears_open=state != CLOSED)
    for version in (1, 2):
        recompute.recompute_day(YESTERDAY, version=version, allow_gaps=True)
    return one


def numbers(found: Explained | None) -> dict[str, Any]:
    assert found is not None
    return {name: value for step in found.steps for name, value in step["output"].items()}


def test_the_row_of_a_ride_is_what_is_computed_now_and_the_steps_lead_there(ride):
    found = explained.of_ride(ride.pk, YESTERDAY)
    assert found is not None
    assert (found.seen, found.expected, found.archived) == (10, 144, False)
    for version in found.versions:
        assert version.is_stored and not version.differs
        assert (version.observed, version.expected) == (10, 144)
        row = RideDailyStats.objects.get(ride=ride, metrics_version=version.version)
        assert version.figures["downtime_minutes"].computed == row.downtime_minutes
        assert version.figures["uptime_percentage"].stored == row.uptime_percentage == Decimal("66.67")
    assert [version.is_active for version in found.versions] == [True, False]
    known = numbers(found)
    assert (known["snapshots_of_the_ride"], known["opened"]) == (10, 9)
    assert (known["up, version 1"], known["down, version 2"]) == (6, 3)
    assert (known["uptime_minutes"], known["downtime_minutes"]) == (60, 30)
    assert [step["step"] for step in found.steps] == [1, 2, 3, 4, 5, 6]


def test_the_row_of_a_park_is_the_sum_of_its_rides(ride):
    found = explained.of_park(ride.park_id, YESTERDAY)
    assert found is not None
    assert not any(version.differs for version in found.versions)
    known = numbers(found)
    assert known[ride.name] == "30 min, weight 3"
    assert (known["downtime_minutes"], known["weighted_downtime_minutes"]) == (30, 90)
    score = ParkDailyStats.objects.get(park=ride.park_id, metrics_version=2).shame_score
    assert found.versions[1].figures["shame_score"].computed == score
    assert "shame_score" not in found.versions[0].figures


def test_an_archived_day_is_explained_as_well(ride):
    before = explained.of_ride(ride.pk, YESTERDAY)
    archive.write_day(YESTERDAY)
    observations.forget()
    after = explained.of_ride(ride.pk, YESTERDAY)
    assert after is not None and before is not None
    assert after.archived
    assert after.versions == before.versions


def test_a_stored_figure_that_is_another_one_is_told(ride):
    RideDailyStats.objects.filter(ride=ride, metrics_version=2).update(downtime_minutes=40)
    found = explained.of_ride(ride.pk, YESTERDAY)
    assert found is not None
    assert [version.differs for version in found.versions] == [False, True]
    differing = [name for name, figure in found.versions[1].figures.items() if figure.differs]
    assert differing == ["downtime_minutes"]


def test_a_ride_is_explained_by_the_park_it_was_at(ride):
    there, ride.park = ride.park, a_park(name="Elsewhere")
    ride.save()
    RideMove.objects.create(ride=ride, from_park=there, moved_at=NOW)
    assert numbers(explained.of_ride(ride.pk, YESTERDAY))["opened"] == 9


def test_without_observations_there_are_no_steps_and_no_other_figures(ride):
    day = pacific_date(datetime(2025, 12, 10, 20, tzinfo=UTC))
    RideDailyStats.objects.filter(ride=ride, metrics_version=1).update(stat_date=day)
    found = explained.of_ride(ride.pk, day)
    assert found is not None
    assert (found.seen, found.steps) == (0, [])
    stored, other = found.versions
    assert stored.figures["downtime_minutes"] == (30, None, False)
    assert not other.is_stored


def test_nobody_is_explained_who_does_not_exist():
    assert explained.of_ride(1, YESTERDAY) is None
    assert explained.of_park(1, YESTERDAY) is None
