"""Migrations that were killed half-way, put right before others run (design.md D11).

A killed migration is recorded as what it was before: as applied if it was on its way back, as not applied
otherwise. `migrate` would run it again only in the same direction. In the other direction there is nothing to
do by the record, but half of the work is there. So whatever the plan does not touch is first made what the
record says, by running it once more; the migrations concerned say in which directions they are `resumable`,
and do only what is missing.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor


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
        if not resumable or key in planned:
            continue
        node = loader.graph.node_map[key]
        before = loader.project_state(key, at_end=False)
        if key in applied:
            if "forwards" not in resumable or any(child.key in applied for child in node.children):
                continue
            with connection.schema_editor(atomic=migration.atomic) as schema_editor:
                migration.apply(before, schema_editor)
        elif "backwards" in resumable and all(parent.key in applied for parent in node.parents):
            with connection.schema_editor(atomic=migration.atomic) as schema_editor:
                migration.unapply(before, schema_editor)


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
