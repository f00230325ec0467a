"""Rankings by downtime or score: which parks and rides were down most, in any period.

`parks` and `rides` are the two questions; each period has a source of its own (contract/sources.md 1), which
is one function here (hours, daily rows), in `downtime_stored` (weekly and monthly rows) or in `downtime_live`
(live tables, observations of the running day).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, TypedDict

import polars as pl

from stats import daily, downtime_live, downtime_stored, hours, periods, ranking
from stats import now as at_present
from stats.arithmetic import ratio
from stats.periods import DateSpan, Window
from stats.ranking import (
    Bit,
    Hundredths,
    NumberOfHundredths,
    NumberOfTenths,
    Tenths,
    ascending,
    descending,
)

PERIODS: Final = ("live", "today", "yesterday", "7days", "30days", "last_week", "last_month")
PARK_SORTS: Final = ("shame_score", "total_downtime_hours", "uptime_percentage", "rides_down")
RIDE_SORTS: Final = ("current_is_open", "downtime_hours", "uptime_percentage", "trend_percentage")

# What a park ranking can be sorted by: lowest uptime first, everything else greatest first.
PARK_ORDERS: Final = {
    "shame_score": descending("shame_score"),
    "total_downtime_hours": descending("total_downtime_hours"),
    "uptime_percentage": ascending("uptime_percentage"),
    "rides_down": descending("rides_down"),
}
# Today knows two of them and sorts by hours instead of the others (contract/parks.md 1.4).
TODAY_PARK_ORDERS: Final = {
    name: PARK_ORDERS["shame_score" if name == "shame_score" else "total_downtime_hours"]
    for name in PARK_SORTS
}
# Today's trend is always null, so that sorting by it leaves the order of ids (contract/rides.md 1.3).
TODAY_RIDE_ORDERS: Final = {
    "current_is_open": ascending("current_is_open"),
    "downtime_hours": descending("downtime_hours"),
    "uptime_percentage": ascending("uptime_percentage"),
    "trend_percentage": descending("trend_percentage"),
}


class ParkRow(TypedDict):
    """A park over the hours of yesterday (contract/parks.md 1.5)."""

    rank: int
    park_id: int
    park_name: str
    location: str | None
    queue_times_id: int
    queue_times_url: str
    park_is_open: Bit | None
    shame_score: NumberOfTenths
    total_downtime_hours: NumberOfHundredths
    weighted_downtime_hours: NumberOfHundredths
    rides_down: int | None
    uptime_percentage: NumberOfTenths | None


class ParkTodayRow(ParkRow):
    """A park over the hours of today (contract/parks.md 1.4)."""

    rides_operating: int
    effective_park_weight: NumberOfTenths
    snapshot_count: int


class ParkDaysRow(TypedDict):
    """A park over the daily rows of a calendar week or month (contract/parks.md 1.6)."""

    rank: int
    park_id: int
    park_name: str
    location: str | None
    period_label: str
    total_downtime_hours: NumberOfHundredths
    rides_down: int
    shame_score: NumberOfTenths | None
    uptime_percentage: NumberOfHundredths | None
    trend_percentage: None


class RideTodayRow(TypedDict):
    """A ride over the hours of today (contract/rides.md 1.3)."""

    rank: int
    ride_id: int
    ride_name: str
    tier: int | None
    park_id: int
    park_name: str
    location: str | None
    queue_times_id: int
    park_queue_times_id: int
    queue_times_url: str
    park_is_open: Bit | None
    current_status: str | None
    current_is_open: Bit | None
    downtime_hours: Hundredths
    uptime_percentage: Tenths | None
    trend_percentage: None


class RideDaysRow(TypedDict):
    """A ride over the daily rows of a calendar week or month (contract/rides.md 1.6)."""

    rank: int
    ride_id: int
    ride_name: str
    tier: int | None
    park_id: int
    park_name: str
    period_label: str
    queue_times_url: None
    total_downtime_hours: NumberOfHundredths
    uptime_percentage: Hundredths
    status_changes: ranking.Whole
    trend_percentage: None


ParkRanking = (
    list[ParkTodayRow]
    | list[ParkRow]
    | list[ParkDaysRow]
    | list[downtime_live.ParkLiveRow]
    | list[downtime_stored.ParkStoredRow]
    | list[downtime_stored.ParkScoredRow]
)
RideRanking = (
    list[RideTodayRow]
    | list[RideDaysRow]
    | list[downtime_live.RideLiveRow]
    | list[downtime_live.RideSoFarRow]
    | list[downtime_stored.RideYesterdayRow]
    | list[downtime_stored.RideMonthRow]
    | list[downtime_stored.RideWeekRow]
)


def parks(*, period: str, now: datetime, among: str, sort_by: str, weighted: bool, limit: int) -> ParkRanking:
    """The parks with the highest score or downtime of a period (contract/parks.md 1).

    `among` is a filter of `ranking`, `sort_by` one of `PARK_SORTS`, which 7days and 30days ignore; `weighted`
    asks the weekly rows for a score.
    """
    today = periods.pacific_date(now)
    match period:
        case "live":
            return downtime_live.parks(among=among, sort_by=sort_by, limit=limit)
        case "today":
            figures = park_hours(periods.pacific_day(today), now=now, among=among)
            figures = figures.with_columns(park_is_open="was_open", rides_down="rides_down_sum")
            best = ranking.top(figures, TODAY_PARK_ORDERS[sort_by], tie="park_id", limit=limit)
            return ranking.rows(ParkTodayRow, best)
        case "yesterday":
            figures = park_hours(periods.pacific_day(today - timedelta(days=1)), now=now, among=among)
            figures = figures.join(at_present.park_is_open(now=now), on="park_id", how="left")
            figures = figures.with_columns(rides_down="rides_down_max")
            best = ranking.top(figures, PARK_ORDERS[sort_by], tie="park_id", limit=limit)
            return ranking.rows(ParkRow, best)
        case "7days":
            return downtime_stored.parks(today, by="week", among=among, scored=weighted, limit=limit)
        case "30days":
            return downtime_stored.parks(today, by="month", among=among, scored=True, limit=limit)
        case _:
            span, label = ranking.calendar_period(period, today)
            best = ranking.top(park_days(span, among=among), PARK_ORDERS[sort_by], tie="park_id", limit=limit)
            return ranking.rows(ParkDaysRow, best.with_columns(period_label=pl.lit(label)))


def rides(*, period: str, now: datetime, among: str, sort_by: str, limit: int) -> RideRanking:
    """The rides with the most downtime of a period (contract/rides.md 1).

    `sort_by` is one of `RIDE_SORTS`; yesterday, 7days, 30days and the live table know one order only.
    """
    today = periods.pacific_date(now)
    match period:
        case "live":
            return downtime_live.rides(now=now, among=among, limit=limit) or downtime_live.rides_so_far(
                now=now, among=among, sort_by=sort_by, limit=limit
            )
        case "today":
            figures = ride_hours(periods.today_so_far(now), now=now, among=among)
            figures = figures.join(at_present.ride_status(now=now), on="ride_id", how="left")
            best = ranking.top(figures, TODAY_RIDE_ORDERS[sort_by], tie="ride_id", limit=limit)
            best = best.join(
                at_present.park_is_open(now=now), on="park_id", how="left", maintain_order="left"
            )
            return ranking.rows(RideTodayRow, best)
        case "yesterday" | "7days" | "30days":
            by = {"yesterday": "day", "7days": "week", "30days": "month"}[period]
            return downtime_stored.rides(today, by=by, now=now, among=among, limit=limit)
        case _:
            span, label = ranking.calendar_period(period, today)
            order = ascending("mean_uptime") if sort_by == "uptime_percentage" else descending("minutes")
            best = ranking.top(ride_days(span, among=among), order, tie="ride_id", limit=limit)
            return ranking.rows(RideDaysRow, best.with_columns(period_label=pl.lit(label)))


def park_hours(window: Window, *, now: datetime, among: str) -> pl.DataFrame:
    """Parks over the hours of a window, those with a score above zero (contract/parks.md 1.4, 1.5).

    Besides the columns of `ranking.parks`: shame_score, effective_park_weight and uptime_percentage (tenths),
    total_downtime_hours and weighted_downtime_hours (hundredths), rides_operating, rides_down_sum and
    rides_down_max (sums and maximum of hourly averages), snapshot_count, was_open (0 or 1, in any hour).
    """
    operating, down = pl.col("rides_operating").sum(), pl.col("rides_down").sum()
    return (
        hours.of_parks(window, now=now)
        .group_by("park_id")
        .agg(
            shame_score=ratio(pl.col("shame").sum(), pl.len(), scale=0),
            shame_sum=pl.col("shame").sum(),
            effective_park_weight=ratio(pl.col("weight").sum(), pl.len(), scale=1),
            total_downtime_hours=pl.col("downtime").sum(),
            weighted_downtime_hours=pl.col("weighted_downtime").sum(),
            rides_operating=operating,
            rides_down_sum=down,
            rides_down_max=pl.col("rides_down").max(),
            uptime_percentage=ratio(operating * 100, operating + down, scale=1),
            snapshot_count=pl.col("snapshots").sum(),
            was_open=pl.col("was_open").max().cast(pl.Int8),
        )
        .filter(pl.col("shame_sum") > 0)
        .join(ranking.parks(among), on="park_id")
    )


def ride_hours(window: Window, *, now: datetime, among: str) -> pl.DataFrame:
    """Rides over the hours of a window: downtime above zero, and operated (contract/rides.md 1.3).

    Besides the columns of `ranking.rides`: downtime_hours (hundredths), uptime_percentage (tenths; null when
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
        .join(ranking.rides(among), on="ride_id")
        .with_columns(trend_percentage=pl.lit(None, pl.Int64))
    )


