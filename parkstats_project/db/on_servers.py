"""What a migration operation on a server is made of: one step for both directions."""

from __future__ import annotations

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from parkstats_project.db import engine


class OnServers(Operation):
    """Named before an operation of Django's: servers get `change` instead of it, the demo's file does not.

    `change` makes the database what the state says that it is to be, forwards and backwards.
    """

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        change = self.change if engine.is_server(schema_editor.connection) else super().database_forwards
        change(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        change = self.change if engine.is_server(schema_editor.connection) else super().database_backwards
        change(app_label, schema_editor, from_state, to_state)

    def change(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Lead the tables of a server from one state to the other."""
        raise NotImplementedError
