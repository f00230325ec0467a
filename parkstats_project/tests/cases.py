"""Golden cases as databases: load one, adopt it as an operator would, look at it.

A case is loaded once and kept; its tables are read by whoever needs it, and whoever writes does so in a
transaction that is rolled back (`plugin.golden_case`) or in a database of its own.
"""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connections

from parkstats_project.tests.golden import load_case

GOLDEN = Path(__file__).resolve().parent / "golden"
CASES = ("winter_saturday", "new_year_morning", "fresh_install")


def description(case: str | Path) -> dict[str, Any]:
    """What `case.json` says of a case (by name, or by folder): clock, row counts, parameters."""
    loaded: dict[str, Any] = json.loads((GOLDEN / case / "case.json").read_text(encoding="utf-8"))
    return loaded


def moment(case: str | Path) -> datetime:
    """The clock of the case, aware, UTC."""
    return datetime.fromisoformat(description(case)["now"])


def database_name(case: str) -> str:
    """A name beside the configured database, so that people who share a server do not meet."""
    name = str(connections.settings["default"]["NAME"])
    return f"test_{name.removeprefix('test_')}_{case}"


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
    """Whether the table that is filled last has all its rows: a load that was cut short is made again."""
    rows = description(case)["row_counts"]
    last = max((table for table, count in rows.items() if count), default=None)
    if last is None:
        return False
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


def drop(database: str) -> None:
    """Remove a scratch database."""
    with connected_to(""), connections["default"].cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS `{database}`")
