"""`manage.py adopt` looks first, changes nothing unless all is well, and says which old jobs must stop."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from parkstats_project.db import catalogue, privileges
from parkstats_project.db.checks import stop_on_errors
from parkstats_project.tests import cases
from parkstats_project.tests.db.test_interrupted_packages import begin
from stats.tests.databases import as_user_with, empty_database, run

pytestmark = [pytest.mark.mariadb, pytest.mark.whole]


@pytest.fixture
def legacy(golden_copy):
    """A legacy database, not adopted, that the default connection leads to."""
    with cases.connected_to(golden_copy("fresh_install")):
        yield


def adopt(**options):
    """The command's output."""
    output = io.StringIO()
    call_command("adopt", no_input=True, verbosity=0, stdout=output, stderr=output, **options)
    return output.getvalue()


def refusal(**options):
    """The one line and the status that the command ends with."""
    with pytest.raises(CommandError) as refused:
        adopt(**options)
    assert "\n" not in str(refused.value)
    return refused.value.returncode, str(refused.value)


def events():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT event_name FROM information_schema.events WHERE event_schema = DATABASE() ORDER BY 1"
        )
        return [name for (name,) in cursor.fetchall()]


def enabled_events():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT event_name FROM information_schema.events "
            "WHERE event_schema = DATABASE() AND status = 'ENABLED' ORDER BY 1"
        )
        return [name for (name,) in cursor.fetchall()]


def create_events():
    run(
        "CREATE EVENT cleanup_ride_snapshots ON SCHEDULE EVERY 1 HOUR DO DELETE FROM ride_status_snapshots",
        "CREATE EVENT cleanup_ride_changes ON SCHEDULE EVERY 1 HOUR DO DELETE FROM ride_status_changes",
        "CREATE EVENT cleanup_park_snapshots ON SCHEDULE EVERY 1 HOUR DO DELETE FROM park_activity_snapshots",
        "CREATE EVENT of_somebody_else ON SCHEDULE EVERY 1 HOUR DO DELETE FROM weather_forecasts WHERE FALSE",
    )


@pytest.mark.usefixtures("legacy")
def test_adoption_ends_the_clean_up_events_migrates_and_names_the_jobs_that_end():
    create_events()
    looked = adopt(dry_run=True)
    assert len(events()) == 4
    assert "of_somebody_else" not in looked
    assert "django_migrations" not in catalogue.read(connection)

    told = adopt()

    assert enabled_events() == ["of_somebody_else"]
    assert "every table, column, type and index is as expected" in told
    stop, _, go_on = told.partition("Lines that may go on:")
    assert looked.partition("Lines of the old")[2] in told
    for job in ("aggregate_hourly", "cleanup_raw_data.py", "check_data_collection", "aggregate_daily"):
        assert job in stop and job not in go_on
    for job in ("collect_snapshots", "collect_weather"):
        assert job in go_on and job not in stop
    call_command("check", databases=["default"])
    adopt()  # again: nothing left to do


@pytest.mark.usefixtures("legacy")
def test_an_older_database_is_refused_with_a_statement_for_each_difference_and_left_alone():
    create_events()
    run("DROP TABLE data_quality_issues", "ALTER TABLE rides DROP COLUMN last_operated_at")
    before = catalogue.read(connection)
    output = io.StringIO()
    with pytest.raises(CommandError) as refused:
        call_command("adopt", create_missing=True, stdout=output)
    assert refused.value.returncode == 1
    assert "problem: table data_quality_issues is missing" in output.getvalue()
    assert "problem: column rides.last_operated_at is missing" in output.getvalue()
    assert "ALTER TABLE rides ADD COLUMN last_operated_at datetime NULL AFTER is_active;" in output.getvalue()
    assert "listed above (2)" in str(refused.value)
    assert catalogue.read(connection) == before
    assert len(events()) == 4


@pytest.mark.usefixtures("legacy")
def test_missing_tables_are_created_only_when_told_so():
    run("DROP TABLE weather_forecasts", "DROP TABLE data_quality_issues")
    status, line = refusal()
    assert status == 1
    assert "data_quality_issues" in line and "weather_forecasts" in line and "--create-missing" in line

    assert "Created table weather_forecasts." in adopt(create_missing=True)
    call_command("check", databases=["default"])


@pytest.mark.usefixtures("legacy")
def test_an_adoption_that_was_interrupted_goes_on():
    call_command("migrate", "parks", "0001_initial", fake_initial=True, verbosity=0)
    assert "has begun before" in adopt()
    call_command("check", databases=["default"])


@pytest.mark.parametrize("tables", [1, 3])
@pytest.mark.usefixtures("legacy")
def test_an_adoption_that_was_interrupted_at_tables_of_a_package_makes_them_anew(tables):
    call_command("migrate", "contenttypes", verbosity=0)
    begin("auth", "0001", tables)
    # Keys are the last thing that a migration makes.
    (key,) = catalogue.read(connection)["auth_permission"].foreign_keys
    run(f"ALTER TABLE auth_permission DROP FOREIGN KEY {key}")
    adopt()
    assert key in catalogue.read(connection)["auth_permission"].foreign_keys


