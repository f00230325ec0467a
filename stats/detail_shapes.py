"""Parts of details whose shape depends on the period (contract/parks.md 4, rides.md 3)."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, TypedDict

TierWeights = dict[int, int]
Granularity = Literal["minutes", "hourly", "daily"]


class RideDownNow(TypedDict):
    """A ride that is down at this moment."""

    ride_id: int
    ride_name: str
    status: str | None
    tier: int
    tier_weight: float


class RideLeftOut(TypedDict):
    """A ride that did not run for a week and does not count."""

    ride_id: int
    ride_name: str
    tier: int
    tier_weight: float
    last_operated_at: datetime | None
    exclusion_reason: str


class LiveBreakdown(TypedDict):
    """The score of the live table and the rides that are down."""

    breakdown_type: Literal["live"]
    park_is_open: bool
    rides_down: list[RideDownNow]
    rides_excluded: list[RideLeftOut]
    shame_score: float
    tier_weights: TierWeights
    total_excluded_weight: float
    total_park_weight: float
    total_weighted_down: float


class RideWithDowntime(TypedDict):
    """A ride and the hours it was down, also times its weight."""

    ride_id: int
    ride_name: str
    tier: int
    tier_weight: float
    downtime_hours: float
    weighted_downtime_hours: float
    weighted_contribution: float


class RideOfToday(RideWithDowntime):
    """The same with its state now."""

    current_status: str | None
    is_currently_down: bool


class RideOfDates(RideWithDowntime):
    """The same with the number of days it was down."""

    days_with_downtime: int


class Blame(TypedDict):
    """What all breakdowns of a past period have."""

    explanation: str
    rides_affected_count: int
    shame_score: float
    tier_weights: TierWeights
    total_downtime_hours: float
    total_park_weight: float
    weighted_downtime_hours: float


class TodayBreakdown(Blame):
    """Over the hours of today."""

    breakdown_type: Literal["today"]
    park_is_open: bool
    rides_with_downtime: list[RideOfToday]


class YesterdayBreakdown(Blame):
    """Over the observations of yesterday."""

    breakdown_type: Literal["yesterday"]
    period_label: str
    rides_with_downtime: list[RideWithDowntime]


class DatesBreakdown(Blame):
    """Over the daily rows of a calendar week or month."""

    breakdown_type: Literal["last_week", "last_month"]
    days_in_period: int
    period_label: str
    rides_with_downtime: list[RideOfDates]


Breakdown = LiveBreakdown | TodayBreakdown | YesterdayBreakdown | DatesBreakdown


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
