"""The two awards: longest waits and least reliable (docs/contract/awards.md).

Today and yesterday come from observations, the longer periods from daily rows. The two awards mean different
days by the same period name: calendar periods for the waits, rolling ones for reliability.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, TypedDict

import polars as pl

from parkstats_project.base import clock
from parkstats_project.base.arithmetic import ratio
from parkstats_project.base.clock import DateSpan, Window
from stats import rules
from stats.frames import daily_rows, entrants, observations, roster
from stats.frames.entrants import Hundredths, Tenths, Whole, descending
from stats.frames.matching import Observed

PERIODS: Final = ("today", "yesterday", "last_week", "last_month")
ENTITIES: Final = ("parks", "rides")

ROLLING_DAYS: Final = {"last_week": 7, "last_month": 30}

# Least reliable parks start at this score (docs/contract/awards.md, "entity=parks").
LEAST_SHAME: Final = 1

MASK_BITS: Final = 60


class RideWaitRow(TypedDict):
    """A ride's waits over observations or daily rows."""

    rank: int
    ride_id: int
    ride_name: str
    park_id: int
    park_name: str
    avg_wait_time: Whole
    peak_wait_time: int | None


class RideWaitDayRow(RideWaitRow):
    """A ride's waits of today or yesterday."""

    snapshot_count: int


class RideWaitDaysRow(RideWaitRow):
    """A ride's waits over the daily rows of a calendar period."""

    days_with_data: int


class ParkWaitRow(TypedDict):
    """A park's waits."""

    rank: int
    park_id: int
    park_name: str
    location: str
    avg_wait_time: Whole
    rides_with_waits: int


class RideReliabilityRow(TypedDict):
    """A ride's downtime; the incidents are down snapshots, or status changes of daily rows."""

    rank: int
    ride_id: int
    ride_name: str
    park_id: int
    park_name: str
    downtime_hours: Hundredths
    downtime_incidents: Whole
    uptime_percentage: Tenths


class ParkReliabilityRow(TypedDict):
    """A park's average shame score."""

    rank: int
    park_id: int
    park_name: str
    location: str
    avg_shame_score: Tenths
    uptime_percentage: Tenths | None


WaitRow = RideWaitDayRow | RideWaitDaysRow | ParkWaitRow
ReliabilityRow = RideReliabilityRow | ParkReliabilityRow


def longest_waits(*, entity: str, period: str, among: str, limit: int, now: datetime) -> list[WaitRow]:
    """Parks or rides by their mean wait, rounded to whole minutes, descending."""
    rides = entrants.rides(among)
    if period in ROLLING_DAYS:
        waits = daily_rows.rides(clock.Period(period, now).dates).filter(pl.col("avg_wait") > 0)
        waits = waits.select("ride_id", "peak_wait", total="avg_wait", times=pl.lit(1))
        unit = 100
    else:
        waits = _summed(_day(period, now), now, _waits)
        unit = 1
    of_rides = (
        waits.group_by("ride_id")
        .agg(pl.col("times", "total").sum(), peak_wait_time=pl.col("peak_wait").max())
        .join(rides, on="ride_id")
    )
    average = ratio(pl.col("total"), pl.col("times") * unit, scale=0)
    if entity == "rides":
        count = "days_with_data" if period in ROLLING_DAYS else "snapshot_count"
        ranked = of_rides.with_columns(pl.col("times").alias(count), avg_wait_time=average)
        ranked = entrants.top(ranked, descending("avg_wait_time"), tie="ride_id", limit=limit)
        return entrants.rows(RideWaitDaysRow if period in ROLLING_DAYS else RideWaitDayRow, ranked)
    of_parks = (
        of_rides.group_by("park_id")
        .agg(pl.col("total", "times").sum(), rides_with_waits=pl.len())
        .with_columns(avg_wait_time=average)
        .join(_parks(among), on="park_id")
    )
    ranked = entrants.top(of_parks, descending("avg_wait_time"), tie="park_id", limit=limit)
    return entrants.rows(ParkWaitRow, ranked)


