"""The three figures above the park ranking of GET /api/parks/downtime (docs/contract/parks.md 1.2).

They look at other days than the ranking below them: trailing ones that end on the server's UTC date.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, TypedDict

import polars as pl

from parks.models import ParkActivitySnapshot
from parkstats_project.base import clock
from parkstats_project.base.arithmetic import fixed
from parkstats_project.base.clock import DateSpan, Window
from stats import rules
from stats.frames import daily_rows, entrants, hours, roster

# First and last day of the daily rows of a period, counted back from the server date.
DAYS_BACK: Final = {
    "live": (1, 0),
    "yesterday": (1, 1),
    "last_week": (6, 0),
    "7days": (6, 0),
    "last_month": (29, 0),
    "30days": (29, 0),
}


class ParkTotals(TypedDict):
    """`aggregate_stats` of /api/parks/downtime."""

    currently_down_rides: Decimal
    peak_downtime_hours: Decimal
    total_parks_tracked: int


def park_totals(*, period: str, now: datetime, among: str) -> ParkTotals:
    """How many rides are not open in the newest hour, the greatest downtime and how many parks have rows."""
    parks = entrants.all_parks(among).select("park_id", "is_active")
    if period == "today":
        found = hours.of_parks(Window(now - timedelta(days=1), now), now=now)
    else:
        first, last = (clock.server_date(now) - timedelta(days=back) for back in DAYS_BACK[period])
        found = daily_rows.parks(DateSpan(first, last))
    rows = found.join(parks, on="park_id")
    tracked = parks if period == "live" else rows
    return {
        "currently_down_rides": fixed(_down_in_newest_hour(now, parks), 0),
        "peak_downtime_hours": fixed(rows.select(pl.col("downtime").max().fill_null(0)).item(), 2),
        "total_parks_tracked": tracked.filter("is_active")["park_id"].n_unique(),
    }


def _down_in_newest_hour(now: datetime, parks: pl.DataFrame) -> int:
    """Sum of `rides_down` over the newest completed hour in which any active park was observed.

    Usually that is the last one; an hour without any collection takes one look at the index on
    (recorded_at) for the collection before it (docs/contract/hourly.md 6).
    """
    complete = clock.hour_start(clock.epoch(now) - rules.KNOWN_AFTER_SECONDS)
    rows = _park_hour(complete - clock.HOUR, now)
    if rows.is_empty():
        active = roster.current().parks.filter("is_active")["park_id"].to_list()
        before = clock.from_epoch(complete)
        newest = (
            ParkActivitySnapshot.objects.filter(park_id__in=active, recorded_at__lt=before)
            .order_by("-recorded_at")
            .values_list("recorded_at", flat=True)
            .first()
        )
        if newest is not None:
            rows = _park_hour(clock.hour_start(clock.epoch(newest)), now)
    return int(rows.join(parks, on="park_id")["rides_down"].sum())


def _park_hour(hour: int, now: datetime) -> pl.DataFrame:
    return hours.of_parks(clock.window_of_seconds(hour, hour + clock.HOUR), now=now)
