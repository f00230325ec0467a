"""The migration operation that creates the tables of the existing database, exactly.

Django 5.2 can neither name a foreign key nor set its ON DELETE in the database, and does not state a table's
engine and collation. `CreateTable` does, in one statement, so that a table is there whole or not at all.
"""

from __future__ import annotations

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState

from parks.columns import LegacyForeignKey, LegacyIndex

TABLE_OPTIONS = "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci"


class CreateTable(migrations.CreateModel):
    """CreateModel with the foreign keys, index names and table options of the existing database.

    On MySQL and MariaDB a table that is already there is left alone, so that a migration killed half-way can
    be run again and a database that lacks one late table gets only that one (the schema check then says
    whether the others are as they should be). On SQLite this is CreateModel.
    """

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        if schema_editor.connection.vendor != "mysql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            create_table(model, schema_editor)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        if schema_editor.connection.vendor != "mysql":
            super().database_backwards(app_label, schema_editor, from_state, to_state)
            return
        model = from_state.apps.get_model(app_label, self.name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            schema_editor.execute(f"DROP TABLE IF EXISTS {schema_editor.quote_name(model._meta.db_table)}")


def create_table(model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Create the table of `model` on MySQL or MariaDB in one statement, unless it is there."""
    sql, params = schema_editor.table_sql(model)
    head, open_bracket, body = sql.partition("(")
    body = body.rpartition(")")[0]
    parts = [body, *_indexes(model, schema_editor), *_foreign_keys(model, schema_editor)]
    head = head.replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS", 1)
    # Values are part of the text (DDL takes no parameters on every server), as Django itself does it.
    schema_editor.execute(f"{head}{open_bracket}{', '.join(parts)}) {TABLE_OPTIONS}", params or None)


def _indexes(model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor) -> list[str]:
    clauses = []
    for index in model._meta.indexes:
        name = index.name_in(schema_editor.connection) if isinstance(index, LegacyIndex) else index.name
        columns = index.create_sql(model, schema_editor).parts["columns"]
        clauses.append(f"INDEX {schema_editor.quote_name(name)} ({columns})")
    return clauses


def _foreign_keys(model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor) -> list[str]:
    quote = schema_editor.quote_name
    clauses = []
    for field in model._meta.local_fields:
        if isinstance(field, LegacyForeignKey) and field.constraint is not None:
            target = field.target_field
            clauses.append(
                f"CONSTRAINT {quote(field.constraint)} FOREIGN KEY ({quote(field.column)}) "
                f"REFERENCES {quote(target.model._meta.db_table)} ({quote(target.column)}) "
                f"ON DELETE {field.db_on_delete}"
            )
    return clauses
