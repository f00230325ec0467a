"""Two columns as one key: a join or a grouping by one integer takes half the time of one by two."""

from __future__ import annotations

from typing import Final

import polars as pl

_ROOM: Final = 2**32
"""More than a moment takes: the server's times end in 2038."""


def joint(entity: str, moment: pl.Expr) -> pl.Expr:
    """An id column with a second, or a longer step of time since 1970, as one Int64."""
    return pl.col(entity).cast(pl.Int64) * _ROOM + moment
