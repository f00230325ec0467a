"""Schema changes that do not stop the site, and that can be killed and run again (docs/design.md D11).

What a change locks, and for how long: an `ALTER TABLE` waits for every transaction that has used the table
and lets nobody past meanwhile, so it waits for one second at most, lets everybody through and tries again.
While it works it locks nothing (`LOCK=NONE`), and it never copies the table: the `ALGORITHM` that it names
makes the server refuse at once if that were needed.

The server finishes an `ALTER TABLE` whose client was killed. So each step takes an advisory lock on its own
connection, which lasts until such a statement is done, looks at what is there, and does only what is missing.
"""

from __future__ import annotations

import hashlib
import logging
import random
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from django.db import OperationalError, migrations, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from parkstats_project.db import engine
from parkstats_project.db.catalogue import normal_type
from parkstats_project.db.on_servers import OnServers
from parkstats_project.db.table_changes import (
    indexes,
    missing_fields,
    present,
    refuse_unknown,
    refuse_unseen,
    retyped_fields,
)

logger = logging.getLogger(__name__)

LOCK_WAIT_SECONDS: Final = 1
PATIENCE_SECONDS: Final = 900
"""How long a step tries before it gives up: longer than any transaction of the site or of a backup."""

QUIET_SECONDS: Final = 120
"""How long a step waits for old transactions to end before it tries in spite of them."""

_LOCK_WAIT_TIMEOUT: Final = 1205


