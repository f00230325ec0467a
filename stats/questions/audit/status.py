"""Plausibility checks on the daily rows of one date (docs/contract/audit.md 1)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, Literal, NamedTuple, TypedDict

import polars as pl

from parkstats_project.base.arithmetic import ratio
from parkstats_project.base.clock import DateSpan
from stats.frames import daily_rows, period_rows, roster
from stats.frames.entrants import Hundredths, Thousandths, rows
from stats.models import ParkWeeklyStats

SAMPLE: Final = 5
MINUTES_PER_DAY: Final = 1440

Severity = Literal["CRITICAL", "WARNING", "INFO"]


class Failure(TypedDict):
    """A check that found more rows than allowed, with the first of them."""

    check_name: str
    severity: Severity
    passed: Literal[False]
    violations: int
    max_allowed: int
    message: str
    sample: list[Violation]


class Audit(TypedDict):
    """Outcome of all checks of one date."""

    target_date: str
    total_checks: int
    passed: int
    failed: int
    critical_failures: int
    status: Literal["PASS", "WARN", "FAIL"]
    failures: list[Failure]


class _RideDay(TypedDict):
    ride_id: int
    ride_name: str
    park_name: str
    stat_date: date


class _ParkDay(TypedDict):
    park_id: int
    park_name: str
    stat_date: date


class _Downtime(_RideDay):
    downtime_hours: Hundredths


class _Uptime(_RideDay):
    uptime_percentage: Hundredths


class _DowntimeMinutes(_RideDay):
    downtime_minutes: int


class _Operating(_RideDay):
    operating_hours_minutes: int


class _DowntimeOfOperating(_DowntimeMinutes):
    operating_hours_minutes: int


class _Shame(_ParkDay):
    shame_score: Thousandths


class _ParkUptime(_ParkDay):
    avg_uptime_percentage: Hundredths


class _Tracked(_ParkDay):
    rides_with_downtime: int
    total_rides_tracked: int


class _NoRides(TypedDict):
    park_id: int
    park_name: str
    stat_date: str


class _Week(TypedDict):
    park_id: int
    park_name: str
    year: int
    week_number: int
    weekly_total: Hundredths
    daily_sum: Hundredths
    diff: Hundredths


# A row that breaks a check: who it is, and the columns that the check is about.
Violation = (
    _Downtime
    | _Uptime
    | _DowntimeMinutes
    | _Operating
    | _DowntimeOfOperating
    | _Shame
    | _ParkUptime
    | _Tracked
    | _NoRides
    | _Week
)


class _Check(NamedTuple):
    name: str
    severity: Severity
    allowed: int
    message: str
    shape: type
    broken: pl.DataFrame


def status(*, day: date) -> Audit:
    """The ten checks on the daily rows of a date, in the order of the contract."""
    checks = _checks(day)
    failures = [_failure(check) for check in checks if check.broken.height > check.allowed]
    critical = sum(failure["severity"] == "CRITICAL" for failure in failures)
    return Audit(
        target_date=day.isoformat(),
        total_checks=len(checks),
        passed=len(checks) - len(failures),
        failed=len(failures),
        critical_failures=critical,
        status="FAIL" if critical else "WARN" if failures else "PASS",
        failures=failures,
    )


def _failure(check: _Check) -> Failure:
    return Failure(
        check_name=check.name,
        severity=check.severity,
        passed=False,
        violations=check.broken.height,
        max_allowed=check.allowed,
        message=check.message,
        sample=rows(check.shape, check.broken.head(SAMPLE)),
    )


def _checks(day: date) -> list[_Check]:
    ride_days, park_days = _ride_days(day), _park_days(day)
    down, operating = pl.col("downtime_minutes"), pl.col("operating_hours_minutes")
    uptime, park_uptime = pl.col("uptime_percentage"), pl.col("avg_uptime_percentage")
    return [
        _Check(
            "downtime_exceeds_24h",
            "CRITICAL",
            0,
            "Ride has more than 24 hours of downtime in a single day",
            _Downtime,
            ride_days.filter(down > MINUTES_PER_DAY),
        ),
        _Check(
            "uptime_percentage_out_of_bounds",
            "CRITICAL",
            0,
            "Uptime percentage is outside valid range (0-100)",
            _Uptime,
            ride_days.filter(~uptime.is_between(0, 100_00)),
        ),
        _Check(
            "negative_downtime",
            "CRITICAL",
            0,
            "Negative downtime detected (calculation error)",
            _DowntimeMinutes,
            ride_days.filter(down < 0),
        ),
        _Check(
            "shame_score_negative",
            "CRITICAL",
            0,
            "Negative shame score detected (calculation error)",
            _Shame,
            park_days.filter(pl.col("shame_score") < 0),
        ),
        _Check(
            "park_uptime_out_of_bounds",
            "CRITICAL",
            0,
            "Park avg uptime percentage is outside valid range (0-100)",
            _ParkUptime,
            park_days.filter(~park_uptime.is_between(0, 100_00)),
        ),
        _Check(
            "no_ride_data_for_date",
            "WARNING",
            50,
            "Active park has no ride data for this date",
            _NoRides,
            _parks_without_rides(ride_days, day),
        ),
        _Check(
            "rides_with_zero_operating_time",
            "INFO",
            100,
            "Ride has zero operating time (may be closed)",
            _Operating,
            ride_days.filter((operating == 0) & (pl.col("uptime_minutes") == 0) & (down == 0)),
        ),
        _Check(
            "downtime_exceeds_operating_hours",
            "CRITICAL",
            0,
            "Downtime exceeds operating hours (impossible)",
            _DowntimeOfOperating,
            ride_days.filter((down > operating) & (operating > 0)),
        ),
        _Check(
            "rides_with_downtime_exceeds_total",
            "CRITICAL",
            0,
            "Rides with downtime exceeds total rides tracked",
            _Tracked,
            park_days.filter(pl.col("rides_with_downtime") > pl.col("total_rides_tracked")),
        ),
        _Check(
            "weekly_vs_daily_sum_mismatch",
            "WARNING",
            0,
            "Weekly total doesn't match sum of daily stats",
            _Week,
            _weeks_that_differ(day),
        ),
    ]


def _ride_days(day: date) -> pl.DataFrame:
    who = roster.current()
    names = who.rides.select("ride_id", "park_id", ride_name="name").join(
        who.parks.select("park_id", park_name="name"), on="park_id"
    )
    return (
        daily_rows.rides(DateSpan(day, day))
        .join(names, on="ride_id")
        .with_columns(
            downtime_hours=ratio(pl.col("downtime_minutes"), 60, scale=2),
            uptime_percentage="uptime",
            operating_hours_minutes="operating_minutes",
            stat_date="day",
        )
        .sort("ride_id")
    )


def _park_days(day: date) -> pl.DataFrame:
    return (
        daily_rows.parks(DateSpan(day, day))
        .join(roster.current().parks.select("park_id", park_name="name"), on="park_id")
        .with_columns(
            shame_score="shame",
            avg_uptime_percentage="uptime",
            total_rides_tracked="rides_tracked",
            stat_date="day",
        )
        .sort("park_id")
    )


def _parks_without_rides(ride_days: pl.DataFrame, day: date) -> pl.DataFrame:
    # The one sample that shows the date as plain text (docs/contract/audit.md 1).
    return (
        roster.current()
        .parks.filter("is_active")
        .join(ride_days, on="park_id", how="anti")
        .select("park_id", park_name="name", stat_date=pl.lit(day.isoformat()))
        .sort("park_id")
    )


def _weeks_that_differ(day: date) -> pl.DataFrame:
    """Weekly rows more than half an hour away from the sum of their days."""
    key = {"year": day.year, "week_number": calendar_week(day)}
    weeks = period_rows.of(ParkWeeklyStats, key).select(
        "park_id", weekly_total="downtime", **{name: pl.lit(value) for name, value in key.items()}
    )
    sums = daily_rows.parks(week_of(day)).group_by("park_id").agg(daily_sum=pl.col("downtime").sum())
    return (
        weeks.join(sums, on="park_id")
        .join(roster.current().parks.select("park_id", park_name="name"), on="park_id")
        .with_columns(diff=(pl.col("weekly_total") - pl.col("daily_sum")).abs())
        .filter(pl.col("diff") > 50)
        .sort("park_id")
    )


def calendar_week(day: date) -> int:
    """Week of the calendar year, Monday first, week 1 with at least four days: 0 to 53, unlike ISO."""
    iso = day.isocalendar()
    if iso.year == day.year:
        return iso.week
    return 0 if iso.year < day.year else (day - timedelta(days=7)).isocalendar().week + 1


def week_of(day: date) -> DateSpan:
    """Monday to Sunday around a date, as far as the calendar goes."""
    monday = max(day.toordinal() - day.weekday(), date.min.toordinal())
    sunday = min(day.toordinal() - day.weekday() + 6, date.max.toordinal())
    return DateSpan(date.fromordinal(monday), date.fromordinal(sunday))
