"""One ride, hour by hour or day by day (docs/contract/rides.md 3)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final, TypedDict, cast

import polars as pl

from parkstats_project.base.arithmetic import divide, number
from parkstats_project.base.clock import (
    HOUR,
    PACIFIC,
    DateSpan,
    Period,
    Window,
    from_epoch,
    pacific_date,
    pacific_days,
)
from rides.choices import RideStatus
from stats.frames import hours, roster
from stats.frames.roster import row_of


class _Figures(TypedDict):
    avg_wait_time_minutes: float | None
    uptime_percentage: float | None
    snapshot_count: int


class HourPoint(_Figures):
    """A ride in an hour."""

    hour_start_utc: datetime
    status: str


class DayPoint(_Figures):
    """A ride on a Pacific date."""

    date: str
    status: str


class HourRow(_Figures):
    """A ride in an hour, with its snapshots."""

    hour_start_utc: datetime
    operating_snapshots: int
    down_snapshots: int
    downtime_hours: float | None


class DayRow(_Figures):
    """A ride on a Pacific date, with its hours."""

    date: str
    operating_hours: int
    down_hours: int
    downtime_hours: float | None


Timeseries = list[HourPoint] | list[DayPoint]


RideBreakdown = list[HourRow] | list[DayRow]


PERIODS: Final = ("today", "yesterday", "last_week", "last_month")
# Days back from today, first and last; unlike the rankings, weeks and months trail (docs/contract/rides.md
# 3).
DAYS_BACK: Final = {"today": (0, 0), "yesterday": (1, 1), "last_week": (7, 1), "last_month": (30, 1)}

# Share of running snapshots, in hundredths of a per cent, from which on an hour counts as operating.
MOSTLY_RUNNING: Final = 5000


class RideHead(TypedDict):
    """Who the ride is."""

    ride_id: int
    name: str
    park_id: int
    park_name: str | None
    tier: int | None
    category: str | None
    queue_times_url: str | None


class DowntimeEvent(TypedDict):
    """A clock hour in which the ride was down at least once."""

    start_time: datetime
    end_time: datetime
    duration_hours: float | None


class Summary(TypedDict):
    """Figures over the hours of days on which the ride operated."""

    avg_wait_time: float | None
    total_downtime_hours: float | None
    total_hours: int
    total_operating_hours: int | None
    uptime_percentage: float | None


class RideDetails(TypedDict):
    """The answer without its envelope; the rows of the two lists depend on the period."""

    ride: RideHead
    timeseries: Timeseries
    downtime_events: list[DowntimeEvent]
    hourly_breakdown: RideBreakdown
    summary: Summary


def of_period(ride_id: int, period: str, *, now: datetime) -> RideDetails | None:
    """The details of a ride, active or not, in one of PERIODS; None if there is no such ride."""
    head = _head(ride_id)
    if head is None:
        return None
    rows = hours.of_rides(_window(period, now), now=now, rides=[ride_id]).sort("hour")
    lists = _by_hour(rows) if Period(period, now).granularity == "hourly" else _by_day(rows)
    return {
        "ride": head,
        "timeseries": cast(Timeseries, lists[0]),
        "downtime_events": _events(rows),
        "hourly_breakdown": cast(RideBreakdown, lists[1]),
        "summary": _summary(rows.filter("operated")),
    }


def _window(period: str, now: datetime) -> Window:
    today = pacific_date(now)
    first, last = DAYS_BACK[period]
    return pacific_days(DateSpan(today - timedelta(days=first), today - timedelta(days=last)))


def _head(ride_id: int) -> RideHead | None:
    people = roster.current()
    ride = row_of(people.rides, "ride_id", ride_id)
    if ride is None:
        return None
    park = row_of(people.parks, "park_id", ride["park_id"])
    url = None
    if park and park["queue_times_id"] and ride["queue_times_id"]:
        url = f"https://queue-times.com/parks/{park['queue_times_id']}/rides/{ride['queue_times_id']}"
    return {
        "ride_id": ride_id,
        "name": ride["name"],
        "park_id": ride["park_id"],
        "park_name": park["name"] if park else None,
        "tier": ride["tier"],
        "category": ride["category"],
        "queue_times_url": url,
    }


def _status(uptime: int, count: int = 1) -> str:
    """The status word of a mean uptime, given the sum in hundredths of a per cent and the number of hours."""
    if uptime >= MOSTLY_RUNNING * count:
        return RideStatus.OPERATING.value
    return RideStatus.DOWN.value if uptime > 0 else RideStatus.CLOSED.value


def _mean(total: int, count: int) -> float | None:
    """A mean of hundredths, rounded half up at 6 places as AVG shows it; None of nothing."""
    return float(divide(total, 100 * count, scale=6)) if count else None


def _by_hour(rows: pl.DataFrame) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Time series ascending and breakdown descending, one entry for each hour."""
    timeseries, breakdown = [], []
    for row in rows.iter_rows(named=True):
        common = {
            "hour_start_utc": from_epoch(row["hour"]),
            "avg_wait_time_minutes": number(row["avg_wait"], 2),
            "uptime_percentage": number(row["uptime"], 2),
            "snapshot_count": row["snapshots"],
        }
        timeseries.append(common | {"status": _status(row["uptime"])})
        breakdown.append(
            common
            | {
                "operating_snapshots": row["operating"] or 0,
                "down_snapshots": row["down"] or 0,
                "downtime_hours": number(row["downtime"], 2),
            }
        )
    return timeseries, breakdown[::-1]


