"""A small legacy database to migrate back and forth, and ways to kill a migration in mid-step."""

from __future__ import annotations

import csv
import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from parkstats_project.db import catalogue, engine
from parkstats_project.tests import cases
from parkstats_project.tests.golden import load_case
from stats.tests.databases import empty_database

# Of these tables only the last two days and a bit, by their column of time.
_TIMES = {
    "ride_hourly_stats": "hour_start_utc",
    "park_hourly_stats": "hour_start_utc",
    "ride_status_snapshots": "recorded_at",
    "park_activity_snapshots": "recorded_at",
    "ride_daily_stats": "stat_date",
    "park_daily_stats": "stat_date",
}
_WHOLE = ("parks", "rides", "ride_classifications")
_SINCE = "2025-12-18"
LEGACY_TABLES = (*_WHOLE, *_TIMES)
PATIENCE = 120


@contextmanager
def small_case() -> Iterator[str]:
    """The legacy schema with three days of winter_saturday, as an operator has it; nothing is migrated."""
    with empty_database() as name:
        recorded = json.loads((cases.GOLDEN / "schema.json").read_text(encoding="utf-8"))
        with connection.cursor() as cursor:
            cursor.execute("SET foreign_key_checks = 0")  # The tables come in the order of their names.
            load_case.create_tables(cursor, recorded)
            for table in LEGACY_TABLES:
                _load(cursor, table)
            cursor.execute("SET foreign_key_checks = 1")
            # A gap such as upserts leave, and a row that lacks all that may be missing.
            cursor.execute("ALTER TABLE ride_hourly_stats AUTO_INCREMENT = 900001")
            cursor.execute(
                "UPDATE park_hourly_stats SET shame_score = NULL, avg_wait_time_minutes = NULL, "
                "rides_operating = NULL, rides_down = NULL, total_downtime_hours = NULL, created_at = NULL, "
                "weighted_downtime_hours = NULL, effective_park_weight = NULL, updated_at = NULL "
                "ORDER BY id LIMIT 1"
            )
        call_command("migrate", "parks", "0001", fake_initial=True, verbosity=0)
        for app in ("rides", "weather", "stats"):
            call_command("migrate", app, "0001", fake_initial=True, verbosity=0)
        yield name


def _load(cursor: Any, table: str) -> None:
    path = cases.GOLDEN / "winter_saturday" / "tables" / f"{table}.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as handle:
        reader = csv.reader(handle)
        header = next(reader)
        time_at = header.index(_TIMES[table]) if table in _TIMES else None
        rows = [
            [None if value == load_case.NULL else value for value in row]
            for row in reader
            if time_at is None or row[time_at] >= _SINCE
        ]
    places = ", ".join(["%s"] * len(header))
    cursor.executemany(f"INSERT INTO `{table}` ({', '.join(header)}) VALUES ({places})", rows)


def state(of_tables: Iterable[str] = LEGACY_TABLES) -> dict[str, Any]:
    """All that must be the same again: the schema, the rows of legacy tables, their next ids, the archive."""
    tables = {
        name: table
        for name, table in catalogue.read(connection).items()
        if not name.startswith(("auth_", "axes_", "django_"))
    }
    found: dict[str, Any] = {"schema": tables}
    with connection.cursor() as cursor:
        for table in of_tables:
            if table in tables:
                cursor.execute(f"CHECKSUM TABLE `{table}` EXTENDED")
                found[table] = cursor.fetchone()[1]
                cursor.execute(f"SHOW CREATE TABLE `{table}`")
                found[f"{table} next"] = (
                    cursor.fetchone()[1].partition("AUTO_INCREMENT=")[2].partition(" ")[0]
                )
        if "park_day_archive" in tables:
            cursor.execute(
                "SELECT stat_date, kind, park_id, row_count FROM park_day_archive ORDER BY 1, 2, 3"
            )
            found["archive"] = cursor.fetchall()
    return found


def differences(expected: dict[str, Any], actual: dict[str, Any]) -> list[str]:
    """What is not as it was, in words."""
    found = list(catalogue.differences(expected["schema"], actual["schema"]))
    return found + [
        f"{name}: {expected.get(name)} became {actual.get(name)}"
        for name in {**expected, **actual}
        if name != "schema" and expected.get(name) != actual.get(name)
    ]


def migrate(app: str, name: str | None = None) -> None:
    """Run `migrate` in this process."""
    call_command("migrate", *filter(None, (app, name)), verbosity=0)


def start_migrate(*arguments: str) -> subprocess.Popen[str]:
    """`manage.py migrate` on the database of the default connection, in a process of its own."""
    login = connection.settings_dict
    secret = f":{login['PASSWORD']}" if login["PASSWORD"] else ""
    server = f"{login['HOST'] or '127.0.0.1'}:{login['PORT'] or 3306}"
    return subprocess.Popen(
        [sys.executable, "manage.py", "migrate", *arguments],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DATABASE_URL": f"mysql://{login['USER']}{secret}@{server}/{login['NAME']}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def kill_at_line(arguments: list[str], line: str) -> None:
    """Start the migration and kill it outright when it says so."""
    process = start_migrate(*arguments)
    assert process.stdout is not None
    for text in process.stdout:
        if line in text:
            break
    else:
        raise AssertionError(f"never said {line!r}")
    _kill(process)


def kill_at_lock(arguments: list[str], lock: str) -> None:
    """Start the migration, kill it outright while it waits for a locked table, then let the table go.

    `lock` is what follows LOCK TABLES. The server runs the statement that was waiting to its end.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLES {lock}")
        process = start_migrate(*arguments)
        try:
            _wait_for(lambda: _waits_for_lock(cursor), process)
        finally:
            _kill(process, alone=False)
            cursor.execute("UNLOCK TABLES")
    _wait_until_alone()


def kill_after(arguments: list[str], seconds: float) -> bool:
    """Start the migration and kill it outright after a while; whether it had ended by itself."""
    process = start_migrate(*arguments)
    try:
        output, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        _kill(process)
        return False
    assert process.returncode == 0, output
    return True


def _kill(process: subprocess.Popen[str], *, alone: bool = True) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert process.stdout is not None
    process.stdout.close()
    if alone:
        _wait_until_alone()


def _waits_for_lock(cursor: Any) -> bool:
    cursor.execute(
        f"SELECT COUNT(*) FROM {engine.sessions(connection)} "
        "WHERE db = DATABASE() AND state LIKE 'Waiting for table%'"
    )
    return bool(cursor.fetchone()[0])


def _wait_until_alone() -> None:
    """Until the server has noticed that the client is gone, and has finished what it was doing for it."""

    def alone() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT COUNT(*) FROM {engine.sessions(connection)} "
                "WHERE db = DATABASE() AND id <> CONNECTION_ID()"
            )
            return not cursor.fetchone()[0]

    _wait_for(alone)


def _wait_for(condition: Any, process: subprocess.Popen[str] | None = None) -> None:
    give_up = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < give_up, "waited in vain"
        if process is not None and process.poll() is not None:
            raise AssertionError(f"ended too early: {process.communicate()[0]}")
        time.sleep(0.02)
