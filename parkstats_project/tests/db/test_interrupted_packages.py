"""Migrations of Django's own apps, killed between two of their statements, run again."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from parkstats_project.db import catalogue
from stats.tests.databases import empty_database, run

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db(transaction=True), pytest.mark.whole]


def begin(app, name, operations):
    """Run the first operations of a migration without recording it, as if it had been killed after them."""
    loader = MigrationExecutor(connection).loader
    migration = loader.get_migration_by_prefix(app, name)
    state = loader.project_state((app, migration.name), at_end=False)
    for operation in migration.operations[:operations]:
        before = state.clone()
        operation.state_forwards(app, state)
        with connection.schema_editor(atomic=False) as schema_editor:
            operation.database_forwards(app, schema_editor, before, state)


@pytest.mark.parametrize(
    ("app", "before", "name", "operations"),
    [
        ("contenttypes", None, "0001", 1),
        ("contenttypes", "0001", "0002", 4),
        ("auth", None, "0001", 1),
        ("auth", None, "0001", 3),
        ("sessions", None, "0001", 1),
        ("axes", "0001", "0002", 3),
        ("axes", "0006", "0007", 2),
    ],
)
def test_what_a_killed_migration_left_is_taken_away(app, before, name, operations):
    # The tests' own database, which nothing interrupted.
    fresh = catalogue.read(connection)
    with empty_database():
        if app != "contenttypes":
            call_command("migrate", "contenttypes", verbosity=0)
        if before:
            call_command("migrate", app, before, verbosity=0)
        begin(app, name, operations)
        call_command("migrate", verbosity=0)
        assert list(catalogue.differences(fresh, catalogue.read(connection))) == []


def test_a_table_that_somebody_has_written_into_is_left_alone():
    with empty_database():
        begin("sessions", "0001", 1)
        run("INSERT INTO django_session VALUES ('k', 'd', '2026-01-01')")
        with pytest.raises(Exception, match="already exists"):
            call_command("migrate", "sessions", verbosity=0)
        run("DELETE FROM django_session")
        call_command("migrate", "sessions", verbosity=0)
