"""A window cut into buckets, with what of each day counts (docs/api.md, Any window)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import polars as pl

from parkstats_project.base import clock
from parkstats_project.base.clock import Window
from stats.frames import coverage

MINUTE: Final = 60
"""Resolution (seconds) of the choice of time."""

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Length(NamedTuple):
    """Length of a bucket: seconds, or calendar days of the zone (of 23 to 25 hours)."""

    seconds: int
    days: int


@dataclass(frozen=True)
class Choice:
    """Which times count: the window, cut into buckets from its start on, and what of each day.

    `weekdays` are 1 (Monday) to 7; `between` is a half-open span of the local day, past midnight if its end
    is not after its start. Without a `zone` the park's own counts.
    """

    window: Window
    length: Length
    weekdays: frozenset[int]
    between: tuple[time, time] | None
    zone: ZoneInfo | None


def _edges(choice: Choice, zone: ZoneInfo) -> list[int]:
    """Starts of the buckets and the end of the last, in epoch seconds."""
    start, end = choice.window.start_s, choice.window.end_s
    if choice.length.seconds:
        starts = list(range(start, end, choice.length.seconds))
    else:
        starts, local = [], choice.window.start.astimezone(zone)
        while (second := clock.epoch(local)) < end:
            starts.append(second)
            # Same time of the clock some days later, whatever the offset is then.
            local = (local.replace(tzinfo=None) + timedelta(days=choice.length.days)).replace(tzinfo=zone)
    return [*starts, end]


def _chosen(choice: Choice, zone: ZoneInfo) -> pl.Expr:
    """Whether a second `at` falls on a chosen weekday and within the chosen span of the local day."""
    local = _local(pl.col("at"), zone.key)
    chosen = local.dt.weekday().is_in(sorted(choice.weekdays))
    if choice.between is not None:
        first, last = (moment.hour * 60 + moment.minute for moment in choice.between)
        minute = local.dt.hour().cast(pl.Int32) * 60 + local.dt.minute()
        after, before = minute >= first, minute < last
        chosen &= (after & before) if first < last else (after | before)
    return chosen


def placed(frame: pl.DataFrame, choice: Choice, zone: ZoneInfo) -> pl.DataFrame:
    """The chosen rows of a frame with `at`, with the start of the `bucket` that each falls into."""
    starts = pl.Series("bucket", _edges(choice, zone)[:-1], dtype=pl.Int64).to_frame()
    return (
        frame.filter(_chosen(choice, zone))
        .sort("at")
        .join_asof(starts, left_on="at", right_on="bucket", strategy="backward")
    )


def expected(choice: Choice, zone: ZoneInfo, now: datetime) -> pl.DataFrame:
    """The buckets of which some time was chosen: bucket, bucket_end, expected (collections due by now)."""
    edges = _edges(choice, zone)
    ends = pl.DataFrame(
        {"bucket": edges[:-1], "bucket_end": edges[1:]}, schema={"bucket": pl.Int64, "bucket_end": pl.Int64}
    )
    # From one minute or edge to the next everything is in one bucket, and chosen or not.
    minutes = range(edges[0] - edges[0] % MINUTE + MINUTE, edges[-1], MINUTE)
    cuts = pl.Series("at", [*minutes, *edges], dtype=pl.Int64).unique().sort()
    due = pl.min_horizontal(pl.col("at").shift(-1), clock.epoch(now)) - pl.col("at")
    cells = cuts.to_frame().with_columns(seconds=due.clip(lower_bound=0)).head(-1)
    return (
        placed(cells, choice, zone)
        .group_by("bucket")
        .agg(expected=(pl.col("seconds").sum() // coverage.interval()).clip(lower_bound=1))
        .join(ends, on="bucket")
    )


def local_text(column: str, zone: ZoneInfo) -> pl.Expr:
    """Epoch seconds as ISO 8601 with the zone's offset."""
    return _local(pl.col(column), zone.key).dt.strftime("%Y-%m-%dT%H:%M:%S%:z")


def _local(seconds: pl.Expr, zone: str) -> pl.Expr:
    return pl.from_epoch(seconds).dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
