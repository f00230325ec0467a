"""Figures by entity and bucket: what every chart and heat map is made of.

A series frame has the key of the entity (`park_id` or `ride_id`), `bucket` and `value`; `aligned` turns it
into one list for each entity. Buckets are hours of the day at fixed UTC-8 (docs/contract/README.md 3), dates,
or minutes of the UTC clock. Values are integers in units of 10**-scale, null where the chart has a gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final

import polars as pl

from parkstats_project.base.arithmetic import ratio
from parkstats_project.base.clock import CHART_OFFSET, HOUR
from stats import rules

CHARTED_HOURS: Final = range(6, 24)
HOUR_LABELS: Final = [f"{hour}:00" for hour in CHARTED_HOURS]
LIVE_MINUTES: Final = 60


def day_labels(days: Iterable[date]) -> list[str]:
    """`Dec 07`, with padding."""
    return [f"{day:%b %d}" for day in days]


def chart_hour() -> pl.Expr:
    """Hour of the day of a snapshot, at UTC-8 all year."""
    return (((pl.col("at") + CHART_OFFSET) // HOUR) % 24).cast(pl.Int32)


def clock_minute() -> pl.Expr:
    """A snapshot's `HH:MM` of the UTC clock."""
    return pl.from_epoch("at").dt.strftime("%H:%M")


def chart_minute() -> pl.Expr:
    """A snapshot's `HH:MM` at UTC-8 all year."""
    return pl.from_epoch(pl.col("at") + CHART_OFFSET).dt.strftime("%H:%M")


def mean(value: pl.Expr, *, times: pl.Expr | None = None, places: int = 0, scale: int) -> pl.Expr:
    """Mean of a group's non-null values in units of 10**-places, shown with `scale` places.

    `times` counts a row more than once or, where 0, not at all; null for a group without values.
    """
    count = pl.lit(1, pl.Int64) if times is None else times.cast(pl.Int64)
    weight = pl.when(value.is_not_null()).then(count).otherwise(0)
    total = (value.cast(pl.Int64) * count).sum()
    return ratio(total * 10**scale, weight.sum() * 10**places, scale=0)


def park_hours(snapshots: pl.DataFrame, figures: dict[str, pl.Expr]) -> pl.DataFrame:
    """Figures of parks by chart hour: park_id, bucket and the aggregates asked for."""
    return snapshots.group_by("park_id", chart_hour().alias("bucket")).agg(**figures)


def shame() -> pl.Expr:
    """Mean of the stored score, in tenths."""
    return mean(pl.col("shame"), places=1, scale=1)


def ride_waits(
    snapshots: pl.DataFrame, *, key: str, bucket: pl.Expr, open_pairs: str, scale: int
) -> pl.DataFrame:
    """Mean wait by entity and bucket over the matching pairs in which the park is open.

    `open_pairs` names the kind of match: `open` (exact) or `minute_open`.
    """
    return (
        snapshots.filter(pl.col("wait").is_not_null() & (pl.col(open_pairs) > 0))
        .group_by(key, bucket.alias("bucket"))
        .agg(value=mean(pl.col("wait"), times=pl.col(open_pairs), scale=scale))
    )


def ride_downtime_hours(snapshots: pl.DataFrame, park_snapshots: pl.DataFrame) -> pl.DataFrame:
    """Downtime of rides by chart hour, down as **down, strict**, five minutes a snapshot.

    Columns: ride_id, bucket, since (snapshots from the ride's first operation on), park_open (whether the
    park was open, strictly, in any such hour of the window), value (hundredths of an hour since the first
    operation and in hours with the park open; 0 elsewhere).
    """
    started = pl.col("at") >= pl.col("at").filter(rules.operating()).min().over("ride_id")
    open_hours = (
        park_snapshots.filter("open")
        .select("park_id", bucket=chart_hour(), park_open=pl.lit(True))
        .unique(["park_id", "bucket"])
    )
    return (
        snapshots.with_columns(bucket=chart_hour(), started=started.fill_null(False))
        .group_by("ride_id", "park_id", "bucket")
        .agg(since=pl.col("started").sum(), down=(pl.col("started") & rules.down_strict()).sum())
        .join(open_hours, on=["park_id", "bucket"], how="left")
        .with_columns(pl.col("park_open").fill_null(False))
        .select(
            "ride_id",
            "bucket",
            "since",
            "park_open",
            value=ratio(pl.col("down") * pl.col("park_open") * rules.LIVE_MINUTES_PER_SNAPSHOT, 60, scale=2),
        )
    )


def aligned(
    series: pl.DataFrame, *, key: str, entities: Iterable[int], buckets: Sequence[Any]
) -> dict[int, list[int | None]]:
    """The values of each entity in the order of the buckets, None where the series has no row."""
    values = {
        (entity, bucket): value for entity, bucket, value in series.select(key, "bucket", "value").iter_rows()
    }
    return {entity: [values.get((entity, bucket)) for bucket in buckets] for entity in entities}
