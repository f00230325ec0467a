"""Waits per park or ride: from observations, over daily rows, of a week.

`average` is in tenths, as every ranking shows it; what a ranking sorts by beyond that is in the frames too.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from parkstats_project.base import clock
from parkstats_project.base.arithmetic import ratio, round_units
from parkstats_project.base.clock import Window
from stats import rules
from stats.frames import entrants, observations, period_rows
from stats.frames.entrants import descending
from stats.frames.matching import Observed
from stats.models import RideWeeklyStats


def observed(window: Window, *, by: str, only_open: bool = True) -> pl.DataFrame:
    """Waits of active attractions in a window that starts on the hour, per park or ride (`by` its id column).

    average (tenths; null without a wait above zero), total and count (the unrounded average is their
    quotient), peak, rides_reporting, snapshots_with_waits, ran (was seen operating, whatever the park). With
    `only_open` a wait counts once for each matching park snapshot that is **park open, strict**; otherwise
    once, matched or not. Parks are rounded to four places first (docs/contract/README.md 5, exception 1).
    """
    end = clock.hour_start(window.end_s)
    parts = []
    if window.start_s < end:
        parts.append(observations.summed(Window(window.start, clock.from_epoch(end)), _sums))
    # At midnight to the microsecond, today is empty.
    if end < window.end_s or not parts:
        rest = clock.window_of_seconds(max(end, window.start_s), window.end_s)
        parts.append(_sums(Observed(observations.rides(rest), observations.parks(rest))))
    rides = entrants.rides(entrants.ALL_PARKS).select("ride_id", "park_id")
    total, count, peak, reports = (
        ("open_total", "open_count", "open_peak", "pairs")
        if only_open
        else ("total", "count", "peak", "count")
    )
    figures = (
        pl.concat(parts)
        .join(rides, on="ride_id")
        .group_by(by)
        .agg(
            total=pl.col(total).sum(),
            count=pl.col(count).sum(),
            peak=pl.col(peak).max(),
            rides_reporting=pl.col("ride_id").filter(pl.col(reports) > 0).n_unique(),
            snapshots_with_waits=pl.col("pairs").sum(),
            ran=pl.col("ran").any(),
        )
        .filter(pl.col("count") > 0)
    )
    quotient = ratio(pl.col("total"), pl.col("count"), scale=1)
    if by == "park_id":
        quotient = round_units(ratio(pl.col("total"), pl.col("count"), scale=4), places=3)
    return figures.with_columns(average=quotient)


def _sums(seen: Observed) -> pl.DataFrame:
    """Per ride: sums of waits above zero, once per snapshot and once per pair with an open park."""
    waiting = pl.col("wait") > 0
    wait, opened = pl.col("wait").cast(pl.Int64), pl.col("open").cast(pl.Int64)
    return seen.rides.group_by("ride_id").agg(
        total=wait.filter(waiting).sum(),
        count=waiting.sum().cast(pl.Int64),
        peak=pl.col("wait").max(),
        open_total=(wait * opened).filter(waiting).sum(),
        open_count=opened.filter(waiting).sum(),
        open_peak=pl.col("wait").filter(pl.col("open") > 0).max(),
        pairs=pl.col("partners").cast(pl.Int64).filter(waiting).sum(),
        ran=rules.operating().any(),
    )


def over_days(rows: pl.DataFrame, *, by: str) -> pl.DataFrame:
    """Average of the daily averages, per park or ride: average (tenths), mean (to sort by), peak."""
    total, count = pl.col("avg_wait").sum(), pl.col("avg_wait").count()
    return (
        rows.filter(pl.col("avg_wait").is_not_null())
        .group_by(by)
        .agg(
            average=ratio(total, count * 100, scale=1),
            mean=ratio(total, count, scale=6),
            peak=pl.col("peak_wait").max(),
        )
    )


def of_week(day: date) -> pl.DataFrame:
    """Weekly rows of a date: ride_id, avg_wait_7days (hundredths, or null), peak_wait_7days (or null)."""
    return period_rows.of(RideWeeklyStats, clock.week_key(day)).select(
        "ride_id", avg_wait_7days="avg_wait", peak_wait_7days="peak_wait"
    )


def longest(figures: pl.DataFrame, tie: str, limit: int) -> pl.DataFrame:
    """The first `limit` by average, named as the wire names it: avg_wait_minutes, peak_wait_minutes."""
    best = entrants.top(figures, descending("average"), tie=tie, limit=limit)
    return best.with_columns(avg_wait_minutes="average", peak_wait_minutes="peak")


def daily_averages(rows: pl.DataFrame, entity: str) -> pl.DataFrame:
    """The averages of daily rows: the entity, before (hundredths)."""
    return rows.select(entity, before="avg_wait")


def trend_of_day() -> pl.Expr:
    """Change of total / count against the daily average `before` (hundredths) in per cent, one place."""
    before = pl.col("before") * pl.col("count")
    return pl.when(pl.col("before") > 0).then(ratio((pl.col("total") * 100 - before) * 100, before, scale=1))
