"""Rides by wait, in any mode: GET /api/rides/waittimes (docs/contract/rides.md 2).

The running day and yesterday come from observations, calendar weeks and months from daily rows, the two
weekly modes from weekly rows (docs/contract/sources.md 1).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Final

import polars as pl

from parkstats_project.base import clock
from parkstats_project.base.arithmetic import ratio
from rides.status import TEXTS
from stats import rules
from stats.frames import current, daily_rows, entrants, waits
from stats.frames.entrants import (
    Bit,
    Hundredths,
    LinkedRide,
    NumberOfTenths,
    Places,
    RankedRide,
    Tenths,
    descending,
)

RIDE_MODES: Final = (
    "live",
    "today",
    "yesterday",
    "last_week",
    "last_month",
    "7day-average",
    "peak-times",
)


class RideRow(LinkedRide):
    """What the rankings from observations and daily rows show of a ride (docs/contract/rides.md 2.1)."""

    avg_wait_minutes: Tenths
    peak_wait_minutes: int | None


class RideYesterdayRow(RideRow):
    """A ride's waits of yesterday."""

    snapshots_with_waits: int


class RideTodayRow(RideRow):
    """A ride's waits of today with its newest observation as it was recorded."""

    current_wait_time: int | None
    current_status: str | None
    current_is_open: Bit
    park_is_open: Bit


class RideLiveRow(RideRow):
    """A ride's waits of today with its state and the change against yesterday's daily row."""

    current_wait_minutes: NumberOfTenths
    current_status: str | None
    current_is_open: Bit | None
    park_is_open: Bit | None
    trend_percentage: Tenths | None


class RideDaysRow(RideRow):
    """A ride's waits over the daily rows of a calendar week or month."""

    period_label: str


class RideWeekRow(RankedRide):
    """A ride's weekly row, for the modes 7day-average and peak-times."""

    queue_times_url: None
    location: str | None
    avg_wait_7days: Hundredths | None
    peak_wait_7days: int | None
    current_is_open: Bit | None


class RideAverageRow(RideWeekRow):
    """By average: the trend has seven places."""

    trend_percentage: Annotated[Decimal, Places(7)] | None


class RidePeakRow(RideWeekRow):
    """By peak: the trend has five places."""

    trend_percentage: Annotated[Decimal, Places(5)] | None


RideRanking = (
    list[RideLiveRow]
    | list[RideTodayRow]
    | list[RideYesterdayRow]
    | list[RideDaysRow]
    | list[RideAverageRow]
    | list[RidePeakRow]
)


def ranked_rides(*, mode: str, now: datetime, among: str, limit: int) -> RideRanking:
    """The rides with the longest average wait in a mode of `RIDE_MODES` (docs/contract/rides.md 2)."""
    today = clock.pacific_date(now)
    yesterday = clock.days_before(today, 1)
    who = entrants.rides(among)
    match mode:
        case "live":
            figures = (
                waits.observed(clock.pacific_day(today), by="ride_id")
                .filter((pl.col("average") > 0) & pl.col("ran"))
                .join(who, on="ride_id")
                .join(waits.daily_averages(daily_rows.rides(yesterday), "ride_id"), on="ride_id", how="left")
                .with_columns(
                    _tier_or_last(), trend_percentage=waits.trend_of_day(), current_wait_minutes="average"
                )
            )
            best = (
                waits.longest(figures, "ride_id", limit)
                .join(current.ride_status(now=now), on="ride_id", how="left", maintain_order="left")
                .join(current.park_is_open(now=now), on="park_id", how="left", maintain_order="left")
            )
            return entrants.rows(RideLiveRow, best)
        case "today":
            figures = waits.observed(clock.today_so_far(now), by="ride_id").join(who, on="ride_id")
            best = waits.longest(figures, "ride_id", limit)
            return entrants.rows(RideTodayRow, _with_newest(best, now=now, limit=limit))
        case "yesterday":
            figures = waits.observed(clock.pacific_days(yesterday), by="ride_id").join(who, on="ride_id")
            return entrants.rows(RideYesterdayRow, waits.longest(figures, "ride_id", limit))
        case "7day-average" | "peak-times":
            return _of_week(clock.server_date(now), mode=mode, now=now, among=among, limit=limit)
        case _:
            over = clock.Period(mode, now)
            figures = waits.over_days(daily_rows.rides(over.dates), by="ride_id").join(who, on="ride_id")
            best = entrants.top(figures, descending("mean"), tie="ride_id", limit=limit)
            best = best.with_columns(
                _tier_or_last(),
                avg_wait_minutes="average",
                peak_wait_minutes="peak",
                period_label=pl.lit(over.label),
                # Here, and only here, a park without a state is shown by its city (docs/contract/README.md
                # 10).
                location=pl.coalesce("location", "city"),
            )
            return entrants.rows(RideDaysRow, best)


def _tier_or_last() -> pl.Expr:
    return pl.col("tier").fill_null(rules.UNCLASSIFIED_SHOWN_TIER)


def _with_newest(best: pl.DataFrame, *, now: datetime, limit: int) -> pl.DataFrame:
    """The rows with the newest observation of all time of ride and park, as it was recorded.

    A ride with two observations at its newest second appears twice (docs/contract/rides.md 2.2, QUIRK).
    """
    of_rides = current.newest_of_rides(best["ride_id"].to_list(), now=now).select(
        "ride_id",
        current_wait_time="wait",
        current_status=pl.col("status").replace_strict(TEXTS, default=None, return_dtype=pl.String),
        current_is_open=pl.col("running").cast(pl.Int8),
    )
    of_parks = current.newest_of_parks(best["park_id"].unique().to_list(), now=now).select(
        "park_id", park_is_open=pl.col("open").cast(pl.Int8)
    )
    return (
        best.drop("rank")
        .join(of_rides, on="ride_id", maintain_order="left")
        .join(of_parks, on="park_id", how="left", maintain_order="left")
        .head(limit)
        .with_row_index("rank", offset=1)
    )


def _of_week(
    day: date, *, mode: str, now: datetime, among: str, limit: int
) -> list[RideAverageRow] | list[RidePeakRow]:
    """Rides by the average or peak of the weekly row of a date, with the change against the week before."""
    figure = "avg_wait_7days" if mode == "7day-average" else "peak_wait_7days"
    value, before = pl.col(figure), pl.col(f"{figure}_before")
    trend = ratio((value - before) * 100, before, scale=7 if mode == "7day-average" else 5)
    figures = (
        waits.of_week(day)
        .filter(value > 0)
        .join(waits.of_week(day - timedelta(days=7)), on="ride_id", how="left", suffix="_before")
        .join(entrants.rides(among), on="ride_id")
        .with_columns(
            tier="ride_tier",
            queue_times_url=pl.lit(None, pl.String),
            trend_percentage=pl.when(before > 0).then(trend),
        )
    )
    best = entrants.top(figures, descending(figure), tie="ride_id", limit=limit)
    newest = current.newest_of_rides(best["ride_id"].to_list(), now=now).unique("ride_id", keep="last")
    best = best.join(
        newest.select("ride_id", current_is_open=pl.col("running").cast(pl.Int8)),
        on="ride_id",
        how="left",
        maintain_order="left",
    )
    if mode == "7day-average":
        return entrants.rows(RideAverageRow, best)
    return entrants.rows(RidePeakRow, best)
