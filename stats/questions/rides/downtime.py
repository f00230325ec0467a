"""Rides by downtime, in any period: GET /api/rides/downtime (docs/contract/rides.md 1).

Each period has a source of its own (docs/contract/sources.md 1): the live table, observations, hours, daily,
weekly and monthly rows (`figures`); one function for each. The live table counts five minutes a snapshot, the
observations ten (docs/contract/rides.md 1.2): while both exist, the table answers.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Final, TypedDict

import polars as pl
from django.db.models import Q

from parkstats_project.base import clock
from parkstats_project.base.arithmetic import ratio
from parkstats_project.db.expressions import integer, scaled
from stats.frames import current, entrants, read
from stats.frames.entrants import (
    Bit,
    Hundredths,
    LinkedRide,
    NumberOfHundredths,
    Places,
    RankedRide,
    Tenths,
    Whole,
    ascending,
    descending,
)
from stats.models import RideLiveRanking
from stats.questions.rides import figures
from stats.questions.rides.so_far import RideSoFarRow, rides_so_far

RIDE_SORTS: Final = ("current_is_open", "downtime_hours", "uptime_percentage", "trend_percentage")

# Rows of the ride table older than this are not served (docs/contract/rides.md 1.2).
FRESH: Final = timedelta(minutes=20)

# Today's trend is always null, so that sorting by it leaves the order of ids (docs/contract/rides.md 1.3).
TODAY_RIDE_ORDERS: Final = {
    "current_is_open": ascending("current_is_open"),
    "downtime_hours": descending("downtime_hours"),
    "uptime_percentage": ascending("uptime_percentage"),
    "trend_percentage": descending("trend_percentage"),
}

LIVE_SCHEMA: Final[dict[str, Any]] = {
    "ride_id": pl.Int32,
    "ride_name": pl.String,
    "queue_times_id": pl.Int64,
    "park_id": pl.Int32,
    "park_name": pl.String,
    "is_disney": pl.Int64,
    "is_universal": pl.Int64,
    "tier": pl.Int64,
    "tier_weight": pl.Int64,
    "category": pl.String,
    "is_down": pl.Int64,
    "current_status": pl.String,
    "current_wait_time": pl.Int64,
    "last_status_change": pl.Datetime("us", "UTC"),
    "downtime_hours": pl.Int64,
    "downtime_incidents": pl.Int64,
    "avg_wait_time": pl.Int64,
    "max_wait_time": pl.Int64,
    "calculated_at": pl.Datetime("us", "UTC"),
}

HOURS_PLACES: Final = {"day": 4, "week": 2, "month": 4}

TenThousandths = Annotated[Decimal, Places(4)]

HundredThousandths = Annotated[Decimal, Places(5)]


class RideLiveRow(TypedDict):
    """A ride of the live table (docs/contract/rides.md 1.1)."""

    rank: int
    ride_id: int
    ride_name: str
    queue_times_id: int
    queue_times_url: None
    park_id: int
    park_name: str
    is_disney: Bit
    is_universal: Bit
    tier: int
    tier_weight: Tenths
    category: str
    is_down: Bit
    current_status: str | None
    current_wait_time: int | None
    last_status_change: datetime | None
    downtime_hours: Hundredths
    downtime_incidents: int
    avg_wait_time: Tenths | None
    max_wait_time: int | None
    calculated_at: datetime


class RideTodayRow(LinkedRide):
    """A ride over the hours of today (docs/contract/rides.md 1.3)."""

    park_is_open: Bit | None
    current_status: str | None
    current_is_open: Bit | None
    downtime_hours: Hundredths
    uptime_percentage: Tenths | None
    trend_percentage: None


class RideDaysRow(RankedRide):
    """A ride over the daily rows of a calendar week or month (docs/contract/rides.md 1.6)."""

    period_label: str
    queue_times_url: None
    total_downtime_hours: NumberOfHundredths
    uptime_percentage: Hundredths
    status_changes: Whole
    trend_percentage: None


class RideYesterdayRow(RankedRide):
    """A ride's daily row of yesterday (docs/contract/rides.md 1.4); the status is that of the request."""

    location: str | None
    queue_times_url: str | None
    current_status: str | None
    current_is_open: Bit | None
    downtime_hours: TenThousandths
    uptime_percentage: Hundredths
    avg_wait_time: Hundredths | None
    peak_wait_time: int | None
    trend_percentage: HundredThousandths | None


class RideMonthRow(RideYesterdayRow):
    """A ride's monthly row (docs/contract/rides.md 1.5)."""

    queue_times_id: int
    park_queue_times_id: int


