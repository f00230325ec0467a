"""Golden cases as databases: load one, adopt it as an operator would, look at it.

A case is loaded and adopted once, as a template; each worker of a run reads its own copy. Whoever writes does
so in a transaction that is rolled back (`plugin.golden_case`) or in a copy of its own (`plugin.golden_copy`).
"""

from __future__ import annotations

import json
import os
from argparse import Namespace
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connections

from parkstats_project.tests.golden import load_case

GOLDEN = Path(__file__).resolve().parent / "golden"
# The one of several processes that this is, if pytest-xdist runs them.
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
PATIENCE_SECONDS = 300
CASES = ("winter_saturday", "new_year_morning", "fresh_install")


def description(case: str | Path) -> dict[str, Any]:
    """What `case.json` says of a case (by name, or by folder): clock, row counts, parameters."""
    loaded: dict[str, Any] = json.loads((GOLDEN / case / "case.json").read_text(encoding="utf-8"))
    return loaded


def moment(case: str | Path) -> datetime:
    """The clock of the case, aware, UTC."""
    return datetime.fromisoformat(description(case)["now"])


def database_name(case: str) -> str:
    """A name beside the configured database, so that neither people who share a server meet nor workers."""
    return "_".join(filter(None, ("test", _configured_name(), WORKER, case)))


def _configured_name() -> str:
    # pytest-django adds a prefix and the worker once it has made the test database.
    name = str(connections.settings["default"]["NAME"])
    return name.removeprefix("test_").removesuffix(f"_{WORKER}")


def load(case: str | Path, database: str) -> None:
    """Make `database` anew from the legacy schema and the rows of the case; nothing is migrated."""
    settings = connections.settings["default"]
    load_case.load(
        Namespace(
            host=settings["HOST"] or "127.0.0.1",
            port=int(settings["PORT"] or 3306),
            user=settings["USER"],
            password=settings["PASSWORD"],
            database=database,
            case_dir=str(GOLDEN / case),
            schema_only=False,
        )
    )


def is_loaded(case: str | Path, database: str) -> bool:
    """Whether the table that is made and filled last has all its rows: a load cut short is made again."""
    rows = description(case)["row_counts"]
    last = max(rows)
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = %s AND table_name = %s",
            [database, last],
        )
        if not cursor.fetchone()[0]:
            return False
        cursor.execute(f"SELECT COUNT(*) FROM `{database}`.`{last}`")
        return bool(cursor.fetchone()[0] == rows[last])


def adopt() -> None:
    """What an operator does with a legacy database: the tables that are there are taken over as they are."""
    call_command("migrate", fake_initial=True, verbosity=0)


@contextmanager
def connected_to(database: str) -> Iterator[None]:
    """The default connection, of this thread and of those to come, leads to `database` meanwhile."""
    settings = connections.settings["default"]
    before = settings["NAME"]
    connections["default"].close()
    settings["NAME"] = database
    try:
        yield
    finally:
        connections["default"].close()
        settings["NAME"] = before


def prepare(case: str | Path, database: str, *, again: bool = False) -> None:
    """The case in `database`: loaded unless it is there already, adopted, migrated to the newest schema."""
    with connected_to(""):
        there = not again and is_loaded(case, database)
    if not there:
        load(case, database)
    with connected_to(database):
        adopt()


def copy(case: str, database: str, *, adopted: bool) -> None:
    """Make `database` anew: the case as it was recorded, or adopted and brought to the newest schema.

    Copied from a template, in a tenth of the time of adopting. The first who needs a template makes it, and
    others who need the same one wait meanwhile.
    """
    template = f"test_{_configured_name()}_{case}_{'adopted' if adopted else 'recorded'}"
    with connected_to(""), _alone(template):
        if adopted:
            prepare(case, template)
        elif not is_loaded(case, template):
            load(case, template)
    _copy_database(template, database)


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """No other process is in such a block of this name; the lock ends with the connection."""
    own = connections["default"].copy()
    with closing(own), own.cursor() as cursor:
        cursor.execute("SELECT GET_LOCK(%s, %s)", [name, PATIENCE_SECONDS])
        assert cursor.fetchone() == (1,), f"waited in vain for {name}"
        yield


def _copy_database(source: str, target: str) -> None:
    with connected_to(""), connections["default"].cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS `{target}`")
        cursor.execute(f"CREATE DATABASE `{target}` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
        cursor.execute(f"SHOW TABLES FROM `{source}`")
        tables = [name for (name,) in cursor.fetchall()]
        cursor.execute(f"USE `{target}`")
        cursor.execute("SET foreign_key_checks = 0, unique_checks = 0, sql_mode = 'NO_AUTO_VALUE_ON_ZERO'")
        for table in tables:
            cursor.execute(f"SHOW CREATE TABLE `{source}`.`{table}`")
            cursor.execute(cursor.fetchone()[1])
            cursor.execute(f"INSERT INTO `{table}` SELECT * FROM `{source}`.`{table}`")
        cursor.execute(f"ANALYZE TABLE {', '.join(f'`{table}`' for table in tables)}")
        cursor.fetchall()


def drop(database: str) -> None:
    """Remove a scratch database."""
    with connected_to(""), connections["default"].cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS `{database}`")
