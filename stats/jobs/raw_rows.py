"""Raw rows of a day that were pruned, put back from the archive: for questions that only SQL can ask."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Final, NamedTuple

import polars as pl
from django.db import DEFAULT_DB_ALIAS, connections, transaction

from parkstats_project.base.clock import DateSpan
from parkstats_project.db import dump
from parkstats_project.db.statements import analyze, insert
from stats.frames import archive, read
from stats.frames.raw_tables import OBSERVATIONS, Table

ROW_BYTES: Final = 300
"""What a raw row takes at most, with its indexes (docs/design.md section 1: 620,000 a day)."""


class NotEnoughSpace(Exception):
    """The database's disk would be full."""


class Restored(NamedTuple):
    """Rows that were put back, and how many of the archived ones were there already."""

    rides: int
    parks: int
    changes: int
    there: int


def restore(day: date, *, parks: Collection[int] | None) -> Restored | None:
    """Insert the archived rows of a Pacific day that are missing, with their ids; None if none is archived.

    All in one transaction; rows that are there are left as they are. `prune_raw_data` deletes them again.
    Columns that are not archived are as if nothing had been said of them. Raises NotEnoughSpace.
    """
    span = DateSpan(day, day)
    if not archive.archived_days(archive.OBSERVATIONS, span):
        return None
    sections = archive.read_observations(span, parks=parks).sections
    missing = [_missing(table, frame) for table, frame in zip(OBSERVATIONS, sections, strict=True)]
    wanted = ROW_BYTES * sum(frame.height for frame in missing)
    free = dump.free_space(connections[DEFAULT_DB_ALIAS])
    if free is not None and free < wanted:
        raise NotEnoughSpace(f"the database has {free >> 20:,} MB left, {wanted >> 20:,} MB are needed")
    with transaction.atomic():
        for table, frame in zip(OBSERVATIONS, missing, strict=True):
            for part in frame.iter_slices(50_000):
                insert(table.model, list(table.columns.values()), _rows(table, part))
    analyze(table.model for table in OBSERVATIONS)
    there = sum(frame.height for frame in sections) - sum(frame.height for frame in missing)
    rides, park_rows, changes = (frame.height for frame in missing)
    return Restored(rides, park_rows, changes, there)


def _missing(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """The rows of a frame whose ids the table does not have."""
    key = frame.columns[0]
    if frame.is_empty():
        return frame
    ids = frame[key]
    there = table.model._default_manager.filter(pk__gte=ids.min(), pk__lte=ids.max())
    found = read.frame(there.order_by("pk"), {key: ids.dtype}, "pk")
    return frame.join(found, on=key, how="anti").sort(key)


def _rows(table: Table, frame: pl.DataFrame) -> Iterable[tuple[int | str | None, ...]]:
    converts = table.converts()
    for row in frame.iter_rows():
        yield tuple(convert(value) for convert, value in zip(converts, row, strict=True))
