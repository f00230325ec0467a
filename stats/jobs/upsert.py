"""Rows of statistics tables as frames: what is stored, what would change, and the upsert.

A frame holds one row per entity (ride or park) of one fixed key (a day and version, a week, ...), its columns
named after the table's; a DECIMAL column holds integers in units of its last place. Only rows that differ
are written, under the id they have: an unchanged row costs nothing, and ids and `created_at` survive.

Columns that say something about the figures without being one (how much they saw) are carried along: a row
that differs in them alone is written, too, but does not count as changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl
from django.db import models

from parkstats_project.db import statements
from parkstats_project.db.expressions import places, scaled
from stats.frames import read

Key = Mapping[str, Any]


@dataclass(frozen=True)
class Changes:
    """The way from stored rows to wanted ones; frames carry `stat_id` (null where there is no row yet)."""

    inserted: pl.DataFrame
    updated: pl.DataFrame
    unchanged: int
    removed: tuple[int, ...]
    by_column: dict[str, int]
    noted: pl.DataFrame
    """Rows whose figures stay, but not what is carried along with them."""

    @property
    def number(self) -> int:
        """Rows that get other figures."""
        return self.inserted.height + self.updated.height + len(self.removed)


def stored(
    model: type[models.Model],
    *,
    entity: str,
    columns: Sequence[str],
    key: Key,
    entities: Sequence[int] | None = None,
) -> pl.DataFrame:
    """Stored rows of a key, of all or some entities: stat_id, `entity`, columns. One query."""
    query = model._default_manager.filter(**key, **{f"{entity}__isnull": False})
    if entities is not None:
        query = query.filter(**{f"{entity}__in": entities})
    shown = [scaled(column, n) if (n := places(model, column)) else column for column in columns]
    names = ("stat_id", entity, *columns)
    return read.frame(query, dict.fromkeys(names, pl.Int64), "stat_id", entity, *shown)


def differing(columns: Sequence[str]) -> dict[str, pl.Expr]:
    """Per column, in a frame with `column` and `column_before`: whether the two differ."""
    return {column: pl.col(column).ne_missing(pl.col(f"{column}_before")) for column in columns}


def changes(
    wanted: pl.DataFrame,
    present: pl.DataFrame,
    *,
    entity: str,
    columns: Sequence[str],
    carried: Sequence[str] = (),
) -> Changes:
    """What leads from `present` (of `stored`) to `wanted`; rows of `present` that are not wanted go."""
    wanted = wanted.select(pl.col(entity, *columns, *carried).cast(pl.Int64))
    both = wanted.join(present, on=entity, how="left", suffix="_before")
    differs = differing(columns)
    known = both.filter(pl.col("stat_id").is_not_null())
    changed = pl.any_horizontal(differs.values())
    updated = known.filter(changed)
    noted = known.filter(~changed & pl.any_horizontal(pl.lit(False), *differing(carried).values()))
    counted = updated.select(expression.sum().alias(column) for column, expression in differs.items())
    gone = present.join(wanted, on=entity, how="anti")["stat_id"].sort().to_list()
    shape = ("stat_id", entity, *columns, *carried)
    return Changes(
        inserted=both.filter(pl.col("stat_id").is_null()).select(shape).sort(entity),
        updated=updated.select(shape).sort(entity),
        unchanged=known.height - updated.height,
        removed=tuple(gone),
        by_column={column: number for column, number in counted.row(0, named=True).items() if number},
        noted=noted.select(shape).sort(entity),
    )


def write(
    model: type[models.Model],
    change: Changes,
    *,
    entity: str,
    columns: Sequence[str],
    key: Key,
    unique: Sequence[str],
    now: datetime,
) -> None:
    """Carry out the changes, inside the caller's transaction.

    `unique` are the columns of the table's unique key: a row that another writer made in the meantime is
    overwritten, not duplicated. New rows get `created_at` = now, existing ones keep theirs.
    """
    if change.removed:
        model._default_manager.filter(pk__in=change.removed).delete()
    constants = {**key, "created_at": now}
    # An explicit id makes an existing row collide with itself, so the counter of ids is not used up.
    for frame, names, target in (
        (pl.concat([change.updated, change.noted]), ("stat_id", entity, *columns), ("stat_id",)),
        (change.inserted, (entity, *columns), tuple(unique)),
    ):
        statements.upsert_figures(model, frame.select(names), constants, update=columns, unique=target)
