"""Downtime of each ride over hours, daily, weekly and monthly rows: what `downtime` ranks."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import polars as pl

from parkstats_project.base import clock
from parkstats_project.base.arithmetic import ratio
from parkstats_project.base.clock import DateSpan, Window
from stats.frames import daily_rows, entrants, hours, period_rows
from stats.models import RideMonthlyStats, RideWeeklyStats


def of_hours(window: Window, *, now: datetime, among: str) -> pl.DataFrame:
    """Rides over the hours of a window: downtime above zero, and operated (docs/contract/rides.md 1.3).

    Besides the columns of `entrants.rides`: downtime_hours (hundredths), uptime_percentage (tenths; null when
    no snapshot had a partner), trend_percentage (null). The sums include hours before the ride operated.
    """
    snapshots, down = pl.col("snapshots").sum(), pl.col("down").sum()
    return (
        hours.of_rides(window, now=now)
        .group_by("ride_id")
        .agg(
            operated=pl.col("operated").any(),
            downtime_hours=pl.col("downtime").sum(),
            uptime_percentage=ratio((snapshots - down) * 100, snapshots, scale=1),
        )
        .filter(pl.col("operated") & (pl.col("downtime_hours") > 0))
        .join(entrants.rides(among), on="ride_id")
        .with_columns(trend_percentage=pl.lit(None, pl.Int64))
    )


def of_days(span: DateSpan, *, among: str) -> pl.DataFrame:
    """Rides over their daily rows, those with downtime (docs/contract/rides.md 1.6).

    Besides the columns of `entrants.rides`: minutes, total_downtime_hours (hundredths), uptime_percentage
    (hundredths), mean_uptime (the same with six more places, to sort by), status_changes, and
    queue_times_url and trend_percentage (null).
    """
    uptime, rows = pl.col("uptime").sum(), pl.len()
    return (
        daily_rows.rides(span)
        .group_by("ride_id")
        .agg(
            minutes=pl.col("downtime_minutes").sum(),
            uptime_percentage=ratio(uptime, rows, scale=0),
            mean_uptime=ratio(uptime, rows, scale=6),
            status_changes=pl.col("status_changes").sum(),
        )
        .filter(pl.col("minutes") > 0)
        .join(entrants.rides(among), on="ride_id")
        .with_columns(
            total_downtime_hours=ratio(pl.col("minutes"), 60, scale=2),
            queue_times_url=pl.lit(None, pl.String),
            trend_percentage=pl.lit(None, pl.Int64),
        )
    )


def stored(today: date, *, by: str) -> pl.DataFrame:
    """Rides over their row of yesterday (`by` day), the running week or month, as it is stored.

    ride_id, minutes, previous (those of the day or month before; not for weeks), uptime_percentage and
    avg_wait_time (hundredths), peak_wait_time. Of days only those with operation and downtime.
    """
    if by == "day":
        yesterday, before = today - timedelta(days=1), today - timedelta(days=2)
        rows = daily_rows.rides(DateSpan(yesterday, yesterday)).filter(
            (pl.col("operating_minutes") > 0) & (pl.col("downtime_minutes") > 0)
        )
        earlier = daily_rows.rides(DateSpan(before, before)).select("ride_id", previous="downtime_minutes")
        return _shown(rows).join(earlier, on="ride_id", how="left")
    if by == "week":
        return _shown(period_rows.of(RideWeeklyStats, clock.week_key(today)))
    last_month = clock.month_key(today.replace(day=1) - timedelta(days=1))
    earlier = period_rows.of(RideMonthlyStats, last_month).select("ride_id", previous="downtime_minutes")
    rows = _shown(period_rows.of(RideMonthlyStats, clock.month_key(today)))
    return rows.join(earlier, on="ride_id", how="left")


def _shown(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(
        "ride_id",
        minutes="downtime_minutes",
        uptime_percentage="uptime",
        avg_wait_time="avg_wait",
        peak_wait_time="peak_wait",
    )
