"""Which rides cost a park its score over a past period (docs/contract/parks.md 4.4 to 4.6).

The shapes of the answers stand in `breakdown`. Scores, hours and weights are JSON numbers here, and the score
of a period is computed on them in the legacy order of operations, because its last digit depends on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from parkstats_project.base import clock
from parkstats_project.base.arithmetic import divide, double, number, ratio, rounded_double
from rides.status import TEXTS
from stats import rules
from stats.frames import current, daily_rows, hours, observations


def _score(weighted_hours: float, weight: float) -> float:
    """Hours down per weight, times ten, rounded by Python on floats."""
    return rounded_double(double(weighted_hours, weight) * 10, places=1) if weight > 0 else 0.0


def _explanation(day: str) -> str:
    return (
        f"Average shame score during operating hours {day}. "
        "Shows all rides that experienced downtime while the park was open."
    )


def _ride(row: dict[str, Any]) -> dict[str, Any]:
    """What every list of rides with downtime shows; hours in hundredths."""
    weighted = number(row["weighted"], 2)
    return {
        "ride_id": row["ride_id"],
        "ride_name": row["name"],
        "tier": rules.UNCLASSIFIED_TIER if row["tier"] is None else row["tier"],
        "tier_weight": float(row["weight"]),
        "downtime_hours": number(row["downtime"], 2),
        "weighted_downtime_hours": weighted,
        "weighted_contribution": weighted,
    }


def _worst_first(frame: pl.DataFrame, *columns: str) -> pl.DataFrame:
    return frame.sort(*columns, "ride_id", descending=[True] * len(columns) + [False])


def today(park_id: int, rides: pl.DataFrame, newest: pl.DataFrame, now: datetime) -> dict[str, Any]:
    """Over the hours of today: `TodayBreakdown`."""
    window = clock.pacific_day(clock.pacific_date(now))
    of_park = hours.of_parks(window, now=now, parks=[park_id])
    rows = hours.of_rides(window, now=now, parks=[park_id]).sort("hour")
    weighted_hours = float(number(int(of_park["weighted_downtime"].sum()), 2) or 0)
    weight = float(divide(int(of_park["weight"].sum()), max(of_park.height, 1), scale=1))
    last_hour = rows.group_by("ride_id").agg(down_now=(pl.col("down").last() > 0).fill_null(False))
    listed = _worst_first(
        rows.filter("operated")
        .group_by("ride_id")
        .agg(pl.col("downtime").sum())
        .filter(pl.col("downtime") > 0)
        .join(rides, on="ride_id")
        .join(last_hour, on="ride_id")
        .with_columns(weighted=pl.col("downtime") * pl.col("weight")),
        "weighted",
        "downtime",
    )
    reported = dict(newest.select("ride_id", "status").iter_rows())
    is_open = current.park_is_open(now=now).filter(pl.col("park_id") == park_id)["park_is_open"]
    return {
        "breakdown_type": "today",
        "explanation": _explanation("today"),
        "park_is_open": bool(is_open.item()),
        "rides_affected_count": listed.height,
        "rides_with_downtime": [
            _ride(row)
            | {
                "current_status": TEXTS.get(reported.get(row["ride_id"], 0)),
                "is_currently_down": row["down_now"],
            }
            for row in listed.iter_rows(named=True)
        ],
        "shame_score": _score(weighted_hours, weight),
        "tier_weights": rules.TIER_WEIGHTS,
        "total_downtime_hours": number(int(of_park["downtime"].sum()), 2),
        "total_park_weight": weight,
        "weighted_downtime_hours": weighted_hours,
    }


def yesterday(park_id: int, rides: pl.DataFrame, now: datetime) -> dict[str, Any]:
    """Over the observations of yesterday: `YesterdayBreakdown`."""
    day = clock.pacific_date(now) - timedelta(days=1)
    pairs = pl.col("minute_open_fb").cast(pl.Int64)
    sums = (
        observations.rides(clock.pacific_day(day), parks=[park_id])
        .group_by("ride_id", "reports_down")
        .agg(operating=pairs.filter(rules.operating()).sum(), down=pairs.filter(rules.down()).sum())
        .filter(rules.operated_by_type(pl.col("operating")))
        .join(rides, on="ride_id")
    )
    # The running sum has four places, so each snapshot adds a rounded share (docs/contract/README.md 5).
    tick = ratio(pl.lit(rules.MINUTES_PER_SNAPSHOT), 60, scale=4)
    weighted_tick = ratio(pl.col("weight") * rules.MINUTES_PER_SNAPSHOT, 60, scale=4)
    listed = _worst_first(
        sums.with_columns(
            downtime=ratio(pl.col("down") * tick, 100, scale=0),
            weighted=ratio(pl.col("down") * weighted_tick, 100, scale=0),
        ).filter(pl.col("downtime") > 0),
        "weighted",
        "downtime",
    )
    return {
        "breakdown_type": "yesterday",
        "explanation": _explanation("yesterday"),
        "period_label": clock.day_label(day),
        **_totals([_ride(row) for row in listed.iter_rows(named=True)]),
        **_weight_of(sums),
        "shame_score": _score(
            sum(number(hours, 2) or 0 for hours in listed["weighted"]), int(sums["weight"].sum())
        ),
    }


def _totals(listed: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The list and its sums over rounded values; Python's rounded sum of nothing is the integer 0."""
    return {
        "rides_with_downtime": listed,
        "rides_affected_count": len(listed),
        "tier_weights": rules.TIER_WEIGHTS,
        "total_downtime_hours": rounded_double(sum(ride["downtime_hours"] for ride in listed), places=2),
        "weighted_downtime_hours": rounded_double(
            sum(ride["weighted_downtime_hours"] for ride in listed), places=2
        ),
    }


