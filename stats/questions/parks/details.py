"""One park: what it is, how it stands now, its charts; the blame is in `breakdown`.

See docs/contract/parks.md 4.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, Literal, TypedDict, cast

import polars as pl

from parks.models import ParkOperatingSession
from parkstats_project.base import clock
from parkstats_project.base.arithmetic import number, ratio
from parkstats_project.base.cache import Kept
from rides import status
from stats import rules
from stats.frames import current, daily_rows, entrants, observations, roster, series
from stats.frames.roster import row_of
from stats.questions.parks import breakdown
from stats.questions.parks.breakdown import Breakdown

Granularity = Literal["minutes", "hourly", "daily"]


class LiveChart(TypedDict):
    """The scores of the last minutes and the newest of them."""

    granularity: Literal["minutes"]
    labels: list[str]
    data: list[float | None]
    current: float | None


class HourlyChart(TypedDict):
    """Scores, waits and rides down by hour; `average` is the score of the breakdown."""

    granularity: Literal["hourly"]
    labels: list[str]
    data: list[float | None]
    avg_wait: list[float | None]
    rides_down: list[int | None]
    average: float


class DailyChart(TypedDict):
    """Scores, hours down and rides down by day."""

    granularity: Literal["daily"]
    labels: list[str]
    data: list[float | None]
    downtime_hours: list[float | None]
    rides_down: list[int]
    average: float


ParkChart = LiveChart | HourlyChart | DailyChart


PERIODS: Final = ("live", "today", "yesterday", "last_week", "last_month")
SESSIONS_SHOWN: Final = 7
SESSION_DAYS: Final = 30
SESSIONS_KEPT: Final = 100


class ParkHead(TypedDict):
    """Who the park is; `location` names the country where there is no state."""

    park_id: int
    name: str
    location: str
    operator: str | None
    timezone: str
    queue_times_url: str


class TierDistribution(TypedDict):
    """Active attractions by tier; the counts are null without any ride."""

    total_rides: int
    tier_1_count: Decimal | None
    tier_2_count: Decimal | None
    tier_3_count: Decimal | None
    unclassified_count: Decimal | None


class CurrentStatus(TypedDict):
    """Active attractions by their newest observation of all time."""

    total_rides: int
    rides_open: Decimal | None
    rides_closed: Decimal | None
    last_updated: datetime | None


class Session(TypedDict):
    """An observed day of the park (docs/contract/parks.md 4.2)."""

    session_id: int
    park_id: int | None
    session_date: date
    session_start_utc: datetime | None
    session_end_utc: datetime | None
    operating_minutes: int | None


class ParkDetails(TypedDict):
    """The answer without its envelope; breakdown and chart depend on the period."""

    park: ParkHead
    tier_distribution: TierDistribution
    current_status: CurrentStatus
    operating_sessions: list[Session]
    effective_park_weight: int
    excluded_rides_count: int
    shame_breakdown: Breakdown
    chart_data: ParkChart


def of_period(park_id: int, period: str, *, now: datetime) -> ParkDetails | None:
    """The details of a park, active or not, in one of PERIODS; None if there is no such park."""
    who = roster.current()
    park = row_of(who.parks, "park_id", park_id)
    if park is None:
        return None
    rides = who.rides.filter(pl.col("park_id") == park_id, "is_active", "is_attraction")
    counted = rides.filter(rules.in_roster(now_s=clock.epoch(now)))
    newest = current.newest_of_rides(rides["ride_id"].to_list(), now=now)
    shame = breakdown.of_period(park_id, period, rides=rides, newest=newest, now=now)
    return {
        "park": _head(park),
        "tier_distribution": _tiers(rides),
        "current_status": _current(rides, newest),
        "operating_sessions": _sessions(park_id, now=now),
        "effective_park_weight": int(counted["weight"].sum()),
        "excluded_rides_count": rides.height - counted.height,
        "shame_breakdown": shame,
        "chart_data": cast(
            ParkChart, _chart(park_id, period, rides=rides, average=shame["shame_score"], now=now)
        ),
    }


def _head(park: dict[str, Any]) -> ParkHead:
    return {
        "park_id": park["park_id"],
        "name": park["name"],
        "location": f"{park['city']}, {park['state'] or park['country']}",
        "operator": park["operator"],
        "timezone": park["timezone"],
        "queue_times_url": entrants.QUEUE_TIMES.format(park["queue_times_id"]),
    }


def _tiers(rides: pl.DataFrame) -> TierDistribution:
    def count(those: pl.Expr) -> Decimal | None:
        return Decimal(rides.filter(those).height) if rides.height else None

    tier = pl.col("tier")
    return {
        "total_rides": rides.height,
        "tier_1_count": count(tier == 1),
        "tier_2_count": count(tier == 2),
        "tier_3_count": count(tier == 3),
        "unclassified_count": count(tier.is_null()),
    }


def _current(rides: pl.DataFrame, newest: pl.DataFrame) -> CurrentStatus:
    # Neither running nor any reported word but OPERATING: DOWN, CLOSED, REFURBISHMENT or seen standing.
    resting = (pl.col("status") == status.NO_STATUS) & ~pl.col("running")
    closed = resting | ~pl.col("status").is_in([status.NO_STATUS, status.OPERATING])
    last = newest["at"].max()
    return {
        "total_rides": rides.height,
        "rides_open": Decimal(newest.filter(rules.operating()).height) if rides.height else None,
        "rides_closed": Decimal(newest.filter(closed).height) if rides.height else None,
        "last_updated": None if last is None else clock.from_epoch(int(last)),  # type: ignore[arg-type]
    }


def _sessions(park_id: int, *, now: datetime) -> list[Session]:
    return _sessions_kept.get([(park_id, clock.server_date(now))])[0]


def _load_sessions(keys: Sequence[tuple[int, date]]) -> dict[tuple[int, date], list[Session]]:
    return {(park_id, today): _recent_sessions(park_id, today) for park_id, today in keys}


def _recent_sessions(park_id: int, today: date) -> list[Session]:
    recent = ParkOperatingSession.objects.filter(
        park=park_id, session_date__range=(today - timedelta(days=SESSION_DAYS), today)
    )
    newest_first = recent.order_by("-session_date").values(
        "session_id",
        "park_id",
        "session_date",
        "session_start_utc",
        "session_end_utc",
        "operating_minutes",
    )
    return [cast(Session, session) for session in newest_first[:SESSIONS_SHOWN]]


_sessions_kept: Kept[tuple[int, date], list[Session]] = Kept(
    load=_load_sessions, capacity=SESSIONS_KEPT, same=list.__eq__
)


# ----------------------------------------------------------------------------------------------- charts


def _chart(
    park_id: int, period: str, *, rides: pl.DataFrame, average: float, now: datetime
) -> dict[str, Any]:
    """The chart below the breakdown; `average` is the score of the breakdown, on another scale (4.7)."""
    if period == "live":
        return _live_chart(park_id, now=now)
    over = clock.Period(period, now)
    if over.granularity == "hourly":
        return _hourly_chart(park_id, over.window, average)
    return _daily_chart(over.dates, rides, average)


def _live_chart(park_id: int, *, now: datetime) -> dict[str, Any]:
    window = clock.Window(now - timedelta(minutes=series.LIVE_MINUTES), now)
    rows = observations.parks(window, parks=[park_id])
    scores = rows["shame"].to_list()
    known = [score for score in scores if score is not None]
    return {
        "granularity": "minutes",
        "labels": rows.select(series.chart_minute()).to_series().to_list(),
        "data": [number(score, 1) for score in scores],
        "current": number(known[-1], 1) if known else 0.0,
    }


def _hourly_chart(park_id: int, window: clock.Window, average: float) -> dict[str, Any]:
    rows = observations.parks(window, parks=[park_id]).filter("open_fb", pl.col("shame").is_not_null())
    hours = series.park_hours(
        rows,
        {
            "shame": series.shame(),
            "wait": series.mean(pl.col("avg_wait"), places=2, scale=1),
            "down": series.mean(pl.col("rides_closed"), scale=0),
        },
    ).sort("bucket")
    return {
        "granularity": "hourly",
        "labels": [f"{hour}:00" for hour in hours["bucket"]],
        "data": [number(score, 1) for score in hours["shame"]],
        "avg_wait": [number(wait, 1) for wait in hours["wait"]],
        "rides_down": hours["down"].to_list(),
        "average": average,
    }


def _daily_chart(span: clock.DateSpan, rides: pl.DataFrame, average: float) -> dict[str, Any]:
    weighted = (pl.col("downtime_minutes") * pl.col("weight")).sum()
    days = (
        daily_rows.rides(span)
        .join(rides.select("ride_id", "weight"), on="ride_id")
        .group_by("day")
        .agg(
            hours=ratio(pl.col("downtime_minutes").sum(), 60, scale=2),
            weighted=ratio(weighted, 60, scale=2),
            down=(pl.col("downtime_minutes") > 0).sum(),
        )
        .sort("day")
        # Rounded hours per weight, without the factor 10 of every other score (docs/contract/parks.md 4.7).
        .with_columns(score=ratio(pl.col("weighted"), 10 * int(rides["weight"].sum()), scale=0))
    )
    return {
        "granularity": "daily",
        "labels": series.day_labels(days["day"]),
        "data": [number(score, 1) for score in days["score"]],
        "downtime_hours": [number(hours, 2) for hours in days["hours"]],
        "rides_down": days["down"].to_list(),
        "average": average,
    }
