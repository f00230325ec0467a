"""What the user of a connection may do on its database, found by trying it.

Grants come through roles, patterns, levels and other accounts, which no catalogue shows in one place on every
server. So each privilege is tried on tables that do not exist: whoever lacks it is told so, before the table
is looked for, and whoever has it is told that there is no such table. Nothing is ever changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper

_DENIED: Final = frozenset({1044, 1142, 1227})
_TRIED: Final = {
    "SELECT": "SELECT 1 FROM parkstats_tried",
    "INSERT": "INSERT INTO parkstats_tried VALUES ()",
    "UPDATE": "UPDATE parkstats_tried SET a = 1",
    "DELETE": "DELETE FROM parkstats_tried",
    "CREATE": "CREATE TABLE parkstats_tried LIKE parkstats_tried_too",
    "DROP": "DROP TABLE parkstats_tried",
    "ALTER": "ALTER TABLE parkstats_tried ADD COLUMN a INT",
    "INDEX": "CREATE INDEX a ON parkstats_tried (a)",
    # MariaDB asks for nobody's REFERENCES, MySQL does.
    "REFERENCES": "CREATE TABLE parkstats_tried (a INT, FOREIGN KEY (a) REFERENCES parkstats_tried_too (a))",
    "EVENT": "SHOW EVENTS",
}
MIGRATING: Final = tuple(_TRIED)
"""What adoption and migrations need; they also read every table and write the archive."""


def lacking(connection: BaseDatabaseWrapper, wanted: Iterable[str] = MIGRATING) -> list[str]:
    """Which of the privileges the user does not have. MySQL and MariaDB, outside a transaction."""
    missing = []
    for privilege in wanted:
        try:
            with connection.cursor() as cursor:
                cursor.execute(_TRIED[privilege])
        except DatabaseError as answer:
            if answer.args[0] in _DENIED:
                missing.append(privilege)
    # Without CREATE, the server says nothing of REFERENCES.
    return [name for name in missing if name != "REFERENCES" or "CREATE" not in missing]


def only_reads(connection: BaseDatabaseWrapper) -> bool:
    """Whether the user may change neither rows nor tables."""
    changes = {*MIGRATING} - {"SELECT", "EVENT"}
    return {*lacking(connection, changes), "REFERENCES"} == changes


def grant(connection: BaseDatabaseWrapper, privileges: Iterable[str]) -> str:
    """The statement that an administrator of the server runs to give them to the user."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT CURRENT_USER()")
        user, _, host = cursor.fetchone()[0].rpartition("@")
    database = connection.ops.quote_name(connection.settings_dict["NAME"])
    return f"GRANT {', '.join(privileges)} ON {database}.* TO '{user}'@'{host}';"
