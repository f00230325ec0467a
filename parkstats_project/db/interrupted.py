"""Migrations that were killed half-way, put right before others run (docs/design.md D11).

A killed migration is recorded as what it was before: as applied if it was on its way back, as not applied
otherwise. `migrate` would run it again only in the same direction. In the other direction there is nothing to
do by the record, but half of the work is there. So whatever the plan does not touch is first made what the
record says, by running it once more; the migrations concerned say in which directions they are `resumable`,
and do only what is missing.

Migrations of Django itself and of packages know nothing of that, and MySQL commits each of their statements:
what a killed one left is taken away before it runs again, unless somebody has written into it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import (
    AddField,
    AlterField,
    AlterUniqueTogether,
    CreateModel,
    Migration,
    RemoveField,
)
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState
from django.db.models import Model

from parkstats_project.db.checks import APPS


def settle(connection: BaseDatabaseWrapper, *, planned: Collection[tuple[str, str]]) -> None:
    """Finish what is recorded as applied, and undo what is not, as far as it may have been interrupted.

    `planned` are the (app, name) of the migrations that are about to run, in whatever direction. Does nothing
    on SQLite: the demo's file is deleted and made anew.
    """
    if connection.vendor != "mysql":
        return
    loader = MigrationExecutor(connection).loader
    applied = loader.applied_migrations
    for key, migration in loader.disk_migrations.items():
        resumable = getattr(migration, "resumable", ())
        node = loader.graph.node_map[key]
        startable = key not in applied and all(parent.key in applied for parent in node.parents)
        if key in planned:
            if startable and key[0] not in APPS:
                _take_away_leftovers(connection, migration, loader.project_state(key, at_end=False))
            continue
        newest = key in applied and not any(child.key in applied for child in node.children)
        if newest and "forwards" in resumable:
            put_right = migration.apply
        elif startable and "backwards" in resumable:
            put_right = migration.unapply
        else:
            continue
        # What the models were then takes long to tell: of few migrations it has to be.
        before = loader.project_state(key, at_end=False)
        with connection.schema_editor(atomic=migration.atomic) as schema_editor:
            put_right(before, schema_editor)


def _take_away_leftovers(connection: BaseDatabaseWrapper, migration: Migration, state: ProjectState) -> None:
    """Undo what stands of a migration that is not recorded: tables and indexes, columns added or removed."""
    steps = []
    made = {one.name_lower for one in migration.operations if isinstance(one, CreateModel)}
    for operation in migration.operations:
        before = state.clone()
        operation.state_forwards(migration.app_label, state)
        steps.append((operation, before, state.clone()))
    with connection.schema_editor(atomic=False) as schema_editor:
        for operation, before, after in reversed(steps):
            match operation:
                case CreateModel():
                    _drop_if_empty(schema_editor, after.apps.get_model(migration.app_label, operation.name))
                case AddField():
                    model = after.apps.get_model(migration.app_label, operation.model_name)
                    if _has_column(connection, model, operation.name):
                        schema_editor.remove_field(model, model._meta.get_field(operation.name))
                case AlterField() if operation.model_name_lower not in made:
                    old, model = (
                        one.apps.get_model(migration.app_label, operation.model_name)
                        for one in (before, after)
                    )
                    if _is_indexed(model, operation.name) and not _is_indexed(old, operation.name):
                        _drop_index(schema_editor, model, [operation.name])
                case AlterUniqueTogether() if operation.name_lower not in made:
                    model = after.apps.get_model(migration.app_label, operation.name)
                    for names in operation.option_value or ():
                        _drop_index(schema_editor, model, names)
                case RemoveField():
                    model = before.apps.get_model(migration.app_label, operation.model_name)
                    if not _has_column(connection, model, operation.name):
                        schema_editor.add_field(model, model._meta.get_field(operation.name))


def _drop_if_empty(schema_editor: BaseDatabaseSchemaEditor, model: type[Model]) -> None:
    """Drop a model's table and those of its many-to-many fields; none if any of them has a row."""
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        present = set(connection.introspection.table_names(cursor))
    throughs = [field.remote_field.through for field in model._meta.local_many_to_many]
    tables = [one for one in (*throughs, model) if one is not None and one._meta.db_table in present]
    if any(one._default_manager.using(connection.alias).exists() for one in tables):
        return
    for one in tables:
        schema_editor.execute(
            schema_editor.sql_delete_table % {"table": connection.ops.quote_name(one._meta.db_table)}
        )


def _is_indexed(model: type[Model], name: str) -> bool:
    return any(getattr(model._meta.get_field(name), kind, False) for kind in ("db_index", "unique"))


def _drop_index(schema_editor: BaseDatabaseSchemaEditor, model: type[Model], names: Iterable[str]) -> None:
    """Drop the index of just these fields, if it is there."""
    connection, table = schema_editor.connection, model._meta.db_table
    columns = [getattr(model._meta.get_field(name), "column", None) for name in names]
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, table)
    quote = connection.ops.quote_name
    for name, one in found.items():
        if one["index"] and one["columns"] == columns:
            schema_editor.execute(
                schema_editor.sql_delete_index % {"name": quote(name), "table": quote(table)}
            )


def _has_column(connection: BaseDatabaseWrapper, model: type[Model], name: str) -> bool:
    """Whether the column is there: not in a table that is missing, and a many-to-many field has none."""
    column = getattr(model._meta.get_field(name), "column", None)
    with connection.cursor() as cursor:
        if column is None or model._meta.db_table not in connection.introspection.table_names(cursor):
            return False
        found = connection.introspection.get_table_description(cursor, model._meta.db_table)
    return column in {one.name for one in found}


def planned_for(
    connection: BaseDatabaseWrapper, app_label: str | None, name: str | None
) -> set[tuple[str, str]]:
    """The (app, name) of the migrations that `migrate [app_label [name]]` would run.

    Raises KeyError or AmbiguityError for a name that is none, as the loader does.
    """
    executor = MigrationExecutor(connection)
    targets: list[tuple[str, str | None]]
    if app_label and name == "zero":
        targets = [(app_label, None)]
    elif app_label and name:
        targets = [(app_label, executor.loader.get_migration_by_prefix(app_label, name).name)]
    else:
        targets = [key for key in executor.loader.graph.leaf_nodes() if app_label in (None, key[0])]
    return {(migration.app_label, migration.name) for migration, _ in executor.migration_plan(targets)}