def _weight_of(rides: pl.DataFrame) -> dict[str, float | int]:
    """The park's weight, a float; the integer 0 without rides."""
    return {"total_park_weight": sum(float(weight) for weight in rides["weight"])}


# --------------------------------------------------------------------------------- last week, last month


def dates(period: str, rides: pl.DataFrame, now: datetime) -> dict[str, Any]:
    """Over the daily rows of a calendar week or month: `DatesBreakdown`."""
    over = clock.Period(period, now)
    rows = (
        daily_rows.rides(over.dates)
        .join(rides, on="ride_id")
        .with_columns(weighted_minutes=pl.col("downtime_minutes") * pl.col("weight"))
    )
    minutes = pl.col("downtime_minutes")
    listed = _worst_first(
        rows.filter(minutes > 0)
        .group_by("ride_id")
        .agg(
            pl.col("name", "tier", "weight").first(),
            days=pl.len(),
            downtime=ratio(minutes.sum(), 60, scale=2),
            weighted=ratio(pl.col("weighted_minutes").sum(), 60, scale=2),
        ),
        "weighted",
    )
    weight = _weight_of(rides)
    return {
        "breakdown_type": period,
        "days_in_period": len(over.dates.days()),
        "explanation": (
            f"Average daily shame score for {over.label}. "
            "Shows all rides that experienced downtime during this period."
        ),
        "period_label": over.label,
        **_totals([_ride(row) | {"days_with_downtime": row["days"]} for row in listed.iter_rows(named=True)]),
        **weight,
        "shame_score": _mean_daily_score(rows, weight["total_park_weight"]),
    }


def _mean_daily_score(rows: pl.DataFrame, weight: float) -> float:
    """Mean over the dates with rows of each date's score, in double arithmetic."""
    days = rows.group_by("day").agg(pl.col("weighted_minutes").sum()).sort("day")
    if not weight or days.is_empty():
        return 0.0
    scores = [
        double(float(divide(minutes, 60, scale=4)), weight) * 10 for minutes in days["weighted_minutes"]
    ]
    return rounded_double(double(sum(scores), len(scores)), places=1)
