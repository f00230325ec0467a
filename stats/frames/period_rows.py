"""Rows of rolled-up weeks and months, kept (docs/contract/sources.md 1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import polars as pl
from django.db.models import BigIntegerField, Count, Max, Sum
from django.db.models.functions import Cast

from parkstats_project.base.cache import Kept
from parkstats_project.db.expressions import scaled
from stats.frames import read
from stats.models import ParkMonthlyStats, ParkWeeklyStats, RideMonthlyStats, RideWeeklyStats

KEPT_PERIODS: Final = 12
"""This week or month and the one before, of rides and parks, and some that were looked up."""

Model = type[RideWeeklyStats | ParkWeeklyStats | RideMonthlyStats | ParkMonthlyStats]

_COLUMNS: Final[dict[Model, dict[str, Any]]] = {
    model: {
        "ride_id": "ride_id",
        "uptime": scaled("uptime_percentage", 2),
        "downtime_minutes": "downtime_minutes",
        "avg_wait": scaled("avg_wait_time", 2),
        "peak_wait": "peak_wait_time",
        "trend": scaled(trend, 2),
    }
    for model, trend in (
        (RideWeeklyStats, "trend_vs_previous_week"),
        (RideMonthlyStats, "trend_vs_previous_month"),
    )
} | {
    model: {
        "park_id": "park_id",
        "uptime": scaled("avg_uptime_percentage", 2),
        "downtime": scaled("total_downtime_hours", 2),
        "rides_with_downtime": "rides_with_downtime",
        "trend": scaled(trend, 2),
    }
    for model, trend in (
        (ParkWeeklyStats, "trend_vs_previous_week"),
        (ParkMonthlyStats, "trend_vs_previous_month"),
    )
}


class _Period(NamedTuple):
    model: Model
    of: tuple[tuple[str, int], ...]


def of(model: Model, key: Mapping[str, int]) -> pl.DataFrame:
    """The rows of a week or month (`clock.week_key`, `clock.month_key`), by id; rows without an id are none.

    Rides: ride_id, uptime, avg_wait and trend (hundredths, the latter two may be null), downtime_minutes,
    peak_wait (may be null). Parks: park_id, uptime (may be null), downtime (hours) and trend (may be null) in
    hundredths, rides_with_downtime.
    """
    return _kept.get([_Period(model, tuple(sorted(key.items())))])[0]


def _rows(period: _Period) -> Any:
    entity = next(iter(_COLUMNS[period.model]))
    return period.model._default_manager.filter(**dict(period.of), **{f"{entity}__isnull": False}).order_by()


def _read(period: _Period) -> pl.DataFrame:
    columns = _COLUMNS[period.model]
    entity, *figures = columns
    schema = {entity: pl.Int32} | dict.fromkeys(figures, pl.Int64)
    return read.frame(_rows(period), schema, *columns.values()).sort(entity)


def _fingerprints(periods: Sequence[_Period]) -> dict[_Period, object]:
    found: dict[_Period, object] = {}
    for period in periods:
        entity, *figures = _COLUMNS[period.model].values()
        # Weighed by the id, so that figures that change places are noticed, too.
        whose = Cast(entity, BigIntegerField())
        sums = {
            f"sum{number}": Sum(Cast(figure, BigIntegerField()) * whose)
            for number, figure in enumerate(figures)
        }
        counts = {f"count{number}": Count(figure) for number, figure in enumerate(figures)}
        rows = _rows(period).aggregate(number=Count("pk"), last=Max("pk"), who=Sum(entity), **sums, **counts)
        found[period] = tuple(rows.values())
    return found


def _load(periods: Sequence[_Period]) -> dict[_Period, pl.DataFrame]:
    return {period: _read(period) for period in periods}


_kept: Kept[_Period, pl.DataFrame] = Kept(
    fingerprints=_fingerprints, load=_load, capacity=KEPT_PERIODS, same=pl.DataFrame.equals
)
