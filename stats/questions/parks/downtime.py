"""Parks by downtime or score, in any period: GET /api/parks/downtime (docs/contract/parks.md 1).

Each period has a source of its own (docs/contract/sources.md 1): the live table, hours, daily rows, weekly
and monthly rows; one function for each.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import polars as pl
from django.db.models import Q

from parkstats_project.base import clock
from parkstats_project.base.arithmetic import ratio
from parkstats_project.base.cache import Kept
from parkstats_project.base.clock import DateSpan, Window
from parkstats_project.db.expressions import integer, scaled
from stats.frames import current, daily_rows, entrants, hours, period_rows, read, roster
from stats.frames.entrants import (
    Bit,
    Hundredths,
    LinkedPark,
    NumberOfHundredths,
    NumberOfTenths,
    RankedPark,
    ascending,
    descending,
)
from stats.models import (
    ParkLiveRanking,
    ParkMonthlyStats,
    ParkWeeklyStats,
    RideWeeklyStats,
)

PARK_SORTS: Final = ("shame_score", "total_downtime_hours", "uptime_percentage", "rides_down")


# What a park ranking can be sorted by: lowest uptime first, everything else greatest first.
PARK_ORDERS: Final = {
    "shame_score": descending("shame_score"),
    "total_downtime_hours": descending("total_downtime_hours"),
    "uptime_percentage": ascending("uptime_percentage"),
    "rides_down": descending("rides_down"),
}


LIVE_SCHEMA: Final[dict[str, Any]] = {
    "park_id": pl.Int32,
    "park_name": pl.String,
    "park_is_open": pl.Int64,
    "rides_down": pl.Int64,
    "total_rides": pl.Int64,
    "shame_score": pl.Int64,
    "total_downtime_hours": pl.Int64,
    "weighted_downtime_hours": pl.Int64,
}

# Today knows two of them and sorts by hours instead of the others (docs/contract/parks.md 1.4).
TODAY_PARK_ORDERS: Final = {
    name: PARK_ORDERS["shame_score" if name == "shame_score" else "total_downtime_hours"]
    for name in PARK_SORTS
}


# The park table can only be sorted by score; everything else means hours (docs/contract/parks.md 1.3).
LIVE_ORDERS: Final = {
    "shame_score": descending("shame_score"),
    "total_downtime_hours": descending("total_downtime_hours"),
    "uptime_percentage": descending("total_downtime_hours"),
    "rides_down": descending("total_downtime_hours"),
}


class ParkRow(LinkedPark):
    """A park over the hours of yesterday (docs/contract/parks.md 1.5)."""

    park_is_open: Bit | None
    shame_score: NumberOfTenths
    total_downtime_hours: NumberOfHundredths
    weighted_downtime_hours: NumberOfHundredths
    rides_down: int | None
    uptime_percentage: NumberOfTenths | None


class ParkTodayRow(ParkRow):
    """A park over the hours of today (docs/contract/parks.md 1.4)."""

    rides_operating: int
    effective_park_weight: NumberOfTenths
    snapshot_count: int


class ParkDaysRow(RankedPark):
    """A park over the daily rows of a calendar week or month (docs/contract/parks.md 1.6)."""

    period_label: str
    total_downtime_hours: NumberOfHundredths
    rides_down: int
    shame_score: NumberOfTenths | None
    uptime_percentage: NumberOfHundredths | None
    trend_percentage: None


class ParkLiveRow(LinkedPark):
    """A park of the live table (docs/contract/parks.md 1.3)."""

    park_is_open: Bit
    rides_down: int
    total_rides: int
    shame_score: NumberOfTenths
    total_downtime_hours: NumberOfHundredths
    weighted_downtime_hours: NumberOfHundredths
    uptime_percentage: NumberOfTenths


class ParkStoredRow(LinkedPark):
    """A park's week or month (docs/contract/parks.md 1.7, 1.8)."""

    total_downtime_hours: NumberOfHundredths
    affected_rides_count: int
    uptime_percentage: NumberOfHundredths | None
    trend_percentage: Hundredths | None


