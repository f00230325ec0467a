"""Which stored daily rows give way to new figures (docs/design.md D7, D13).

A row whose figures would change is replaced only by figures that saw at least as much of the day. Otherwise
it stays, and is named. A row that knows nothing of coverage proves a least by itself, and its park's day has
to be covered. A row that does not change learns how much it saw, if that is more than it knew.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import polars as pl

from stats.jobs import upsert
from stats.rules import MINUTES_PER_SNAPSHOT

OBSERVED: Final = "observed_collections"
EXPECTED: Final = "expected_collections"
COVERAGE: Final = (OBSERVED, EXPECTED)


class Judged(NamedTuple):
    """`wanted` without the rows that stay as they are, which are `kept`: what is stored of them."""

    wanted: pl.DataFrame
    kept: pl.DataFrame


def ride_minutes() -> pl.Expr:
    """On stored ride rows: the least number of collections that such minutes were counted from."""
    counted = pl.col("uptime_minutes_before") + pl.col("downtime_minutes_before")
    return (counted + MINUTES_PER_SNAPSHOT - 1) // MINUTES_PER_SNAPSHOT


def judge(
    wanted: pl.DataFrame,
    present: pl.DataFrame,
    *,
    entity: str,
    columns: Sequence[str],
    least: pl.Expr,
    allow_gaps: bool,
) -> Judged:
    """Compare rows of a day with what is stored (`upsert.stored`, COVERAGE included).

    `wanted` has besides the entity and the figures: COVERAGE, and `covered`, whether the park's day is.
    `least` is how many collections a stored row without COVERAGE proves, of columns `..._before`.
    """
    old, old_expected = pl.col(f"{OBSERVED}_before"), pl.col(f"{EXPECTED}_before")
    new, new_expected = pl.col(OBSERVED), pl.col(EXPECTED)
    known = pl.col("stat_id").is_not_null()
    unknown = old.is_null() | old_expected.is_null()
    proven = pl.min_horizontal(least, new_expected)
    # As shares: the rhythm of collection may have been another one.
    as_much = (
        pl.when(unknown)
        .then((new > 0) & (new >= proven) & pl.col("covered"))
        .otherwise(new * old_expected >= old * new_expected)
    )
    more = unknown | (new * old_expected > old * new_expected)
    changes = pl.any_horizontal(upsert.differing(columns).values())
    both = wanted.with_columns(pl.col(entity).cast(pl.Int64)).join(
        present, on=entity, how="left", suffix="_before", maintain_order="left"
    )
    stays = known & changes & ~(as_much | pl.lit(allow_gaps))
    learns = ~known | changes | (as_much & more)
    judged = both.with_columns(
        pl.when(learns).then(pl.col(name)).otherwise(pl.col(f"{name}_before")).alias(name)
        for name in COVERAGE
    )
    kept = both.filter(stays)[entity]
    return Judged(
        judged.filter(~stays).select(wanted.columns), present.filter(pl.col(entity).is_in(kept.implode()))
    )
