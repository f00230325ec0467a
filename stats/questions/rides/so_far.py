"""Rides by downtime of the running day, from its observations (docs/contract/rides.md 1.2, "fallback").

They count ten minutes a snapshot where the live table counts five: while both exist, the table answers.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

import polars as pl

from parkstats_project.base import clock
from parkstats_project.base.arithmetic import ratio
from parkstats_project.base.clock import DateSpan, Window
from rides.choices import RideStatus
from stats import rules
from stats.frames import current, daily_rows, entrants, observations, schedules
from stats.frames.entrants import (
    Bit,
    Hundredths,
    LinkedRide,
    Order,
    ascending,
    descending,
)
from stats.frames.matching import Observed

SO_FAR_ORDERS: Final[dict[str, tuple[Order, ...]]] = {
    "current_is_open": (ascending("current_is_open"), descending("downtime_hours")),
    "downtime_hours": (descending("downtime_hours"),),
    "uptime_percentage": (ascending("uptime_percentage"),),
    "trend_percentage": (descending("trend_percentage"),),
}


class RideSoFarRow(LinkedRide):
    """A ride over the observations of the running day (docs/contract/rides.md 1.2, "fallback")."""

    park_is_open: Bit | None
    current_status: str | None
    current_is_open: Bit | None
    downtime_hours: Hundredths
    uptime_percentage: Hundredths | None
    avg_wait_time: Hundredths | None
    peak_wait_time: int | None
    trend_percentage: Hundredths | None


def rides_so_far(*, now: datetime, among: str, sort_by: str, limit: int) -> list[RideSoFarRow]:
    """Rides by downtime since Pacific midnight, from observations.

    See docs/contract/rides.md 1.2, "fallback".
    """
    today = clock.pacific_date(now)
    figures = (
        day_so_far(clock.pacific_day(today))
        .join(entrants.rides(among), on="ride_id")
        .join(current.ride_status(now=now), on="ride_id", how="left")
        .filter(
            ((pl.col("downtime_hours") > 0) & (pl.col("uptime_percentage") > 0)).fill_null(False)
            | pl.col("current_status").eq_missing(pl.lit(RideStatus.DOWN.value))
        )
        .join(_minutes_on(today - timedelta(days=1)), on="ride_id", how="left")
        .with_columns(trend_percentage=_trend())
    )
    best = entrants.top(figures, *SO_FAR_ORDERS[sort_by], tie="ride_id", limit=limit)
    best = best.join(current.park_is_open(now=now), on="park_id", how="left", maintain_order="left")
    return entrants.rows(RideSoFarRow, best)


def day_so_far(day: Window) -> pl.DataFrame:
    """Rides that operated on a day (**operated, park-type aware**), from its observations so far.

    ride_id, downtime_hours, uptime_percentage and avg_wait_time (hundredths; the latter two null without a
    snapshot that counts), peak_wait_time, live_minutes (of downtime by interval-5). Downtime is counted while
    the park is open by its schedule, uptime and live_minutes while it appears open.
    """
    sums = (
        observations.summed(day, _sums)
        .group_by("ride_id", "reports_down")
        .agg(
            pl.col("operated", "pairs", "opened", "ran", "down", "wait_sum", "wait_count").sum(),
            pl.col("peak_wait_time").max(),
        )
    )
    scheduled = (
        observations.summed(day, _down)
        .join(_open_by_schedule(day), on=["park_id", "at"])
        .group_by("ride_id")
        .agg(snapshots=pl.col("pairs").sum())
    )
    return (
        sums.filter((pl.col("pairs") > 0) & rules.operated_by_type(pl.col("operated")))
        .join(scheduled, on="ride_id", how="left")
        .select(
            "ride_id",
            "peak_wait_time",
            downtime_hours=ratio(pl.col("snapshots").fill_null(0) * rules.MINUTES_PER_SNAPSHOT, 60, scale=2),
            uptime_percentage=ratio(pl.col("ran") * 100, pl.col("opened"), scale=2),
            avg_wait_time=ratio(pl.col("wait_sum"), pl.col("wait_count"), scale=2),
            live_minutes=pl.col("down") * rules.LIVE_MINUTES_PER_SNAPSHOT,
        )
    )


def _sums(seen: Observed) -> pl.DataFrame:
    """Per ride: how many pairs with a park snapshot were of each kind, and the waits of all of them."""
    pairs, opened, waited = (pl.col(name).cast(pl.Int64) for name in ("partners", "open", "wait"))
    waiting = pl.col("wait") > 0
    return seen.rides.group_by("ride_id", "reports_down").agg(
        operated=pl.col("minute_open").cast(pl.Int64).filter(rules.operating()).sum(),
        pairs=pairs.sum(),
        opened=opened.sum(),
        ran=opened.filter(rules.operating()).sum(),
        down=opened.filter(rules.down()).sum(),
        wait_sum=(waited * pairs).filter(waiting).sum(),
        wait_count=pairs.filter(waiting).sum(),
        peak_wait_time=pl.col("wait").filter(pl.col("partners") > 0).max(),
    )


def _down(seen: Observed) -> pl.DataFrame:
    """When rides were down, whatever their park: ride_id, park_id, at."""
    return seen.rides.filter(rules.down()).select("ride_id", "park_id", "at")


def _open_by_schedule(window: Window) -> pl.DataFrame:
    """Moments at which parks were **open at t, by schedule** (docs/contract/rules.md 4): park_id, at, pairs.

    `pairs` counts the park's snapshots of that second: all of them within its schedule; for a park without
    any schedule those that appear open.
    """
    hours, known = schedules.touching(window), schedules.scheduled_parks()
    seen = observations.parks(window).select("snapshot_id", "park_id", "at", "open")
    within = seen.join(hours, on="park_id").filter(pl.col("at").is_between(pl.col("opens"), pl.col("closes")))
    strict = seen.filter(~pl.col("park_id").is_in(known) & pl.col("open"))
    # Schedules may overlap: a snapshot within two of them is one.
    found = pl.concat([within.select("snapshot_id", "park_id", "at").unique(), strict.drop("open")])
    return found.group_by("park_id", "at").agg(pairs=pl.len().cast(pl.Int64))


def _minutes_on(day: date) -> pl.DataFrame:
    return daily_rows.rides(DateSpan(day, day)).select("ride_id", previous="downtime_minutes")


def _trend() -> pl.Expr:
    """Change of the live minutes (5 a snapshot) against yesterday's row (10 a snapshot) in per cent."""
    before = pl.col("previous")
    return pl.when(before > 0).then(ratio((pl.col("live_minutes") - before) * 100, before, scale=2))
