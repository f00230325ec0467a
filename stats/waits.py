"""Rankings by wait: where people waited longest, parks and rides, in any period.

`parks` and `rides` are the two questions. The running day and yesterday come from observations, calendar
weeks and months from daily rows, the rides' two weekly modes from weekly rows (contract/sources.md 1).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Final, TypedDict

import polars as pl

from rides.status import TEXTS
from stats import daily, periods, ranking, wait_figures
from stats import now as at_present
from stats.arithmetic import ratio
from stats.periods import DateSpan
from stats.ranking import Bit, Hundredths, NumberOfTenths, Places, Tenths, descending

PARK_PERIODS: Final = ("live", "today", "yesterday", "last_week", "last_month")
RIDE_MODES: Final = (
    "live",
    "today",
    "yesterday",
    "last_week",
    "last_month",
    "7day-average",
    "peak-times",
)


class ParkYesterdayRow(TypedDict):
    """A park's waits of yesterday (contract/parks.md 2.1)."""

    rank: int
    park_id: int
    park_name: str
    location: str | None
    queue_times_id: int
    queue_times_url: str
    avg_wait_minutes: Tenths
    peak_wait_minutes: int
    rides_reporting: int


class ParkTodayRow(ParkYesterdayRow):
    """A park's waits of today."""

    park_is_open: Bit | None


class ParkLiveRow(ParkTodayRow):
    """A park's waits of today with their change against yesterday's daily row."""

    trend_percentage: Tenths | None


class ParkDaysRow(TypedDict):
    """A park's waits over the daily rows of a calendar week or month."""

    rank: int
    park_id: int
    park_name: str
    location: str | None
    period_label: str
    avg_wait_time: Tenths
    peak_wait_time: int | None


class RideRow(TypedDict):
    """What the rankings from observations and daily rows show of a ride (contract/rides.md 2.1)."""

    rank: int
    ride_id: int
    ride_name: str
    tier: int | None
    queue_times_id: int
    queue_times_url: str
    park_id: int
    park_name: str
    location: str | None
    park_queue_times_id: int
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


class RideWeekRow(TypedDict):
    """A ride's weekly row, for the modes 7day-average and peak-times."""

    rank: int
    ride_id: int
    ride_name: str
    tier: int | None
    queue_times_url: None
    park_id: int
    park_name: str
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


ParkRanking = list[ParkLiveRow] | list[ParkTodayRow] | list[ParkYesterdayRow] | list[ParkDaysRow]
RideRanking = (
    list[RideLiveRow]
    | list[RideTodayRow]
    | list[RideYesterdayRow]
    | list[RideDaysRow]
    | list[RideAverageRow]
    | list[RidePeakRow]
)


def parks(*, period: str, now: datetime, among: str, limit: int) -> ParkRanking:
    """The parks with the longest average wait of a period of `PARK_PERIODS` (contract/parks.md 2)."""
    today = periods.pacific_date(now)
    yesterday = today - timedelta(days=1)
    before = DateSpan(yesterday, yesterday)
    who = ranking.parks(among)
    match period:
        case "live":
            figures = (
                wait_figures.observed(periods.pacific_day(today), by="park_id", only_open=False)
                .filter(pl.col("average") > 0)
                .join(at_present.park_is_open(now=now), on="park_id")
                .filter(pl.col("park_is_open") == 1)
                .join(who, on="park_id")
                .join(_daily_averages(daily.parks(before), "park_id"), on="park_id", how="left")
                .with_columns(trend_percentage=_trend_of_day())
            )
            return ranking.rows(ParkLiveRow, _longest(figures, "park_id", limit))
        case "today":
            figures = wait_figures.observed(periods.today_so_far(now), by="park_id").join(who, on="park_id")
            figures = figures.join(at_present.park_is_open(now=now), on="park_id", how="left")
            return ranking.rows(ParkTodayRow, _longest(figures, "park_id", limit))
        case "yesterday":
            figures = wait_figures.observed(periods.pacific_day(yesterday), by="park_id").join(
                who, on="park_id"
            )
            return ranking.rows(ParkYesterdayRow, _longest(figures, "park_id", limit))
        case _:
            span, label = ranking.calendar_period(period, today)
            figures = wait_figures.over_days(daily.parks(span), by="park_id").join(who, on="park_id")
            best = ranking.top(figures, descending("mean"), tie="park_id", limit=limit)
            best = best.with_columns(
                avg_wait_time="average", peak_wait_time="peak", period_label=pl.lit(label)
            )
            return ranking.rows(ParkDaysRow, best)


