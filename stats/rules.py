"""Business rules as expressions on the observation frame, each of them once (docs/contract/rules.md).

What a status means is defined in `rides.status`; here it becomes a column. A ride snapshot carries the
number of park snapshots that match it (`frames.observations`), so "counted once per matching pair" is a sum
of `partners`, and "while the park is open" a sum of `open` or `open_fb`.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from rides import status

MINUTES_PER_SNAPSHOT: Final = 10
"""**interval-10**: what a snapshot stands for in daily, hourly and award figures.

See docs/contract/rules.md 2.
"""

LIVE_MINUTES_PER_SNAPSHOT: Final = 5
"""**interval-5**: what a snapshot stands for in the live rankings and ride downtime charts."""

TIER_WEIGHTS: Final = {1: 3, 2: 2, 3: 1}
"""**tier weight** of each tier (docs/contract/rules.md 7)."""

UNCLASSIFIED_TIER: Final = 2
"""An unclassified ride weighs as much as one of this tier, and most answers show it as one."""

UNCLASSIFIED_SHOWN_TIER: Final = 3
"""What live tables, live breakdowns and rankings by wait show it as, although it weighs 2."""

MINIMUM_SNAPSHOTS: Final = 6
"""Snapshots that make a ride operated at a park that does not report DOWN (docs/contract/rules.md 6)."""

ROSTER_DAYS: Final = 7
"""A ride belongs to the effective park weight this long after it last ran (docs/contract/rules.md 7)."""

KNOWN_AFTER_SECONDS: Final = 300
"""An hour is judged with what was known this long after its end (docs/contract/hourly.md 4)."""


def disney_or_universal() -> pl.Expr:
    """On parks: filter **disney-universal** (docs/contract/rules.md 9)."""
    return pl.col("is_disney") | pl.col("is_universal")


def tier_weight(classified: pl.Expr) -> pl.Expr:
    """**tier weight**: of the classification, else that of UNCLASSIFIED_TIER."""
    return classified.fill_null(TIER_WEIGHTS[UNCLASSIFIED_TIER])


def operating() -> pl.Expr:
    """**operating** (docs/contract/rules.md 3)."""
    expression: pl.Expr = status.operating(pl.col("status"), pl.col("running"))
    return expression


def down() -> pl.Expr:
    """**down, park-type aware** (docs/contract/rules.md 3)."""
    expression: pl.Expr = status.down_at_park(pl.col("status"), pl.col("running"), pl.col("reports_down"))
    return expression


def down_strict() -> pl.Expr:
    """**down, strict** (docs/contract/rules.md 3)."""
    expression: pl.Expr = status.down_strict(pl.col("status"), pl.col("running"))
    return expression


def open_with_fallback(appears_open: pl.Expr, rides_open: pl.Expr) -> pl.Expr:
    """On park snapshots: **park open, with fallback** (docs/contract/rules.md 4)."""
    return appears_open | (rides_open > 0)


def qualifies_hour(*, disney_universal: pl.Expr) -> pl.Expr:
    """A snapshot that makes `ride_operated` true, the park's state aside (docs/contract/hourly.md 4)."""
    reported = pl.col("status")
    return (reported == status.OPERATING) | pl.col("running") | ((reported == status.DOWN) & disney_universal)


def in_roster(*, now_s: int) -> pl.Expr:
    """On rides: last seen operating within 7 days of the SQL clock; never seen fails (code OP-7D)."""
    return (pl.col("last_operated") >= now_s - ROSTER_DAYS * 86_400).fill_null(False)


def operated_by_type(snapshots: pl.Expr) -> pl.Expr:
    """**operated, park-type aware** from the number of **operating** snapshots while the park was open.

    Needs the column reports_down. `snapshots` is counted with the minute match: strictly open, or with
    fallback for the variant of that name (docs/contract/rules.md 6).
    """
    return snapshots >= pl.when(pl.col("reports_down")).then(1).otherwise(MINIMUM_SNAPSHOTS)
