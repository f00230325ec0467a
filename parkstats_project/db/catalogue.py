"""The schema of the database as it is: tables, columns, keys and checks from information_schema.

Only for MySQL and MariaDB. The shape is plain data (dataclasses), so that two schemas are compared with `==`
and a difference can be named. Catalogue queries are the one place where SQL is written by hand: Django's
introspection knows neither column types nor defaults nor the direction of an index.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields, replace
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from parkstats_project.db import engine

_DISPLAY_WIDTH = re.compile(r"\b(smallint|mediumint|int|bigint|tinyint(?!\(1\)))\(\d+\)")


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column; its type, default and the rest are written in one way, whatever the server's is."""

    name: str
    type: str
    nullable: bool
    default: str | None
    extra: str
    collation: str | None
    comment: str = ""


@dataclass(frozen=True, kw_only=True)
class Index:
    """One index: its columns in order, a `-` before those that run downwards."""

    name: str
    unique: bool
    columns: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ForeignKey:
    """One foreign key and what the server does when its target goes."""

    name: str
    columns: tuple[str, ...]
    target: str
    target_columns: tuple[str, ...]
    on_delete: str
    on_update: str


@dataclass(kw_only=True)
class Table:
    """One table; `columns` in order, the rest by name, `checks` by their clauses."""

    name: str
    engine: str
    collation: str
    columns: dict[str, Column] = field(default_factory=dict)
    indexes: dict[str, Index] = field(default_factory=dict)
    foreign_keys: dict[str, ForeignKey] = field(default_factory=dict)
    checks: list[str] = field(default_factory=list)


def read(connection: BaseDatabaseWrapper, *, tables: Iterable[str] | None = None) -> dict[str, Table]:
    """All base tables of the connection's database (or those named), by name."""
    found = {
        name: Table(name=name, engine=engine, collation=collation)
        for name, engine, collation in _rows(
            connection,
            "SELECT table_name, engine, table_collation FROM information_schema.tables "
            "WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' ORDER BY table_name",
        )
    }
    if tables is not None:
        found = {name: found[name] for name in tables if name in found}
    _read_columns(connection, found)
    _read_indexes(connection, found)
    _read_foreign_keys(connection, found)
    _read_checks(connection, found)
    for table in found.values():
        mark_json(table)
    return found


def differences(expected: dict[str, Table], actual: dict[str, Table]) -> Iterator[str]:
    """One line for each difference between two schemas, table by table."""
    for name in sorted(expected.keys() | actual.keys()):
        if name not in actual:
            yield f"{name}: table is missing"
        elif name not in expected:
            yield f"{name}: table is not expected"
        else:
            for line in _table_differences(expected[name], actual[name]):
                yield f"{name}: {line}"


def _table_differences(expected: Table, actual: Table) -> Iterator[str]:
    for attribute in ("engine", "collation"):
        wanted, found = getattr(expected, attribute), getattr(actual, attribute)
        if wanted != found:
            yield f"{attribute} is {found}, not {wanted}"
    kinds: tuple[tuple[str, dict[str, Any], dict[str, Any]], ...] = (
        ("column", expected.columns, actual.columns),
        ("index", expected.indexes, actual.indexes),
        ("foreign key", expected.foreign_keys, actual.foreign_keys),
    )
    for kind, wanted_parts, found_parts in kinds:
        for name in sorted(wanted_parts.keys() - found_parts.keys()):
            yield f"{kind} {name} is missing"
        for name in sorted(found_parts.keys() - wanted_parts.keys()):
            yield f"{kind} {name} is not expected"
        for name in sorted(wanted_parts.keys() & found_parts.keys()):
            yield from _part_differences(kind, wanted_parts[name], found_parts[name])
    if expected.columns.keys() == actual.columns.keys() and list(expected.columns) != list(actual.columns):
        yield f"columns are in the order {', '.join(actual.columns)}, not {', '.join(expected.columns)}"
    if sorted(expected.checks) != sorted(actual.checks):
        yield f"checks are {sorted(actual.checks)}, not {sorted(expected.checks)}"


def _part_differences(kind: str, expected: Any, actual: Any) -> Iterator[str]:
    for part in fields(expected):
        wanted, found = getattr(expected, part.name), getattr(actual, part.name)
        if wanted != found:
            yield f"{kind} {expected.name}: {part.name} is {found!r}, not {wanted!r}"


def server(connection: BaseDatabaseWrapper) -> str:
    """What answers, with its version: `MariaDB 10.11.6`, `SQLite 3.40.1`."""
    if not engine.is_server(connection):
        return f"SQLite {sqlite3.sqlite_version}"
    [(version,)] = _rows(connection, "SELECT VERSION()")
    return f"{'MariaDB' if engine.is_mariadb(connection) else 'MySQL'} {version.partition('-')[0]}"


def _read_columns(connection: BaseDatabaseWrapper, tables: dict[str, Table]) -> None:
    for table, name, kind, nullable, default, extra, collation, comment in _rows(
        connection,
        "SELECT table_name, column_name, column_type, is_nullable, column_default, extra, collation_name, "
        "column_comment FROM information_schema.columns WHERE table_schema = DATABASE() "
        "ORDER BY table_name, ordinal_position",
    ):
        if table in tables:
            tables[table].columns[name] = Column(
                name=name,
                type=normal_type(_text(kind)),
                nullable=nullable == "YES",
                default=normal_default(None if default is None else _text(default)),
                extra=normal_extra(extra),
                collation=collation,
                comment=_text(comment),
            )


