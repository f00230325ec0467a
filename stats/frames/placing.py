"""The park that a ride belonged to when it was seen (docs/design.md D14).

A move that this system makes is recorded when it happens. One that somebody makes with SQL is not, but the
collector gives a park and all its rides one second: rows that meet no snapshot of their own park, and most of
them those of one other park, were collected there.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from stats.frames import roster
from stats.frames.keys import joint

MEETINGS: Final = 2
"""Collections of another park that a ride must meet before it counts as having been there: one is chance."""

LATE_SECONDS: Final = 5
"""Where a whole park's rides come so long after its snapshot, they were late, not elsewhere."""


def with_facts(rides: pl.DataFrame, parks: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """Raw ride rows (ride_id, at, ...), in the order given, with the FACTS of `stats/frames/then.py`.

    `parks` are the park snapshots of the same time (park_id, at), `links` those of the roster. Rows of a ride
    that is no more are left out.
    """
    frame = rides.join(links, on="ride_id", how="inner", maintain_order="left")
    frame = frame.with_columns(counted=pl.col("at") < pl.col("until")).drop("until")
    frame = _before_moves(frame)
    return _where_they_were_seen(frame, parks)


def _before_moves(frame: pl.DataFrame) -> pl.DataFrame:
    moves = roster.current().moves
    last = frame["at"].min()
    if moves.is_empty() or last is None or not (moves["moved"] > last).any():
        return frame
    then = (
        frame.with_row_index("row")
        .sort("at")
        .join_asof(
            moves.sort("moved"),
            left_on="at",
            right_on="moved",
            by="ride_id",
            strategy="forward",
            allow_exact_matches=False,
            check_sortedness=False,
        )
        .sort("row")["from_park"]
    )
    return _moved(frame, then)


def _where_they_were_seen(frame: pl.DataFrame, parks: pl.DataFrame) -> pl.DataFrame:
    seconds = parks.select("park_id", "at", second=joint("park_id", pl.col("at"))).unique("second")
    rows = frame.select("ride_id", "park_id", "at", second=joint("park_id", pl.col("at")))
    alone = rows.join(seconds, on="second", how="anti").drop("second")
    if alone.is_empty():
        return frame
    seconds = seconds.drop("second")
    unmet = seconds.join(frame, on=["park_id", "at"], how="anti").with_columns(missed="at").sort("at")
    alone = (
        alone.sort("at")
        .join_asof(unmet, on="at", by="park_id", tolerance=LATE_SECONDS, check_sortedness=False)
        .filter(pl.col("missed").is_null())
    )
    met = alone.select("ride_id", "at").join(seconds.rename({"park_id": "there"}), on="at")
    if met.is_empty():
        return frame
    places = (
        met.group_by("ride_id", "there")
        .agg(times=pl.len())
        .join(alone.group_by("ride_id").agg(of=pl.len()), on="ride_id")
        .filter((pl.col("times") >= MEETINGS) & (2 * pl.col("times") > pl.col("of")))
        .sort("ride_id", "times", "there")
        .unique("ride_id", keep="last")
    )
    elsewhere = met.join(places, on=["ride_id", "there"], how="semi").unique(["ride_id", "at"])
    if elsewhere.is_empty():
        return frame
    at_home = seconds.with_columns(home=pl.lit(True))
    then = (
        frame.select("ride_id", "park_id", "at")
        .join(at_home, on=["park_id", "at"], how="left", maintain_order="left")
        .join(elsewhere, on=["ride_id", "at"], how="left", maintain_order="left")
        .select(pl.when(pl.col("home").is_null()).then("there").alias("there"))["there"]
    )
    return _moved(frame, then)


def _moved(frame: pl.DataFrame, then: pl.Series) -> pl.DataFrame:
    """The frame with another park where `then` has one."""
    kinds = roster.current().kinds
    found = frame.with_columns(park_id=pl.coalesce(then.alias("park_id"), "park_id"))
    return (
        found.drop("reports_down", "disney_universal")
        .join(kinds, on="park_id", how="left", maintain_order="left")
        .select(frame.columns)
    )
