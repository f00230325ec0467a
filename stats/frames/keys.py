"""What rows are joined and grouped by."""

from __future__ import annotations

from typing import Final

import polars as pl

from parkstats_project.base.clock import HOUR

_ROOM: Final = 2**32
"""More than a moment takes: the server's times end in 2038."""


def joint(entity: str, moment: pl.Expr) -> pl.Expr:
    """An id column with a second, or a longer step of time since 1970, as one Int64.

    A join or a grouping by one integer takes half the time of one by two.
    """
    return pl.col(entity).cast(pl.Int64) * _ROOM + moment


def clock_hour() -> pl.Expr:
    """The second in which the hour of `at` begins, as `hour`."""
    return (pl.col("at") - pl.col("at") % HOUR).alias("hour")
