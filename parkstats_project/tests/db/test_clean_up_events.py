"""The clean-up events of the old retention end with the migrations, are found if they live, and come back."""

from __future__ import annotations

import io

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import connection

from parkstats_project.db import privileges
from parkstats_project.tests import cases
from stats.tests.databases import as_user_with, empty_database, run

pytestmark = [pytest.mark.mariadb, pytest.mark.whole]

BEFORE = "0008"


@pytest.fixture
def legacy(golden_copy):
    """A legacy database with its events, one of which was switched off by hand, and one of somebody else."""
    with cases.connected_to(golden_copy("fresh_install")):
        run(
            "CREATE EVENT cleanup_ride_snapshots ON SCHEDULE EVERY 1 HOUR STARTS '2025-12-01 03:00:00' "
            "COMMENT 'of migration 005' DO DELETE FROM ride_status_snapshots WHERE recorded_at < NOW()",
            "CREATE EVENT cleanup_ride_changes ON SCHEDULE EVERY 2 HOUR DO DELETE FROM ride_status_changes",
            "CREATE EVENT cleanup_park_snapshots ON SCHEDULE EVERY 1 HOUR DISABLE "
            "DO DELETE FROM park_activity_snapshots",
            "CREATE EVENT of_somebody_else ON SCHEDULE EVERY 1 HOUR DO DELETE FROM parks WHERE FALSE",
        )
        yield


def events():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT event_name, status, event_definition, interval_value, interval_field, starts, "
            "event_comment FROM information_schema.events WHERE event_schema = DATABASE() ORDER BY 1"
        )
        return cursor.fetchall()


def enabled():
    return {name for name, status, *_ in events() if status == "ENABLED"}


def migrate(*arguments, **options):
    call_command("migrate", *arguments, verbosity=0, **options)


@pytest.mark.usefixtures("legacy")
def test_migrations_alone_end_them_and_the_way_back_restores_each_as_it_was():
    before = events()
    migrate(fake_initial=True)
    assert enabled() == {"of_somebody_else"}
    migrate()
    migrate("stats", BEFORE)
    assert events() == before
    migrate("stats", BEFORE)
    migrate()
    assert enabled() == {"of_somebody_else"}
    assert run_checks(tags=["database"], databases=["default"]) == []


@pytest.mark.usefixtures("legacy")
def test_one_that_is_made_again_is_found_and_stops_the_start():
    migrate(fake_initial=True)
    run("CREATE EVENT cleanup_ride_changes ON SCHEDULE EVERY 3 HOUR DO DELETE FROM ride_status_changes")
    [error] = run_checks(tags=["database"], databases=["default"])
    assert error.id == "parkstats.E010"
    assert "cleanup_ride_changes" in error.msg
    run(error.hint)
    assert run_checks(tags=["database"], databases=["default"]) == []


@pytest.mark.usefixtures("legacy")
def test_an_event_of_another_name_that_is_on_a_raw_table_is_named_with_the_statement_to_disable_it():
    run(
        "CREATE EVENT `save space` ON SCHEDULE EVERY 3 HOUR DO "
        "DELETE FROM `ride_status_snapshots` WHERE recorded_at < NOW() - INTERVAL 1 DAY",
        "CREATE EVENT harmless ON SCHEDULE EVERY 3 HOUR DO DELETE FROM parks WHERE name = 'my_parks'",
        "CREATE EVENT retired ON SCHEDULE EVERY 3 HOUR DISABLE DO DELETE FROM ride_status_changes",
    )
    output = io.StringIO()
    call_command("adopt", no_input=True, verbosity=0, stdout=output, stderr=output)
    said = "the event save space, which nothing here knows, is enabled and names ride_status_snapshots"
    assert f"note: {said}" in output.getvalue() and f"parkstats.W004 {said}" in output.getvalue()
    assert "harmless" not in output.getvalue() and "event retired" not in output.getvalue()
    [warning] = run_checks(tags=["database"], databases=["default"])
    assert warning.id == "parkstats.W004"
    run(warning.hint)
    assert run_checks(tags=["database"], databases=["default"]) == []


@pytest.mark.usefixtures("legacy")
def test_adoption_ends_one_that_was_made_again_beside_the_one_that_was_ended():
    migrate(fake_initial=True)
    run("CREATE EVENT cleanup_ride_changes ON SCHEDULE EVERY 3 HOUR DO DELETE FROM ride_status_changes")
    call_command("adopt", no_input=True, verbosity=0, stdout=io.StringIO())
    assert enabled() == {"of_somebody_else"}
    migrate("stats", BEFORE)
    assert [row[3] for row in events() if row[0] == "cleanup_ride_changes"] == ["3"]


@pytest.mark.usefixtures("legacy")
def test_a_user_who_may_not_see_events_is_given_the_statement_to_run_in_both_directions():
    migrate(fake_initial=True)
    with as_user_with(*({*privileges.MIGRATING} - {"EVENT"})), pytest.raises(CommandError) as refused:
        migrate("stats", BEFORE)
    assert "run: GRANT EVENT ON " in str(refused.value)
    assert enabled() == {"of_somebody_else"}
    migrate("stats", BEFORE)
    with as_user_with(*({*privileges.MIGRATING} - {"EVENT"})), pytest.raises(CommandError) as refused:
        migrate()
    assert "run: GRANT EVENT ON " in str(refused.value)
    assert len(enabled()) == 3


def test_a_fresh_database_has_none_and_gets_none(django_db_blocker):
    with django_db_blocker.unblock(), empty_database():
        migrate()
        migrate("stats", BEFORE)
        assert events() == ()