def least_reliable(
    *, entity: str, period: str, among: str, limit: int, now: datetime
) -> list[ReliabilityRow]:
    """Rides by downtime hours, or parks by average shame score, descending."""
    if period in ROLLING_DAYS:
        span = clock.rolling(clock.pacific_date(now), ROLLING_DAYS[period])
        figures = _rides_of_days(span, among) if entity == "rides" else _parks_of_days(span, among)
    else:
        window = _day(period, now)
        figures = (
            _rides_of_day(window, among, now) if entity == "rides" else _parks_of_day(window, among, now)
        )
    if entity == "rides":
        ranked = entrants.top(figures, descending("downtime_hours"), tie="ride_id", limit=limit)
        return entrants.rows(RideReliabilityRow, ranked)
    ranked = entrants.top(figures, descending("avg_shame_score"), tie="park_id", limit=limit)
    return entrants.rows(ParkReliabilityRow, ranked)


def _day(period: str, now: datetime) -> Window:
    """Yesterday, or today up to and including the current second."""
    if period == "today":
        return clock.today_so_far(now.replace(microsecond=0) + timedelta(seconds=1))
    return clock.Period(period, now).window


def _parks(among: str) -> pl.DataFrame:
    """Parks with the location as the awards spell it: `city, ` and the state, if there is one."""
    states = roster.current().parks.select("park_id", state=pl.col("state").fill_null(""))
    return (
        entrants.parks(among)
        .join(states, on="park_id")
        .with_columns(location=pl.col("city") + ", " + pl.col("state"))
    )


def _summed(window: Window, now: datetime, summarise: Callable[[Observed], pl.DataFrame]) -> pl.DataFrame:
    """A summary of whole hours over the window, which starts on the hour, up to and including `now`.

    A ride **operated, any** by what was observed before `now`, so an observation of the very second of a
    `now` without a fraction is one while no park was open.
    """
    known = min(window.end_s, Window(window.start, now).end_s)
    whole = clock.hour_start(known)
    if whole < known:
        hour = observations.rides(clock.window_of_seconds(whole, whole + clock.HOUR))
        if not (hour["at"] >= known).any():
            whole += clock.HOUR  # all that was observed in this hour counts: its kept summary does
    parts = []
    if window.start_s < whole:
        parts.append(observations.summed(Window(window.start, clock.from_epoch(whole)), summarise))
    if whole < window.end_s:
        rest = clock.window_of_seconds(whole, window.end_s)
        before_now = pl.col("at") < Window(window.start, now).end_s
        rides = observations.rides(rest).with_columns(minute_open=pl.col("minute_open") * before_now)
        parts.append(summarise(Observed(rides, observations.parks(rest))))
    return pl.concat(parts)


def _waits(seen: Observed) -> pl.DataFrame:
    """Per ride: waits above zero while the park was open, once per matching pair: times, total, peak_wait."""
    rows = seen.rides.filter((pl.col("wait") > 0) & (pl.col("open") > 0))
    times = pl.col("open").cast(pl.Int64)
    return rows.group_by("ride_id").agg(
        times=times.sum(), total=(pl.col("wait") * times).sum(), peak_wait=pl.col("wait").max()
    )


