"""A park of which every table has rows."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from model_bakery import baker

from stats.models import (
    DataQualityIssue,
    ParkDailyStats,
    ParkWeeklyStats,
    RideDailyStats,
    RideWeeklyStats,
)
from stats.tests.observed import DOWN, NOW, RUNNING, a_park, a_ride, at, saw


def grow():
    """A park with two rides, seen on two days, and all its stored rows; something is wrong with them."""
    park = a_park(is_disney=True)
    rides = [a_ride(park), a_ride(park)]
    for day in (19, 20):
        for hour, seen in ((9, RUNNING), (12, DOWN), (15, RUNNING)):
            saw(park, at(hour, day=day), dict.fromkeys(rides, seen))
    for week, trend in ((51, "-20.00"), (50, None)):
        of_week = {"year": 2025, "week_number": week, "trend_vs_previous_week": trend and Decimal(trend)}
        baker.make(ParkWeeklyStats, park=park, **of_week)
        for ride in rides:
            baker.make(RideWeeklyStats, ride=ride, **of_week)
    for back in range(1, 12):
        day = date(2025, 12, 20) - timedelta(days=back)
        baker.make(ParkDailyStats, park=park, stat_date=day, shame_score=Decimal(9 if back == 1 else 1))
        for ride in rides:
            baker.make(
                RideDailyStats,
                ride=ride,
                stat_date=day,
                downtime_minutes=900 if back == 1 else 60 * (back % 2),
                avg_wait_time=Decimal(20),
            )
    baker.make(
        DataQualityIssue,
        park=park,
        ride=rides[0],
        data_source="themeparks_wiki",
        issue_type="STALE_DATA",
        detected_at=NOW,
        reported_status="DOWN",
        is_resolved=False,
    )
