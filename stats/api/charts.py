"""Charts: GET /api/parks/<id>/rides/charts, /api/trends/chart-data and /api/trends/heatmap-data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from parkstats_project.base import clock
from parkstats_project.base.arithmetic import double, rounded_double
from stats.api.shapes import answers, chart_answers
from stats.api.wire import held, params
from stats.api.wire.attribution import ATTRIBUTION_TEXT
from stats.api.wire.endpoint import Payload, endpoint
from stats.api.wire.held import Held
from stats.questions.parks import rides_charts
from stats.questions.trends import charts, mock_charts
from stats.questions.trends.charts import Chart, Line


@dataclass(frozen=True, kw_only=True)
class RideComparison(params.Parameters):
    """docs/contract/parks.md 5."""

    period: str = params.one_of(
        "period",
        rides_charts.PERIODS,
        default="yesterday",
        error="Invalid period. Must be 'today', 'yesterday', 'last_week', or 'last_month'",
    )
    type: str = params.one_of(
        "type",
        rides_charts.KINDS,
        default="downtime",
        error="Invalid type. Must be 'downtime' or 'wait_times'",
    )


@dataclass(frozen=True, kw_only=True)
class ChartData(params.Parameters):
    """docs/contract/charts-and-heatmaps.md 1."""

    limit: int = params.chart_limit()
    period: str = params.one_of("period", charts.PERIODS, default="last_week")
    type: str = params.one_of("type", charts.KINDS, default="parks")
    filter: str = params.trend_filter(default="disney-universal")


# Heat map type -> kind of chart, metric, unit, word of the title.
HEAT_MAPS: Final = {
    "parks": ("waittimes", "avg_wait_time_minutes", "minutes", "Wait Time"),
    "parks-shame": ("parks", "shame_score", "points", "Shame Score"),
    "rides-downtime": ("rides", "downtime_hours", "hours", "Downtime"),
    "rides-waittimes": ("ridewaittimes", "avg_wait_time_minutes", "minutes", "Wait Time"),
}
PERIOD_WORDS: Final = {
    "today": "Today",
    "yesterday": "Yesterday",
    "last_week": "Last Week",
    "last_month": "Last Month",
}


@dataclass(frozen=True, kw_only=True)
class HeatMap(params.Parameters):
    """docs/contract/charts-and-heatmaps.md 6."""

    limit: int = params.chart_limit()
    period: str = params.one_of(
        "period",
        tuple(PERIOD_WORDS),
        required=True,
        error=(
            "Invalid period for heatmaps. LIVE period not supported. "
            "Use: today, yesterday, last_week, last_month"
        ),
    )
    type: str = params.one_of("type", tuple(HEAT_MAPS), required=True)
    filter: str = params.trend_filter()


@endpoint("GET", parameters=RideComparison, answer=answers.RideComparison, held=Held(held.by_dates))
def rides_of_park(asked: RideComparison, now: datetime, park_id: int) -> Payload:
    """The rides of a park side by side; an unknown park has none (docs/contract/parks.md 5)."""
    comparison = rides_charts.of_park(park_id, asked.type, asked.period, now=now)
    return {
        "success": True,
        "park_id": park_id,
        "period": asked.period,
        "chart_type": asked.type,
        **comparison,
    }


@endpoint(
    "GET",
    parameters=ChartData,
    answer=chart_answers.ChartData,
    held=Held(held.by_past_period, stamp=clock.iso_z),
)
def chart_data(asked: ChartData, now: datetime) -> Payload:
    """A chart of the worst or busiest, or an invented one (docs/contract/charts-and-heatmaps.md 2)."""
    chart = charts.of_period(asked.type, asked.period, among=asked.filter, limit=asked.limit, now=now)
    granularity = clock.Period(asked.period, now).granularity
    mock = not chart.lines
    if mock:
        data = mock_charts.of_period(asked.type, asked.period, limit=asked.limit, now=now)
    else:
        data = _datasets(chart, asked.type, granularity)
    return {
        "success": True,
        "period": asked.period,
        "type": asked.type,
        "filter": asked.filter,
        "granularity": granularity,
        "mock": mock,
        "chart_data": data,
        "attribution": ATTRIBUTION_TEXT,
        "timestamp": clock.iso_z(now),
    }


def _datasets(chart: Chart, kind: str, granularity: str) -> dict[str, Any]:
    describe = _described_live if granularity == "minutes" else _described
    data: dict[str, Any] = {
        "labels": chart.labels,
        "datasets": [{**describe(line, kind), "data": chart.shown(line)} for line in chart.lines],
    }
    if granularity == "minutes" and kind != "parks":
        data["granularity"] = granularity
    return data


def _described_live(line: Line, kind: str) -> dict[str, Any]:
    if kind in charts.OF_PARKS:
        return {"label": line.entity["park_name"]}
    return {"label": line.entity["ride_name"], "park": line.entity["park_name"]}


def _described(line: Line, kind: str) -> dict[str, Any]:
    entity = line.entity
    if kind in charts.OF_PARKS:
        return {
            "entity_id": entity["park_id"],
            "label": entity["park_name"],
            "location": entity["location"],
        }
    return {
        "entity_id": entity["ride_id"],
        "label": entity["ride_name"],
        "park_name": entity["park_name"],
        "tier": entity["tier"],
    }


@endpoint("GET", parameters=HeatMap, answer=chart_answers.HeatMap, held=Held(held.by_period))
def heatmap_data(asked: HeatMap, now: datetime) -> Payload:
    """The same series as numbers, entity by bucket (docs/contract/charts-and-heatmaps.md 6)."""
    kind, metric, unit, word = HEAT_MAPS[asked.type]
    chart = charts.of_period(kind, asked.period, among=asked.filter, limit=asked.limit, now=now)
    matrix = [chart.numbers(line) for line in chart.lines]
    entities = []
    for rank, (line, row) in enumerate(zip(chart.lines, matrix, strict=True), start=1):
        shown = _described(line, kind)
        entities.append({"rank": rank, "entity_name": shown.pop("label"), "total_value": _mean(row), **shown})
    # Without any entity the title says rides, whatever was asked for (QUIRK).
    of_what = "Parks" if entities and kind in charts.OF_PARKS else "Rides"
    return {
        "success": True,
        "period": asked.period,
        "granularity": clock.Period(asked.period, now).granularity,
        "title": f"Top {len(entities)} {of_what} by {word} ({PERIOD_WORDS[asked.period]})",
        "metric": metric,
        "metric_unit": unit,
        "timezone": clock.PACIFIC.key,
        "entities": entities,
        "time_labels": chart.labels,
        "matrix": matrix,
    }


def _mean(row: list[float | None]) -> float:
    """`total_value`, which is a mean: of the numbers as shown, rounded by Python to one place."""
    known = [value for value in row if value is not None]
    return rounded_double(double(sum(known), len(known)), places=1) if known else 0.0
