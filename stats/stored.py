"""Stored weekly, monthly and live rows as frames."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import polars as pl
from django.db.models import F, QuerySet
from django.db.models.expressions import Combinable

from stats import lines

# Ids have the type they have in the roster, so that frames join.
IDS: Final[dict[str, Any]] = {"park_id": pl.Int32, "ride_id": pl.Int32}


def frame(
    query: QuerySet[Any], types: Mapping[str, Any] | None = None, /, **columns: str | Combinable
) -> pl.DataFrame:
    """The rows of a query: name = database column or expression, Int64 unless it is an id.

    Without `types` all are integers and the rows come in no particular order; with `types` of the columns
    that are not, a few rows in the query's order.
    """
    schema = {name: IDS.get(name, pl.Int64) for name in columns} | dict(types or {})
    if types is None:
        return lines.frame(query, schema, *columns.values())
    expressions = (F(value) if isinstance(value, str) else value for value in columns.values())
    return pl.DataFrame(list(query.values_list(*expressions)), schema=schema, orient="row")


def week_of(day: date) -> dict[str, int]:
    """The key of the weekly row that rankings ask for.

    The *calendar* year with the ISO week, which do not belong together around New Year: 30 December 2025
    asks for week 1 of 2025 (contract/parks.md 1.7).
    """
    return {"year": day.year, "week_number": day.isocalendar().week}


def month_of(day: date) -> dict[str, int]:
    """The key of the monthly row of a date."""
    return {"year": day.year, "month": day.month}
