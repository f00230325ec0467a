"""What an online change does to a table, what it refuses, and what `sqlmigrate` says of it."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, migrations, models
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState

from parkstats_project.db import catalogue
from parkstats_project.db.fields import EnumField, LegacyForeignKey
from parkstats_project.db.online_ddl import OnlineChange
from parkstats_project.db.table_changes import UnknownChange
from stats.tests.databases import empty_database, run

TWO = [("up", "Up"), ("down", "Down")]


def enum(*choices: tuple[str, str], **kwargs) -> EnumField:
    return EnumField(choices=list(choices), db_default="up", **kwargs)


def noted(field: EnumField) -> ProjectState:
    """A project with one model, whose table is `notes`."""
    state = ProjectState()
    fields = [("id", models.IntegerField(primary_key=True)), ("state", field)]
    state.add_model(ModelState("stats", "Note", fields, {"db_table": "notes"}))
    return state


def written_by_makemigrations(before: ProjectState, after: ProjectState) -> list[Operation]:
    """The operations of the migration that `makemigrations` would write."""
    found = MigrationAutodetector(before, after).changes(graph=MigrationLoader(None).graph)
    return list(found["stats"][0].operations)


def applied(operation: Operation, before: ProjectState, *, backwards: bool = False) -> ProjectState:
    """The operation is run as a migration runs it; the state after it."""
    after = before.clone()
    operation.state_forwards("stats", after)
    with connection.schema_editor() as editor:
        if backwards:
            operation.database_backwards("stats", editor, after, before)
        else:
            operation.database_forwards("stats", editor, before, after)
    return after


def column_type() -> tuple[str, bool, str | None]:
    column = catalogue.read(connection)["notes"].columns["state"]
    return column.type, column.nullable, column.default


@pytest.fixture
def notes(django_db_blocker):
    with django_db_blocker.unblock(), empty_database():
        run(
            "CREATE TABLE notes (id INT PRIMARY KEY, state ENUM('up','down') NOT NULL DEFAULT 'up')",
            "INSERT INTO notes VALUES (1, 'down')",
        )
        yield


@pytest.mark.mariadb
@pytest.mark.usefixtures("notes")
@pytest.mark.parametrize("online", [False, True])
def test_a_new_choice_of_an_enum_is_migrated_there_and_back(online):
    before = noted(enum(*TWO))
    [operation] = written_by_makemigrations(before, noted(enum(*TWO, ("on_holiday", "On holiday"))))
    assert isinstance(operation, migrations.AlterField)
    if online:
        operation = OnlineChange("Note", [operation])
    for _ in range(2):  # the second time as after a kill
        applied(operation, before)
        assert column_type() == ("enum('up','down','on_holiday')", False, "up")
    run("INSERT INTO notes VALUES (2, 'on_holiday')", "DELETE FROM notes WHERE id = 2")
    for _ in range(2):
        applied(operation, before, backwards=True)
        assert column_type() == ("enum('up','down')", False, "up")
    with connection.cursor() as cursor:
        cursor.execute("SELECT state FROM notes")
        assert cursor.fetchall() == (("down",),)


@pytest.mark.mariadb
@pytest.mark.usefixtures("notes")
def test_the_way_back_of_a_choice_that_rows_have_is_refused():
    before = noted(enum(*TWO))
    operation = OnlineChange("Note", [migrations.AlterField("Note", "state", enum(*TWO, ("gone", "Gone")))])
    applied(operation, before)
    run("INSERT INTO notes VALUES (2, 'gone')")
    with pytest.raises(DatabaseError, match="Data truncated"):
        applied(operation, before, backwards=True)
    assert column_type()[0] == "enum('up','down','gone')"


UNKNOWN = {
    "another model": migrations.AddField("Park", "x", models.IntegerField(null=True)),
    "raw SQL": migrations.RunSQL("SELECT 1"),
    "a new name": migrations.RenameField("Note", "state", "condition"),
    "a new name of an index": migrations.RenameIndex("Note", "b", "a"),
    "another type": migrations.AlterField("Note", "state", models.CharField(max_length=20)),
    "options": migrations.AlterUniqueTogether("Note", {("state",)}),
    "a check": migrations.AddConstraint(
        "Note", models.CheckConstraint(condition=models.Q(state="up"), name="only_up")
    ),
    "a unique constraint of some rows": migrations.AddConstraint(
        "Note", models.UniqueConstraint(fields=["state"], condition=models.Q(state="up"), name="one_up")
    ),
    "an index of an expression": migrations.AddIndex("Note", models.Index(models.F("state"), name="e")),
    "a column with an index": migrations.AddField("Note", "x", models.IntegerField(null=True, db_index=True)),
    "a column that is unique": migrations.AddField("Note", "x", models.IntegerField(null=True, unique=True)),
    "a foreign key": migrations.AddField(
        "Note", "park", models.ForeignKey("parks.Park", models.CASCADE, null=True)
    ),
    "a legacy foreign key": migrations.AddField(
        "Note", "park", LegacyForeignKey("parks.Park", models.CASCADE, null=True, constraint="note_ibfk_1")
    ),
}


@pytest.mark.parametrize("what", UNKNOWN)
def test_an_operation_that_it_does_not_know_is_refused_when_the_migration_is_read(what):
    with pytest.raises(UnknownChange):
        OnlineChange("Note", [UNKNOWN[what]])


@pytest.mark.mariadb
@pytest.mark.usefixtures("notes")
@pytest.mark.parametrize(
    "operation",
    [
        migrations.AlterField("Note", "state", enum(*TWO, null=True)),
        migrations.RemoveConstraint("Note", "only_up"),
    ],
)
def test_an_operation_that_only_the_models_give_away_is_refused_when_it_runs(operation):
    before = noted(enum(*TWO))
    before.add_constraint(
        "stats", "note", models.CheckConstraint(condition=models.Q(state="up"), name="only_up")
    )
    with pytest.raises(UnknownChange):
        applied(OnlineChange("Note", [operation]), before)
    assert column_type() == ("enum('up','down')", False, "up")


def printed(app: str, name: str, *, backwards: bool = False) -> str:
    output = StringIO()
    call_command("sqlmigrate", app, name, backwards=backwards, stdout=output)
    return output.getvalue()


KEY = "DROP INDEX `unique_park_date`, ADD UNIQUE INDEX `unique_park_date`"
SAYS = {
    ("stats", "0002"): (
        [
            "ADD COLUMN `metrics_version`",
            "DROP INDEX `unique_park_date`, ADD UNIQUE INDEX `unique_park_date`",
        ],
        [
            "DROP COLUMN `metrics_version`",
            "DROP INDEX `unique_park_date`, ADD UNIQUE INDEX `unique_park_date`",
        ],
    ),
    ("stats", "0005"): (
        ["RENAME TABLE `ride_hourly_stats`", "DROP TABLE `ride_hourly_stats_retired`"],
        ["CREATE TABLE IF NOT EXISTS `ride_hourly_stats_restored`", "TO `ride_hourly_stats`"],
    ),
    ("rides", "0002"): (["ADD INDEX"], ["DROP INDEX"]),
}


@pytest.mark.whole
@pytest.mark.mariadb
def test_sqlmigrate_says_what_a_step_does_before_it_ran_and_after(django_db_blocker):
    with django_db_blocker.unblock(), empty_database():
        for app in ("parks", "rides", "weather", "stats"):
            call_command("migrate", app, "0001", verbosity=0)
        before = catalogue.read(connection)
        told = {key: (printed(*key), printed(*key, backwards=True)) for key in SAYS}
        assert catalogue.read(connection) == before
        call_command("migrate", verbosity=0)
        assert {key: (printed(*key), printed(*key, backwards=True)) for key in SAYS} == told
    for key, directions in SAYS.items():
        for text, parts in zip(told[key], directions, strict=True):
            assert [part for part in parts if part not in text] == [], text
