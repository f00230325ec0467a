"""Statements that the ORM does not have: statistics of tables, bulk inserts, EXPLAIN. Cursors live here."""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, Final, NamedTuple

import polars as pl
from django.core.management.color import no_style
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model
from django.db.models.constants import OnConflict
from django.db.models.sql import InsertQuery

from parkstats_project.base.arithmetic import written
from parkstats_project.db import engine
from parkstats_project.db.expressions import places

ROWS_AT_ONCE: Final = 1_000
"""Rows of one statement that holds their text: some hundred kB, of which servers take 16 MB and more."""


def analyze(models: Iterable[type[Model]]) -> None:
    """Refresh the optimizer's statistics of the models' tables: after a bulk load the old ones mislead it.

    On MySQL and MariaDB the statement commits, so nothing is done inside a transaction.
    """
    if connection.in_atomic_block:
        return
    server = engine.is_server(connection)
    statement = "ANALYZE TABLE" if server else "ANALYZE"
    with connection.cursor() as cursor:
        for model in models:
            cursor.execute(f"{statement} {connection.ops.quote_name(model._meta.db_table)}")
            if server:
                cursor.fetchall()


def insert(model: type[Model], columns: Sequence[str], rows: Iterable[tuple[int | str | None, ...]]) -> None:
    """Insert rows given as plain tuples, in their order.

    `columns` are attribute names (`ride_id`, `recorded_at`); columns left out get their database default.
    Values are as the driver takes them: integers (0 and 1 for booleans), text for dates, times and decimals.

    Measured on 150,000 ride snapshots in MariaDB: bulk_create takes five times as long, nearly all of it in
    building, preparing and compiling a model instance per row. So Django compiles the INSERT once, and the
    driver's own executemany, which joins rows into statements of many rows, does the rest.
    """
    with connection.cursor() as cursor:
        cursor.executemany(_compiled(InsertQuery(model), columns), list(rows))


def upsert(
    model: type[Model],
    columns: Sequence[str],
    rows: Iterable[tuple[int | str | None, ...]],
    *,
    update: Sequence[str],
    unique: Sequence[str],
) -> None:
    """As `insert`; where a row with the same `unique` columns exists, its `update` columns are overwritten.

    MySQL and MariaDB look at every unique key of the table. The driver's executemany would send each row by
    itself to MySQL, since it does not know the alias (`AS new`) that Django gives the rows there.
    """
    given = list(rows)
    template, row = _compiled(_upserting(model, update, unique), columns), _placeholders(len(columns))
    with connection.cursor() as cursor:
        for first in range(0, len(given), ROWS_AT_ONCE):
            part = given[first : first + ROWS_AT_ONCE]
            text = template.replace(row, ", ".join([row] * len(part)))
            cursor.execute(Written.of(template, text), list(itertools.chain.from_iterable(part)))


def upsert_figures(
    model: type[Model],
    figures: pl.DataFrame,
    constants: Mapping[str, int | date | datetime],
    *,
    update: Sequence[str],
    unique: Sequence[str],
) -> None:
    """As `upsert`, of a frame of integers (a DECIMAL in units of its last place), named after the columns.

    `constants` are columns with one value in all rows. The rows become text in Polars: it takes a tenth of
    the time that the driver takes to make text of each value.
    """
    columns = [
        written(pl.col(name), places=places(model, name)).fill_null("NULL") for name in figures.columns
    ]
    fixed = [pl.lit(_literal(value)) for value in constants.values()]
    template = _compiled(_upserting(model, update, unique), [*figures.columns, *constants])
    row = _placeholders(len(columns) + len(fixed))
    with connection.cursor() as cursor:
        for part in figures.iter_slices(ROWS_AT_ONCE):
            lines = part.select(pl.concat_str(*columns, *fixed, separator=",").str.join("),(")).item()
            cursor.execute(Written.of(template, template.replace(row, f"({lines})")))


def _literal(value: int | date | datetime) -> str:
    if isinstance(value, datetime):
        return f"'{value:%Y-%m-%d %H:%M:%S}'"
    return f"'{value}'"


class Written(str):
    """A statement of many rows; `template` is it with one and without values, by which it is known."""

    template: str

    @classmethod
    def of(cls, template: str, text: str) -> Written:
        """The text of a template."""
        found = cls(text)
        found.template = template
        return found


