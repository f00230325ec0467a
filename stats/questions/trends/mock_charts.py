"""What a chart without data shows: invented values, marked `"mock":true`.

See docs/contract/charts-and-heatmaps.md 7.

The values are drawn from generators seeded with their place, so the same chart shows the same numbers on
every call.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from parkstats_project.base import clock
from stats.frames import series
from stats.questions.trends import charts

PARKS: Final = (
    "Disney Magic Kingdom",
    "Universal Studios Florida",
    "Disney Hollywood Studios",
    "Universal Islands of Adventure",
    "Disney EPCOT",
    "Disney Animal Kingdom",
    "SeaWorld Orlando",
    "Busch Gardens Tampa",
    "Universal Volcano Bay",
    "LEGOLAND Florida",
)
# Wait charts know the first eight only.
WAIT_PARKS: Final = PARKS[:8]
RIDES: Final = (
    ("Hagrid's Motorbike Adventure", "Universal Islands of Adventure"),
    ("Tron Lightcycle Run", "Disney Magic Kingdom"),
    ("Guardians of the Galaxy", "Disney EPCOT"),
    ("VelociCoaster", "Universal Islands of Adventure"),
    ("Rise of the Resistance", "Disney Hollywood Studios"),
    ("Flight of Passage", "Disney Animal Kingdom"),
    ("Expedition Everest", "Disney Animal Kingdom"),
    ("Space Mountain", "Disney Magic Kingdom"),
    ("Test Track", "Disney EPCOT"),
    ("Mako", "SeaWorld Orlando"),
)
LIVE_STEP: Final = timedelta(minutes=5)
LIVE_POINTS: Final = 12
# Position of an hour among the labels that start at 6:00.
MIDDAY: Final = range(4, 11)

Draw = Callable[[Random, int], float | int]


def of_period(kind: str, period: str, *, limit: int, now: datetime) -> dict[str, Any]:
    """`chart_data` of a kind of `charts.KINDS` without data: labels and datasets."""
    labels = _labels(period, now)
    if not labels:
        return {"labels": [], "datasets": []}
    draw = _draw(kind, clock.Period(period, now).granularity)
    datasets: list[dict[str, Any]] = []
    for head in _heads(kind)[:limit]:
        # Fillers are no secrets.
        source = Random(f"{kind} {period} {head['label']}")  # nosec B311
        datasets.append({**head, "data": [draw(source, point) for point in range(len(labels))]})
    return {"labels": labels, "datasets": datasets}


def _heads(kind: str) -> list[dict[str, str]]:
    if kind in charts.OF_PARKS:
        return [{"label": name} for name in (PARKS if kind == "parks" else WAIT_PARKS)]
    return [{"label": name, "park": park} for name, park in RIDES]


def _labels(period: str, now: datetime) -> list[str]:
    pacific = now.astimezone(clock.PACIFIC)
    if period == "live":
        return [f"{pacific - LIVE_STEP * step:%H:%M}" for step in range(LIVE_POINTS, 0, -1)]
    if period == "today":
        return series.HOUR_LABELS[: max(0, pacific.hour - series.CHARTED_HOURS.start + 1)]
    if period == "yesterday":
        return list(series.HOUR_LABELS)
    return series.day_labels(clock.rolling(pacific.date(), charts.days_charted(period, now)).days())


def _draw(kind: str, granularity: str) -> Draw:
    """How one value is drawn, given its position."""
    if kind == "parks":
        return {"minutes": _score_now, "hourly": _score_by_hour, "daily": _score_by_day}[granularity]
    if kind == "waittimes":
        return {"minutes": _wait_now, "hourly": _wait_by_hour, "daily": _wait_by_day}[granularity]
    return {"minutes": _trouble_now, "hourly": _trouble_by_hour, "daily": _trouble_by_day}[granularity]


def _score_now(source: Random, point: int) -> float:
    return round(source.uniform(0.5, 2.5), 1)


def _score_by_hour(source: Random, point: int) -> float:
    return round(source.uniform(15, 35) if point in MIDDAY else source.uniform(5, 20), 1)


def _score_by_day(source: Random, point: int) -> float:
    return round(source.uniform(0.0, 0.45), 2)


def _wait_now(source: Random, point: int) -> float:
    return float(source.randint(20, 60))


def _wait_by_hour(source: Random, point: int) -> float:
    return float(source.randint(40, 70) if point in MIDDAY else source.randint(20, 45))


def _wait_by_day(source: Random, point: int) -> float:
    return float(source.randint(15, 70))


def _trouble_now(source: Random, point: int) -> float | int:
    return round(source.uniform(5, 50), 1) if source.random() < 0.2 else 0


def _trouble_by_hour(source: Random, point: int) -> float | int:
    return round(source.uniform(10, 80), 1) if source.random() < 0.3 else 0


def _trouble_by_day(source: Random, point: int) -> float:
    return round(source.uniform(0, 13), 1)