class ParkScoredRow(ParkStoredRow):
    """The same with a score: of a month always, of a week only if asked for."""

    shame_score: NumberOfTenths | None


ParkRanking = (
    list[ParkTodayRow]
    | list[ParkRow]
    | list[ParkDaysRow]
    | list[ParkLiveRow]
    | list[ParkStoredRow]
    | list[ParkScoredRow]
)


def ranked_parks(
    *, period: str, now: datetime, among: str, sort_by: str, weighted: bool, limit: int
) -> ParkRanking:
    """The parks with the highest score or downtime of a period (docs/contract/parks.md 1).

    `among` is a filter of `entrants`, `sort_by` one of `PARK_SORTS`, ignored by 7days and 30days; `weighted`
    asks the weekly rows for a score.
    """
    over, today = clock.Period(period, now), clock.pacific_date(now)
    match period:
        case "live":
            return live_parks(among=among, sort_by=sort_by, limit=limit)
        case "today":
            figures = park_hours(clock.pacific_days(over.dates), now=now, among=among)
            figures = figures.with_columns(park_is_open="was_open", rides_down="rides_down_sum")
            best = entrants.top(figures, TODAY_PARK_ORDERS[sort_by], tie="park_id", limit=limit)
            return entrants.rows(ParkTodayRow, best)
        case "yesterday":
            figures = park_hours(over.window, now=now, among=among)
            figures = figures.join(current.park_is_open(now=now), on="park_id", how="left")
            figures = figures.with_columns(rides_down="rides_down_max")
            best = entrants.top(figures, PARK_ORDERS[sort_by], tie="park_id", limit=limit)
            return entrants.rows(ParkRow, best)
        case "7days":
            return stored_parks(today, by="week", among=among, scored=weighted, limit=limit)
        case "30days":
            return stored_parks(today, by="month", among=among, scored=True, limit=limit)
        case _:
            best = entrants.top(
                park_days(over.dates, among=among), PARK_ORDERS[sort_by], tie="park_id", limit=limit
            )
            return entrants.rows(ParkDaysRow, best.with_columns(period_label=pl.lit(over.label)))


def live_parks(*, among: str, sort_by: str, limit: int) -> list[ParkLiveRow]:
    """Open parks with a score and downtime, from the live table however old it is.

    See docs/contract/parks.md 1.3.
    """
    table = _table.get([None])[0]
    rides_total = pl.col("total_rides")
    share = ratio((rides_total - pl.col("rides_down")) * 100, rides_total, scale=1)
    figures = table.join(entrants.parks(among).drop("park_name"), on="park_id").with_columns(
        pl.col("total_downtime_hours", "weighted_downtime_hours").fill_null(0),
        uptime_percentage=pl.when(rides_total == 0).then(pl.lit(1000)).otherwise(share),
    )
    best = entrants.top(figures, LIVE_ORDERS[sort_by], tie="park_id", limit=limit)
    return entrants.rows(ParkLiveRow, best)