def _by_day(rows: pl.DataFrame) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Time series ascending and breakdown descending, one entry for each Pacific date with hours."""
    moment = pl.from_epoch("hour").dt.replace_time_zone("UTC")
    days = rows.group_by(moment.dt.convert_time_zone(PACIFIC.key).dt.date().alias("day")).agg(
        pl.col("avg_wait", "uptime", "downtime", "snapshots").sum(),
        hours=pl.len(),
        waits=pl.col("avg_wait").count(),
        downtimes=pl.col("downtime").count(),
        operating=(pl.col("uptime") >= MOSTLY_RUNNING).sum(),
        down=pl.col("uptime").is_between(0, MOSTLY_RUNNING, closed="none").sum(),
    )
    timeseries, breakdown = [], []
    for row in days.sort("day").iter_rows(named=True):
        common = {
            "date": row["day"].isoformat(),
            "avg_wait_time_minutes": _mean(row["avg_wait"], row["waits"]),
            "uptime_percentage": _mean(row["uptime"], row["hours"]),
            "snapshot_count": row["snapshots"],
        }
        timeseries.append(common | {"status": _status(row["uptime"], row["hours"])})
        breakdown.append(
            common
            | {
                "operating_hours": row["operating"],
                "down_hours": row["down"],
                "downtime_hours": number(row["downtime"], 2) if row["downtimes"] else None,
            }
        )
    return timeseries, breakdown[::-1]


def _events(rows: pl.DataFrame) -> list[DowntimeEvent]:
    """The hours with downtime, newest first; an event is a clock hour, operated or not."""
    down = rows.filter(pl.col("down") > 0).sort("hour", descending=True)
    return [
        {
            "start_time": from_epoch(hour),
            "end_time": from_epoch(hour + HOUR),
            "duration_hours": number(downtime, 2),
        }
        for hour, downtime in down.select("hour", "downtime").iter_rows()
    ]


def _summary(rows: pl.DataFrame) -> Summary:
    waits, downtimes, uptimes = rows["avg_wait"], rows["downtime"], rows["uptime"]
    return {
        "avg_wait_time": _mean(int(waits.sum()), waits.count()),
        "total_downtime_hours": number(int(downtimes.sum()), 2) if downtimes.count() else None,
        "total_hours": rows.height,
        "total_operating_hours": int((rows["operating"] > 0).sum()) if rows.height else None,
        "uptime_percentage": _mean(int(uptimes.sum()), uptimes.count()),
    }
