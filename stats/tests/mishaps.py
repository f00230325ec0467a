"""What befalls the database under a command, and how the command ends."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import CommandError, call_command
from django.db import connection, connections

from parkstats_project.tests.servers import DatabaseServer
from stats.management import commands

FOLDER = Path(commands.__file__).parent
COMMANDS = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__")
WRITES = ("INSERT", "UPDATE", "DELETE")


def ended(name: str, *arguments: str) -> tuple[int, str]:
    """Exit code and sentence of a command that fails; (0, "") of one that does not."""
    try:
        call_command(name, *arguments, stdout=StringIO(), stderr=StringIO())
    except CommandError as error:
        return error.returncode, str(error)
    return 0, ""


def away(said: str) -> bool:
    """Whether a sentence, one and no more, says that there is no server."""
    return re.fullmatch(r"the database failed: Can't connect to .*", said) is not None


@contextmanager
def at_statement(
    number: int, fault: Callable[[], None], *, begins: str | tuple[str, ...] = ""
) -> Iterator[Callable[[], bool]]:
    """Meanwhile, something happens before the n-th statement that begins so; says whether it came to that."""
    left = [number]

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(begins):
            left[0] -= 1
            if left[0] == 0:
                fault()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        yield lambda: left[0] <= 0


@contextmanager
def server_of_its_own(folder: Path) -> Iterator[DatabaseServer]:
    """A migrated server, which the default connection leads to meanwhile."""
    settings = connections.settings["default"]
    before = dict(settings)
    # What was committed outlives the process.
    server = DatabaseServer(folder, "--innodb-flush-log-at-trx-commit=2")
    connections["default"].close()
    settings |= {
        "HOST": "127.0.0.1",
        "PORT": server.port,
        "USER": "root",
        "PASSWORD": "",
        "NAME": "parkstats",
    }
    try:
        call_command("migrate", verbosity=0)
        yield server
    finally:
        connections["default"].close()
        settings |= before
        server.stop()
