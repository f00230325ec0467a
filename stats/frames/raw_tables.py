"""The raw tables: which of their columns count, and what each is among integers, in both directions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple, TypeAlias

import polars as pl
from django.db import models
from django.db.models.expressions import Combinable

from parks.models import ParkActivitySnapshot
from parkstats_project.base import clock
from parkstats_project.base.arithmetic import fixed
from parkstats_project.base.clock import Window
from parkstats_project.db.expressions import Epoch, integer, places, scaled
from parkstats_project.db.fields import EnumField
from rides.models import RideStatusChange, RideStatusSnapshot
from rides.status import TEXTS, code_in
from stats.frames import read

Convert: TypeAlias = Callable[[int | None], int | str | None]


class Table(NamedTuple):
    """A raw table; `time` is the column of its moments, `columns` are archived ones by their archived names.

    Not archived is what nothing is computed from: `last_updated_api`, `rebuilt`.
    """

    model: type[models.Model]
    time: str
    columns: Mapping[str, str]

    @property
    def name(self) -> str:
        """As the database calls it."""
        return self.model._meta.db_table

    def within(self, window: Window) -> models.QuerySet[Any]:
        """The rows of a window."""
        span = {f"{self.time}__gte": window.start, f"{self.time}__lt": window.end}
        return self.model._default_manager.filter(**span)

    def oldest(self, since: datetime | None = None) -> int | None:
        """Epoch seconds of the oldest row, or of the oldest that is not older than a moment."""
        rows = self.model._default_manager.all()
        if since is not None:
            rows = rows.filter(**{f"{self.time}__gte": since})
        # By order, not by MIN: a descending index is read as a whole for that.
        return rows.order_by(self.time).values_list(Epoch(self.time), flat=True).first()

    def frame(self, rows: models.QuerySet[Any], schema: Mapping[str, Any]) -> pl.DataFrame:
        """Those columns of some rows that a schema names (`read.frame`)."""
        return read.frame(rows, schema, *(self._integer(self.columns[name]) for name in schema))

    def converts(self) -> list[Convert]:
        """For each column what makes its number a value of SQL again."""
        return [self._convert(column) for column in self.columns.values()]

    def _integer(self, column: str) -> str | Combinable:
        match self.model._meta.get_field(column):
            case models.DateTimeField():
                return Epoch(column)
            case EnumField():
                return code_in(column)
            case models.BooleanField():
                return integer(column)
            case models.DecimalField():
                return scaled(column, places(self.model, column))
        return column

    def _convert(self, column: str) -> Convert:
        match self.model._meta.get_field(column):
            case models.DateTimeField():
                return _moment
            case EnumField():
                return lambda code: None if code is None else TEXTS.get(code)
            case models.DecimalField():
                scale = places(self.model, column)
                return lambda value: None if value is None else str(fixed(value, scale))
        return lambda value: None if value is None else int(value)


def _moment(value: int | None) -> str | None:
    return None if value is None else f"{clock.from_epoch(value):%Y-%m-%d %H:%M:%S}"


RIDES: Final = Table(
    RideStatusSnapshot,
    "recorded_at",
    {
        "snapshot_id": "snapshot_id",
        "ride_id": "ride_id",
        "at": "recorded_at",
        "status": "status",
        "wait": "wait_time",
        "running": "computed_is_open",
        "is_open": "is_open",
    },
)
PARKS: Final = Table(
    ParkActivitySnapshot,
    "recorded_at",
    {
        "snapshot_id": "snapshot_id",
        "park_id": "park_id",
        "at": "recorded_at",
        "total_rides": "total_rides_tracked",
        "rides_open": "rides_open",
        "rides_closed": "rides_closed",
        "avg_wait": "avg_wait_time",
        "max_wait": "max_wait_time",
        "appears_open": "park_appears_open",
        "shame": "shame_score",
    },
)
CHANGES: Final = Table(
    RideStatusChange,
    "changed_at",
    {
        "change_id": "change_id",
        "ride_id": "ride_id",
        "at": "changed_at",
        "previous_status": "previous_status",
        "previous_code": "previous_status_enum",
        "new_status": "new_status",
        "new_code": "new_status_enum",
        "duration": "duration_in_previous_status",
        "wait": "wait_time_at_change",
        "since": "status_since",
    },
)
OBSERVATIONS: Final = (RIDES, PARKS, CHANGES)
"""In the order of the sections of an archived day."""