@pytest.mark.usefixtures("legacy")
def test_a_missing_foreign_key_is_a_note_since_the_exchange_of_live_tables_moves_one():
    run("ALTER TABLE ride_live_rankings DROP CONSTRAINT fk_ride_live_park")
    assert "note: foreign key fk_ride_live_park of table ride_live_rankings" in adopt()


@pytest.mark.usefixtures("legacy")
def test_keys_that_a_user_is_not_shown_are_not_called_missing():
    unseen = "the foreign keys were not looked at: this user, who may only read, is not shown them\n"
    for rights, said in ((["SELECT"], True), (["SELECT", "REFERENCES"], False)):
        with as_user_with(*rights) as user:
            output = io.StringIO()
            with pytest.raises(CommandError, match="Put right"):
                call_command("adopt", dry_run=True, no_input=True, stdout=output)
        assert (f"note: {unseen}    GRANT REFERENCES ON " in output.getvalue()) == said
        assert (f"TO '{user}'@'%';\n" in output.getvalue()) and "foreign key fk_" not in output.getvalue()
        assert "_ibfk_" not in output.getvalue()


def test_a_database_without_old_tables_is_refused(django_db_blocker):
    with django_db_blocker.unblock(), empty_database():
        status, line = refusal()
    assert (status, "has no table of the old system" in line) == (1, True)


def test_a_database_that_is_away_is_one_line_and_status_1(django_db_blocker):
    with django_db_blocker.unblock(), cases.connected_to("no_such_database"):
        status, line = refusal()
    assert (status, line) == (1, "the database failed: Unknown database 'no_such_database'")


@pytest.mark.usefixtures("legacy")
def test_a_user_who_lacks_a_privilege_is_told_which_before_anything_is_changed():
    before, database = catalogue.read(connection), connection.settings_dict["NAME"]
    # SELECT is what looking needs; of REFERENCES MariaDB asks nobody.
    for missing in sorted({*privileges.MIGRATING} - {"SELECT", "REFERENCES"}):
        with as_user_with(*({*privileges.MIGRATING} - {missing})) as user:
            for dry_run in (True, False):
                output = io.StringIO()
                with pytest.raises(CommandError) as refused:
                    call_command("adopt", dry_run=dry_run, no_input=True, stdout=output)
                assert refused.value.returncode == 1
                assert f"problem: the database user lacks {missing}\n" in output.getvalue()
                assert f"GRANT {missing} ON `{database}`.* TO '{user}'@'%';" in output.getvalue()
    assert catalogue.read(connection) == before
    with as_user_with(*privileges.MIGRATING):
        adopt()


@pytest.mark.usefixtures("legacy")
def test_a_dry_run_ends_with_1_if_tables_are_missing_unless_they_are_to_be_created():
    run("DROP TABLE weather_forecasts")
    assert refusal(dry_run=True)[0] == 1
    assert "problem: table weather_forecasts is missing" in adopt(dry_run=True, create_missing=True)


@pytest.mark.usefixtures("legacy")
def test_a_database_whose_new_tables_would_not_hold_every_letter_is_refused_with_the_statement():
    database = connection.settings_dict["NAME"]
    run(f"ALTER DATABASE `{database}` CHARACTER SET latin1")
    before = catalogue.read(connection)
    output = io.StringIO()
    with pytest.raises(CommandError):
        call_command("adopt", dry_run=True, no_input=True, stdout=output)
    assert f"the default character set of database {database} is latin1, not utf8mb4" in output.getvalue()
    with pytest.raises(CommandError, match="is latin1, not utf8mb4") as refused:
        call_command("migrate", fake_initial=True, verbosity=0)
    assert catalogue.read(connection) == before
    run(str(refused.value).partition("run: ")[2])
    adopt()
    assert {table.collation for table in catalogue.read(connection).values()} == {"utf8mb4_unicode_ci"}


@pytest.mark.usefixtures("legacy")
def test_a_column_that_every_change_of_its_row_would_overwrite_is_refused_with_the_statement():
    run(
        "SET SESSION explicit_defaults_for_timestamp = 0",
        "ALTER TABLE ride_status_snapshots MODIFY COLUMN recorded_at timestamp NOT NULL",
    )
    output = io.StringIO()
    with pytest.raises(CommandError):
        call_command("adopt", dry_run=True, no_input=True, stdout=output)
    assert "problem: column ride_status_snapshots.recorded_at has ON UPDATE" in output.getvalue()
    [line] = [line for line in output.getvalue().splitlines() if "MODIFY COLUMN recorded_at" in line]
    run(*filter(None, (statement.strip() for statement in line.split(";"))))
    adopt(dry_run=True)


@pytest.mark.usefixtures("legacy")
def test_parks_whose_time_zone_does_not_exist_and_missing_indexes_are_named_and_do_not_stop_anything():
    run(
        "INSERT INTO parks (queue_times_id, name, city, country, timezone) "
        "VALUES (90001, 'Olympus', 'Base', 'MA', 'Mars/Base')",
        "DROP INDEX idx_operator ON parks",
    )
    looked = adopt(dry_run=True)
    assert "note: index idx_operator of table parks is missing" in looked
    assert "note: the time zones of parks 1 ('Mars/Base') do not exist" in looked
    told = adopt()
    assert "parkstats.W001 index idx_operator of table parks is missing" in told
    assert "parkstats.W003 the time zones of parks 1 ('Mars/Base') do not exist" in told
    stop_on_errors()  # does not
