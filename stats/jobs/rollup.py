"""Weekly, monthly and yearly statistics from daily rows (docs/contract/daily-aggregation.md 6).

ISO weeks stand under their ISO year; the yearly tables, which the legacy never filled, follow the same
formulas.
"""

from __future__ import annotations

import calendar
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from functools import partial
from typing import Any, Final

import polars as pl
from django.db import models, transaction
from django.db.models import BigIntegerField, F, Max, Sum
from django.db.models.functions import Cast

from parkstats_project.base.arithmetic import ratio, ratio_half_even
from parkstats_project.base.clock import DateSpan
from parkstats_project.db import errors
from parkstats_project.db.expressions import scaled
from stats.frames import read, roster
from stats.frames.versions import read_in
from stats.jobs import upsert
from stats.jobs.fitting import fitted
from stats.jobs.lease import lease
from stats.jobs.upsert import Changes
from stats.models import (
    ParkMonthlyStats,
    ParkWeeklyStats,
    ParkYearlyStats,
    RideDailyStats,
    RideMonthlyStats,
    RideWeeklyStats,
    RideYearlyStats,
)

logger = logging.getLogger(__name__)

JOB: Final = "roll-up"
GREATEST_TREND: Final = 9999_99
"""What DECIMAL(6,2) holds, in hundredths; the legacy job stopped where a trend did not fit."""

TREND_UNITS: Final = {"ride_id": 1, "park_id": 100}
"""Stored unit of downtime in units of the one that the trend takes."""

RIDE_COLUMNS: Final = (
    "uptime_minutes",
    "downtime_minutes",
    "uptime_percentage",
    "operating_hours_minutes",
    "avg_wait_time",
    "peak_wait_time",
    "status_changes",
)
PARK_COLUMNS: Final = (
    "total_rides_tracked",
    "avg_uptime_percentage",
    "total_downtime_hours",
    "rides_with_downtime",
    "avg_wait_time",
    "peak_wait_time",
)


class Grain(Enum):
    """Length of a period; the value names the columns that say how it compares with the one before."""

    WEEK = "trend_vs_previous_week"
    MONTH = "trend_vs_previous_month"
    YEAR = "trend_vs_previous_year"


TABLES: Final[dict[Grain, tuple[type[models.Model], type[models.Model]]]] = {
    Grain.WEEK: (RideWeeklyStats, ParkWeeklyStats),
    Grain.MONTH: (RideMonthlyStats, ParkMonthlyStats),
    Grain.YEAR: (RideYearlyStats, ParkYearlyStats),
}


@dataclass(frozen=True)
class Period:
    """One ISO week, calendar month or calendar year."""

    grain: Grain
    span: DateSpan

    @property
    def key(self) -> dict[str, int]:
        """The columns that identify the period in its tables."""
        if self.grain is Grain.WEEK:
            year, week, _ = self.span.start.isocalendar()
            return {"year": year, "week_number": week}
        if self.grain is Grain.MONTH:
            return {"year": self.span.start.year, "month": self.span.start.month}
        return {"year": self.span.start.year}

    @property
    def previous(self) -> Period:
        """The period before."""
        return period_of(self.grain, self.span.start - timedelta(days=1))

    @property
    def following(self) -> Period:
        """The period after."""
        return period_of(self.grain, self.span.end + timedelta(days=1))


def period_of(grain: Grain, day: date) -> Period:
    """The period that a date belongs to."""
    if grain is Grain.WEEK:
        monday = day - timedelta(days=day.weekday())
        return Period(grain, DateSpan(monday, monday + timedelta(days=6)))
    if grain is Grain.MONTH:
        last = calendar.monthrange(day.year, day.month)[1]
        return Period(grain, DateSpan(day.replace(day=1), day.replace(day=last)))
    return Period(grain, DateSpan(date(day.year, 1, 1), date(day.year, 12, 31)))


def touched(span: DateSpan) -> list[Period]:
    """All periods with a date of the span, each grain ascending."""
    found = dict.fromkeys(period_of(grain, day) for grain in Grain for day in span.days())
    return list(found)


def roll_up(span: DateSpan, *, version: int, now: datetime) -> Iterator[tuple[Period, Changes, Changes]]:
    """Rebuild every period that the span touches, from daily rows as `version` has them, each by itself.

    The period after a rebuilt one is rebuilt too if it has rows, as its trend looks back. Gives the changes
    of ride and park rows. Raises LeaseHeld if another roll-up is at work.
    """
    with lease(JOB) as renew:
        for grain in Grain:
            periods = [period for period in touched(span) if period.grain is grain]
            after = periods[-1].following
            if TABLES[grain][0]._default_manager.filter(**after.key).exists():
                periods.append(after)
            for period in periods:
                renew()
                rebuild = partial(_rebuild, period, version=version, now=now, renew=renew)
                yield period, *errors.retried(rebuild)


