"""Raw rows of a day that were pruned, put back from the archive: for questions that only SQL can ask."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

import polars as pl
from django.db import DEFAULT_DB_ALIAS, connections, models, transaction

from parks.models import ParkActivitySnapshot
from parkstats_project.base import clock
from parkstats_project.base.arithmetic import fixed
from parkstats_project.base.clock import DateSpan
from parkstats_project.db import dump
from parkstats_project.db.statements import analyze, insert
from rides.models import RideStatusChange, RideStatusSnapshot
from rides.status import TEXTS
from stats.frames import archive

ROW_BYTES: Final = 300
"""What a raw row takes at most, with its indexes (docs/design.md section 1: 620,000 a day)."""

Convert = Callable[[Any], int | str | None]


class NotEnoughSpace(Exception):
    """The database's disk would be full."""


class Restored(NamedTuple):
    """Rows that were put back, and how many of the archived ones were there already."""

    rides: int
    parks: int
    changes: int
    there: int


class Table(NamedTuple):
    """A raw table: its columns, in the order of the archived frame, with what makes a value one of SQL."""

    model: type[models.Model]
    columns: Sequence[tuple[str, Convert]]


def _same(value: Any) -> int | None:
    return None if value is None else int(value)


def _moment(value: int | None) -> str | None:
    return None if value is None else f"{clock.from_epoch(value):%Y-%m-%d %H:%M:%S}"


def _decimal(places: int) -> Convert:
    return lambda value: None if value is None else str(fixed(value, places))


TABLES: Final = (
    Table(
        RideStatusSnapshot,
        [
            ("snapshot_id", _same),
            ("ride_id", _same),
            ("recorded_at", _moment),
            ("status", TEXTS.get),
            ("wait_time", _same),
            ("computed_is_open", _same),
            ("is_open", _same),
        ],
    ),
    Table(
        ParkActivitySnapshot,
        [
            ("snapshot_id", _same),
            ("park_id", _same),
            ("recorded_at", _moment),
            ("total_rides_tracked", _same),
            ("rides_open", _same),
            ("rides_closed", _same),
            ("avg_wait_time", _decimal(2)),
            ("max_wait_time", _same),
            ("park_appears_open", _same),
            ("shame_score", _decimal(1)),
        ],
    ),
    Table(
        RideStatusChange,
        [
            ("change_id", _same),
            ("ride_id", _same),
            ("changed_at", _moment),
            ("previous_status", _same),
            ("previous_status_enum", TEXTS.get),
            ("new_status", _same),
            ("new_status_enum", TEXTS.get),
            ("duration_in_previous_status", _same),
            ("wait_time_at_change", _same),
            ("status_since", _moment),
        ],
    ),
)
"""`frames/archive_format` RIDES, PARKS, CHANGES. Not archived, and NULL again: `last_updated_api`."""


def restore(day: date, *, parks: Collection[int] | None) -> Restored | None:
    """Insert the archived rows of a Pacific day that are missing, with their ids; None if none is archived.

    All in one transaction; rows that are there are left as they are. `prune_raw_data` deletes them again.
    Raises NotEnoughSpace.
    """
    span = DateSpan(day, day)
    if not archive.archived_days(archive.OBSERVATIONS, span):
        return None
    sections = archive.read_observations(span, parks=parks).sections
    missing = [_missing(table, frame) for table, frame in zip(TABLES, sections, strict=True)]
    wanted = ROW_BYTES * sum(frame.height for frame in missing)
    free = dump.free_space(connections[DEFAULT_DB_ALIAS])
    if free is not None and free < wanted:
        raise NotEnoughSpace(f"the database has {free >> 20:,} MB left, {wanted >> 20:,} MB are needed")
    with transaction.atomic():
        for table, frame in zip(TABLES, missing, strict=True):
            for part in frame.iter_slices(50_000):
                insert(table.model, [name for name, _ in table.columns], _rows(table, part))
    analyze(table.model for table in TABLES)
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
    found = pl.Series(key, list(there.values_list("pk", flat=True)), dtype=ids.dtype)
    return frame.filter(~pl.col(key).is_in(found.implode())).sort(key)


def _rows(table: Table, frame: pl.DataFrame) -> Iterable[tuple[int | str | None, ...]]:
    converts = [convert for _, convert in table.columns]
    for row in frame.iter_rows():
        yield tuple(convert(value) for convert, value in zip(converts, row, strict=True))
