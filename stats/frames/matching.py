"""Ride snapshots with the facts of their day, and with the park snapshots that match them.

Raw and archived rows of the same time become one, each id once: a raw row has the newer values, the archive
the facts of the day (docs/design.md D4, D14).
"""

from __future__ import annotations

from typing import Final, NamedTuple

import polars as pl

from stats import rules
from stats.frames import archive, placing
from stats.frames.keys import joint
from stats.frames.raw_rows import PARK_COLUMNS, RIDE_COLUMNS, Rows, in_order
from stats.frames.then import FACTS

EXACT: Final = {"": 1}
EXACT_AND_MINUTE: Final = {**EXACT, "minute_": 60}
"""Prefix of the counting columns -> seconds within which snapshots match (docs/contract/rules.md 5)."""


class Observed(NamedTuple):
    """Snapshots of some span: `rides` as `rides()` gives them, `parks` as `parks()` does."""

    rides: pl.DataFrame
    parks: pl.DataFrame


def placed(rows: Rows, links: pl.DataFrame) -> Rows:
    """Raw rows with the FACTS of their rides as `links` of the roster have them."""
    return Rows(placing.with_facts(rows.rides, rows.parks, links), rows.parks)


def united(raw: Rows, stored: Rows, links: pl.DataFrame) -> Rows:
    """Raw and archived rows of the same time, each id once."""
    known = raw.rides.join(stored.rides.select("snapshot_id", *FACTS), on="snapshot_id")
    late = raw.rides.join(known, on="snapshot_id", how="anti")
    of_day = stored.rides.select("ride_id", *FACTS).unique("ride_id", keep="any")
    rides = [
        known,
        stored.rides.join(known, on="snapshot_id", how="anti"),
        late.join(of_day, on="ride_id"),
        placed(Rows(late.join(of_day, on="ride_id", how="anti"), raw.parks), links).rides,
    ]
    return Rows(
        in_order(pl.concat(frame.select(known.columns) for frame in rides)),
        in_order(pl.concat([raw.parks, stored.parks.join(raw.parks, on="snapshot_id", how="anti")])),
    )


def matched(rows: Rows, matches: dict[str, int] = EXACT_AND_MINUTE) -> Observed:
    """Placed rows, with the number of park snapshots that match each ride snapshot."""
    frame, park_rows = rows
    park_rows = park_rows.with_columns(open_fb=rules.open_with_fallback(pl.col("open"), pl.col("rides_open")))
    for prefix, step in matches.items():
        moment = joint("park_id", pl.col("at") // step).alias("moment")
        times = park_rows.group_by(moment).agg(
            # Two bytes: a collector that went mad has stored one collection 300 times.
            pl.len().cast(pl.UInt16).alias(f"{prefix}partners"),
            pl.col("open").sum().cast(pl.UInt16).alias(f"{prefix}open"),
            pl.col("open_fb").sum().cast(pl.UInt16).alias(f"{prefix}open_fb"),
        )
        frame = (
            frame.with_columns(moment)
            .join(times, on="moment", how="left", maintain_order="left")
            .drop("moment")
        )
    counts = [f"{prefix}{name}" for prefix in matches for name in ("partners", "open", "open_fb")]
    return Observed(_each_once(frame.with_columns(pl.col(counts).fill_null(0)), counts), park_rows)


def _each_once(frame: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    """The frame with one copy in memory of those of the columns that are equal, as most of them are."""
    copies: list[pl.Series] = []
    for name in columns:
        column = frame[name]
        same = next((copy for copy in copies if copy.equals(column)), column)
        copies.append(same.alias(name))
    return frame.with_columns(copies)


def no_rows() -> Rows:
    return Rows(pl.DataFrame(schema=RIDE_COLUMNS), pl.DataFrame(schema=PARK_COLUMNS))


def of_archive(stored: archive.Observations) -> Rows:
    """Archived rows in the columns of raw ones, with their FACTS, in no particular order."""
    rides, parks = stored.rides, stored.parks.rename({"appears_open": "open"})
    return Rows(
        rides.select(name for name in (*RIDE_COLUMNS, *FACTS) if name in rides.columns),
        parks.select(name for name in PARK_COLUMNS if name in parks.columns),
    )
