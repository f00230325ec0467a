"""What an error of the database means, and what it says to people.

The numbers are those of MariaDB's and MySQL's error references; a file of SQLite says it in words.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TypeVar

from django.db import DatabaseError, Error, OperationalError

ATTEMPTS: Final = 3
PAUSE_SECONDS: Final = 0.5

PASSING: Final = frozenset(
    {
        1213,  # deadlock; on a Galera cluster also a COMMIT that another node was faster with
        1205,  # lock wait time-out
        1020,  # a row changed since the transaction began (MariaDB's innodb_snapshot_isolation)
        "database is locked",
        "database table is locked",
    }
)
"""The transaction was rolled back, and may succeed when it is run again from its beginning."""

ENDED: Final = frozenset({1969, 3024})
"""The server ended the statement for taking too long (MariaDB, MySQL)."""

T = TypeVar("T")


def code(error: BaseException) -> object:
    """The number of a database error (SQLite: its words); None if it is none."""
    return error.args[0] if isinstance(error, DatabaseError) and error.args else None


def was_ended(error: BaseException) -> bool:
    """Whether the server ended a statement because of `statements.limit_statements`."""
    return code(error) in ENDED


def sentence(error: Error) -> str:
    """The server's or driver's message without its number, on one line."""
    said = next((str(part) for part in reversed(error.args) if str(part).strip()), type(error).__name__)
    return " ".join(said.split()).rstrip(".")


def retried(work: Callable[[], T], *, attempts: int = ATTEMPTS) -> T:
    """Do `work`, a whole transaction, again after a passing error; at most `attempts` times.

    Never inside another transaction, which the server has then rolled back as well.
    """
    for attempt in range(1, attempts):
        try:
            return work()
        except OperationalError as error:
            if code(error) not in PASSING:
                raise
            time.sleep(PAUSE_SECONDS * attempt)
    return work()
