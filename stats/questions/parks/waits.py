"""Parks by wait, in any period: GET /api/parks/waittimes (docs/contract/parks.md 2).

The running day and yesterday come from observations, calendar weeks and months from daily rows
(docs/contract/sources.md 1).
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import polars as pl

from parkstats_project.base import clock
from stats.frames import current, daily_rows, entrants, waits
from stats.frames.entrants import Bit, LinkedPark, RankedPark, Tenths, descending

PARK_PERIODS: Final = ("live", "today", "yesterday", "last_week", "last_month")


class ParkYesterdayRow(LinkedPark):
    """A park's waits of yesterday (docs/contract/parks.md 2.1)."""

    avg_wait_minutes: Tenths
    peak_wait_minutes: int
    rides_reporting: int


class ParkTodayRow(ParkYesterdayRow):
    """A park's waits of today."""

    park_is_open: Bit | None


class ParkLiveRow(ParkTodayRow):
    """A park's waits of today with their change against yesterday's daily row."""

    trend_percentage: Tenths | None


class ParkDaysRow(RankedPark):
    """A park's waits over the daily rows of a calendar week or month."""

    period_label: str
    avg_wait_time: Tenths
    peak_wait_time: int | None


ParkRanking = list[ParkLiveRow] | list[ParkTodayRow] | list[ParkYesterdayRow] | list[ParkDaysRow]


def ranked_parks(*, period: str, now: datetime, among: str, limit: int) -> ParkRanking:
    """The parks with the longest average wait of a period of `PARK_PERIODS` (docs/contract/parks.md 2)."""
    over = clock.Period(period, now)
    who = entrants.parks(among)
    match period:
        case "live":
            figures = (
                waits.observed(clock.pacific_days(over.dates), by="park_id", only_open=False)
                .filter(pl.col("average") > 0)
                .join(current.park_is_open(now=now), on="park_id")
                .filter(pl.col("park_is_open") == 1)
                .join(who, on="park_id")
                .join(
                    waits.daily_averages(daily_rows.parks(over.before), "park_id"), on="park_id", how="left"
                )
                .with_columns(trend_percentage=waits.trend_of_day())
            )
            return entrants.rows(ParkLiveRow, waits.longest(figures, "park_id", limit))
        case "today":
            figures = waits.observed(over.window, by="park_id").join(who, on="park_id")
            figures = figures.join(current.park_is_open(now=now), on="park_id", how="left")
            return entrants.rows(ParkTodayRow, waits.longest(figures, "park_id", limit))
        case "yesterday":
            figures = waits.observed(over.window, by="park_id").join(who, on="park_id")
            return entrants.rows(ParkYesterdayRow, waits.longest(figures, "park_id", limit))
        case _:
            figures = waits.over_days(daily_rows.parks(over.dates), by="park_id").join(who, on="park_id")
            best = entrants.top(figures, descending("mean"), tie="park_id", limit=limit)
            best = best.with_columns(
                avg_wait_time="average", peak_wait_time="peak", period_label=pl.lit(over.label)
            )
            return entrants.rows(ParkDaysRow, best)
