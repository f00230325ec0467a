"""A park or ride day by day, over its daily rows: for pictures and badges."""

from __future__ import annotations

from typing import Any, TypedDict

from django.conf import settings
from django.db.models import QuerySet

from parkstats_project.base.arithmetic import number, units
from parkstats_project.base.clock import DateSpan
from stats.frames.versions import read_in
from stats.models import ParkDailyStats, RideDailyStats


class CalendarDay(TypedDict):
    """A date; without a daily row every figure is null, which is not zero."""

    day: str
    downtime_hours: float | None
    uptime_percentage: float | None
    avg_wait: float | None
    peak_wait: int | None
    coverage_percentage: float | None


def of_park(park_id: int, span: DateSpan) -> list[CalendarDay]:
    """Every date of the span; one query."""
    rows = ParkDailyStats.objects.filter(park=park_id)
    return _days(rows, span, downtime="total_downtime_hours", uptime="avg_uptime_percentage", per_hour=1)


def of_ride(ride_id: int, span: DateSpan) -> list[CalendarDay]:
    """Every date of the span; one query."""
    rows = RideDailyStats.objects.filter(ride=ride_id)
    return _days(rows, span, downtime="downtime_minutes", uptime="uptime_percentage", per_hour=60)


def _days(
    rows: QuerySet[Any], span: DateSpan, *, downtime: str, uptime: str, per_hour: int
) -> list[CalendarDay]:
    names = ("stat_date", downtime, uptime, "avg_wait_time", "peak_wait_time")
    coverage = ("observed_collections", "expected_collections")
    version = read_in(rows.model, settings.PARKSTATS_METRICS_VERSION)
    wanted = rows.filter(version, stat_date__range=span)
    found = {row[0]: row[1:] for row in wanted.values_list(*names, *coverage)}
    days: list[CalendarDay] = []
    for day in span.days():
        down, up, wait, peak, observed, expected = found.get(day, (None,) * 6)
        days.append(
            {
                "day": day.isoformat(),
                "downtime_hours": None if down is None else number(units(down, per_hour, scale=2), 2),
                "uptime_percentage": None if up is None else float(up),
                "avg_wait": None if wait is None else float(wait),
                "peak_wait": peak,
                "coverage_percentage": number(units(observed * 100, expected, scale=1), 1)
                if observed is not None and expected
                else None,
            }
        )
    return days
