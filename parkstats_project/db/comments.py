"""The migration operation that says in the database what its columns hold, without touching a row."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.db import OperationalError, migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState

from parkstats_project.db import engine, errors
from parkstats_project.db.findings import column_definition
from parkstats_project.db.on_servers import OnServers
from parkstats_project.db.online_ddl import execute, step

logger = logging.getLogger(__name__)

WOULD_COPY: Final = frozenset({1845, 1846})
"""The server cannot do it with the ALGORITHM that was named."""

COLUMN = re.compile(r"^  (?P<name>`\w+`) (?P<definition>.*?),?$", re.MULTILINE)
COMMENT = re.compile(r" COMMENT '(?:[^'\\]|''|\\.)*'")
CHECK = " CHECK ("


class DescribeColumns(OnServers, migrations.SeparateDatabaseAndState):
    """The comments of columns of a model, by field; the others keep what earlier migrations gave them.

    A change of nothing but comments is one of the catalogue: the statement names an ALGORITHM that makes the
    server refuse if it would do more. Each column keeps its definition as the server shows it. One that has a
    check of its own (JSON on MariaDB) keeps its comment, too, since the table would be copied for it; so do
    all columns of a table where the server refuses (MySQL, if the table came from MariaDB and still has such
    a check).

    On SQLite, which has no comments, only the state changes: no operation of Django's stands behind it.
    """

    def __init__(self, model_name: str, comments: Mapping[str, str]) -> None:
        super().__init__()
        self.model_name = model_name
        self.comments = dict(comments)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__name__, [self.model_name, self.comments], {}

    def describe(self) -> str:
        return f"Describe the columns of {self.model_name}"

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        key = (app_label, self.model_name.lower())
        # The model and its neighbours are made anew once, not for each field: that took longer than all the
        # statements of all migrations together.
        rendered = state.__dict__.pop("apps", None)
        for name, comment in self.comments.items():
            field = state.models[key].fields[name].clone()
            field.db_comment = comment
            state.alter_field(*key, name, field, preserve_default=True)
        if rendered is not None:
            state.__dict__["apps"] = rendered
            state.reload_model(*key)

    def change(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        with step(schema_editor, model._meta.db_table):
            clauses = list(_clauses(schema_editor, model))
            if clauses:
                table = schema_editor.quote_name(model._meta.db_table)
                how = "INSTANT" if engine.is_mariadb(schema_editor.connection) else "INPLACE"
                sql = f"ALTER TABLE {table} {', '.join(clauses)}, ALGORITHM={how}, LOCK=NONE"
                try:
                    execute(schema_editor, sql)
                except OperationalError as problem:
                    if errors.code(problem) not in WOULD_COPY:
                        raise
                    logger.warning("%s keeps the comments it has: the server would copy it", table)


def _clauses(schema_editor: BaseDatabaseSchemaEditor, model: type[models.Model]) -> Iterator[str]:
    """What to say about each column whose comment is another one, and about the table."""
    quote = schema_editor.quote_name
    fields = {quote(str(field.column)): field for field in model._meta.local_concrete_fields}
    if schema_editor.collect_sql:
        for name, field in fields.items():
            if field.db_comment:
                yield f"MODIFY {name} {column_definition(model, field, schema_editor.connection)}"
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(f"SHOW CREATE TABLE {quote(model._meta.db_table)}")
        shown = cursor.fetchone()[1]
    for name, definition in COLUMN.findall(shown):
        if name in fields and CHECK not in definition:
            comment = schema_editor.quote_value(fields[name].db_comment or "")
            described = COMMENT.sub("", definition) + (
                f" COMMENT {comment}" if fields[name].db_comment else ""
            )
            if described != definition:
                yield f"MODIFY {name} {described}"
    if "COMMENT=" in shown.rpartition("\n")[2]:
        yield "COMMENT = ''"
