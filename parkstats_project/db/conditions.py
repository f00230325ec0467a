"""What a database must be like beside its schema: every letter can be stored, every park has a time zone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper

from parkstats_project.base.zones import zone_named
from parkstats_project.db import catalogue

EVERY_LETTER: Final = "CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"


def other_default(connection: BaseDatabaseWrapper) -> tuple[str, str] | None:
    """If new tables would get a character set other than utf8mb4: a sentence, and what to run."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT schema_name, default_character_set_name FROM information_schema.schemata "
            "WHERE schema_name = DATABASE()"
        )
        name, charset = cursor.fetchone()
    if charset == "utf8mb4":
        return None
    return (
        f"the default character set of database {name} is {charset}, not utf8mb4: new tables would not hold "
        "every letter",
        f"ALTER DATABASE {connection.ops.quote_name(name)} {EVERY_LETTER};",
    )


def tables_without_every_letter(tables: Iterable[catalogue.Table]) -> list[str]:
    """The tables whose character set is not utf8mb4, by name."""
    return sorted(table.name for table in tables if not table.collation.startswith("utf8mb4"))


def parks_without_zone(connection: BaseDatabaseWrapper) -> list[str]:
    """Parks whose time zone does not exist, as `3 ('Mars/Base')`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT park_id, timezone FROM parks ORDER BY park_id")
        return [f"{park_id} ({zone!r})" for park_id, zone in cursor.fetchall() if zone_named(zone) is None]