@transaction.atomic
def _rebuild(
    period: Period, *, version: int, now: datetime, renew: Callable[[], None]
) -> tuple[Changes, Changes]:
    rides = ride_rows(period, version=version)
    active = roster.current().rides.filter("is_active").select("ride_id", "park_id")
    parks = park_rows(rides.join(active, on="ride_id"))
    found = []
    ride_table, park_table = TABLES[period.grain]
    for model, entity, frame, columns, measure, current in (
        (ride_table, "ride", rides, RIDE_COLUMNS, "downtime_minutes", pl.col("downtime_minutes")),
        (park_table, "park", parks, PARK_COLUMNS, "total_downtime_hours", pl.col("hours")),
    ):
        identity, trend = f"{entity}_id", period.grain.value
        before = upsert.stored(model, entity=identity, columns=[measure], key=period.previous.key)
        wanted = with_trend(frame, before.rename({measure: "before"}), current, entity=identity, trend=trend)
        wanted, lost = fitted(model, wanted, entity=identity)
        if lost:
            logger.warning("%s does not hold %s", model._meta.db_table, ", ".join(lost))
        columns = (*columns, trend)
        present = upsert.stored(model, entity=identity, columns=columns, key=period.key)
        change = upsert.changes(wanted, present, entity=identity, columns=columns)
        extra: dict[str, Any] = {"week_start_date": period.span.start} if period.grain is Grain.WEEK else {}
        upsert.write(
            model,
            change,
            entity=identity,
            columns=columns,
            key={**period.key, **extra},
            unique=(identity, *period.key),
            now=now.replace(microsecond=0),
        )
        found.append(change)
    renew()
    return found[0], found[1]


def _integers(total: Sum) -> Cast:
    """Sums of integers are decimals on MySQL and MariaDB."""
    return Cast(total, BigIntegerField())


def ride_rows(period: Period, *, version: int) -> pl.DataFrame:
    """One row for each ride with daily rows in the period: ride_id, RIDE_COLUMNS.

    The average wait is weighted with the operating minutes of its day; days without an average count in the
    denominator; null where nothing was waited.
    """
    operating = F("operating_hours_minutes")
    summed = (
        RideDailyStats.objects.filter(
            read_in(RideDailyStats, version), stat_date__range=period.span, ride_id__isnull=False
        )
        .values("ride_id")
        .annotate(
            up=_integers(Sum("uptime_minutes")),
            down=_integers(Sum("downtime_minutes")),
            open=_integers(Sum(operating)),
            waited=_integers(Sum(scaled("avg_wait_time", 2) * operating)),
            peak=Max("peak_wait_time"),
            changed=_integers(Sum("status_changes")),
        )
        .order_by("ride_id")
    )
    names = ("ride_id", "up", "down", "open", "waited", "peak", "changed")
    return read.frame(summed, dict.fromkeys(names, pl.Int64), *names).select(
        "ride_id",
        uptime_minutes="up",
        downtime_minutes="down",
        uptime_percentage=ratio_half_even(100 * pl.col("up"), pl.col("open"), scale=2).fill_null(0),
        operating_hours_minutes="open",
        avg_wait_time=_null_if_zero(ratio_half_even(pl.col("waited"), pl.col("open"), scale=0)),
        peak_wait_time="peak",
        status_changes="changed",
    )


def park_rows(rides: pl.DataFrame) -> pl.DataFrame:
    """One row for each park of `rides` (rows of `ride_rows` with their park_id): park_id, PARK_COLUMNS.

    `hours` is the downtime in ten-thousandths of an hour, as the trend takes it.
    """
    down, open_minutes = pl.col("downtime_minutes"), pl.col("operating_hours_minutes")
    waited = (pl.col("avg_wait_time").fill_null(0) * open_minutes).sum()
    return (
        rides.group_by("park_id")
        .agg(
            total_rides_tracked=pl.len().cast(pl.Int64),
            avg_uptime_percentage=_null_if_zero(
                ratio_half_even(pl.col("uptime_percentage").sum(), pl.len(), scale=0)
            ),
            total_downtime_hours=ratio_half_even(100 * down.sum(), pl.lit(60), scale=0),
            hours=ratio(down.sum(), 60, scale=4),
            rides_with_downtime=(down > 0).sum().cast(pl.Int64),
            avg_wait_time=_null_if_zero(ratio_half_even(waited, open_minutes.sum(), scale=0)),
            peak_wait_time=pl.col("peak_wait_time").max(),
        )
        .sort("park_id")
    )


def with_trend(
    frame: pl.DataFrame, before: pl.DataFrame, current: pl.Expr, *, entity: str, trend: str
) -> pl.DataFrame:
    """`frame` with the change of its downtime (`current`) against `before` in hundredths of a percent.

    Null where there is no row before or it was 0; cut to what the column holds. The downtime of a park is
    compared at four places with the stored one of two, as the legacy did.
    """
    unit = TREND_UNITS[entity]
    change = ratio_half_even(100 * (current - unit * pl.col("before")), unit * pl.col("before"), scale=2)
    return (
        frame.join(before.drop("stat_id"), on=entity, how="left")
        .with_columns(change.clip(-GREATEST_TREND, GREATEST_TREND).alias(trend))
        .drop("before")
    )


def _null_if_zero(figure: pl.Expr) -> pl.Expr:
    return pl.when(figure != 0).then(figure)
