"""Finding one entity in a frame by an id that came from outside."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

# Ids of the tables are signed 32-bit integers; a URL may hold any number.
ID_BITS: Final = 31


def is_entity(key: str, entity: int) -> pl.Expr:
    """Rows of an entity; none for a number that no id can be."""
    return pl.col(key) == entity if abs(entity).bit_length() <= ID_BITS else pl.lit(False)


def row_of(frame: pl.DataFrame, key: str, entity: int) -> dict[str, Any] | None:
    """The row of an entity by column name, or None."""
    return next(frame.filter(is_entity(key, entity)).iter_rows(named=True), None)