def park_days(span: DateSpan, *, among: str) -> pl.DataFrame:
    """Parks over their daily rows, those with downtime (contract/parks.md 1.6).

    Besides the columns of `ranking.parks`: total_downtime_hours, uptime_percentage (hundredths; null without
    any), rides_down, shame_score (tenths; null without ride rows), trend_percentage (null).
    """
    return (
        daily.parks(span)
        .filter(pl.col("operating_minutes") > 0)
        .group_by("park_id")
        .agg(
            total_downtime_hours=pl.col("downtime").sum(),
            rides_down=pl.col("rides_with_downtime").max(),
            uptime_percentage=ratio(pl.col("uptime").sum(), pl.col("uptime").count(), scale=0),
        )
        .filter(pl.col("total_downtime_hours") > 0)
        .join(ranking.parks(among), on="park_id")
        .join(downtime_stored.park_scores(daily.rides(span), mean_of_days=True), on="park_id")
        .with_columns(trend_percentage=pl.lit(None, pl.Int64))
    )


def ride_days(span: DateSpan, *, among: str) -> pl.DataFrame:
    """Rides over their daily rows, those with downtime (contract/rides.md 1.6).

    Besides the columns of `ranking.rides`: minutes, total_downtime_hours (hundredths), uptime_percentage
    (hundredths), mean_uptime (the same with six more places, to sort by), status_changes, and
    queue_times_url and trend_percentage (null).
    """
    uptime, rows = pl.col("uptime").sum(), pl.len()
    return (
        daily.rides(span)
        .group_by("ride_id")
        .agg(
            minutes=pl.col("downtime_minutes").sum(),
            uptime_percentage=ratio(uptime, rows, scale=0),
            mean_uptime=ratio(uptime, rows, scale=6),
            status_changes=pl.col("status_changes").sum(),
        )
        .filter(pl.col("minutes") > 0)
        .join(ranking.rides(among), on="ride_id")
        .with_columns(
            total_downtime_hours=ratio(pl.col("minutes"), 60, scale=2),
            queue_times_url=pl.lit(None, pl.String),
            trend_percentage=pl.lit(None, pl.Int64),
        )
    )
