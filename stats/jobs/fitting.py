"""Figures that their columns cannot hold: such a figure is lost, and nothing else (docs/data.md)."""

from __future__ import annotations

from typing import Final, NamedTuple

import polars as pl
from django.db import models

GREATEST_INTEGER: Final = 2**31 - 1


class Fitted(NamedTuple):
    """A frame as its table can hold it, and what was lost ("avg_wait_time of ride 12")."""

    frame: pl.DataFrame
    lost: tuple[str, ...]


def fitted(model: type[models.Model], frame: pl.DataFrame, *, entity: str) -> Fitted:
    """Rows of `entity` ids without the figures that do not fit the columns they are named after.

    A DECIMAL column holds integers in units of its last place. What is too large becomes null or, where a
    column must have a value, the greatest that it holds.
    """
    found: dict[str, pl.Expr] = {}
    lost: list[str] = []
    for column in frame.columns:
        limit = _limit(model, column)
        if limit is None:
            continue
        greatest, nullable = limit
        outside = (pl.col(column).abs() > greatest).fill_null(False)
        ids = frame.filter(outside)[entity].sort().to_list()
        if ids:
            instead = pl.lit(None) if nullable else pl.col(column).clip(-greatest, greatest)
            found[column] = pl.when(outside).then(instead).otherwise(pl.col(column))
            lost += [f"{column} of {entity.removesuffix('_id')} {one}" for one in ids]
    return Fitted(frame.with_columns(**found), tuple(lost))


def _limit(model: type[models.Model], column: str) -> tuple[int, bool] | None:
    """The greatest value of a column that holds figures, in its units, and whether it may be null."""
    field = next((one for one in model._meta.concrete_fields if one.attname == column), None)
    match field:
        case models.DecimalField():
            return 10**field.max_digits - 1, field.null
        case models.IntegerField() if not field.primary_key:
            return GREATEST_INTEGER, field.null
    return None
