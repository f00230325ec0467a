"""What an error of the database means, and what it says to people.

The numbers are those of MariaDB's and MySQL's error references; a file of SQLite says it in words.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Final, TypeVar

from django.db import DatabaseError, Error, InterfaceError, OperationalError

from parkstats_project.base.logs import without_values

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

AWAY: Final = frozenset(
    {
        2002,  # cannot connect through the socket
        2003,  # cannot connect
        2005,  # unknown host
        2006,  # the server has gone away
        2013,  # connection lost during a statement
        2026,  # the same of an encrypted connection; also one that could not be made
        1040,  # too many connections
        1053,  # the server is shutting down
        1927,  # the connection was killed
        4031,  # the server closed the idle connection (MySQL)
        1047,  # a node of a Galera cluster that has lost the others
    }
)
"""There is no server behind the connection, or none that answers."""

ENDED: Final = frozenset({1969, 3024})
"""The server ended the statement for taking too long (MariaDB, MySQL)."""

NO_SUCH_TABLE: Final = 1146

T = TypeVar("T")


def code(error: BaseException) -> object:
    """The number of a database error (SQLite: its words); None if it is none."""
    return error.args[0] if isinstance(error, DatabaseError) and error.args else None


def is_away(error: BaseException | None) -> bool:
    """Whether the server is away, or went away during a statement."""
    return isinstance(error, InterfaceError) or (error is not None and code(error) in AWAY)


def was_ended(error: BaseException) -> bool:
    """Whether the server ended a statement because of `statements.limit_statements`."""
    return code(error) in ENDED


def lacks_table(error: BaseException) -> bool:
    """Whether a statement named a table that is not there."""
    found = code(error)
    return found == NO_SUCH_TABLE or (isinstance(found, str) and found.startswith("no such table"))


def sentence(error: Error) -> str:
    """The server's or driver's message without its number, on one line."""
    said = next((str(part) for part in reversed(error.args) if str(part).strip()), type(error).__name__)
    return " ".join(said.split()).rstrip(".")


def log_failure(logger: logging.Logger, text: str, error: Exception) -> None:
    """Log what clients are not told: in one line if the database is away, else with the traceback."""
    said = error if is_away(error) else without_values(error)
    logger.error("%s: %s", text, said, exc_info=None if isinstance(error, OperationalError) else error)


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