def park_hours(window: Window, *, now: datetime, among: str) -> pl.DataFrame:
    """Parks over the hours of a window, those with a score above zero (docs/contract/parks.md 1.4, 1.5).

    Besides the columns of `entrants.parks`: shame_score, effective_park_weight, uptime_percentage (tenths),
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
        .join(entrants.parks(among), on="park_id")
    )


def park_days(span: DateSpan, *, among: str) -> pl.DataFrame:
    """Parks over their daily rows, those with downtime (docs/contract/parks.md 1.6).

    Besides the columns of `entrants.parks`: total_downtime_hours, uptime_percentage (hundredths; null without
    any), rides_down, shame_score (tenths; null without ride rows), trend_percentage (null).
    """
    return (
        daily_rows.parks(span)
        .filter(pl.col("operating_minutes") > 0)
        .group_by("park_id")
        .agg(
            total_downtime_hours=pl.col("downtime").sum(),
            rides_down=pl.col("rides_with_downtime").max(),
            uptime_percentage=ratio(pl.col("uptime").sum(), pl.col("uptime").count(), scale=0),
        )
        .filter(pl.col("total_downtime_hours") > 0)
        .join(entrants.parks(among), on="park_id")
        .join(park_scores(daily_rows.rides(span), mean_of_days=True), on="park_id")
        .with_columns(trend_percentage=pl.lit(None, pl.Int64))
    )


def stored_parks(
    today: date, *, by: str, among: str, scored: bool, limit: int
) -> list[ParkStoredRow] | list[ParkScoredRow]:
    """Parks of the running week or month (docs/contract/parks.md 1.7, 1.8), by score or else by downtime."""
    figures = _park_rows(today, by=by).join(entrants.parks(among), on="park_id")
    if not scored:
        best = entrants.top(figures, descending("total_downtime_hours"), tie="park_id", limit=limit)
        return entrants.rows(ParkStoredRow, best)
    if by == "week":
        minutes = period_rows.of(RideWeeklyStats, clock.week_key(today))
        scores = park_scores(minutes, every_ride=True)
    else:
        scores = park_scores(daily_rows.rides(DateSpan(today.replace(day=1), today)))
    figures = figures.join(scores, on="park_id", how="left")
    best = entrants.top(figures, descending("shame_score"), tie="park_id", limit=limit)
    return entrants.rows(ParkScoredRow, best)


def park_scores(
    minutes: pl.DataFrame, *, mean_of_days: bool = False, every_ride: bool = False
) -> pl.DataFrame:
    """Score of every park with an active attraction from `downtime_minutes` of its rides.

    park_id, shame_score in tenths: weighted downtime hours / weight of all active attractions x 10; null
    without ride rows. `mean_of_days` divides by the number of `day`s with rows (docs/contract/parks.md 1.6);
    `every_ride` lets rides of any kind add hours, though not weight (1.7).
    """
    rides = roster.current().rides.select("ride_id", "park_id", "weight", "active_attraction")
    weights = rides.filter("active_attraction").group_by("park_id").agg(total_weight=pl.col("weight").sum())
    days = pl.col("day").n_unique() if mean_of_days else pl.lit(1)
    sums = (
        minutes.join(rides if every_ride else rides.filter("active_attraction"), on="ride_id")
        .group_by("park_id")
        .agg(weighted=(pl.col("downtime_minutes") * pl.col("weight")).sum(), days=days.cast(pl.Int64))
    )
    score = ratio(pl.col("weighted") * 10, pl.col("total_weight") * pl.col("days") * 60, scale=1)
    return weights.join(sums, on="park_id", how="left").select("park_id", shame_score=score)


def _park_rows(today: date, *, by: str) -> pl.DataFrame:
    """park_id, affected_rides_count; in hundredths total_downtime_hours, uptime_ and trend_percentage."""
    if by == "week":
        rows = period_rows.of(ParkWeeklyStats, clock.week_key(today))
    else:
        rows = period_rows.of(ParkMonthlyStats, clock.month_key(today))
    return rows.select(
        "park_id",
        total_downtime_hours="downtime",
        affected_rides_count="rides_with_downtime",
        uptime_percentage="uptime",
        trend_percentage="trend",
    )


def _load_table(keys: Sequence[None]) -> dict[None, pl.DataFrame]:
    """The open parks of the live table that have a score and downtime."""
    scored = ParkLiveRanking.objects.filter(park_is_open=True, shame_score__gt=Decimal(0)).order_by("park")
    return {
        None: read.frame(
            scored.filter(Q(rides_down__gt=0) | Q(total_downtime_hours__gt=Decimal(0))),
            LIVE_SCHEMA,
            "park_id",
            "park_name",
            integer("park_is_open"),
            "rides_down",
            "total_rides",
            scaled("shame_score", 1),
            scaled("total_downtime_hours", 2),
            scaled("weighted_downtime_hours", 2),
        )
    }


_table: Kept[None, pl.DataFrame] = Kept(load=_load_table, capacity=1, same=pl.DataFrame.equals)