def rides(*, mode: str, now: datetime, among: str, limit: int) -> RideRanking:
    """The rides with the longest average wait in a mode of `RIDE_MODES` (contract/rides.md 2)."""
    today = periods.pacific_date(now)
    yesterday = today - timedelta(days=1)
    before = DateSpan(yesterday, yesterday)
    who = ranking.rides(among)
    match mode:
        case "live":
            figures = (
                wait_figures.observed(periods.pacific_day(today), by="ride_id")
                .filter((pl.col("average") > 0) & pl.col("ran"))
                .join(who, on="ride_id")
                .join(_daily_averages(daily.rides(before), "ride_id"), on="ride_id", how="left")
                .with_columns(
                    _tier_or_last(), trend_percentage=_trend_of_day(), current_wait_minutes="average"
                )
            )
            best = (
                _longest(figures, "ride_id", limit)
                .join(at_present.ride_status(now=now), on="ride_id", how="left", maintain_order="left")
                .join(at_present.park_is_open(now=now), on="park_id", how="left", maintain_order="left")
            )
            return ranking.rows(RideLiveRow, best)
        case "today":
            figures = wait_figures.observed(periods.today_so_far(now), by="ride_id").join(who, on="ride_id")
            best = _longest(figures, "ride_id", limit)
            return ranking.rows(RideTodayRow, _with_newest(best, now=now, limit=limit))
        case "yesterday":
            figures = wait_figures.observed(periods.pacific_day(yesterday), by="ride_id").join(
                who, on="ride_id"
            )
            return ranking.rows(RideYesterdayRow, _longest(figures, "ride_id", limit))
        case "7day-average" | "peak-times":
            return _of_week(periods.server_date(now), mode=mode, now=now, among=among, limit=limit)
        case _:
            span, label = ranking.calendar_period(mode, today)
            figures = wait_figures.over_days(daily.rides(span), by="ride_id").join(who, on="ride_id")
            best = ranking.top(figures, descending("mean"), tie="ride_id", limit=limit)
            best = best.with_columns(
                _tier_or_last(),
                avg_wait_minutes="average",
                peak_wait_minutes="peak",
                period_label=pl.lit(label),
                # Here, and only here, a park without a state is shown by its city (contract/README.md 10).
                location=pl.coalesce("location", "city"),
            )
            return ranking.rows(RideDaysRow, best)


def _longest(figures: pl.DataFrame, tie: str, limit: int) -> pl.DataFrame:
    best = ranking.top(figures, descending("average"), tie=tie, limit=limit)
    return best.with_columns(avg_wait_minutes="average", peak_wait_minutes="peak")


def _daily_averages(rows: pl.DataFrame, entity: str) -> pl.DataFrame:
    return rows.select(entity, before="avg_wait")


def _trend_of_day() -> pl.Expr:
    """Change of total / count against the daily average `before` (hundredths) in per cent, one place."""
    before = pl.col("before") * pl.col("count")
    return pl.when(pl.col("before") > 0).then(ratio((pl.col("total") * 100 - before) * 100, before, scale=1))


def _tier_or_last() -> pl.Expr:
    """An unclassified ride is shown in tier 3, although it weighs 2 (contract/rules.md 7)."""
    return pl.col("tier").fill_null(3)


def _with_newest(best: pl.DataFrame, *, now: datetime, limit: int) -> pl.DataFrame:
    """The rows with the newest observation of all time of ride and park, as it was recorded.

    A ride with two observations at its newest second appears twice (contract/rides.md 2.2, QUIRK).
    """
    of_rides = at_present.newest_of_rides(best["ride_id"].to_list(), now=now).select(
        "ride_id",
        current_wait_time="wait",
        current_status=pl.col("status").replace_strict(TEXTS, default=None, return_dtype=pl.String),
        current_is_open=pl.col("running").cast(pl.Int8),
    )
    of_parks = at_present.newest_of_parks(best["park_id"].unique().to_list(), now=now).select(
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
        wait_figures.of_week(day)
        .filter(value > 0)
        .join(wait_figures.of_week(day - timedelta(days=7)), on="ride_id", how="left", suffix="_before")
        .join(ranking.rides(among), on="ride_id")
        .with_columns(
            tier="ride_tier",
            queue_times_url=pl.lit(None, pl.String),
            trend_percentage=pl.when(before > 0).then(trend),
        )
    )
    best = ranking.top(figures, descending(figure), tie="ride_id", limit=limit)
    newest = at_present.newest_of_rides(best["ride_id"].to_list(), now=now).unique("ride_id", keep="last")
    best = best.join(
        newest.select("ride_id", current_is_open=pl.col("running").cast(pl.Int8)),
        on="ride_id",
        how="left",
        maintain_order="left",
    )
    if mode == "7day-average":
        return ranking.rows(RideAverageRow, best)
    return ranking.rows(RidePeakRow, best)
