"""Spans of time in which a ride showed one state, from its observations.

A snapshot stands until the next one, and at most for one interval of collection beyond its own: what follows
is not known. While the park does not appear open a ride is closed, whatever it reports.
"""

from __future__ import annotations

from enum import StrEnum

import polars as pl

from parkstats_project.base.clock import Window
from rides.status import REFURBISHMENT
from stats import rules
from stats.frames import coverage


class State(StrEnum):
    """What a picture shows of a ride; NO_DATA is what lies between spans."""

    OPERATING = "operating"
    DOWN = "down"
    CLOSED = "closed"
    REFURBISHMENT = "refurbishment"
    NO_DATA = "no data"


def state() -> pl.Expr:
    """The state of a ride snapshot, as a name of `State`; needs the columns of `observations.rides`."""
    park_closed = (pl.col("minute_partners") > 0) & (pl.col("minute_open") == 0)
    return (
        pl.when(pl.col("status") == REFURBISHMENT)
        .then(pl.lit(State.REFURBISHMENT.value))
        .when(park_closed)
        .then(pl.lit(State.CLOSED.value))
        .when(rules.down())
        .then(pl.lit(State.DOWN.value))
        .when(rules.operating())
        .then(pl.lit(State.OPERATING.value))
        .otherwise(pl.lit(State.CLOSED.value))
    )


def of_rides(seen: pl.DataFrame, window: Window) -> pl.DataFrame:
    """Spans of one state by (ride_id, start): ride_id, state, start, end (epoch seconds within the window).

    `seen` are ride snapshots of the window as `observations.rides` gives them.
    """
    step = coverage.interval()
    following = pl.col("at").shift(-1).over("ride_id")
    before = pl.col("end").shift(1).over("ride_id")
    changed = (before != pl.col("at")) | (pl.col("state") != pl.col("state").shift(1).over("ride_id"))
    return (
        seen.sort("ride_id", "at")
        .unique(["ride_id", "at"], keep="last", maintain_order=True)
        .select("ride_id", "at", state=state(), following=following)
        .with_columns(
            end=pl.when(pl.col("following") - pl.col("at") <= 2 * step)
            .then("following")
            .otherwise(pl.col("at") + step)
            .clip(upper_bound=window.end_s)
        )
        .with_columns(span=changed.fill_null(True).cum_sum().over("ride_id"))
        .group_by("ride_id", "span")
        .agg(pl.col("state").first(), start=pl.col("at").min(), end=pl.col("end").max())
        .drop("span")
        .sort("ride_id", "start")
    )
