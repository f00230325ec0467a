"""Many rows of integers as a frame, without a Python object for each of them (design.md D2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
from django.db.models import Count, QuerySet

from stats.expressions import Lines

AT_ONCE = 150_000


def frame(rows: QuerySet[Any], schema: Mapping[str, Any], *columns: Any) -> pl.DataFrame:
    """The rows of a query set as typed columns, in no particular order.

    `columns` are names or expressions with integer values or NULL, one for each column of the `schema`
    (integers and booleans). For at most `AT_ONCE` rows: servers limit the length of a text, 16 MB by default.
    Raises RuntimeError if one is cut off.
    """
    found = rows.order_by().aggregate(text=Lines(*columns), number=Count("*"))
    if not found["number"]:
        return pl.DataFrame(schema=schema)
    as_read = {name: pl.UInt8 if kind == pl.Boolean else kind for name, kind in schema.items()}
    text = (found["text"] or "").encode("ascii")
    read = pl.read_csv(text, has_header=False, schema=as_read) if text else pl.DataFrame(schema=schema)
    if read.height != found["number"]:
        raise RuntimeError("an answer was cut off: the server's max_allowed_packet is too small")
    return read.select(pl.col(name).cast(kind) for name, kind in schema.items())
