"""Daily figures of one Pacific day from its observations: ride rows and park rows, by metrics version.

Pure: frames in, frames out. Columns are named after the daily tables; a DECIMAL column holds integers in
units of its last place (docs/contract/daily-aggregation.md 3).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

import polars as pl

from parkstats_project.base.arithmetic import ratio
from stats import rules
from stats.frames.versions import LEGACY_VERSION
from stats.rules import MINUTES_PER_SNAPSHOT

PARK_TYPE_VERSION: Final = 2
"""Downtime by the park-type-aware rule, as the hourly figures have it, a stored shame score, true outages."""

RIDE_COLUMNS: Final = (
    "uptime_minutes",
    "downtime_minutes",
    "uptime_percentage",
    "operating_hours_minutes",
    "avg_wait_time",
    "min_wait_time",
    "max_wait_time",
    "peak_wait_time",
    "status_changes",
    "longest_downtime_minutes",
)
PARK_COLUMNS: Final = (
    "total_rides_tracked",
    "avg_uptime_percentage",
    "total_downtime_hours",
    "rides_with_downtime",
    "avg_wait_time",
    "peak_wait_time",
    "operating_hours_minutes",
)


class Rule(NamedTuple):
    """What sets a metrics version apart."""

    down: Callable[[], pl.Expr]
    stores_shame: bool
    longest_downtime: Callable[[pl.DataFrame, pl.DataFrame], pl.DataFrame]

    @property
    def park_columns(self) -> tuple[str, ...]:
        """Columns of `park_daily_stats` that the version writes; the others survive an upsert."""
        return (*PARK_COLUMNS, "shame_score") if self.stores_shame else PARK_COLUMNS


def longest_as_noticed(observed: pl.DataFrame, changes: pl.DataFrame) -> pl.DataFrame:
    """Version 1: the longest `duration` of an opening, which is the time since the snapshot before."""
    return (
        changes.filter("new_status")
        .group_by("ride_id")
        .agg(longest_downtime_minutes=pl.col("duration").max())
    )


def longest_outage(observed: pl.DataFrame, changes: pl.DataFrame) -> pl.DataFrame:
    """Version 2: the longest outage that an opening ended: ride_id, longest_downtime_minutes.

    An outage are the snapshots in a row, up to the opening, in which the ride counts as down while the park
    is open. It began with the first of them, or before it when its status began (`since`), if the snapshot
    before that one still saw something else. An opening after a closed night ends none.
    """
    is_out = (pl.col("open") > 0) & rules.down()
    seen = (
        observed.sort("ride_id", "at")
        .select("ride_id", "at", out=is_out, before=pl.col("at").shift().over("ride_id"))
        .with_columns(run=pl.col("out").rle_id().over("ride_id"))
        .with_columns(pl.col("at", "before").first().over("ride_id", "run").name.prefix("first_"))
        .sort("at")
    )
    began = (
        pl.when(pl.col("since").is_between("first_before", "first_at")).then("since").otherwise("first_at")
    )
    return (
        changes.filter("new_status")
        .sort("at")
        .join_asof(
            seen.rename({"at": "last_at"}),
            left_on="at",
            right_on="last_at",
            by="ride_id",
            allow_exact_matches=False,
            check_sortedness=False,
        )
        .filter("out")
        .group_by("ride_id")
        .agg(longest_downtime_minutes=((pl.col("at") - began) // 60).max())
    )


VERSIONS: Final = {
    LEGACY_VERSION: Rule(down=rules.down_strict, stores_shame=False, longest_downtime=longest_as_noticed),
    PARK_TYPE_VERSION: Rule(down=rules.down, stores_shame=True, longest_downtime=longest_outage),
}


def ride_counts(
    observed: pl.DataFrame, changes: pl.DataFrame, members: pl.DataFrame, *, version: int
) -> pl.DataFrame:
    """What `ride_figures` is made of: one row for each of `members` (ride_id, park_id), observed or not.

    `observed` and `changes` are the frames of `stats.frames.observations`. Counted: opened (the park was
    open), up, down (of these), waits (running with a posted wait) and their sum `waited`, status_changes;
    `operated` (**operated, daily row**; docs/contract/rules.md 6). The matching is exact, the park open
    strict; a snapshot counts once per matching park snapshot.
    """
    running = pl.col("running")
    wait = pl.when(running).then("wait")
    # Sums are of 64 bits, whatever they are of; products are not.
    pairs = pl.col("partners").cast(pl.Int64)
    counted = (
        observed.filter(pl.col("partners") > 0)
        .select(
            "ride_id",
            "wait",
            running,
            opened="open",
            up=pl.when(running).then("open"),
            down=pl.when(VERSIONS[version].down()).then("open"),
            waits=pl.when(wait.is_not_null()).then("partners"),
            waited=pairs * wait,
            wait_running=wait,
        )
        .group_by("ride_id")
        .agg(
            pl.col("opened", "up", "down", "waits", "waited").sum(),
            operated=running.any(),
            min_wait_time=pl.col("wait_running").min(),
            max_wait_time=pl.col("wait_running").max(),
            peak_wait_time=pl.col("wait").max(),
        )
    )
    changed = changes.group_by("ride_id").agg(status_changes=pl.len().cast(pl.Int64))
    longest = VERSIONS[version].longest_downtime(observed, changes)
    zero = ("opened", "up", "down", "waits", "waited", "status_changes")
    return (
        members.select("ride_id", "park_id")
        .join(counted, on="ride_id", how="left")
        .join(changed, on="ride_id", how="left")
        .join(longest, on="ride_id", how="left")
        .with_columns(pl.col(zero).fill_null(0), operated=pl.col("operated").fill_null(False))
    )


def ride_figures(
    observed: pl.DataFrame, changes: pl.DataFrame, members: pl.DataFrame, *, version: int
) -> pl.DataFrame:
    """One row for each of `members`, by ride_id: park_id, `operated` and RIDE_COLUMNS, of `ride_counts`."""
    operated = pl.col("operated")
    return (
        ride_counts(observed, changes, members, version=version)
        .select(
            "ride_id",
            "park_id",
            "operated",
            uptime_minutes=MINUTES_PER_SNAPSHOT * pl.col("up"),
            downtime_minutes=MINUTES_PER_SNAPSHOT * pl.col("down") * operated,
            uptime_percentage=pl.when(operated & (pl.col("opened") > 0))
            .then(ratio(100 * pl.col("up"), pl.col("opened"), scale=2))
            .otherwise(0),
            operating_hours_minutes=MINUTES_PER_SNAPSHOT * pl.col("opened"),
            avg_wait_time=ratio(pl.col("waited"), pl.col("waits"), scale=2),
            min_wait_time=pl.col("min_wait_time").cast(pl.Int64),
            max_wait_time=pl.col("max_wait_time").cast(pl.Int64),
            peak_wait_time=pl.col("peak_wait_time").cast(pl.Int64),
            status_changes="status_changes",
            longest_downtime_minutes=pl.col("longest_downtime_minutes").cast(pl.Int64),
        )
        .sort("ride_id")
    )


def as_stored(rides: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Stored ride rows (ride_id, RIDE_COLUMNS) as `park_figures` takes them; `members` as of `ride_figures`.

    Whether a ride operated is not stored: it did if a minute or a wait of it was counted.
    """
    counted = (pl.col("uptime_minutes") > 0) | (pl.col("downtime_minutes") > 0)
    return (
        rides.with_columns(pl.col("ride_id").cast(pl.Int32))
        .join(members.select("ride_id", "park_id"), on="ride_id")
        .with_columns(operated=counted | pl.col("min_wait_time").is_not_null())
    )


