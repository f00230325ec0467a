"""The schema check: does the database have what the models expect, and are sessions as they must be?

`manage.py check --database default` runs it, and `parkstats_project.wsgi` at every start. While migrations
are pending it names nothing but that tables are not there yet, without which answers are wrong; for
`manage.py migrate`, which must be able to finish what was interrupted, it is silent altogether.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any

from django.apps import apps
from django.core.checks import ERROR, CheckMessage, Error, Tags, Warning, register
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import Error as AnyError

from parkstats_project.base.exit_codes import CANNOT_START
from parkstats_project.db import catalogue, conditions, engine, events
from parkstats_project.db.errors import lacks_table, sentence
from parkstats_project.db.findings import HARMLESS, Kind, findings

APPS = ("parks", "rides", "weather", "stats")
IDS = {
    Kind.TABLE: "parkstats.E001",
    Kind.COLUMN: "parkstats.E002",
    Kind.TYPE: "parkstats.E003",
    Kind.UNIQUE_INDEX: "parkstats.E004",
    Kind.ON_UPDATE: "parkstats.E005",
    Kind.INDEX: "parkstats.W001",
}
NOT_UTC = "parkstats.E006"
NOT_STRICT = "parkstats.E007"
NOT_UTF8MB4 = "parkstats.E008"
CLEAN_UP_EVENT = "parkstats.E010"
NOT_MIGRATED = "parkstats.E011"
NOT_EVERY_LETTER = "parkstats.W002"
NO_SUCH_ZONE = "parkstats.W003"
UNKNOWN_EVENT = "parkstats.W004"

logger = logging.getLogger(__name__)
_switched_off: ContextVar[bool] = ContextVar("schema_check_switched_off", default=False)


@register(Tags.database)
def check_databases(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """What is wrong with the default database, if it is among those to be checked."""
    if _switched_off.get() or DEFAULT_DB_ALIAS not in (databases or ()):
        return []
    return list(database_messages(connections[DEFAULT_DB_ALIAS]))


@contextmanager
def switched_off() -> Iterator[None]:
    """Nothing is checked meanwhile."""
    token = _switched_off.set(True)
    try:
        yield
    finally:
        _switched_off.reset(token)


def database_messages(connection: BaseDatabaseWrapper) -> Iterator[CheckMessage]:
    """All that is wrong with the database behind the connection; of one to be migrated, that it has to be.

    Errors make answers wrong or lose rows, and stop the start of a server; warnings do not. Raises the error
    of a database that does not answer.
    """
    if not pending_migrations(connection):
        yield from schema_messages(connection)
        yield from session_errors(connection)
    elif lack := unmigrated(connection):
        yield Error(lack, id=NOT_MIGRATED)


def pending_migrations(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of the migrations that have yet to run (`app.name`)."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def unmigrated(connection: BaseDatabaseWrapper) -> str:
    """Which tables are not there, and what makes them; empty while every one is, whatever else is pending."""
    there = set(connection.introspection.table_names())
    missing = sorted(set(connection.introspection.django_table_names()) - there)
    if not missing:
        return ""
    own = {model._meta.db_table for model in own_models()}
    recorded = {app for app, _ in MigrationRecorder(connection).applied_migrations()}
    command = "adopt" if own & there and not recorded.intersection(APPS) else "migrate"
    which = f"{len(missing)} tables are missing, such as" if len(missing) > 1 else "there is no table"
    return f"{which} {missing[0]}; run manage.py {command}"


def explained(problem: AnyError) -> str:
    """The sentence of an error; if it is of a table that is not there, also what makes it."""
    said = sentence(problem)
    if lacks_table(problem):
        with suppress(AnyError):
            said = unmigrated(connections[DEFAULT_DB_ALIAS]) or said
    return said


def schema_messages(connection: BaseDatabaseWrapper) -> Iterator[CheckMessage]:
    """What the database lacks of the models, and what is there that must not be."""
    if not engine.is_server(connection):
        yield from _errors_elsewhere(connection)
        return
    live = catalogue.read(connection)
    for finding in findings(own_models(), connection, live):
        if finding.kind in HARMLESS & IDS.keys():
            yield Warning(finding.text, hint=finding.hint, id=IDS[finding.kind])
        elif finding.kind in IDS:
            yield Error(finding.text, hint=finding.hint, id=IDS[finding.kind])
    for name in events.enabled(connection):
        yield Error(
            f"the clean-up event {name} of the old retention is enabled: it deletes unarchived rows",
            hint=f"ALTER EVENT {name} DISABLE;",
            id=CLEAN_UP_EVENT,
        )
    for text, hint in events.on_raw_tables(connection):
        yield Warning(text, hint=hint, id=UNKNOWN_EVENT)
    if tables := conditions.tables_without_every_letter(live.values()):
        yield Warning(
            f"these tables do not hold every letter: {', '.join(tables)}",
            hint=" ".join(f"ALTER TABLE {name} CONVERT TO {conditions.EVERY_LETTER};" for name in tables),
            id=NOT_EVERY_LETTER,
        )
    if "parks" in live and (parks := conditions.parks_without_zone(connection)):
        yield Warning(f"the time zones of parks {', '.join(parks)} do not exist", id=NO_SUCH_ZONE)


def own_models() -> Iterable[type[models.Model]]:
    """The models of the four apps."""
    return (model for app in APPS for model in apps.get_app_config(app).get_models())


def _errors_elsewhere(connection: BaseDatabaseWrapper) -> Iterator[Error]:
    # SQLite has neither the types nor the sessions; tables and columns can still be missing.
    hint = "Make the file anew: delete it and run `manage.py migrate`."
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for model in own_models():
            table = model._meta.db_table
            if table not in tables:
                yield Error(f"table {table} is missing", hint=hint, id=IDS[Kind.TABLE])
                continue
            # Django's own introspection of SQLite stumbles over some of our check constraints.
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)} LIMIT 0")  # nosec B608
            found = {column[0] for column in cursor.description}
            for field in model._meta.local_concrete_fields:
                if field.column not in found:
                    text = f"column {table}.{field.column} is missing"
                    yield Error(text, hint=hint, id=IDS[Kind.COLUMN])


def session_errors(connection: BaseDatabaseWrapper) -> Iterator[Error]:
    """Whether sessions are UTC, strict and utf8mb4 (docs/design.md D9); SQLite knows none of it."""
    if not engine.is_server(connection):
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT @@SESSION.time_zone, @@SESSION.sql_mode, @@SESSION.character_set_client, "
            "@@SESSION.character_set_connection, @@SESSION.character_set_results"
        )
        time_zone, sql_mode, *character_sets = cursor.fetchone()
    options = "See OPTIONS of DATABASES in parkstats_project/settings.py."
    if time_zone not in ("+00:00", "UTC"):
        yield Error(
            f"database sessions have the time zone {time_zone}, not UTC",
            hint=f"Every connection must run SET time_zone = '+00:00'. {options}",
            id=NOT_UTC,
        )
    if not {"STRICT_TRANS_TABLES", "STRICT_ALL_TABLES"} & set(sql_mode.split(",")):
        yield Error(
            "database sessions are not strict: bad values would be stored cut off",
            hint=f"sql_mode must contain STRICT_TRANS_TABLES. {options}",
            id=NOT_STRICT,
        )
    if set(character_sets) != {"utf8mb4"}:
        yield Error(
            f"database sessions use the character set {', '.join(sorted(set(character_sets)))}, not utf8mb4",
            hint=f"The connection's charset must be utf8mb4. {options}",
            id=NOT_UTF8MB4,
        )


def stop_on_errors() -> None:
    """End the process with readable lines if the schema is wrong; for the start of a server.

    A database that is away is no reason: its routes answer that, and recover when it is back. Nor are pending
    migrations, which are logged, as long as every table is there.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    try:
        pending = pending_migrations(connection)
        messages = list(database_messages(connection))
    except OperationalError as problem:
        logger.warning("The schema was not checked, the database does not answer: %s", sentence(problem))
        return
    finally:
        connection.close()
    if any(message.id == NOT_MIGRATED for message in messages):
        print(f"parkstats cannot start: {messages[0].msg}.", file=sys.stderr)
        raise SystemExit(CANNOT_START)
    if pending:
        logger.warning("%d migrations are pending, run manage.py migrate", len(pending))
    errors = [message for message in messages if message.level >= ERROR]
    for message in messages:
        if message not in errors:
            logger.warning("%s %s", message.id, message.msg)
    if errors:
        print("The database does not fit this version of parkstats:", file=sys.stderr)
        for error in errors:
            print(f"  {error.id} {error.msg}", file=sys.stderr)
            if error.hint:
                print(f"      {error.hint}", file=sys.stderr)
        raise SystemExit(CANNOT_START)
