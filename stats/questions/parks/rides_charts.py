"""The rides of one park side by side: GET /api/parks/<id>/rides/charts (docs/contract/parks.md 5)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, TypedDict

import polars as pl

from parkstats_project.base import clock
from parkstats_project.base.arithmetic import fixed, number, ratio
from stats import rules
from stats.frames import daily_rows, observations, roster, series
from stats.frames.roster import is_entity

PERIODS: Final = ("today", "yesterday", "last_week", "last_month")
KINDS: Final = ("downtime", "wait_times")


class Dataset(TypedDict):
    """One ride; the data stand under the labels."""

    ride_id: int
    label: str
    tier: int
    data: list[Decimal | float | None]


class Comparison(TypedDict):
    """The answer without its envelope; rides by tier and name."""

    granularity: str
    labels: list[str]
    datasets: list[Dataset]


def of_park(park_id: int, kind: str, period: str, *, now: datetime) -> Comparison:
    """The charts of a park's active attractions; an unknown park has none.

    Downtime is down as **down, strict**, five minutes a snapshot.
    """
    rides = roster.current().rides.filter(is_entity("park_id", park_id), "is_active", "is_attraction")
    over = clock.Period(period, now)
    if over.granularity == "hourly":
        labels = list(series.HOUR_LABELS)
        datasets = _hourly(kind, rides, over.dates.start)
    else:
        labels = series.day_labels(over.dates.days())
        datasets = _daily(kind, rides, over.dates)
    return {"granularity": over.granularity, "labels": labels, "datasets": datasets}


def _hourly(kind: str, rides: pl.DataFrame, day: date) -> list[Dataset]:
    if rides.is_empty():
        return []
    window = clock.pacific_day(day)
    parks = rides["park_id"].unique().to_list()
    rows = observations.rides(window, parks=parks).join(rides.select("ride_id"), on="ride_id", how="semi")
    if kind == "downtime":
        listed = rows.filter(rules.operating(), pl.col("open") > 0)
        values = series.ride_downtime_hours(rows, observations.parks(window, parks=parks))
        scale = 2
    else:
        listed = rows.filter(pl.col("wait").is_not_null(), pl.col("open") > 0)
        values = series.ride_waits(
            rows, key="ride_id", bucket=series.chart_hour(), open_pairs="open", scale=0
        )
        scale = 0
    return _datasets(rides, listed, values, series.CHARTED_HOURS, scale, numbers=False)


def _daily(kind: str, rides: pl.DataFrame, span: clock.DateSpan) -> list[Dataset]:
    rows = daily_rows.rides(span).join(rides.select("ride_id"), on="ride_id", how="semi")
    if kind == "downtime":
        listed = rows.filter((pl.col("uptime_minutes") > 0) | (pl.col("downtime_minutes") > 0))
        value = ratio(pl.col("downtime_minutes"), 60, scale=2)
    else:
        listed = rows.filter(pl.col("avg_wait").is_not_null())
        # A wait of 0 is shown as a gap (docs/contract/parks.md 5).
        value = pl.when(pl.col("avg_wait") != 0).then("avg_wait")
    values = rows.select("ride_id", bucket=pl.col("day"), value=value)
    return _datasets(rides, listed, values, span.days(), 2, numbers=kind == "wait_times")


def _datasets(
    rides: pl.DataFrame,
    listed: pl.DataFrame,
    values: pl.DataFrame,
    buckets: Any,
    scale: int,
    *,
    numbers: bool,
) -> list[Dataset]:
    shown = (
        rides.join(listed, on="ride_id", how="semi")
        .with_columns(pl.col("tier").fill_null(rules.UNCLASSIFIED_TIER))
        .sort("tier", "by_name")
    )
    lines = series.aligned(values, key="ride_id", entities=shown["ride_id"], buckets=buckets)
    wire = number if numbers else _decimal
    return [
        {
            "ride_id": ride_id,
            "label": name,
            "tier": tier,
            "data": [wire(value, scale) for value in lines[ride_id]],
        }
        for ride_id, name, tier in shown.select("ride_id", "name", "tier").iter_rows()
    ]


def _decimal(value: int | None, scale: int) -> Decimal | None:
    return None if value is None else fixed(value, scale)