def _upserting(model: type[Model], update: Sequence[str], unique: Sequence[str]) -> InsertQuery:
    by_attribute = {field.attname: field for field in model._meta.concrete_fields}
    return InsertQuery(
        model,
        on_conflict=OnConflict.UPDATE,
        update_fields=[by_attribute[name] for name in update],
        unique_fields=[by_attribute[name] for name in unique],
    )


def _placeholders(number: int) -> str:
    """The row of a compiled statement."""
    return f"({', '.join(['%s'] * number)})"


def _compiled(query: InsertQuery, columns: Sequence[str]) -> str:
    """The statement for one row, with a placeholder for each of the columns."""
    model = query.model
    assert model is not None
    by_attribute = {field.attname: field for field in model._meta.concrete_fields}
    fields = [by_attribute[name] for name in columns]
    query.insert_values(fields, [model(**dict.fromkeys(columns))], raw=True)
    [(statement, _)] = query.get_compiler(connection=connection).as_sql()
    return str(statement)


def empty(models: Iterable[type[Model]]) -> None:
    """Delete all rows of the models' tables at once and start their ids again at 1."""
    tables = [model._meta.db_table for model in models]
    statements = connection.ops.sql_flush(no_style(), tables, reset_sequences=True)
    connection.ops.execute_sql_flush(statements)


def limit_statements(connection: BaseDatabaseWrapper, seconds: float) -> None:
    """Let the server end statements of a connection after this time (MySQL: only those that read)."""
    if not engine.is_server(connection):
        return
    limit = f"max_execution_time = {seconds * 1000:.0f}"
    if engine.is_mariadb(connection):
        limit = f"max_statement_time = {seconds:f}"
    with connection.cursor() as cursor:
        cursor.execute(f"SET SESSION {limit}")


def shape(sql: str) -> str:
    """A statement without any value: lists shortened, literals and white space reduced."""
    text = re.sub(r"'(?:[^'\\]|\\.|'')*'", "?", sql)
    text = re.sub(r"(?<![\w`])-?\d+(?:\.\d+)?\b", "?", text.replace("%s", "?"))
    text = re.sub(r"\(\s*\?(?:\s*,\s*\?)+\s*\)", "(?, ...)", text)
    text = re.sub(r"(\(\?, \.\.\.\))(?:\s*,\s*\(\?, \.\.\.\))+", r"\1, ...", text)
    return re.sub(r"\s+", " ", text).strip()


def fingerprint(shape: str) -> str:
    """Twelve hexadecimal digits that name a statement's shape."""
    return hashlib.sha256(shape.encode()).hexdigest()[:12]


class Access(NamedTuple):
    """How the database means to read one table of a statement: a row of EXPLAIN."""

    table: str
    kind: str
    key: str | None
    key_length: int
    rows: int
    extra: str


def explain(sql: str, params: Any) -> list[Access]:
    """The plan of a statement on MySQL or MariaDB; tables are named as in the statement, by alias if any."""
    with connection.cursor() as cursor:
        # Named, since it is the server's setting that decides otherwise (MySQL's is TREE).
        cursor.execute(f"EXPLAIN FORMAT=TRADITIONAL {sql}", params)
        names = [column[0].lower() for column in cursor.description or ()]
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [
        Access(
            table=str(row["table"] or ""),
            kind=str(row["type"] or ""),
            key=row["key"],
            # Two indexes that are merged have two lengths.
            key_length=int(str(row["key_len"] or "0").split(",")[0]),
            rows=int(row["rows"] or 0),
            extra=str(row["extra"] or ""),
        )
        for row in found
    ]


def sizes() -> dict[str, int]:
    """How many rows the optimizer takes each table to have; exact to some percent after `analyze`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, table_rows FROM information_schema.tables WHERE table_schema = DATABASE()"
        )
        return {name: int(rows or 0) for name, rows in cursor.fetchall()}


@contextmanager
def recorded() -> Iterator[list[tuple[str, Any]]]:
    """The statements of a block and their parameters, as they were executed."""
    statements: list[tuple[str, Any]] = []

    def record(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if not many:
            statements.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(record):
        yield statements
