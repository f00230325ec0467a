"""A query set becomes a frame, here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple, Self

import polars as pl
from django.db.models import Count, F, QuerySet
from django.db.models.expressions import Combinable

from parkstats_project.db.expressions import Lines

AT_ONCE = 150_000


def packed(rows: QuerySet[Any], schema: Mapping[str, Any], *columns: Any) -> pl.DataFrame:
    """Many rows of integers, without a Python object for each of them (docs/design.md D2), in no order.

    `columns` are names or expressions with integer values or NULL, one for each column of the `schema`
    (integers and booleans). For at most `AT_ONCE` rows: servers limit the length of a text, 16 MB by default.
    Raises RuntimeError if one is cut off.
    """
    found = rows.order_by().aggregate(text=Lines(*columns), number=Count("*"))
    if not found["number"]:
        return pl.DataFrame(schema=schema)
    as_read = {name: pl.Int8 if kind == pl.Boolean else kind for name, kind in schema.items()}
    text = (found["text"] or "").encode("ascii")
    read = pl.read_csv(text, has_header=False, schema=as_read) if text else pl.DataFrame(schema=schema)
    if read.height != found["number"]:
        raise RuntimeError("an answer was cut off: the server's max_allowed_packet is too small")
    return read.select(pl.col(name).cast(kind) for name, kind in schema.items())


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


# Ids have the type they have in the roster, so that frames join.
IDS: Final[dict[str, Any]] = {"park_id": pl.Int32, "ride_id": pl.Int32}


def frame(
    query: QuerySet[Any], types: Mapping[str, Any] | None = None, /, **columns: str | Combinable
) -> pl.DataFrame:
    """The rows of a query: name = database column or expression, Int64 unless it is an id.

    Without `types` all are integers and the rows come in no particular order; with `types` of the columns
    that are not, a few rows in the query's order.
    """
    schema = {name: IDS.get(name, pl.Int64) for name in columns} | dict(types or {})
    if types is None:
        return packed(query, schema, *columns.values())
    expressions = (F(value) if isinstance(value, str) else value for value in columns.values())
    return pl.DataFrame(list(query.values_list(*expressions)), schema=schema, orient="row")
