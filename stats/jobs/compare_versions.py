"""Two metrics versions of the same days side by side."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import Final

import polars as pl

from parkstats_project.base.arithmetic import fixed
from parkstats_project.base.clock import DateSpan
from parkstats_project.db.expressions import places
from rides.models import Ride
from stats.jobs import upsert
from stats.jobs.daily_figures import PARK_COLUMNS, RIDE_COLUMNS
from stats.models import ParkDailyStats, RideDailyStats

EXAMPLES: Final = 3


def report(span: DateSpan, first: int, second: int, *, parks: Collection[int] | None) -> Iterator[str]:
    """Lines about every column of both daily tables: rows that differ, the largest difference, examples.

    Rows that only one version has are counted; columns without a difference are not mentioned.
    """
    rides = None
    if parks is not None:
        rides = list(Ride.objects.filter(park_id__in=parks).values_list("ride_id", flat=True))
    for model, entity, columns, entities in (
        (RideDailyStats, "ride_id", RIDE_COLUMNS, rides),
        (ParkDailyStats, "park_id", (*PARK_COLUMNS, "shame_score"), parks),
    ):
        sides = [
            pl.concat(
                upsert.stored(
                    model,
                    entity=entity,
                    columns=columns,
                    key={"stat_date": day, "metrics_version": version},
                    entities=None if entities is None else list(entities),
                ).with_columns(day=pl.lit(day))
                for day in span.days()
            )
            for version in (first, second)
        ]
        both = sides[0].join(sides[1], on=["day", entity], suffix="_other").sort("day", entity)
        alone = [side.height - both.height for side in sides]
        yield (
            f"{model._meta.db_table}: {both.height} rows in both versions, {alone[0]} only in {first}, "
            f"{alone[1]} only in {second}"
        )
        for column in columns:
            differing = both.filter(pl.col(column).ne_missing(pl.col(f"{column}_other")))
            if not differing.is_empty():
                yield _line(differing, entity, column, places(model, column))


def _line(differing: pl.DataFrame, entity: str, column: str, places: int) -> str:
    size = (pl.col(f"{column}_other") - pl.col(column)).abs()
    largest = differing.select(size.max()).item()
    shown = "none (null in one version)" if largest is None else str(fixed(largest, places))
    greatest = differing.sort(size, descending=True, nulls_last=True, maintain_order=True).head(EXAMPLES)
    examples = ", ".join(
        f"{entity.removesuffix('_id')} {number} on {day}: {_text(before, places)} -> {_text(after, places)}"
        for day, number, before, after in greatest.select(
            "day", entity, column, f"{column}_other"
        ).iter_rows()
    )
    return f"  {column}: {differing.height} differ, largest {shown}; {examples}"


def _text(value: int | None, places: int) -> Decimal | str:
    return "null" if value is None else fixed(value, places)
