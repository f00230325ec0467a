"""Rankings by downtime from one stored row per park or ride: a day, the week or the month of today."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Final, TypedDict

import polars as pl
from django.db.models import QuerySet

from stats import daily, ranking, roster, stored
from stats import now as at_present
from stats.arithmetic import ratio
from stats.expressions import scaled
from stats.models import ParkMonthlyStats, ParkWeeklyStats, RideMonthlyStats, RideWeeklyStats
from stats.periods import DateSpan
from stats.ranking import Bit, Hundredths, NumberOfHundredths, NumberOfTenths, Places, descending

TenThousandths = Annotated[Decimal, Places(4)]
HundredThousandths = Annotated[Decimal, Places(5)]


class ParkStoredRow(TypedDict):
    """A park's week or month (contract/parks.md 1.7, 1.8)."""

    rank: int
    park_id: int
    park_name: str
    location: str | None
    queue_times_id: int
    queue_times_url: str
    total_downtime_hours: NumberOfHundredths
    affected_rides_count: int
    uptime_percentage: NumberOfHundredths | None
    trend_percentage: Hundredths | None


class ParkScoredRow(ParkStoredRow):
    """The same with a score: of a month always, of a week only if asked for."""

    shame_score: NumberOfTenths | None


class RideYesterdayRow(TypedDict):
    """A ride's daily row of yesterday (contract/rides.md 1.4); the status is that of the request."""

    rank: int
    ride_id: int
    ride_name: str
    tier: int | None
    park_id: int
    park_name: str
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
    """A ride's monthly row (contract/rides.md 1.5)."""

    queue_times_id: int
    park_queue_times_id: int


class RideWeekRow(TypedDict):
    """A ride's weekly row (contract/rides.md 1.5): hours with fewer places, no trend."""

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
    current_status: str | None
    current_is_open: Bit | None
    downtime_hours: Hundredths
    uptime_percentage: Hundredths
    avg_wait_time: Hundredths | None
    peak_wait_time: int | None
    trend_percentage: None


HOURS_PLACES: Final = {"day": 4, "week": 2, "month": 4}


def parks(
    today: date, *, by: str, among: str, scored: bool, limit: int
) -> list[ParkStoredRow] | list[ParkScoredRow]:
    """Parks of the running week or month (contract/parks.md 1.7, 1.8), by score or else by downtime."""
    figures = _park_rows(today, by=by).join(ranking.parks(among), on="park_id")
    if not scored:
        best = ranking.top(figures, descending("total_downtime_hours"), tie="park_id", limit=limit)
        return ranking.rows(ParkStoredRow, best)
    if by == "week":
        minutes = stored.frame(
            RideWeeklyStats.objects.filter(**stored.week_of(today)),
            ride_id="ride_id",
            downtime_minutes="downtime_minutes",
        )
        scores = park_scores(minutes, every_ride=True)
    else:
        scores = park_scores(daily.rides(DateSpan(today.replace(day=1), today)))
    figures = figures.join(scores, on="park_id", how="left")
    best = ranking.top(figures, descending("shame_score"), tie="park_id", limit=limit)
    return ranking.rows(ParkScoredRow, best)


def park_scores(
    minutes: pl.DataFrame, *, mean_of_days: bool = False, every_ride: bool = False
) -> pl.DataFrame:
    """Score of every park with an active attraction from `downtime_minutes` of its rides.

    park_id, shame_score in tenths: weighted downtime hours / weight of all active attractions x 10; null
    without ride rows. `mean_of_days` divides by the number of `day`s with rows (contract/parks.md 1.6);
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


def rides(
    today: date, *, by: str, now: datetime, among: str, limit: int
) -> list[RideYesterdayRow] | list[RideMonthRow] | list[RideWeekRow]:
    """Rides by downtime of yesterday (`by` day), the running week or month (contract/rides.md 1.4, 1.5)."""
    figures = _ride_rows(today, by=by).join(ranking.rides(among), on="ride_id")
    best = (
        ranking.top(figures, descending("minutes"), tie="ride_id", limit=limit)
        .join(at_present.ride_status(now=now), on="ride_id", how="left", maintain_order="left")
        .with_columns(
            downtime_hours=ratio(pl.col("minutes"), 60, scale=HOURS_PLACES[by]),
            trend_percentage=_trend() if by != "week" else pl.lit(None, pl.Int64),
        )
    )
    if by == "day":
        return ranking.rows(RideYesterdayRow, best.with_columns(queue_times_url=pl.lit(None, pl.String)))
    return ranking.rows(RideMonthRow, best) if by == "month" else ranking.rows(RideWeekRow, best)


def _trend() -> pl.Expr:
    """Change of `minutes` against `previous` in per cent, five places; null without downtime before."""
    before = pl.col("previous")
    return pl.when(before > 0).then(ratio((pl.col("minutes") - before) * 100, before, scale=5))


def _park_rows(today: date, *, by: str) -> pl.DataFrame:
    """park_id, affected_rides_count; in hundredths total_downtime_hours, uptime_ and trend_percentage."""
    query: QuerySet[Any]
    if by == "week":
        query, trend = ParkWeeklyStats.objects.filter(**stored.week_of(today)), "trend_vs_previous_week"
    else:
        query, trend = ParkMonthlyStats.objects.filter(**stored.month_of(today)), "trend_vs_previous_month"
    return stored.frame(
        query,
        park_id="park_id",
        total_downtime_hours=scaled("total_downtime_hours", 2),
        affected_rides_count="rides_with_downtime",
        uptime_percentage=scaled("avg_uptime_percentage", 2),
        trend_percentage=scaled(trend, 2),
    )


def _ride_rows(today: date, *, by: str) -> pl.DataFrame:
    """ride_id, minutes, previous (those of the day or month before; not for weeks), figures as stored.

    uptime_percentage and avg_wait_time in hundredths. Of days only those with operation and downtime.
    """
    if by == "day":
        yesterday, before = today - timedelta(days=1), today - timedelta(days=2)
        rows = (
            daily.rides(DateSpan(yesterday, yesterday))
            .filter((pl.col("operating_minutes") > 0) & (pl.col("downtime_minutes") > 0))
            .select(
                "ride_id",
                minutes="downtime_minutes",
                uptime_percentage="uptime",
                avg_wait_time="avg_wait",
                peak_wait_time="peak_wait",
            )
        )
        earlier = daily.rides(DateSpan(before, before)).select("ride_id", previous="downtime_minutes")
        return rows.join(earlier, on="ride_id", how="left")
    if by == "week":
        return _shown(RideWeeklyStats.objects.filter(**stored.week_of(today)))
    before = today.replace(day=1) - timedelta(days=1)
    earlier = stored.frame(
        RideMonthlyStats.objects.filter(**stored.month_of(before)),
        ride_id="ride_id",
        previous="downtime_minutes",
    )
    rows = _shown(RideMonthlyStats.objects.filter(**stored.month_of(today)))
    return rows.join(earlier, on="ride_id", how="left")


def _shown(query: QuerySet[Any]) -> pl.DataFrame:
    return stored.frame(
        query,
        ride_id="ride_id",
        minutes="downtime_minutes",
        uptime_percentage=scaled("uptime_percentage", 2),
        avg_wait_time=scaled("avg_wait_time", 2),
        peak_wait_time="peak_wait_time",
    )
