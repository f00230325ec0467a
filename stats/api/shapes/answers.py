"""The shape of each route's answer, as a reader (and the API description) can look it up.

The rows are the payload types of `stats`; here are only the envelopes (those of trends and audit are in
`chart_answers` and `audit_answers`). A field whose values are those of a
parameter says so with `Asked`, so that the values are stated once, where they are checked.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, NotRequired, TypedDict

from stats.questions import search
from stats.questions.parks import details as park_details
from stats.questions.parks import downtime as park_downtime
from stats.questions.parks import rides, rides_charts, totals
from stats.questions.parks import waits as park_waits
from stats.questions.rides import details as ride_details
from stats.questions.rides import downtime as ride_downtime
from stats.questions.rides import waits as ride_waits


class Asked(str):
    """Name of the parameter of the route whose value is echoed."""


Period = Annotated[str, Asked("period")]
Filter = Annotated[str, Asked("filter")]
Success = Literal[True]


class RouteError(TypedDict):
    """What a route refuses, does not find or fails at."""

    error: str
    success: Literal[False]


class FrameworkError(TypedDict):
    """An error that is not about a route's own parameters."""

    error: str
    message: str


class Attribution(TypedDict):
    """Whom the data are from."""

    data_source: str
    url: str


# ------------------------------------------------------------------------------------ root, health, search


class Root(TypedDict):
    """The service."""

    endpoints: dict[str, str]
    name: str
    status: Literal["running"]
    version: str


class Check(TypedDict):
    """One check. Which figures stand beside its status depends on the check and its outcome."""

    status: str
    message: NotRequired[str]
    age_minutes: NotRequired[int]
    last_collection: NotRequired[str]
    aggregation_date: NotRequired[str]
    completed_at: NotRequired[str | None]
    error_count: NotRequired[Decimal]
    error_rate_percent: NotRequired[str]
    lag_minutes: NotRequired[int | None]
    last_aggregated_until: NotRequired[str | None]
    last_completed_at: NotRequired[str | None]
    runs_last_24h: NotRequired[int]
    success_count: NotRequired[Decimal]
    free_gb: NotRequired[float]
    total_gb: NotRequired[float]
    usage_percent: NotRequired[float]
    used_gb: NotRequired[float]


class Health(TypedDict):
    """Whether data arrive and jobs run; the checks after a failed one are missing."""

    api_version: str
    checks: dict[str, Check]
    status: Literal["healthy", "degraded", "unhealthy"]
    timestamp: str


class SearchIndex(search.SearchIndex):
    """All active parks and rides."""

    success: Success


class SearchFailure(search.SearchIndex):
    """An empty index, and that it failed."""

    error: str
    success: Literal[False]


# --------------------------------------------------------------------------------------------- rankings


class ParkDowntime(TypedDict):
    """Parks by downtime."""

    success: Success
    period: Period
    filter: Filter
    sort_by: Annotated[str, Asked("sort_by")]
    weighted: bool
    attribution: Attribution
    aggregate_stats: totals.ParkTotals
    data: park_downtime.ParkRanking


class ParkWaits(TypedDict):
    """Parks by wait."""

    success: Success
    period: Period
    filter: Filter
    attribution: Attribution
    data: park_waits.ParkRanking


class RideDowntime(TypedDict):
    """Rides by downtime."""

    success: Success
    period: Period
    filter: Filter
    attribution: Attribution
    data: ride_downtime.RideRanking


class RideWaits(TypedDict):
    """Rides by wait."""

    success: Success
    period: Period
    mode: Annotated[str, Asked("mode")]
    filter: Filter
    attribution: Attribution
    data: ride_waits.RideRanking


class StatusCounts(TypedDict):
    """Rides by what they show; a sum is a decimal, but a count of nothing is the integer 0."""

    OPERATING: Decimal | Literal[0]
    DOWN: Decimal | Literal[0]
    CLOSED: Decimal | Literal[0]
    REFURBISHMENT: Decimal | Literal[0]
    PARK_CLOSED: Decimal | Literal[0]
    total: int


class StatusSummary(TypedDict):
    """The state of everything; `park_id` stands there if it was asked for."""

    success: Success
    filter: Filter
    status_summary: StatusCounts
    attribution: Attribution
    park_id: NotRequired[int]


# ----------------------------------------------------------------------------------------------- details


class ParkRides(rides.ParkRides):
    """The rides of a park."""

    success: Success


class ParkDetails(park_details.ParkDetails):
    """One park."""

    success: Success
    period: Period
    attribution: Attribution


class RideDetails(ride_details.RideDetails):
    """One ride."""

    success: Success
    period: Period
    attribution: Attribution


class RideComparison(rides_charts.Comparison):
    """The rides of a park side by side."""

    success: Success
    park_id: int
    period: Period
    chart_type: Annotated[str, Asked("type")]
