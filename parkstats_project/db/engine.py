"""Which engine is it? Asked in this folder and nowhere else (docs/design.md D17)."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper


def is_server(connection: BaseDatabaseWrapper) -> bool:
    """Whether it is a server, MariaDB or MySQL; the demo's file (SQLite) is none."""
    return connection.vendor == "mysql"


def is_mariadb(connection: BaseDatabaseWrapper) -> bool:
    """Whether it is MariaDB, and not MySQL or a file."""
    return is_server(connection) and bool(getattr(connection, "mysql_is_mariadb", False))


def sessions(connection: BaseDatabaseWrapper) -> str:
    """The server's table of sessions; MySQL has a second one, which waits for each session and is to go."""
    return f"{'information' if is_mariadb(connection) else 'performance'}_schema.processlist"
