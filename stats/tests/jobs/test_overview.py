"""The overview says what is wrong, with the command that helps (docs/admin.md)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from freezegun import freeze_time
from model_bakery import baker

from parkstats_project.db import replicas
from parkstats_project.db.replicas import ReplicaState
from stats.jobs import history, monitor, overview, performance, state
from stats.jobs.performance import Figures, Measured
from stats.models import CollectionRun, DataQualityIssue, SlowStatement
from stats.tests.observed import EVERY, NOW, RUNNING, YESTERDAY, a_park, a_ride, at, park_day, saw

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def ran(job: str, *, ago: timedelta, exit_code: int = 0, message: str = "") -> None:
    started = NOW - ago
    history.note(job, started=started, ended=started + HOUR, exit_code=exit_code, message=message)


def job(name: str) -> state.JobState:
    found = state.state(now=NOW, version=1).jobs
    return next(one for one in found if one.job == name)


def todo() -> dict[str, str]:
    """Sentence -> command, of what is not about collections, which this world has none of."""
    found = overview.overview(now=NOW, version=1).todo
    return {str(one): one.command for one in found if "collect" not in one and "daily job" not in one}


def test_a_job_says_when_it_ran_how_it_ended_and_when_it_is_due():
    ran("backup", ago=3 * HOUR, exit_code=4, message="gaps")
    backup = job("backup")
    assert (backup.outcome, backup.message, backup.seconds) == ("done except for gaps", "gaps", 3600)
    assert (backup.rhythm, backup.due) == ("day", NOW + 21 * HOUR)
    assert not backup.wrong
    never = job("prune_raw_data")
    assert (never.outcome, never.due, never.wrong) == ("never ran", None, False)


def test_a_job_that_failed_or_is_late_is_to_be_started():
    ran("roll_up_stats", ago=36 * HOUR)
    assert todo() == {}
    ran("backup", ago=HOUR, exit_code=1, message="no space left")
    ran("roll_up_stats", ago=37 * HOUR)
    ran("recompute_daily_stats", ago=900 * HOUR)
    assert todo() == {
        "backup failed (1): no space left": "manage.py backup",
        "roll_up_stats has not run since 2025-12-19 09:35 UTC": "manage.py roll_up_stats",
    }


def test_the_monitor_is_not_said_twice():
    ran("check_data_collection", ago=HOUR, exit_code=1, message="the last collection is 40 minutes old")
    assert todo() == {}


def test_a_job_that_asks_the_sources_is_at_work_done_or_failed():
    run = CollectionRun.objects.create(job="mend", started_at=NOW - HOUR)
    assert (job("mend").outcome, job("mend").rhythm, job("mend").seconds) == ("at work", "hour", None)
    CollectionRun.objects.filter(pk=run.pk).update(status="success", ended_at=NOW, parks_missing={"1": "x"})
    assert (job("mend").outcome, job("mend").seconds) == ("done except for gaps", 3600)
    CollectionRun.objects.filter(pk=run.pk).update(status="failed")
    assert job("mend").wrong
    assert todo() == {"the last run of mend failed (2025-12-20 21:35 UTC)": "manage.py mend"}


def test_a_replica_that_is_left_out_is_named(monkeypatch):
    monkeypatch.setattr(replicas, "states", lambda: [ReplicaState("replica1", 40, "it is 40 s behind")])
    assert todo() == {"replica1 is left out: it is 40 s behind": "SHOW REPLICA STATUS"}


def test_the_slowest_statements_of_today_and_yesterday_are_named():
    for number, days in enumerate((0, 1, 2)):
        SlowStatement.objects.create(
            day=(NOW - timedelta(days=days)).date(),
            fingerprint=f"{number:012d}",
            times=1,
            total_ms=100 * number,
            longest_ms=1000 * number,
            work="GET /api/x",
            statement="SELECT ?",
        )
    found = overview.overview(now=NOW, version=1).statements
    assert [one.longest_ms for one in found] == [1000, 0]


def test_the_slowest_routes_are_those_of_the_last_measured_day(settings, tmp_path):
    settings.PARKSTATS_MEASUREMENTS = str(tmp_path)
    assert overview.overview(now=NOW, version=1).slowest is None
    for day, slow in (("2025-12-18", "old"), ("2025-12-19", "new")):
        routes = {slow: Figures(90.0, 99.0, None, None), "quick": Figures(1.0, 2.0, 1.0, 1.0)}
        Path(tmp_path, f"{day}.json").write_text(performance.to_text(Measured(5.0, routes)))
    Path(tmp_path, "2025-12-20.json").write_text("{")
    found = overview.overview(now=NOW, version=1).slowest
    assert found is not None
    assert (str(found.day), found.routes) == ("2025-12-19", [("new", 90.0, 99.0), ("quick", 1.0, 2.0)])


def test_coverage_is_a_strip_for_each_park_the_worst_first():
    whole, half = a_park(name="A"), a_park(name="B")
    rides = {park: a_ride(park) for park in (whole, half)}
    for number in range(12):
        moment = datetime(2025, 12, 20, 20, 30, tzinfo=UTC) + number * EVERY
        for park in (whole, half) if number % 2 else (whole,):
            saw(park, moment, {rides[park]: RUNNING})
    found = overview.overview(now=NOW, version=1)
    assert [strip.name for strip in found.strips] == ["B", "A"]
    assert [strip.cells[-1].state for strip in found.strips] == ["poor", "poor"]
    assert {cell.state for cell in found.strips[0].cells[:-1]} == {"before"}
    assert {one.command for one in found.todo if "collections of 6 hours" in one} == {"manage.py mend"}


def test_a_day_is_a_gap_from_the_first_observation_on_and_once_it_should_be_computed():
    old, new, bare = a_park(name="A"), a_park(name="B", created_at=at(20, day=18)), a_park(name="C")
    saw(old, at(20, day=16), {a_ride(old): RUNNING})
    a_ride(new)
    first, gone, last = (YESTERDAY - timedelta(days=days) for days in (3, 2, 1))
    whole = {"observed_collections": 144, "expected_collections": 144}
    park_day(old, first - timedelta(days=1), hours="1.00")
    park_day(old, first, hours="1.00", **whole)
    park_day(old, last, hours="1.00", **(whole | {"observed_collections": 100}))
    found = overview.overview(now=NOW, version=1)
    states = {strip.name: [cell.state for cell in strip.cells[-6:-1]] for strip in found.strips}
    assert states == {
        "A": ["before", "good", "missing", "poor", "waiting"],
        "B": ["before", "before", "before", "missing", "waiting"],
    }
    assert found.gaps == [gone, last, NOW.date()]
    assert bare.name not in states


def test_what_never_ran_and_which_issues_are_open_is_said_and_not_to_be_done():
    ran("roll_up_stats", ago=HOUR)
    baker.make(DataQualityIssue, 2, issue_type="STALE_DATA", detected_at=NOW, is_resolved=False)
    found = overview.overview(now=NOW, version=1)
    assert "backup" in found.never_ran and "roll_up_stats" not in found.never_ran
    assert "recompute_daily_stats" not in found.never_ran
    assert (found.open_issues, todo()) == (2, {})


def test_the_first_sentence_names_the_days_that_are_not_complete(admin_client, monkeypatch):
    park = a_park()
    saw(park, at(20, day=18), {a_ride(park): RUNNING})
    counts = {"observed_collections": 100, "expected_collections": 144}
    park_day(park, YESTERDAY - timedelta(days=1), hours="1.00", **counts)
    monkeypatch.setattr(monitor, "problems", lambda **_: [])
    with freeze_time(NOW):
        page = admin_client.get("/admin/").content.decode()
    assert "complete but for 2025-12-18, 2025-12-20." in page
    assert "Never ran so far: aggregate_daily" in page