class RideWeekRow(LinkedRide):
    """A ride's weekly row (docs/contract/rides.md 1.5): hours with fewer places, no trend."""

    current_status: str | None
    current_is_open: Bit | None
    downtime_hours: Hundredths
    uptime_percentage: Hundredths
    avg_wait_time: Hundredths | None
    peak_wait_time: int | None
    trend_percentage: None


RideRanking = (
    list[RideTodayRow]
    | list[RideDaysRow]
    | list[RideLiveRow]
    | list[RideSoFarRow]
    | list[RideYesterdayRow]
    | list[RideMonthRow]
    | list[RideWeekRow]
)


def ranked_rides(*, period: str, now: datetime, among: str, sort_by: str, limit: int) -> RideRanking:
    """The rides with the most downtime of a period (docs/contract/rides.md 1).

    `sort_by` is one of `RIDE_SORTS`; yesterday, 7days, 30days and the live table know one order only.
    """
    today = clock.pacific_date(now)
    match period:
        case "live":
            return live_rides(now=now, among=among, limit=limit) or rides_so_far(
                now=now, among=among, sort_by=sort_by, limit=limit
            )
        case "today":
            rides = figures.of_hours(clock.today_so_far(now), now=now, among=among)
            rides = rides.join(current.ride_status(now=now), on="ride_id", how="left")
            best = entrants.top(rides, TODAY_RIDE_ORDERS[sort_by], tie="ride_id", limit=limit)
            best = best.join(current.park_is_open(now=now), on="park_id", how="left", maintain_order="left")
            return entrants.rows(RideTodayRow, best)
        case "yesterday" | "7days" | "30days":
            by = {"yesterday": "day", "7days": "week", "30days": "month"}[period]
            return stored_rides(today, by=by, now=now, among=among, limit=limit)
        case _:
            over = clock.Period(period, now)
            order = ascending("mean_uptime") if sort_by == "uptime_percentage" else descending("minutes")
            best = entrants.top(figures.of_days(over.dates, among=among), order, tie="ride_id", limit=limit)
            return entrants.rows(RideDaysRow, best.with_columns(period_label=pl.lit(over.label)))


def live_rides(*, now: datetime, among: str, limit: int) -> list[RideLiveRow]:
    """Rides of the live table by downtime; none if the table is stale (docs/contract/rides.md 1.2)."""
    query = RideLiveRanking.objects.filter(calculated_at__gte=now.replace(microsecond=0) - FRESH)
    if among == entrants.DISNEY_UNIVERSAL:
        query = query.filter(Q(is_disney=True) | Q(is_universal=True))
    table = read.frame(
        query.order_by("-downtime_hours", "ride_id")[:limit],
        LIVE_SCHEMA,
        "ride_id",
        "ride_name",
        "queue_times_id",
        "park_id",
        "park_name",
        integer("is_disney"),
        integer("is_universal"),
        "tier",
        scaled("tier_weight", 1),
        "category",
        integer("is_down"),
        "current_status",
        "current_wait_time",
        "last_status_change",
        scaled("downtime_hours", 2),
        "downtime_incidents",
        scaled("avg_wait_time", 1),
        "max_wait_time",
        "calculated_at",
    ).with_columns(queue_times_url=pl.lit(None, pl.String))
    return entrants.rows(RideLiveRow, table.with_row_index("rank", offset=1))


def stored_rides(
    today: date, *, by: str, now: datetime, among: str, limit: int
) -> list[RideYesterdayRow] | list[RideMonthRow] | list[RideWeekRow]:
    """Rides by downtime of yesterday (`by` day), the running week or month.

    See docs/contract/rides.md 1.4, 1.5.
    """
    rides = figures.stored(today, by=by).join(entrants.rides(among), on="ride_id")
    best = (
        entrants.top(rides, descending("minutes"), tie="ride_id", limit=limit)
        .join(current.ride_status(now=now), on="ride_id", how="left", maintain_order="left")
        .with_columns(
            downtime_hours=ratio(pl.col("minutes"), 60, scale=HOURS_PLACES[by]),
            trend_percentage=_trend() if by != "week" else pl.lit(None, pl.Int64),
        )
    )
    if by == "day":
        return entrants.rows(RideYesterdayRow, best.with_columns(queue_times_url=pl.lit(None, pl.String)))
    return entrants.rows(RideMonthRow, best) if by == "month" else entrants.rows(RideWeekRow, best)


def _trend() -> pl.Expr:
    """Change of `minutes` against `previous` in per cent, five places; null without downtime before."""
    before = pl.col("previous")
    return pl.when(before > 0).then(ratio((pl.col("minutes") - before) * 100, before, scale=5))
