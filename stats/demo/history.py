"""Daily statistics of the days before the raw rows, for benchmarks and demonstrations.

Each day is simulated with one collection per hour, which then stands for an hour instead of ten minutes;
the columns are made of it by the rules of docs/contract/daily-aggregation.md 3. That is plausible, and
coherent between rides and parks; it is not what a recomputation from ten-minute rows would give.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

import polars as pl

from parkstats_project.base.arithmetic import ratio
from parkstats_project.base.clock import HOUR, pacific_day
from parkstats_project.db.expressions import integer
from parkstats_project.db.statements import insert
from rides.models import Ride
from rides.status import down_strict
from stats import rules
from stats.demo import text
from stats.demo.simulator import observe
from stats.demo.world import World
from stats.frames import read, versions
from stats.models import ParkDailyStats, RideDailyStats

_RIDE_COLUMNS: Final = (
    "ride_id", "stat_date", "uptime_minutes", "downtime_minutes", "uptime_percentage",
    "operating_hours_minutes", "avg_wait_time", "min_wait_time", "max_wait_time", "peak_wait_time",
    "status_changes", "longest_downtime_minutes", "created_at", "metrics_version",
)  # fmt: skip
_PARK_COLUMNS: Final = (
    "park_id", "stat_date", "total_rides_tracked", "avg_uptime_percentage", "shame_score",
    "total_downtime_hours", "rides_with_downtime", "avg_wait_time", "peak_wait_time",
    "operating_hours_minutes", "created_at", "metrics_version",
)  # fmt: skip


def fill(
    world: World, days: list[date], memory: pl.DataFrame, *, progress: Callable[[str], None]
) -> pl.DataFrame:
    """Write rows of consecutive Pacific days in each version that is read; returns the memory after them."""
    roster = _roster()
    for day in days:
        window = pacific_day(day)
        seen = observe(world, start=window.start_s, end=window.end_s, interval=HOUR, memory=memory)
        memory = seen.memory
        rides = _ride_rows(roster, seen.rides, seen.parks, seen.changes)
        parks = _park_rows(rides)
        for version in versions.readable():
            # The rows of a Pacific day appear at 01:00 UTC, two dates later.
            common = {
                "stat_date": pl.lit(str(day)),
                "created_at": pl.lit(f"{day + timedelta(days=2)} 01:00:09"),
                "metrics_version": pl.lit(version),
            }
            for model, rows, columns in (
                (RideDailyStats, rides, _RIDE_COLUMNS),
                (ParkDailyStats, parks, _PARK_COLUMNS),
            ):
                values = {name: common.get(name, pl.col(name)) for name in columns}
                insert(model, columns, _as_text(rows).select(**values).iter_rows())
        progress(f"daily rows of {day}")
    return memory


def _roster() -> pl.DataFrame:
    """Every active ride, also those of inactive parks: each gets a row every day."""
    rows = Ride.objects.filter(is_active=True).order_by("park_id", "name", "ride_id")
    columns = ("ride_id", "park_id", "classification__tier_weight", integer("park__is_active"))
    schema = {"ride_id": pl.Int32, "park_id": pl.Int32, "weight": pl.Int64, "park_active": pl.Boolean}
    return read.frame(rows, schema, *columns).with_columns(rules.tier_weight(pl.col("weight")))


def _ride_rows(
    roster: pl.DataFrame, rides: pl.DataFrame, parks: pl.DataFrame, changes: pl.DataFrame
) -> pl.DataFrame:
    open_, running = pl.col("appears_open"), pl.col("running")
    waits = pl.col("wait").filter(running)
    sums = (
        rides.join(parks.select("park_id", "at", "appears_open"), on=("park_id", "at"))
        .group_by("ride_id")
        .agg(
            up=(open_ & running).sum(),
            down=(open_ & down_strict(pl.col("code"), running)).sum(),
            open=open_.sum(),
            operated=running.any(),
            avg_wait_time=ratio(waits.sum(), waits.count(), scale=2),
            min_wait_time=waits.min(),
            max_wait_time=waits.max(),
            peak_wait_time=pl.col("wait").max(),
        )
    )
    counts = changes.group_by("ride_id").agg(
        status_changes=pl.len(),
        # The collector knows only the time since its last run, ten minutes before.
        longest_downtime_minutes=pl.col("duration").filter(pl.col("current")).max().clip(0, 10),
    )
    joined = roster.join(sums, on="ride_id", how="left", maintain_order="left").join(
        counts, on="ride_id", how="left", maintain_order="left"
    )
    operated = pl.col("operated").fill_null(False)
    up, down = pl.col("up").fill_null(0), pl.col("down").fill_null(0)
    return joined.with_columns(
        uptime_minutes=60 * up,
        downtime_minutes=60 * pl.when(operated).then(down).otherwise(0),
        uptime_percentage=pl.when(operated).then(ratio(100 * up, pl.col("open"), scale=2)).fill_null(0),
        operating_hours_minutes=60 * pl.col("open").fill_null(0),
        status_changes=pl.col("status_changes").fill_null(0),
    )


def _park_rows(rides: pl.DataFrame) -> pl.DataFrame:
    downtime = pl.col("downtime_minutes").cast(pl.Int64)
    return (
        rides.filter("park_active")
        .group_by("park_id", maintain_order=True)
        .agg(
            total_rides_tracked=pl.len(),
            avg_uptime_percentage=ratio(pl.col("uptime_percentage").sum(), pl.len(), scale=0),
            total_downtime_hours=ratio(downtime.sum(), 60, scale=2),
            rides_with_downtime=(downtime > 0).sum(),
            avg_wait_time=ratio(
                pl.col("avg_wait_time").sum(), pl.col("avg_wait_time").count(), scale=0
            ).fill_null(0),
            peak_wait_time=pl.col("peak_wait_time").max().fill_null(0),
            operating_hours_minutes=ratio(pl.col("operating_hours_minutes").sum(), pl.len(), scale=0),
            # **shame, from hours** in thousandths: one place, as the service writes it that knows a score.
            shame_score=100 * ratio((downtime * pl.col("weight")).sum(), 6 * pl.col("weight").sum(), scale=1),
        )
    )


def _as_text(rows: pl.DataFrame) -> pl.DataFrame:
    """Decimal columns as the database drivers take them."""
    scales = {
        "uptime_percentage": 2, "avg_uptime_percentage": 2, "avg_wait_time": 2, "total_downtime_hours": 2,
        "shame_score": 3,
    }  # fmt: skip
    return rows.with_columns(
        text.decimal(pl.col(name), scale=scale).alias(name)
        for name, scale in scales.items()
        if name in rows.columns
    )
