"""A query set becomes a frame, here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Self

import polars as pl
from django.db.models import Count, QuerySet
from django.db.models.expressions import Combinable

from parkstats_project.db.expressions import Lines

AT_ONCE = 150_000


def frame(rows: QuerySet[Any], schema: Mapping[str, Any], *columns: str | Combinable) -> pl.DataFrame:
    """The rows of a query: under each name of the schema the column or expression at its place.

    Without an order (`order_by`) rows come in none, as one text, and no row becomes a Python object
    (docs/design.md D2): integers, booleans and NULL, at most `AT_ONCE` rows, since servers limit the length
    of a text, 16 MB by default. In an order rows are tuples of any values. Raises RuntimeError if a text is
    cut off.
    """
    # Databases know no booleans: they are read as the numbers that they are.
    as_read = {name: pl.Int8 if kind == pl.Boolean else kind for name, kind in schema.items()}
    read = _of_tuples(rows, as_read, columns) if rows.query.order_by else _of_text(rows, as_read, columns)
    return read.cast({name: kind for name, kind in schema.items() if kind == pl.Boolean})


def _of_text(
    rows: QuerySet[Any], schema: Mapping[str, Any], columns: Sequence[str | Combinable]
) -> pl.DataFrame:
    # A model's own order would be one, too.
    found = rows.order_by().aggregate(text=Lines(*columns), number=Count("*"))
    text = (found["text"] or "").encode("ascii")
    read = pl.read_csv(text, has_header=False, schema=schema) if text else pl.DataFrame(schema=schema)
    if read.height != found["number"]:
        raise RuntimeError("an answer was cut off: the server's max_allowed_packet is too small")
    return read


def _of_tuples(
    rows: QuerySet[Any], schema: Mapping[str, Any], columns: Sequence[str | Combinable]
) -> pl.DataFrame:
    values = list(rows.values_list(*columns))
    by_column = zip(*values, strict=True) if values else ((),) * len(schema)
    return pl.DataFrame(
        [pl.Series(name, column, dtype=schema[name]) for name, column in zip(schema, by_column, strict=True)]
    )


def size(frame: pl.DataFrame) -> int:
    """Bytes that a frame takes."""
    return int(frame.estimated_size())


class Shrunk(NamedTuple):
    """A frame that is kept, each column of integers as narrow as its values allow."""

    narrow: pl.DataFrame
    schema: pl.Schema

    @classmethod
    def of(cls, frame: pl.DataFrame) -> Self:
        """What is to be kept of a frame."""
        return cls(pl.DataFrame([column.shrink_dtype() for column in frame]), frame.schema)


def joined(parts: Sequence[Shrunk]) -> pl.DataFrame:
    """One below the other, the frames as they were; all of them have the same schema."""
    return pl.concat([part.narrow for part in parts], how="vertical_relaxed").cast(parts[0].schema)
