"""Rankings by downtime of the running day: the live tables, and rides from observations.

The tables count five minutes a snapshot, the observations ten (contract/rides.md 1.2): while both exist, the
table answers.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, TypedDict

import polars as pl
from django.db.models import Exists, OuterRef, Q

from parks.choices import ScheduleType
from parks.models import Park, ParkSchedule
from rides.choices import RideStatus
from stats import daily, observations, periods, ranking, rules, stored
from stats import now as at_present
from stats.arithmetic import ratio
from stats.expressions import Epoch, integer, scaled
from stats.models import ParkLiveRanking, RideLiveRanking
from stats.observations import Observed
from stats.periods import DateSpan, Window
from stats.ranking import (
    Bit,
    Hundredths,
    NumberOfHundredths,
    NumberOfTenths,
    Order,
    Tenths,
    ascending,
    descending,
)

# Rows of the ride table older than this are not served (contract/rides.md 1.2).
FRESH: Final = timedelta(minutes=20)

# The park table can only be sorted by score; everything else means hours (contract/parks.md 1.3).
PARK_ORDERS: Final = {
    "shame_score": descending("shame_score"),
    "total_downtime_hours": descending("total_downtime_hours"),
    "uptime_percentage": descending("total_downtime_hours"),
    "rides_down": descending("total_downtime_hours"),
}
RIDE_ORDERS: Final[dict[str, tuple[Order, ...]]] = {
    "current_is_open": (ascending("current_is_open"), descending("downtime_hours")),
    "downtime_hours": (descending("downtime_hours"),),
    "uptime_percentage": (ascending("uptime_percentage"),),
    "trend_percentage": (descending("trend_percentage"),),
}


class ParkLiveRow(TypedDict):
    """A park of the live table (contract/parks.md 1.3)."""

    rank: int
    park_id: int
    park_name: str
    location: str | None
    queue_times_id: int
    queue_times_url: str
    park_is_open: Bit
    rides_down: int
    total_rides: int
    shame_score: NumberOfTenths
    total_downtime_hours: NumberOfHundredths
    weighted_downtime_hours: NumberOfHundredths
    uptime_percentage: NumberOfTenths


class RideLiveRow(TypedDict):
    """A ride of the live table (contract/rides.md 1.1)."""

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


class RideSoFarRow(TypedDict):
    """A ride over the observations of the running day (contract/rides.md 1.2, "fallback")."""

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
    park_is_open: Bit | None
    current_status: str | None
    current_is_open: Bit | None
    downtime_hours: Hundredths
    uptime_percentage: Hundredths | None
    avg_wait_time: Hundredths | None
    peak_wait_time: int | None
    trend_percentage: Hundredths | None


def parks(*, among: str, sort_by: str, limit: int) -> list[ParkLiveRow]:
    """Open parks with a score and downtime, from the live table however old it is (contract/parks.md 1.3)."""
    table = stored.frame(
        ParkLiveRanking.objects.filter(park_is_open=True, shame_score__gt=Decimal(0)).filter(
            Q(rides_down__gt=0) | Q(total_downtime_hours__gt=Decimal(0))
        ),
        {"park_name": pl.String},
        park_id="park_id",
        park_name="park_name",
        park_is_open=integer("park_is_open"),
        rides_down="rides_down",
        total_rides="total_rides",
        shame_score=scaled("shame_score", 1),
        total_downtime_hours=scaled("total_downtime_hours", 2),
        weighted_downtime_hours=scaled("weighted_downtime_hours", 2),
    )
    rides_total = pl.col("total_rides")
    share = ratio((rides_total - pl.col("rides_down")) * 100, rides_total, scale=1)
    figures = table.join(ranking.parks(among).drop("park_name"), on="park_id").with_columns(
        pl.col("total_downtime_hours", "weighted_downtime_hours").fill_null(0),
        uptime_percentage=pl.when(rides_total == 0).then(pl.lit(1000)).otherwise(share),
    )
    best = ranking.top(figures, PARK_ORDERS[sort_by], tie="park_id", limit=limit)
    return ranking.rows(ParkLiveRow, best)


def rides(*, now: datetime, among: str, limit: int) -> list[RideLiveRow]:
    """Rides of the live table by downtime; none if the table is stale (contract/rides.md 1.2)."""
    query = RideLiveRanking.objects.filter(calculated_at__gte=now.replace(microsecond=0) - FRESH)
    if among == ranking.DISNEY_UNIVERSAL:
        query = query.filter(Q(is_disney=True) | Q(is_universal=True))
    moment: Any = pl.Datetime("us", "UTC")
    text: Any = pl.String
    table = stored.frame(
        query.order_by("-downtime_hours", "ride_id")[:limit],
        dict.fromkeys(("ride_name", "park_name", "category", "current_status"), text)
        | dict.fromkeys(("last_status_change", "calculated_at"), moment),
        ride_id="ride_id",
        ride_name="ride_name",
        queue_times_id="queue_times_id",
        park_id="park_id",
        park_name="park_name",
        is_disney=integer("is_disney"),
        is_universal=integer("is_universal"),
        tier="tier",
        tier_weight=scaled("tier_weight", 1),
        category="category",
        is_down=integer("is_down"),
        current_status="current_status",
        current_wait_time="current_wait_time",
        last_status_change="last_status_change",
        downtime_hours=scaled("downtime_hours", 2),
        downtime_incidents="downtime_incidents",
        avg_wait_time=scaled("avg_wait_time", 1),
        max_wait_time="max_wait_time",
        calculated_at="calculated_at",
    ).with_columns(queue_times_url=pl.lit(None, pl.String))
    return ranking.rows(RideLiveRow, table.with_row_index("rank", offset=1))


def rides_so_far(*, now: datetime, among: str, sort_by: str, limit: int) -> list[RideSoFarRow]:
    """Rides by downtime since Pacific midnight, from observations (contract/rides.md 1.2, "fallback")."""
    today = periods.pacific_date(now)
    figures = (
        day_so_far(periods.pacific_day(today))
        .join(ranking.rides(among), on="ride_id")
        .join(at_present.ride_status(now=now), on="ride_id", how="left")
        .filter(
            ((pl.col("downtime_hours") > 0) & (pl.col("uptime_percentage") > 0)).fill_null(False)
            | pl.col("current_status").eq_missing(pl.lit(RideStatus.DOWN.value))
        )
        .join(_minutes_on(today - timedelta(days=1)), on="ride_id", how="left")
        .with_columns(trend_percentage=_trend())
    )
    best = ranking.top(figures, *RIDE_ORDERS[sort_by], tie="ride_id", limit=limit)
    best = best.join(at_present.park_is_open(now=now), on="park_id", how="left", maintain_order="left")
    return ranking.rows(RideSoFarRow, best)


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
    """Moments at which parks were **open at t, by schedule** (contract/rules.md 4): park_id, at, pairs.

    `pairs` counts the park's snapshots of that second: all of them within its schedule; for a park without
    any schedule those that appear open.
    """
    schedules = ParkSchedule.objects.filter(schedule_type=ScheduleType.OPERATING)
    of_park = schedules.filter(park=OuterRef("park_id"))
    known = list(Park.objects.filter(Exists(of_park)).values_list("park_id", flat=True))
    reach = at_present.SCHEDULE_REACH
    hours = stored.frame(
        schedules.filter(
            schedule_date__range=((window.start - reach).date(), (window.end + reach).date()),
            opening_time__lt=window.end,
            closing_time__gte=window.start,
        ),
        park_id="park_id",
        opens=Epoch("opening_time"),
        closes=Epoch("closing_time"),
    )
    seen = observations.parks(window).select("snapshot_id", "park_id", "at", "open")
    within = seen.join(hours, on="park_id").filter(pl.col("at").is_between(pl.col("opens"), pl.col("closes")))
    strict = seen.filter(~pl.col("park_id").is_in(known) & pl.col("open"))
    # Schedules may overlap: a snapshot within two of them is one.
    found = pl.concat([within.select("snapshot_id", "park_id", "at").unique(), strict.drop("open")])
    return found.group_by("park_id", "at").agg(pairs=pl.len().cast(pl.Int64))


def _minutes_on(day: date) -> pl.DataFrame:
    return daily.rides(DateSpan(day, day)).select("ride_id", previous="downtime_minutes")


def _trend() -> pl.Expr:
    """Change of the live minutes (5 a snapshot) against yesterday's row (10 a snapshot) in per cent."""
    before = pl.col("previous")
    return pl.when(before > 0).then(ratio((pl.col("live_minutes") - before) * 100, before, scale=2))
