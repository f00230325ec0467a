"""Every migration can be killed at any point and run again, forwards and backwards, and loses nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from parkstats_project.db import catalogue
from stats.frames import archive
from stats.migrations import _retirement as retirement
from stats.migrations._retirement import UnarchivedRowsError
from stats.tests.databases import run
from stats.tests.migrating import (
    differences,
    kill_after,
    kill_at_line,
    kill_at_lock,
    migrate,
    small_case,
    state,
)

pytestmark = [pytest.mark.mariadb, pytest.mark.whole, pytest.mark.usefixtures("any_database")]


@pytest.fixture
def any_database(django_db_blocker):
    with django_db_blocker.unblock():
        yield


@dataclass
class Step:
    """A migration, the one before it, and how it is killed in mid-step on its way there and back."""

    app: str
    name: str
    before: str
    kill_forwards: Any
    kill_backwards: Any

    def __str__(self) -> str:
        return f"{self.app}_{self.name}"


STEPS = [
    Step(
        "parks",
        "0002",
        "0001",
        partial(kill_at_lock, lock="park_activity_snapshots READ"),
        partial(kill_at_lock, lock="park_activity_snapshots READ"),
    ),
    Step(
        "rides",
        "0002",
        "0001",
        partial(kill_at_lock, lock="ride_status_snapshots READ"),
        partial(kill_at_lock, lock="ride_status_snapshots READ"),
    ),
    # The last of four tables.
    Step(
        "rides",
        "0004",
        "0003",
        partial(kill_at_lock, lock="ride_status_changes READ"),
        partial(kill_at_lock, lock="ride_status_changes READ"),
    ),
    # The second of two tables forwards, the first one that is changed backwards: half of the step is done.
    Step(
        "stats",
        "0002",
        "0001",
        partial(kill_at_lock, lock="park_daily_stats READ"),
        partial(kill_at_lock, lock="ride_daily_stats READ"),
    ),
    Step(
        "stats",
        "0003",
        "0002",
        partial(kill_at_lock, lock="parks WRITE"),
        partial(kill_at_lock, lock="park_day_archive READ"),
    ),
    Step(
        "stats",
        "0004",
        "0003",
        partial(kill_at_line, line="ride_hourly_stats 2025-12-18"),
        partial(kill_at_lock, lock="park_day_archive READ"),
    ),
    Step(
        "stats",
        "0005",
        "0004",
        partial(kill_at_lock, lock="ride_hourly_stats READ"),
        partial(kill_at_line, line="ride_hourly_stats_restored 2025-12-18"),
    ),
    # As with 0002: half of the step is done.
    Step(
        "stats",
        "0012",
        "0011",
        partial(kill_at_lock, lock="park_daily_stats READ"),
        partial(kill_at_lock, lock="ride_daily_stats READ"),
    ),
    # The second of four tables, both ways.
    Step(
        "stats",
        "0015",
        "0014",
        partial(kill_at_lock, lock="ride_weekly_stats READ"),
        partial(kill_at_lock, lock="ride_weekly_stats READ"),
    ),
    Step(
        "rides",
        "0005",
        "0004",
        partial(kill_at_lock, lock="parks WRITE"),
        partial(kill_at_lock, lock="ride_moves READ"),
    ),
]


@pytest.mark.parametrize("step", STEPS, ids=str)
def test_a_step_goes_back_and_forth_and_can_be_killed_in_both_directions(step):
    there, back = [step.app, step.name], [step.app, step.before]
    with small_case():
        if step.app != "parks":
            migrate("parks")
        if step.app == "stats":
            migrate("rides")
        migrate(*back)
        before = state()
        migrate(*there)
        after = state()
        assert differences(before, after) != []
        migrate(*back)
        assert differences(before, state()) == []
        migrate(*there)
        assert differences(after, state()) == []
        migrate(*back)

        step.kill_forwards(there)
        migrate(*there)
        assert differences(after, state()) == [], "killed, then forwards"

        step.kill_backwards(back)
        migrate(*back)
        assert differences(before, state()) == [], "killed on the way back, then back"

        step.kill_forwards(there)
        migrate(*back)
        assert differences(before, state()) == [], "killed, then back"

        migrate(*there)
        step.kill_backwards(back)
        migrate(*there)
        assert differences(after, state()) == [], "killed on the way back, then forwards"


def test_all_of_it_killed_at_any_moment_arrives_forwards_and_backwards():
    with small_case():
        call_command("migrate", verbosity=0)
        undisturbed = catalogue.read(connection)
    with small_case():
        before = state()
        for seconds in (1.0, 1.2, 1.5, 1.9, 2.4, 3.0):
            if kill_after([], seconds):
                break
        call_command("migrate", verbosity=0)
        assert list(catalogue.differences(undisturbed, catalogue.read(connection))) == []
        for seconds in (1.0, 1.2, 1.5, 1.9, 2.4, 3.0):
            if kill_after(["stats", "0001"], seconds):
                break
        for app in ("stats", "weather", "rides", "parks"):
            migrate(app, "0001")
        assert differences(before, state()) == []


def test_rows_written_after_they_were_archived_stop_the_drop_and_are_named():
    with small_case():
        migrate("stats", "0004")
        run(
            "INSERT INTO ride_hourly_stats (ride_id, park_id, hour_start_utc, snapshot_count, ride_operated) "
            "SELECT ride_id, park_id, '2025-12-20 23:00:00', 6, 1 FROM rides ORDER BY ride_id LIMIT 2",
            "UPDATE park_hourly_stats SET shame_score = 9.9 WHERE id = 20500",
        )
        before = state()
        with pytest.raises(UnarchivedRowsError, match=r"park_hourly_stats .* 1 of 2025-12-1\d \(id 20500\)"):
            migrate("stats")
        run("UPDATE park_hourly_stats SET shame_score = 9.8, updated_at = updated_at WHERE id = 20500")
        migrate("stats", "0003")
        migrate("stats", "0004")
        run("DELETE FROM ride_hourly_stats WHERE hour_start_utc = '2025-12-20 23:00:00' LIMIT 1")
        migrate("stats")  # A row that only the archive has is no matter.
        migrate("stats", "0004")
        # A later step of `stats` needs one of `rides`, which stays.
        assert set(before["schema"]) == set(state()["schema"]) - {"ride_moves"}


def test_a_row_that_is_written_while_the_table_is_looked_at_stops_the_drop(monkeypatch):
    rename = retirement._rename

    def written_just_before(schema_editor, model, old, new):
        if old == "ride_hourly_stats":
            run(
                "INSERT INTO ride_hourly_stats "
                "(ride_id, park_id, hour_start_utc, snapshot_count, ride_operated) "
                "SELECT ride_id, park_id, '2025-12-20 23:00:00', 6, 1 FROM rides ORDER BY ride_id LIMIT 1"
            )
        rename(schema_editor, model, old, new)

    with small_case():
        migrate("stats", "0004")
        monkeypatch.setattr(retirement, "_rename", written_just_before)
        with pytest.raises(UnarchivedRowsError, match="ride_hourly_stats has rows that are not archived"):
            migrate("stats")
        tables = connection.introspection.table_names()
        assert "ride_hourly_stats" in tables
        assert "ride_hourly_stats_retired" not in tables


def test_rows_of_a_ride_that_was_deleted_meanwhile_stay_away():
    with small_case():
        migrate("stats")
        run("DELETE FROM rides WHERE ride_id = 1")
        migrate("stats", "0003")
        with connection.cursor() as cursor:
            cursor.execute("SELECT COUNT(*), SUM(ride_id = 1) FROM ride_hourly_stats")
            rows, of_deleted = cursor.fetchone()
        assert rows > 0
        assert of_deleted == 0


def test_the_archived_hours_are_not_deleted_while_the_table_lacks_some():
    with small_case():
        migrate("stats", "0004")
        run("DELETE FROM ride_hourly_stats ORDER BY id LIMIT 1")
        before = state()
        with pytest.raises(UnarchivedRowsError, match="ride_hourly_stats lacks rows of 2025-12-17"):
            migrate("stats", "0003")
        assert differences(before, state()) == []


def test_a_writer_that_does_not_know_the_metrics_version_finds_its_row():
    upsert = (
        "INSERT INTO {0}_daily_stats ({0}_id, stat_date, operating_hours_minutes) "
        "VALUES (1, '2025-12-19', {1}) "
        "ON DUPLICATE KEY UPDATE operating_hours_minutes = VALUES(operating_hours_minutes)"
    )
    with small_case():
        migrate("stats", "0002")
        for entity in ("ride", "park"):
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT COUNT(*) FROM {entity}_daily_stats")
                before = cursor.fetchone()
                run(upsert.format(entity, 111), upsert.format(entity, 222))
                cursor.execute(
                    f"SELECT metrics_version, operating_hours_minutes FROM {entity}_daily_stats "
                    f"WHERE {entity}_id = 1 AND stat_date = '2025-12-19'"
                )
                assert cursor.fetchall() == ((1, 222),)
                cursor.execute(f"SELECT COUNT(*) FROM {entity}_daily_stats")
                assert cursor.fetchone() == before


def test_a_writer_that_does_not_know_how_much_it_saw_says_nothing_of_it():
    with small_case():
        migrate("stats")
        run("INSERT INTO ride_daily_stats (ride_id, stat_date, uptime_minutes) VALUES (1, '2025-12-25', 10)")
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT observed_collections, expected_collections FROM ride_daily_stats "
                "WHERE stat_date = '2025-12-25'"
            )
            assert cursor.fetchall() == ((None, None),)


def test_rows_of_another_metrics_version_are_not_lost_on_the_way_back():
    with small_case():
        migrate("stats", "0002")
        run("INSERT INTO ride_daily_stats (ride_id, stat_date, metrics_version) VALUES (1, '2025-12-19', 2)")
        before = state()
        with pytest.raises(CommandError, match="1 rows have a metrics version other than 1"):
            migrate("stats", "0001")
        assert differences(before, state()) == []


def test_observations_that_only_the_archive_has_are_not_lost_on_the_way_back():
    with small_case():
        migrate("stats")
        assert not archive.write_day(date(2025, 12, 19)).without_rides
        run(
            "DELETE FROM ride_status_snapshots WHERE recorded_at < '2025-12-19 09:00'",
            "DELETE FROM park_activity_snapshots WHERE recorded_at < '2025-12-19 09:00'",
        )
        with pytest.raises(UnarchivedRowsError, match=r"of 1 days \(2025-12-19 to 2025-12-19\)"):
            migrate("stats", "0002")
        run("DELETE FROM park_day_archive WHERE kind = 'observations'")
        migrate("stats", "0002")
