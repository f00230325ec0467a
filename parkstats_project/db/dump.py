"""Dumps of a whole database by its own programs (mariadb-dump or mysqldump), and what a dump holds.

The proof that a dump is complete: two transactions, one opened before the dump took its snapshot and one
after, see the same rows of a table; then the dump, loaded, has to have them as well.
"""

from __future__ import annotations

import os
import shutil
import subprocess  # nosec B404
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.mysql.client import DatabaseClient

DUMP: Final = ("mariadb-dump", "mysqldump")
CLIENT: Final = ("mariadb", "mysql")
BLOCK: Final = 1 << 20
# What the first table begins with; the snapshot of the dump is older than that.
FIRST_TABLE: Final = b"\nCREATE TABLE "

Progress = Callable[[int], object]


class ProgramFailed(Exception):
    """A program of the database, or zstd, is missing or failed; the message is what it said last."""


class Content(NamedTuple):
    """What a table holds: its number of rows, and the server's checksum of them in whatever order."""

    rows: int
    checksum: int


def sizes(connection: BaseDatabaseWrapper) -> dict[str, int]:
    """Bytes of each table and its indexes, as the server estimates them; empty on SQLite."""
    if connection.vendor != "mysql":
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, COALESCE(data_length + index_length, 0) FROM information_schema.tables "
            "WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'"
        )
        return {str(table): int(size) for table, size in cursor.fetchall()}


def free_space(connection: BaseDatabaseWrapper) -> int | None:
    """Bytes left on the server's disk; None if that cannot be seen, as on another machine."""
    if connection.settings_dict["HOST"] not in ("", "localhost", "127.0.0.1", "::1"):
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT @@datadir")
        folder = str(cursor.fetchone()[0])
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def content(connection: BaseDatabaseWrapper) -> dict[str, Content]:
    """What each table of the connection's database holds, as its transaction sees it."""
    found = {}
    with connection.cursor() as cursor:
        for table in tables(connection):
            quoted = connection.ops.quote_name(table)
            cursor.execute(f"CHECKSUM TABLE {quoted}")
            checksum = int(cursor.fetchone()[1] or 0)
            cursor.execute(f"SELECT COUNT(*) FROM {quoted}")  # nosec B608
            found[table] = Content(int(cursor.fetchone()[0]), checksum)
    return found


def tables(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of the tables of the connection's database."""
    with connection.cursor() as cursor:
        return sorted(
            table.name for table in connection.introspection.get_table_list(cursor) if table.type == "t"
        )


@contextmanager
def another_connection(database: str | None = None) -> Iterator[BaseDatabaseWrapper]:
    """A connection of its own to the same server, to another database if one is named."""
    connection = connections.create_connection(DEFAULT_DB_ALIAS)
    connection.settings_dict = connections[DEFAULT_DB_ALIAS].settings_dict.copy()
    if database is not None:
        connection.settings_dict["NAME"] = database
    try:
        yield connection
    finally:
        connection.close()


def freeze(connection: BaseDatabaseWrapper) -> None:
    """From now on the connection sees the database as it is at this moment."""
    with connection.cursor() as cursor:
        cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")


def create(database: str) -> None:
    """Make a database, empty, whatever was there under that name."""
    connection = connections[DEFAULT_DB_ALIAS]
    quoted = connection.ops.quote_name(database)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {quoted}")
        cursor.execute(f"CREATE DATABASE {quoted} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")


def drop(database: str) -> None:
    """Drop a database, if it is there."""
    connection = connections[DEFAULT_DB_ALIAS]
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {connection.ops.quote_name(database)}")


def drop_tables(connection: BaseDatabaseWrapper) -> None:
    """Drop every table of the connection's database."""
    with connection.cursor() as cursor:
        cursor.execute("SET FOREIGN_KEY_CHECKS = 0")
        for table in tables(connection):
            cursor.execute(f"DROP TABLE {connection.ops.quote_name(table)}")
        cursor.execute("SET FOREIGN_KEY_CHECKS = 1")


def write(path: Path, *, begun: Callable[[], object], progress: Progress) -> None:
    """Dump the default database to a file, compressed with zstd.

    `begun` is called once the dump has taken its snapshot, `progress` with the bytes of each part. Raises
    ProgramFailed, also when the disk is full.
    """
    command = [
        _program(DUMP),
        *_login(),
        "--single-transaction",
        "--quick",
        "--hex-blob",
        "--no-tablespaces",
        "--skip-dump-date",
        "--default-character-set=utf8mb4",
        _settings()["NAME"],
    ]
    started = False
    tail = b""
    with path.open("xb") as file:
        compressor = _start([_program(("zstd",)), "-q", "-3"], stdin=subprocess.PIPE, stdout=file)
        dump = _start(command, stdout=subprocess.PIPE)
        assert dump.stdout is not None and compressor.stdin is not None
        try:
            while part := dump.stdout.read(BLOCK):
                if not started and FIRST_TABLE in tail + part:
                    started = True
                    begun()
                tail = part[-len(FIRST_TABLE) :]
                compressor.stdin.write(part)
                progress(len(part))
            compressor.stdin.close()
        except BrokenPipeError:
            dump.kill()
        _all_ended(compressor, dump)
        os.fsync(file.fileno())
    if not started:
        raise ProgramFailed("the dump holds no table")


def load(path: Path, database: str, *, progress: Progress) -> None:
    """Run a dump made by `write` in a database; `progress` gets the bytes of each part.

    Raises ProgramFailed.
    """
    unpack = _start([_program(("zstd",)), "-q", "-d", "-c", str(path)], stdout=subprocess.PIPE)
    client = _start([_program(CLIENT), *_login(), "--batch", database], stdin=subprocess.PIPE)
    assert unpack.stdout is not None and client.stdin is not None
    try:
        while part := unpack.stdout.read(BLOCK):
            client.stdin.write(part)
            progress(len(part))
        client.stdin.close()
    except BrokenPipeError:
        unpack.kill()
    _all_ended(client, unpack)


def _settings() -> dict[str, str]:
    return connections[DEFAULT_DB_ALIAS].settings_dict


def _login() -> list[str]:
    """Arguments that say where the server is and who asks; the password goes through the environment."""
    command, _ = DatabaseClient.settings_to_cmd_args_env(_settings() | {"NAME": ""}, [])
    return [argument for argument in command[1:] if argument]


def _start(
    command: list[str], *, stdin: int | None = None, stdout: int | IO[bytes] | None = None
) -> subprocess.Popen[bytes]:
    environment = dict(os.environ)
    if password := _settings()["PASSWORD"]:
        environment["MYSQL_PWD"] = password
    # The server's own programs, and no shell.
    return subprocess.Popen(  # nosec B603
        command, stdin=stdin or subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE, env=environment
    )


def _all_ended(*processes: subprocess.Popen[bytes]) -> None:
    """Wait for programs; ProgramFailed with the last thing that the first one of those that failed said."""
    failures = []
    for process in processes:
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with suppress(BrokenPipeError):
                    stream.close()
        assert process.stderr is not None
        said = process.stderr.read().decode(errors="replace").strip().splitlines()
        process.stderr.close()
        if process.wait():
            name = Path(process.args[0]).name  # type: ignore[index, arg-type]
            failures.append(f"{name}: {said[-1] if said else f'ended with {process.returncode}'}")
    if failures:
        raise ProgramFailed(failures[0])


def _program(names: tuple[str, ...]) -> str:
    for name in names:
        if found := shutil.which(name):
            return found
    raise ProgramFailed(f"{' or '.join(names)} is not installed")