def _read_indexes(connection: BaseDatabaseWrapper, tables: dict[str, Table]) -> None:
    for table, name, not_unique, column, direction in _rows(
        connection,
        "SELECT table_name, index_name, non_unique, column_name, collation "
        "FROM information_schema.statistics WHERE table_schema = DATABASE() "
        "ORDER BY table_name, index_name, seq_in_index",
    ):
        if table in tables:
            indexes = tables[table].indexes
            before = indexes[name].columns if name in indexes else ()
            here = f"-{column}" if direction == "D" else column
            indexes[name] = Index(name=name, unique=not not_unique, columns=(*before, here))


def _read_foreign_keys(connection: BaseDatabaseWrapper, tables: dict[str, Table]) -> None:
    for table, name, column, target, target_column, on_delete, on_update in _rows(
        connection,
        "SELECT u.table_name, u.constraint_name, u.column_name, u.referenced_table_name, "
        "u.referenced_column_name, r.delete_rule, r.update_rule "
        "FROM information_schema.key_column_usage u JOIN information_schema.referential_constraints r "
        "ON r.constraint_schema = u.constraint_schema AND r.constraint_name = u.constraint_name "
        "AND r.table_name = u.table_name "
        "WHERE u.table_schema = DATABASE() ORDER BY u.table_name, u.constraint_name, u.ordinal_position",
    ):
        if table in tables:
            keys = tables[table].foreign_keys
            before = keys.get(name)
            keys[name] = ForeignKey(
                name=name,
                columns=(*(before.columns if before else ()), column),
                target=target,
                target_columns=(*(before.target_columns if before else ()), target_column),
                on_delete=on_delete,
                # Two words for the same.
                on_update=on_update.replace("NO ACTION", "RESTRICT"),
            )


def _read_checks(connection: BaseDatabaseWrapper, tables: dict[str, Table]) -> None:
    # MySQL does not say in check_constraints whose a check is, MariaDB not in table_constraints.
    owner = "c.table_name" if engine.is_mariadb(connection) else "t.table_name"
    for table, clause in _rows(
        connection,
        f"SELECT DISTINCT {owner}, c.check_clause FROM information_schema.check_constraints c "  # nosec B608
        "LEFT JOIN information_schema.table_constraints t ON t.constraint_schema = c.constraint_schema "
        "AND t.constraint_name = c.constraint_name AND t.constraint_type = 'CHECK' "
        "WHERE c.constraint_schema = DATABASE()",
    ):
        if table in tables:
            tables[table].checks.append(normal_clause(_text(clause)))


def mark_json(table: Table) -> None:
    """Write a column of JSON in one way: for MariaDB it is a binary text with a check, for MySQL a type."""
    for check in [check for check in table.checks if check.startswith("json_valid(")]:
        table.checks.remove(check)
        name = check.split("`")[1]
        table.columns[name] = replace(table.columns[name], collation=None)


def normal_type(column_type: str) -> str:
    """A column type as every server and Django would write it: no display width, no AUTO_INCREMENT.

    >>> normal_type("integer AUTO_INCREMENT"), normal_type("int(11)"), normal_type("numeric(5, 2)")
    ('int', 'int', 'decimal(5,2)')
    """
    head, quote, values = column_type.partition("'")
    head = head.lower().replace("auto_increment", "").replace(", ", ",").strip()
    head = re.sub(r"\binteger\b", "int", head)
    head = re.sub(r"\bnumeric\b", "decimal", head)
    head = re.sub(r"\bbool\b", "tinyint(1)", head)
    head = re.sub(r"\bjson\b", "longtext", head)
    return _DISPLAY_WIDTH.sub(r"\1", head) + quote + values


def normal_default(default: str | None) -> str | None:
    """A default as every server would write it: no NULL, no quotes, no parentheses.

    >>> normal_default("NULL"), normal_default("'daily'"), normal_default("current_timestamp()")
    (None, 'daily', 'CURRENT_TIMESTAMP')
    """
    if default is None or default == "NULL":
        return None
    text = re.sub(r"\bcurrent_timestamp(\(\))?", "CURRENT_TIMESTAMP", default, flags=re.IGNORECASE)
    return text[1:-1] if text[:1] == "'" == text[-1:] else text


def normal_extra(extra: str) -> str:
    """What else a server says of a column, as every server would write it."""
    return extra.lower().replace("default_generated", "").replace("timestamp()", "timestamp").strip()


def normal_clause(clause: str) -> str:
    """A check clause in lower case, without the spaces and parentheses that make no difference.

    >>> normal_clause("((`tier` in (1, 2)) or  (`tier` is null))")
    '`tier` in (1,2) or `tier` is null'
    """
    text = re.sub(r"\s+", " ", clause.strip().lower()).replace(", ", ",")
    # Lists and arguments keep theirs, under another name for a moment.
    text = re.sub(r"\b(?!or\b|and\b|not\b)(\w+ ?)\(([^()]*)\)", r"\1<<\2>>", text)
    text = re.sub(r"[()]", "", text)
    return text.replace("<<", "(").replace(">>", ")")


def _rows(connection: BaseDatabaseWrapper, sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def _text(value: Any) -> str:
    # Some columns of information_schema are blobs on MySQL.
    return value.decode() if isinstance(value, bytes) else str(value)
