"""The schema check names what is wrong, helps, and keeps quiet when it must."""

from __future__ import annotations

import re

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

from parkstats_project.db import checks
from parkstats_project.db.catalogue import normal_type
from parkstats_project.tests import cases
from stats.tests.databases import empty_database, run

SPOILED = {
    ("parkstats.E001", "table data_quality_issues is missing"),
    ("parkstats.E002", "column parks.operator is missing"),
    ("parkstats.E003", "column parks.country is varchar(3) NULL, not varchar(2) NOT NULL"),
    ("parkstats.E003", "column rides.tier is int NULL, not tinyint NULL"),
    ("parkstats.W001", "index idx_operator of table parks is missing"),
    ("parkstats.E004", "unique index queue_times_id of table rides is missing"),
    (
        "parkstats.W001",
        "index idx_session_date of table park_operating_sessions is not on (-session_date): "
        "it is an index on (session_date)",
    ),
}


def spoil():
    run(
        "DROP TABLE data_quality_issues",
        "ALTER TABLE parks DROP COLUMN operator",
        "ALTER TABLE parks MODIFY COLUMN country varchar(3) NULL",
        "ALTER TABLE rides MODIFY COLUMN tier int NULL",
        "ALTER TABLE rides DROP INDEX queue_times_id",
        "ALTER TABLE park_operating_sessions DROP INDEX idx_session_date",
        "CREATE INDEX idx_session_date ON park_operating_sessions (session_date)",
    )


def found():
    return run_checks(tags=["database"], databases=["default"])


@pytest.fixture
def migrated(django_db_blocker):
    with django_db_blocker.unblock(), empty_database():
        call_command("migrate", verbosity=0)
        yield


@pytest.mark.whole
@pytest.mark.mariadb
@pytest.mark.usefixtures("migrated")
def test_what_is_missing_or_different_is_named_and_the_hints_put_it_right():
    assert found() == []
    spoil()

    errors = found()
    assert {(error.id, error.msg) for error in errors} == SPOILED
    with pytest.raises(SystemCheckError, match=r"parkstats\.E001"):
        call_command("check", databases=["default"])

    for error in errors:
        if error.id != "parkstats.E001":
            # A comment of a column may have a semicolon of its own.
            run(*filter(None, re.split(r";\s*(?=ALTER|CREATE|DROP|$)", error.hint)))
    call_command("adopt", create_missing=True, no_input=True, verbosity=0)
    assert found() == []


@pytest.mark.whole
@pytest.mark.mariadb
@pytest.mark.usefixtures("migrated")
def test_a_spoiled_schema_stops_a_server_but_not_migrate(capsys):
    checks.stop_on_errors()
    spoil()
    call_command("migrate", verbosity=0)
    with pytest.raises(SystemExit) as stop:
        checks.stop_on_errors()
    assert stop.value.code == 78
    lines = capsys.readouterr().err
    assert "parkstats.E002 column parks.operator is missing\n" in lines
    statement = r"ALTER TABLE parks ADD COLUMN operator varchar\(100\) [^;]*AFTER timezone;\n"
    assert re.search(statement, lines)


def one_is_pending() -> None:
    recorder = MigrationRecorder(connection)
    recorder.migration_qs.filter(app="stats").latest("id").delete()


@pytest.mark.whole
@pytest.mark.mariadb
@pytest.mark.usefixtures("migrated")
def test_while_migrations_are_pending_and_every_table_is_there_nothing_is_reported(caplog):
    one_is_pending()
    run("ALTER TABLE parks DROP COLUMN operator")
    assert found() == []
    checks.stop_on_errors()
    assert "migrations are pending, run manage.py migrate" in caplog.text


@pytest.mark.mariadb
@pytest.mark.whole
def test_a_database_without_its_tables_stops_a_server_in_one_sentence_that_says_what_to_run(
    golden_copy, capsys
):
    with empty_database():
        assert stopped(capsys) == "N tables are missing, such as aggregation_log; run manage.py migrate"
    with cases.connected_to(golden_copy("fresh_install")):
        assert stopped(capsys) == "N tables are missing, such as auth_group; run manage.py adopt"


@pytest.mark.whole
@pytest.mark.mariadb
@pytest.mark.usefixtures("migrated")
def test_a_new_version_does_not_start_before_the_migration_that_makes_its_table(capsys):
    one_is_pending()
    run("DROP TABLE job_leases")
    assert stopped(capsys) == "there is no table job_leases; run manage.py migrate"


def stopped(capsys) -> str:
    """Why a server does not start; the check says the same as an error."""
    (error,) = found()
    with pytest.raises(SystemCheckError, match=r"parkstats\.E011"):
        call_command("check", databases=["default"])
    with pytest.raises(SystemExit) as stop:
        checks.stop_on_errors()
    assert stop.value.code == 78
    assert capsys.readouterr().err == f"parkstats cannot start: {error.msg}.\n"
    return re.sub(r"^\d+", "N", error.msg)


@pytest.mark.mariadb
def test_a_database_that_is_away_ends_the_check_but_does_not_stop_a_server(django_db_blocker, caplog):
    with django_db_blocker.unblock(), cases.connected_to("no_such_database"):
        with pytest.raises(OperationalError, match="Unknown database"):
            list(checks.database_messages(connection))
        checks.stop_on_errors()
    assert "the database does not answer" in caplog.text


@pytest.mark.mariadb
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("SET time_zone = '+01:00'", "parkstats.E006"),
        ("SET sql_mode = ''", "parkstats.E007"),
        ("SET NAMES latin1", "parkstats.E008"),
    ],
)
def test_sessions_that_are_not_utc_strict_and_utf8mb4_are_refused(statement, error):
    try:
        run(statement)
        assert [item.id for item in found()] == [error]
    finally:
        connection.close()


@pytest.mark.django_db
def test_a_migrated_database_passes():
    assert found() == []


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("integer AUTO_INCREMENT", "int"),
        ("int(11)", "int"),
        ("bigint(20)", "bigint"),
        ("smallint(6)", "smallint"),
        ("tinyint(4)", "tinyint"),
        ("tinyint(1)", "tinyint(1)"),
        ("bool", "tinyint(1)"),
        ("numeric(5, 2)", "decimal(5,2)"),
        ("enum('daily','Weekly')", "enum('daily','Weekly')"),
        ("json", "longtext"),
    ],
)
def test_types_are_compared_as_every_server_writes_them(written, normal):
    assert normal_type(written) == normal
