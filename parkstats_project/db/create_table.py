"""The migration operation that creates the tables of the existing database, exactly.

Django 5.2 can neither name a foreign key nor set its ON DELETE in the database, and does not state a table's
engine and collation. `CreateTable` does, in one statement, so that a table is there whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState

from parkstats_project.db.fields import LegacyForeignKey, LegacyIndex, LegacyOneToOneField, plain_defaults
from parkstats_project.db.on_servers import OnServers

TABLE_OPTIONS = "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci"


class CreateTable(OnServers, migrations.CreateModel):
    """CreateModel with the foreign keys, index names and table options of the existing database.

    On MySQL and MariaDB a table that is already there is left alone, so that a migration killed half-way can
    be run again and a database that lacks one late table gets only that one (the schema check then says
    whether the others are as they should be). On SQLite this is CreateModel.
    """

    def change(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        is_wanted = (app_label, self.name_lower) in to_state.models
        model = (to_state if is_wanted else from_state).apps.get_model(app_label, self.name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        if is_wanted:
            create_table(model, schema_editor)
        else:
            schema_editor.execute(f"DROP TABLE IF EXISTS {schema_editor.quote_name(model._meta.db_table)}")


def create_table(model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Create the table of `model` on MySQL or MariaDB in one statement, unless it is there."""
    deferred_before = len(schema_editor.deferred_sql)
    with _unnamed_unique_keys_off(model) as unique_keys:
        sql, params = schema_editor.table_sql(model)
    constraints: list[str | None] = []
    if params:
        # Django defers constraints when defaults are parameters; here the defaults become text instead.
        del schema_editor.deferred_sql[deferred_before:]
        sql %= tuple(schema_editor.quote_value(value) for value in params)
        constraints = [
            constraint.constraint_sql(model, schema_editor) for constraint in model._meta.constraints
        ]
    head, _, body = sql.partition("(")
    head = head.replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS", 1)
    clauses = [
        body.rpartition(")")[0],
        *(constraint for constraint in constraints if constraint),
        *(
            f"UNIQUE INDEX {schema_editor.quote_name(field.unique_key)} ({_column(field, schema_editor)})"
            for field in unique_keys
        ),
        *_indexes(model, schema_editor),
        *_foreign_keys(model, schema_editor),
    ]
    with _explicit_timestamps(schema_editor):
        schema_editor.execute(plain_defaults(f"{head}({', '.join(clauses)}) {TABLE_OPTIONS}"), None)


@contextmanager
def _explicit_timestamps(schema_editor: BaseDatabaseSchemaEditor) -> Iterator[None]:
    """Keep the server from giving the first TIMESTAMP a DEFAULT and an ON UPDATE that nobody asked for."""
    if schema_editor.collect_sql:
        yield
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT @@SESSION.explicit_defaults_for_timestamp")
        (explicit,) = cursor.fetchone()
        if not explicit:
            cursor.execute("SET SESSION explicit_defaults_for_timestamp = 1")
        try:
            yield
        finally:
            if not explicit:
                cursor.execute("SET SESSION explicit_defaults_for_timestamp = 0")


@contextmanager
def _unnamed_unique_keys_off(model: type[models.Model]) -> Iterator[list[LegacyOneToOneField[Any, Any]]]:
    """Keep Django from writing UNIQUE behind the columns whose unique key has a name of its own."""
    named = [field for field in model._meta.local_fields if isinstance(field, LegacyOneToOneField)]
    for field in named:
        field._unique = False
    try:
        yield named
    finally:
        for field in named:
            field._unique = True


def _indexes(model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor) -> list[str]:
    clauses = []
    for index in model._meta.indexes:
        name = index.name_in(schema_editor.connection) if isinstance(index, LegacyIndex) else index.name
        columns = index.create_sql(model, schema_editor).parts["columns"]
        clauses.append(f"INDEX {schema_editor.quote_name(name)} ({columns})")
    return clauses


def _foreign_keys(model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor) -> list[str]:
    clauses = []
    for field in model._meta.local_fields:
        if isinstance(field, LegacyForeignKey | LegacyOneToOneField) and field.constraint is not None:
            target = field.target_field
            clauses.append(
                f"CONSTRAINT {schema_editor.quote_name(field.constraint)} "
                f"FOREIGN KEY ({_column(field, schema_editor)}) "
                f"REFERENCES {schema_editor.quote_name(target.model._meta.db_table)} "
                f"({_column(target, schema_editor)}) ON DELETE {field.db_on_delete}"
            )
    return clauses


def _column(field: models.Field[Any, Any], schema_editor: BaseDatabaseSchemaEditor) -> str:
    assert field.column is not None
    return schema_editor.quote_name(field.column)
