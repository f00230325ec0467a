"""Integer-valued expressions in every engine's words: rows leave the database as plain integers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import (
    Aggregate,
    BigIntegerField,
    DecimalField,
    ExpressionWrapper,
    F,
    Func,
    IntegerField,
    Model,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Round


class Epoch(Func):
    """A UTC date and time as whole seconds since 1970."""

    output_field = BigIntegerField()

    def as_mysql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, Any]:
        return self.as_sql(compiler, connection, function="UNIX_TIMESTAMP", **extra)

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, Any]:
        template = "CAST(strftime('%%%%s', %(expressions)s) AS INTEGER)"
        return self.as_sql(compiler, connection, template=template, **extra)


class Place(Func):
    """The place of a text column's value in a list, from 1; 0 for NULL and for what is not listed."""

    output_field = IntegerField()

    def __init__(self, column: str, texts: Iterable[str]) -> None:
        self._texts = tuple(texts)
        super().__init__(F(column), *map(Value, self._texts))

    def as_mysql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, Any]:
        return self.as_sql(compiler, connection, function="FIELD", **extra)

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, Any]:
        column, params = compiler.compile(self.source_expressions[0])
        cases = " ".join(f"WHEN '{text}' THEN {place}" for place, text in enumerate(self._texts, start=1))
        return f"CASE {column} {cases} ELSE 0 END", params


def integer(column: str) -> ExpressionWrapper[F]:
    """A boolean or small integer column as a plain integer."""
    return ExpressionWrapper(F(column), output_field=IntegerField())


def places(model: type[Model], column: str) -> int:
    """Decimal places of a column, named as its attribute; 0 for integers."""
    field = next(one for one in model._meta.concrete_fields if one.attname == column)
    return field.decimal_places if isinstance(field, DecimalField) else 0


def scaled(column: str, places: int) -> Cast:
    """A decimal column as an integer in units of 10**-places."""
    return Cast(Round(F(column) * 10**places), BigIntegerField())


class Lines(Aggregate):
    """All rows as one text: a line for each row, its integers or words separated by commas, nothing for NULL.

    The database writes it and Polars reads it (`stats.frames.read`), so that no row becomes a Python object:
    an hour of the design size takes a tenth of the time that its tuples take.
    """

    output_field = TextField()

    def as_mysql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, Any]:
        return self._joined(compiler, "GROUP_CONCAT(CONCAT({}) SEPARATOR '\n')", ", ',', ")

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, Any]:
        return self._joined(compiler, "GROUP_CONCAT({}, char(10))", " || ',' || ")

    def _joined(self, compiler: Any, template: str, comma: str) -> tuple[str, Any]:
        compiled = [compiler.compile(expression) for expression in self.source_expressions]
        columns = comma.join(f"IFNULL({text}, '')" for text, _ in compiled)
        return template.format(columns), [value for _, values in compiled for value in values]
