"""Fresh, adopted and recorded schemas are one and the same."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace

import pytest
from django.core.management import call_command
from django.db import connection

from parkstats_project.db import catalogue
from parkstats_project.tests import cases
from stats.tests.databases import empty_database, legacy_schema, migrate_to_first, run

HOURLY_TABLES = ("ride_hourly_stats", "park_hourly_stats")
DJANGO_TABLES = ("auth_", "axes_", "django_")
KEEPS_COMMENTS = re.compile(r"ride_classifications: column \w+: comment is ")


def checksums(tables):
    """What the server makes of all rows of the tables."""
    with connection.cursor() as cursor:
        cursor.execute(f"CHECKSUM TABLE {', '.join(f'`{table}`' for table in tables)}")
        return {name.partition(".")[2]: checksum for name, checksum in cursor.fetchall()}


def column_checksums(tables):
    """The same over the named columns only, for tables that have got another since."""
    sums = {}
    with connection.cursor() as cursor:
        for name, table in tables.items():
            columns = ", ".join(f"COALESCE(`{column}`, '-')" for column in table.columns)
            cursor.execute(
                f"SELECT COUNT(*), COALESCE(SUM(CRC32(CONCAT_WS('|', {columns}))), 0) FROM `{name}`"
            )
            sums[name] = cursor.fetchone()
    return sums


def copy_as_another_program_would(source, target):
    """Dump one database and load the other with the server's own programs."""
    settings = connection.settings_dict
    login = [f"--user={settings['USER']}", f"--host={settings['HOST'] or '127.0.0.1'}"]
    login += [f"--port={settings['PORT'] or 3306}", f"--password={settings['PASSWORD']}"]
    dump, client = (shutil.which(f"mariadb{kind}") for kind in ("-dump", ""))
    if not dump or not client:
        pytest.skip("needs mariadb-dump and mariadb")
    dumped = subprocess.run([dump, *login, source], check=True, capture_output=True)
    subprocess.run([client, *login, target], check=True, input=dumped.stdout, capture_output=True)


def own_tables(tables):
    return {name: table for name, table in tables.items() if not name.startswith(DJANGO_TABLES)}


@pytest.fixture
def any_database(django_db_blocker):
    with django_db_blocker.unblock():
        yield


@pytest.mark.whole
@pytest.mark.mariadb
@pytest.mark.usefixtures("any_database")
@pytest.mark.parametrize("explicit_defaults", [0, 1])
def test_first_migrations_create_the_recorded_schema_table_by_table(explicit_defaults):
    with empty_database():
        run(f"SET SESSION explicit_defaults_for_timestamp = {explicit_defaults}")
        migrate_to_first()
        assert list(catalogue.differences(legacy_schema(), own_tables(catalogue.read(connection)))) == []


@pytest.mark.whole
@pytest.mark.mariadb
@pytest.mark.usefixtures("any_database")
def test_first_migrations_can_be_run_again_after_half_of_them_and_taken_back():
    with empty_database():
        migrate_to_first()
        call_command("migrate", "stats", "zero", fake=True, verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE ride_hourly_stats")
        migrate_to_first()
        assert list(catalogue.differences(legacy_schema(), own_tables(catalogue.read(connection)))) == []
        for app in ("stats", "weather", "rides", "parks"):
            call_command("migrate", app, "zero", verbosity=0)
        assert own_tables(catalogue.read(connection)) == {}


@pytest.mark.mariadb
@pytest.mark.whole
def test_a_dump_is_adopted_without_touching_a_row_and_ends_like_a_fresh_database(golden_copy):
    original = golden_copy("winter_saturday")
    legacy = legacy_schema()
    with empty_database() as adopted:
        copy_as_another_program_would(original, adopted)
        before, before_by_column = checksums(legacy), column_checksums(legacy)

        migrate_to_first(fake_initial=True)
        assert checksums(legacy) == before
        assert list(catalogue.differences(legacy, own_tables(catalogue.read(connection)))) == []

        # What becomes of hourly rows is tested with their archive; a few days of them will do here.
        run(*(f"DELETE FROM {table} WHERE hour_start_utc < '2025-12-18'" for table in HOURLY_TABLES))
        cases.adopt()
        adopted_schema = catalogue.read(connection)
        kept = {name: table for name, table in legacy.items() if name in adopted_schema}
        assert column_checksums(kept) == {name: before_by_column[name] for name in kept}
    with empty_database():
        call_command("migrate", verbosity=0)
        left = list(catalogue.differences(catalogue.read(connection), adopted_schema))
    # MySQL would copy the one table that has MariaDB's check of JSON (test_comments.py).
    assert [line for line in left if not KEEPS_COMMENTS.match(line)] == []


@pytest.mark.mariadb
@pytest.mark.usefixtures("any_database")
def test_there_is_nothing_left_to_migrate():
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)


def test_every_difference_between_two_schemas_is_named():
    expected, actual = legacy_schema(), legacy_schema()
    del actual["weather_forecasts"]
    parks = actual["parks"]
    del parks.columns["operator"]
    parks.columns["country"] = replace(parks.columns["country"], type="varchar(3)")
    parks.columns["name"] = parks.columns.pop("name")
    parks.indexes["idx_new"] = replace(parks.indexes.pop("idx_country"), name="idx_new")
    rides = actual["rides"]
    rides.columns["name"] = rides.columns.pop("name")
    rides.foreign_keys["rides_ibfk_1"] = replace(rides.foreign_keys["rides_ibfk_1"], on_delete="RESTRICT")
    rides.checks.clear()
    rides.engine = "MyISAM"
    ordered = ", ".join(rides.columns)

    assert list(catalogue.differences(expected, actual)) == [
        "parks: column operator is missing",
        "parks: column country: type is 'varchar(3)', not 'varchar(2)'",
        "parks: index idx_country is missing",
        "parks: index idx_new is not expected",
        "rides: engine is MyISAM, not InnoDB",
        "rides: foreign key rides_ibfk_1: on_delete is 'RESTRICT', not 'CASCADE'",
        f"rides: columns are in the order {ordered}, not {', '.join(expected['rides'].columns)}",
        "rides: checks are [], not ['`tier` in (1,2,3) or `tier` is null']",
        "weather_forecasts: table is missing",
    ]
