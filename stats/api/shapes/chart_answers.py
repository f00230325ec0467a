"""The shapes of the answers under /api/trends and of /api/analytics/buckets."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, NotRequired, TypedDict

from stats.api.shapes.answers import Asked, Attribution, Filter, Period, Success
from stats.questions import analytics
from stats.questions.parks.details import Granularity
from stats.questions.trends import awards, changes

# A figure as it stands in a chart: a decimal as text or a number, null for a gap.
Point = Decimal | float | None


class _Trends(TypedDict):
    success: Success
    period: Period
    category: Annotated[str, Asked("category")]
    filter: Filter
    comparison: changes.Comparison
    count: int
    attribution: str
    timestamp: str


class ParkTrends(_Trends):
    """Parks against the week before."""

    parks: list[changes.ImprovingPark] | list[changes.DecliningPark]


class RideTrends(_Trends):
    """Rides against the week before."""

    rides: list[changes.ImprovingRide] | list[changes.DecliningRide]


class ParkLine(TypedDict):
    """A park in a live or invented chart."""

    label: str
    data: list[Point]


class RideLine(ParkLine):
    """A ride in a live or invented chart."""

    park: str


class KnownPark(TypedDict):
    """Which park a series is of."""

    entity_id: int
    location: str | None


class KnownRide(TypedDict):
    """Which ride a series is of."""

    entity_id: int
    park_name: str
    tier: int | None


class ParkSeries(KnownPark, ParkLine):
    """A park in a chart of hours or days."""


class RideSeries(KnownRide, ParkLine):
    """A ride in a chart of hours or days."""


class Series(TypedDict):
    """Datasets under common labels."""

    labels: list[str]
    datasets: list[ParkLine] | list[RideLine] | list[ParkSeries] | list[RideSeries]
    granularity: NotRequired[Granularity]


class ChartData(TypedDict):
    """A chart; `mock` says that nothing was found and the numbers are invented."""

    success: Success
    period: Period
    type: Annotated[str, Asked("type")]
    filter: Filter
    granularity: Granularity
    mock: bool
    chart_data: Series
    attribution: str
    timestamp: str


class _HeatMapEntity(TypedDict):
    rank: int
    entity_name: str
    total_value: float


class HeatMapPark(_HeatMapEntity, KnownPark):
    """A park in a heat map."""


class HeatMapRide(_HeatMapEntity, KnownRide):
    """A ride in a heat map."""


class HeatMap(TypedDict):
    """Numbers, entity by time."""

    success: Success
    period: Period
    granularity: Granularity
    title: str
    metric: str
    metric_unit: str
    timezone: str
    entities: list[HeatMapPark] | list[HeatMapRide]
    time_labels: list[str]
    matrix: list[list[float | None]]


class _Award(TypedDict):
    success: Success
    entity: Annotated[str, Asked("entity")]
    period: Period
    filter: Filter
    count: int
    cached: Literal[True]
    attribution: str
    timestamp: str


class LongestWaits(_Award):
    """The longest waits."""

    data: list[awards.WaitRow]


class LeastReliable(_Award):
    """The least reliable."""

    data: list[awards.ReliabilityRow]


class Credit(TypedDict):
    """A source, in the words it asks for, and where they link to."""

    text: str
    url: str


class Buckets(TypedDict):
    """Figures in buckets, and in `credits` all sources that they come from."""

    success: Success
    entity: Literal["ride", "park"]
    data: list[analytics.Entity]
    attribution: Attribution
    credits: list[Credit]
