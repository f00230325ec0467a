"""Parks and rides whose downtime improved or declined against the week before (docs/contract/trends.md).

The change is the one stored with the weekly rows; whatever the period asked for, it is the current ISO
week's, and the period only names the two spans of the comparison.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final, NamedTuple, TypedDict

import polars as pl

from parkstats_project.base import clock
from parkstats_project.base.arithmetic import doubles, ratio
from stats.frames import entrants, period_rows
from stats.frames.entrants import Hundredths, ascending, descending
from stats.models import ParkWeeklyStats, RideWeeklyStats

PERIODS: Final = ("today", "yesterday", "last_week", "last_month", "7days", "30days")
CATEGORIES: Final = ("parks-improving", "parks-declining", "rides-improving", "rides-declining")

# A smaller change, in percent either way, is none.
THRESHOLD: Final = 5


class Comparison(TypedDict):
    """The two spans that a period compares, as text."""

    current_period: str
    previous_period: str


class ParkTrendRow(TypedDict):
    """A park's week beside the week before."""

    park_id: int
    park_name: str
    location: str | None
    queue_times_id: int
    queue_times_url: str | None
    current_uptime: Hundredths | None
    previous_uptime: Hundredths | None
    current_downtime_hours: Hundredths
    previous_downtime_hours: Hundredths


class ImprovingPark(ParkTrendRow):
    """Less downtime than the week before, by this many percent."""

    improvement_percentage: Hundredths


class DecliningPark(ParkTrendRow):
    """More downtime than the week before, by this many percent."""

    decline_percentage: Hundredths


class RideTrendRow(TypedDict):
    """A ride's week beside the week before; hours are unrounded JSON numbers."""

    ride_id: int
    ride_name: str
    park_name: str
    queue_times_id: int
    park_queue_times_id: int
    queue_times_url: str | None
    current_uptime: Hundredths
    previous_uptime: Hundredths | None
    current_downtime_hours: float
    previous_downtime_hours: float | None


class ImprovingRide(RideTrendRow):
    """Less downtime than the week before, by this many percent."""

    improvement_percentage: Hundredths


class DecliningRide(RideTrendRow):
    """More downtime than the week before, by this many percent."""

    decline_percentage: Hundredths


TrendRow = ImprovingPark | DecliningPark | ImprovingRide | DecliningRide


class _Direction(NamedTuple):
    chosen: pl.Expr
    order: entrants.Order
    column: str


_DIRECTIONS: Final = {
    "improving": _Direction(pl.col("trend") < -THRESHOLD * 100, ascending("trend"), "improvement_percentage"),
    "declining": _Direction(pl.col("trend") > THRESHOLD * 100, descending("trend"), "decline_percentage"),
}
_SHAPES: Final[dict[str, type]] = {
    "parks-improving": ImprovingPark,
    "parks-declining": DecliningPark,
    "rides-improving": ImprovingRide,
    "rides-declining": DecliningRide,
}


def ranked(*, category: str, among: str, limit: int, now: datetime) -> list[TrendRow]:
    """The rows of one of CATEGORIES: the greatest change first."""
    entity, _, word = category.partition("-")
    direction = _DIRECTIONS[word]
    today = clock.server_date(now)
    of_week = _park_weeks if entity == "parks" else _ride_weeks
    current = of_week(today).filter(direction.chosen)
    previous = of_week(today - timedelta(days=7))
    key = "park_id" if entity == "parks" else "ride_id"
    names = entrants.parks(among) if entity == "parks" else entrants.rides(among)
    rows = (
        current.join(previous.select(key, previous_downtime_hours="downtime"), on=key, how="left")
        .join(names, on=key)
        .with_columns(
            pl.col("trend").abs().alias(direction.column),
            current_uptime="uptime",
            # uptime / (1 + trend / 100), as if the change of downtime were one of uptime
            previous_uptime=ratio(pl.col("uptime") * 10_000, pl.col("trend") + 10_000, scale=0),
            current_downtime_hours="downtime",
            queue_times_url=pl.when(_has_ids(entity)).then("queue_times_url"),
        )
    )
    if entity == "parks":
        rows = rows.with_columns(pl.col("previous_downtime_hours").fill_null(0))
    top = entrants.top(rows, direction.order, tie=key, limit=limit)
    return entrants.rows(_SHAPES[category], top)


def comparison(*, period: str, now: datetime) -> Comparison:
    """What a period compares with what (docs/contract/trends.md, "comparison")."""
    over = clock.Period(period, now)
    current, previous = over.dates, over.before
    return Comparison(
        current_period=f"{current.start} to {current.end}",
        previous_period=f"{previous.start} to {previous.end}",
    )


def _park_weeks(day: date) -> pl.DataFrame:
    return period_rows.of(ParkWeeklyStats, clock.week_key(day)).select(
        "park_id", "uptime", "downtime", "trend"
    )


def _ride_weeks(day: date) -> pl.DataFrame:
    weeks = period_rows.of(RideWeeklyStats, clock.week_key(day)).select(
        "ride_id", "uptime", "trend", downtime="downtime_minutes"
    )
    return weeks.with_columns(doubles(weeks["downtime"], 60.0))


def _has_ids(entity: str) -> pl.Expr:
    known = pl.col("queue_times_id") != 0
    return known if entity == "parks" else known & (pl.col("park_queue_times_id") != 0)