class OnlineChange(OnServers, migrations.SeparateDatabaseAndState):
    """Operations on the fields, indexes and unique constraints of one model, as statements that lock nothing.

    Columns may be added and dropped, an enum may get choices, plain indexes and unique constraints may come
    and go; anything else is refused (UnknownChange). On MySQL and MariaDB all indexes are added and dropped
    in one statement, so that a foreign key never lacks the index it needs; columns are added before and
    dropped after that. Elsewhere the operations run as they are.

    Choices at the end of an enum are added in an instant. Other changes of its choices, the way back of these
    among them, copy the table, and writers wait meanwhile.
    """

    def __init__(self, model_name: str, operations: Sequence[Operation]) -> None:
        refuse_unknown(model_name, operations)
        self.model_name = model_name
        super().__init__(list(operations), list(operations))

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        return type(self).__name__, [self.model_name, self.database_operations], {}

    def change(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        before = from_state.apps.get_model(app_label, self.model_name)
        after = to_state.apps.get_model(app_label, self.model_name)
        refuse_unseen(before, after)
        with step(schema_editor, after._meta.db_table):
            _add_columns(schema_editor, before, after)
            _change_types(schema_editor, before, after)
            _change_indexes(schema_editor, before, after)
            _drop_columns(schema_editor, before, after)


# ------------------------------------------------------------------------------------------------ steps


@contextmanager
def step(schema_editor: BaseDatabaseSchemaEditor, table: str) -> Iterator[None]:
    """Be the only one who changes a table; waits for a killed step that the server is still finishing."""
    connection = schema_editor.connection
    if connection.vendor != "mysql" or schema_editor.collect_sql:
        yield
        return
    database = connection.settings_dict["NAME"]
    name = "parkstats." + hashlib.sha256(f"{database}.{table}".encode()).hexdigest()[:40]
    with connection.cursor() as cursor:
        cursor.execute("SELECT GET_LOCK(%s, 0)", [name])
        if cursor.fetchone() != (1,):
            logger.warning("%s: another run is still at work, waiting for it", table)
            cursor.execute("SELECT GET_LOCK(%s, %s)", [name, PATIENCE_SECONDS])
            if cursor.fetchone() != (1,):
                raise OperationalError(f"another session has been changing {table} for too long")
        try:
            yield
        finally:
            cursor.execute("SELECT RELEASE_LOCK(%s)", [name])


def execute(schema_editor: BaseDatabaseSchemaEditor, sql: str, params: Sequence[Any] = ()) -> None:
    """Run one statement that needs a table for itself, never making others wait for more than a second."""
    connection = schema_editor.connection
    if connection.vendor != "mysql" or schema_editor.collect_sql:
        schema_editor.execute(sql, params or None)
        return
    give_up = time.monotonic() + PATIENCE_SECONDS
    with _short_lock_wait(connection):
        while True:
            _wait_for_old_transactions(connection)
            try:
                schema_editor.execute(sql, params or None)
            except OperationalError as problem:
                if problem.args[0] != _LOCK_WAIT_TIMEOUT or time.monotonic() > give_up:
                    raise
                logger.warning("the table is in use, trying again: %s", sql)
                # Whoever queued behind the attempt goes first.
                time.sleep(random.uniform(1, 3))  # noqa: S311  # nosec B311
            else:
                return


@contextmanager
def _short_lock_wait(connection: BaseDatabaseWrapper) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT @@SESSION.lock_wait_timeout")
        (usual,) = cursor.fetchone()
        cursor.execute("SET SESSION lock_wait_timeout = %s", [LOCK_WAIT_SECONDS])
        try:
            yield
        finally:
            cursor.execute("SET SESSION lock_wait_timeout = %s", [usual])


def _wait_for_old_transactions(connection: BaseDatabaseWrapper) -> None:
    """Wait until no transaction outlives a second: an attempt made earlier only makes others wait."""
    give_up = time.monotonic() + QUIET_SECONDS
    open_before = _transactions(connection)
    while open_before and time.monotonic() < give_up:
        time.sleep(LOCK_WAIT_SECONDS)
        open_before &= _transactions(connection)


def _transactions(connection: BaseDatabaseWrapper) -> set[tuple[Any, ...]]:
    """The open transactions of other sessions on this database; none if this user may not see them."""
    with connection.cursor() as cursor:
        try:
            cursor.execute(
                "SELECT trx_mysql_thread_id, trx_started FROM information_schema.innodb_trx "  # nosec B608
                f"JOIN {engine.sessions(connection)} ON id = trx_mysql_thread_id "
                "WHERE db = DATABASE() AND id <> CONNECTION_ID()"
            )
        except OperationalError:
            return set()
        return set(cursor.fetchall())


# -------------------------------------------------------------------------------------------- statements


def _alter(
    schema_editor: BaseDatabaseSchemaEditor,
    model: type[models.Model],
    clauses: Iterable[str],
    how: str,
    params: Sequence[Any] = (),
) -> None:
    table = schema_editor.quote_name(model._meta.db_table)
    execute(schema_editor, f"ALTER TABLE {table} {', '.join([*clauses, how])}", params)


def _instant(schema_editor: BaseDatabaseSchemaEditor) -> str:
    return "ALGORITHM=INSTANT" + (", LOCK=NONE" if engine.is_mariadb(schema_editor.connection) else "")


def _in_place(schema_editor: BaseDatabaseSchemaEditor) -> str:
    return f"ALGORITHM={'NOCOPY' if engine.is_mariadb(schema_editor.connection) else 'INPLACE'}, LOCK=NONE"


def _add_columns(
    schema_editor: BaseDatabaseSchemaEditor, before: type[models.Model], after: type[models.Model]
) -> None:
    clauses: list[str] = []
    values: list[Any] = []
    there = present(schema_editor, before).columns
    for column, field in missing_fields(after, before).items():
        if column not in there:
            definition, params = schema_editor.column_sql(after, field)
            clauses.append(f"ADD COLUMN {schema_editor.quote_name(column)} {definition}")
            values += params or []
    if clauses:
        _alter(schema_editor, after, clauses, _instant(schema_editor), values)


def _change_types(
    schema_editor: BaseDatabaseSchemaEditor, before: type[models.Model], after: type[models.Model]
) -> None:
    for field, only_adds in retyped_fields(schema_editor, before, after):
        column = str(field.column)
        wanted = normal_type(field.db_type(schema_editor.connection) or "")
        if present(schema_editor, before).columns[column] != wanted:
            definition, params = schema_editor.column_sql(after, field)
            clause = f"MODIFY COLUMN {schema_editor.quote_name(column)} {definition}"
            how = _instant(schema_editor) if only_adds else "ALGORITHM=COPY, LOCK=SHARED"
            _alter(schema_editor, after, [clause], how, params or [])


def _drop_columns(
    schema_editor: BaseDatabaseSchemaEditor, before: type[models.Model], after: type[models.Model]
) -> None:
    there = present(schema_editor, before).columns
    clauses = [
        f"DROP COLUMN {schema_editor.quote_name(column)}"
        for column in missing_fields(before, after)
        if column in there
    ]
    if clauses:
        _alter(schema_editor, after, clauses, _instant(schema_editor))


def _change_indexes(
    schema_editor: BaseDatabaseSchemaEditor, before: type[models.Model], after: type[models.Model]
) -> None:
    wanted, unwanted = indexes(schema_editor, after), indexes(schema_editor, before)
    there = present(schema_editor, before).indexes
    drop = [
        f"DROP INDEX {schema_editor.quote_name(name)}"
        for name in {**unwanted, **wanted}
        if name in there and there[name] != wanted.get(name, (None, None))[0]
    ]
    add = [definition for name, (index, definition) in wanted.items() if there.get(name) != index]
    if drop or add:
        _alter(schema_editor, after, [*drop, *add], _in_place(schema_editor))
