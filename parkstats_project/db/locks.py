"""One run at a time: a lock of the server, or of a file beside an SQLite database."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection


class LockHeld(Exception):
    """Another run holds the lock."""


class LockLost(Exception):
    """The connection that held the lock is gone, and perhaps somebody else has it now."""


@contextmanager
def advisory_lock(name: str) -> Iterator[Callable[[], None]]:
    """Hold the lock `name` of this database, or raise LockHeld at once; it ends with a killed process.

    Gives a function that raises LockLost if the lock is not ours any more: to be called before each step.
    SQLite has no such locks: there a locked file beside the database does the same.
    """
    # Names are the server's, not the database's, and at most 64 characters long.
    digest = hashlib.sha256(f"{connection.settings_dict['NAME']}:{name}".encode()).hexdigest()[:40]
    held = _server_lock(f"parkstats:{digest}") if connection.vendor == "mysql" else _file_lock(digest)
    with held as check:
        yield check


@contextmanager
def _server_lock(label: str) -> Iterator[Callable[[], None]]:
    def ask(question: str) -> object:
        with connection.cursor() as cursor:
            cursor.execute(question, [label])
            row: tuple[object, ...] = cursor.fetchone()
        return row[0]

    def check() -> None:
        if ask("SELECT IS_USED_LOCK(%s) = CONNECTION_ID()") != 1:
            raise LockLost("the database connection that held the lock is gone")

    if ask("SELECT GET_LOCK(%s, 0)") != 1:
        raise LockHeld
    try:
        yield check
    finally:
        # A connection that went away took the lock with it.
        if connection.connection is not None and connection.is_usable():
            ask("SELECT RELEASE_LOCK(%s)")


@contextmanager
def _file_lock(digest: str) -> Iterator[Callable[[], None]]:
    database = connection.settings_dict["NAME"]
    if not Path(database).is_file():  # in memory: no other process can reach it
        yield lambda: None
        return
    handle = os.open(f"{database}.{digest[:8]}.lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LockHeld from None
        yield lambda: None
    finally:
        os.close(handle)