def _sums(seen: Observed) -> pl.DataFrame:
    """Per ride and hour, for `least_reliable` of a day.

    rows and operating: how often its snapshots count in a left join with the park's snapshots; down: how
    often as down while the park is open; operated: whether it was operating while the park was open.
    `moments` has a bit for each of its park's moments of this hour (of 60 at a time, `block`) at which the
    ride was observed.
    """
    hour = pl.col("at") // clock.HOUR
    nth = pl.col("at").rank("dense").over("park_id", hour) - 1
    times = pl.col("partners").clip(lower_bound=1).cast(pl.Int64)
    return seen.rides.group_by(
        "ride_id", "park_id", hour.alias("hour"), (nth // MASK_BITS).alias("block")
    ).agg(
        rows=times.sum(),
        operating=times.filter(rules.operating()).sum(),
        down=pl.col("open").cast(pl.Int64).filter(rules.down()).sum(),
        operated=(rules.operating() & (pl.col("minute_open") > 0)).any(),
        moments=pl.lit(2, pl.Int64).pow(nth % MASK_BITS).cast(pl.Int64).bitwise_or(),
    )


def _down(seen: Observed) -> pl.DataFrame:
    """When rides were down while their park was open: ride_id, park_id, at, down (matching pairs)."""
    return seen.rides.filter(rules.down() & (pl.col("open") > 0)).select(
        "ride_id", "park_id", "at", down=pl.col("open").cast(pl.Int64)
    )


def _operated(sums: pl.DataFrame, among: str) -> pl.DataFrame:
    """Sums of the rides that **operated, any**: the columns of `_sums`, with the ride's weight."""
    weights = entrants.rides(among).select("ride_id", pl.col("weight").cast(pl.Int64))
    operated = sums.filter("operated")["ride_id"].unique().implode()
    return sums.filter(pl.col("ride_id").is_in(operated)).join(weights, on="ride_id")


def _rides_of_day(window: Window, among: str, now: datetime) -> pl.DataFrame:
    return (
        _operated(_summed(window, now, _sums), among)
        .group_by("ride_id")
        .agg(pl.col("rows", "operating", "down").sum())
        .filter(pl.col("down") > 0)
        .with_columns(
            downtime_hours=ratio(pl.col("down") * rules.MINUTES_PER_SNAPSHOT, 60, scale=2),
            downtime_incidents="down",
            uptime_percentage=ratio(pl.col("operating") * 100, pl.col("rows"), scale=1),
        )
        .join(entrants.rides(among), on="ride_id")
    )


def _parks_of_day(window: Window, among: str, now: datetime) -> pl.DataFrame:
    """**shame, average of snapshots**: each snapshot's score has four decimals.

    See docs/contract/rules.md 10.
    """
    operated = _operated(_summed(window, now, _sums), among)
    members = operated.unique("ride_id").select("ride_id", "park_id", "weight")
    weights = members.group_by("park_id").agg(park_weight=pl.col("weight").sum())
    moments = (
        operated.group_by("park_id", "hour", "block")
        .agg(pl.col("rows", "operating").sum(), pl.col("moments").bitwise_or())
        .group_by("park_id")
        .agg(pl.col("rows", "operating").sum(), pl.col("moments").bitwise_count_ones().cast(pl.Int64).sum())
    )
    # A moment without anything down has score zero.
    scores = (
        _summed(window, now, _down)
        .join(members.select("ride_id", "weight"), on="ride_id")
        .group_by("park_id", "at")
        .agg(down_weight=(pl.col("down") * pl.col("weight")).sum())
        .join(weights, on="park_id")
        .group_by("park_id")
        .agg(scores=ratio(pl.col("down_weight") * 10, pl.col("park_weight"), scale=4).sum())
    )
    return (
        moments.join(scores, on="park_id", how="left")
        .with_columns(pl.col("scores").fill_null(0))
        .filter(pl.col("scores") >= LEAST_SHAME * 10_000 * pl.col("moments"))
        .with_columns(
            avg_shame_score=ratio(pl.col("scores"), pl.col("moments") * 10_000, scale=1),
            uptime_percentage=ratio(pl.col("operating") * 100, pl.col("rows"), scale=1),
        )
        .join(_parks(among), on="park_id")
    )


def _rides_of_days(span: DateSpan, among: str) -> pl.DataFrame:
    return (
        daily_rows.rides(span)
        .filter(pl.col("downtime_minutes") > 0)
        .group_by("ride_id")
        .agg(pl.col("downtime_minutes", "status_changes", "uptime").sum(), days=pl.len().cast(pl.Int64))
        .with_columns(
            downtime_hours=ratio(pl.col("downtime_minutes"), 60, scale=2),
            downtime_incidents="status_changes",
            uptime_percentage=ratio(pl.col("uptime"), pl.col("days") * 100, scale=1),
        )
        .join(entrants.rides(among), on="ride_id")
    )


def _parks_of_days(span: DateSpan, among: str) -> pl.DataFrame:
    return (
        daily_rows.parks(span)
        .filter(pl.col("shame") >= LEAST_SHAME * 1000)
        .group_by("park_id")
        .agg(
            pl.col("shame", "uptime").sum(),
            days=pl.len(),
            uptime_days=pl.col("uptime").count().cast(pl.Int64),
        )
        .with_columns(
            avg_shame_score=ratio(pl.col("shame"), pl.col("days") * 1000, scale=1),
            uptime_percentage=ratio(pl.col("uptime"), pl.col("uptime_days") * 100, scale=1),
        )
        .join(_parks(among), on="park_id")
    )