def weighed(figures: pl.DataFrame, weights: pl.DataFrame) -> pl.DataFrame:
    """Rows of `ride_figures` with `counted_weight`: the weight of an attraction that operated, else null.

    `weights` are the rides of the roster (ride_id, is_attraction, weight).
    """
    counts = figures.join(weights.select("ride_id", "is_attraction", "weight"), on="ride_id", how="left")
    counted = pl.when(pl.col("operated") & pl.col("is_attraction")).then(pl.col("weight").cast(pl.Int64))
    return counts.with_columns(counted_weight=counted)


def park_figures(figures: pl.DataFrame, weights: pl.DataFrame) -> pl.DataFrame:
    """One row for each park that has ride rows, by park_id: PARK_COLUMNS and `shame_score` (thousandths).

    Of the rows of `weighed`. The score is the formula of the hourly figures over the day
    (docs/contract/rules.md 8): weighted downtime hours by the weight of the attractions that operated, times
    10; null if none did.
    """
    weight = pl.col("counted_weight")
    down, wait = pl.col("downtime_minutes"), pl.col("avg_wait_time")
    return (
        weighed(figures, weights)
        .group_by("park_id")
        .agg(
            total_rides_tracked=pl.len().cast(pl.Int64),
            avg_uptime_percentage=ratio(pl.col("uptime_percentage").sum(), pl.len(), scale=0),
            total_downtime_hours=ratio(100 * down.sum(), 60, scale=0),
            rides_with_downtime=(down > 0).sum().cast(pl.Int64),
            avg_wait_time=ratio(wait.sum(), wait.count(), scale=0).fill_null(0),
            peak_wait_time=pl.col("peak_wait_time").max().fill_null(0),
            operating_hours_minutes=ratio(pl.col("operating_hours_minutes").sum(), pl.len(), scale=0),
            shame_score=ratio((down * weight).sum() * 10, weight.sum() * 60, scale=3),
        )
        .sort("park_id")
    )
