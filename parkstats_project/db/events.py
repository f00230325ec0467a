"""The clean-up events of the old retention (docs/contract/jobs.md 3): ended, found, brought back.

Where the server's event scheduler is on, they delete raw rows by the clock, archived or not. An event that is
ended is disabled under another name, with its definition, schedule and comment; so the way back is exact, but
for its definer, who is then the user of the migration.
"""

from __future__ import annotations

import re
from typing import Final

from django.core.management import CommandError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from parkstats_project.db import engine, privileges

NAMES: Final = ("cleanup_park_snapshots", "cleanup_ride_changes", "cleanup_ride_snapshots")
RETIRED: Final = "_retired"
RAW_TABLES: Final = ("park_activity_snapshots", "ride_status_changes", "ride_status_snapshots")
"""What the events delete from, and others may."""


class EndEvents(Operation):
    """End the events; backwards, bring back those that were ended."""

    reversible = True
    reduces_to_sql = True

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Events are no models."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        if engine.is_server(schema_editor.connection):
            end(schema_editor)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        if engine.is_server(schema_editor.connection):
            bring_back(schema_editor)

    def describe(self) -> str:
        return "End the clean-up events of the old retention"


def enabled(connection: BaseDatabaseWrapper) -> list[str]:
    """The events that are there and enabled; none if the user may not see events."""
    return [name for name, status in _present(connection).items() if name in NAMES and status == "ENABLED"]


def on_raw_tables(connection: BaseDatabaseWrapper) -> list[tuple[str, str]]:
    """Other enabled events that name a raw table: a sentence, and the statement that disables it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT event_name, event_definition FROM information_schema.events "
            "WHERE event_schema = DATABASE() AND status = 'ENABLED' ORDER BY event_name"
        )
        named = {
            name: [table for table in RAW_TABLES if re.search(rf"\b{table}\b", body or "", re.IGNORECASE)]
            for name, body in cursor.fetchall()
            if name not in NAMES
        }
    quote = connection.ops.quote_name
    return [
        (
            f"the event {name}, which nothing here knows, is enabled and names {', '.join(tables)}: "
            "rows that it deletes may not be archived yet",
            f"ALTER EVENT {quote(name)} DISABLE;",
        )
        for name, tables in named.items()
        if tables
    ]


def end(schema_editor: BaseDatabaseSchemaEditor) -> list[str]:
    """End the enabled events; their names. Raises CommandError if the user may not see events."""
    if schema_editor.collect_sql:
        present, names = {}, list(NAMES)
    else:
        _refuse_blind(schema_editor.connection)
        present, names = _present(schema_editor.connection), enabled(schema_editor.connection)
    quote = schema_editor.quote_name
    for name in names:
        if name + RETIRED in present:  # ended before, and made anew since
            schema_editor.execute(f"DROP EVENT {quote(name + RETIRED)}", None)
        schema_editor.execute(f"ALTER EVENT {quote(name)} RENAME TO {quote(name + RETIRED)} DISABLE", None)
    return names


def bring_back(schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Enable the events that were ended, under their own names. Raises CommandError as `end` does."""
    if schema_editor.collect_sql:
        present = {name + RETIRED: "DISABLED" for name in NAMES}
    else:
        _refuse_blind(schema_editor.connection)
        present = _present(schema_editor.connection)
    quote = schema_editor.quote_name
    for name in NAMES:
        if name in present or name + RETIRED not in present:
            continue
        schema_editor.execute(f"ALTER EVENT {quote(name + RETIRED)} RENAME TO {quote(name)} ENABLE", None)


def _refuse_blind(connection: BaseDatabaseWrapper) -> None:
    if missing := privileges.lacking(connection, ["EVENT"]):
        raise CommandError(
            "The clean-up events of the old retention would delete rows that are not archived yet, and this "
            "user may not see whether there are any. As an administrator of the server, run: "
            f"{privileges.grant(connection, missing)}"
        )


def _present(connection: BaseDatabaseWrapper) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT event_name, status FROM information_schema.events "
            "WHERE event_schema = DATABASE() ORDER BY event_name"
        )
        return dict(cursor.fetchall())
