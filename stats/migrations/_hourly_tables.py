"""The rows of the two retired hourly tables, into the archive and back, verbatim.

Only migrations use this module: they pass the tables' models as of their own time. A day is a Pacific day of
`hour_start_utc`. Every column is archived, with ids and both timestamps; a day is compared by its number of
rows and by checksums of every column, which the database computes on its side and Polars on the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple

import polars as pl
from django.db import transaction
from django.db.models import BigIntegerField, Count, ExpressionWrapper, F, Max, Min, Model, QuerySet, Sum

from parks.models import Park
from parkstats_project.base import clock
from parkstats_project.base.clock import DateSpan
from parkstats_project.db.expressions import Epoch, integer, scaled
from parkstats_project.db.statements import insert
from rides.models import Ride
from stats.frames import archive, archive_format
from stats.models import ParkDayArchive

# Rows count with their place in a checksum, so that two values that change places are noticed.
_PLACES: Final = 9973
_WEEK: Final = 7
_TIMES: Final = {"hour": "hour_start_utc", "created": "created_at", "updated": "updated_at"}


class Table(NamedTuple):
    """One hourly table: where its rows are archived, and which field and scale each archived column has."""

    kind: str
    plain: dict[str, str]
    flags: dict[str, str]
    scaled: dict[str, tuple[str, int]]

    @property
    def schema(self) -> archive_format.Schema:
        return archive_format.SECTIONS[self.kind][0].schema


TABLES: Final = {
    "RideHourlyStats": Table(
        kind=archive.RIDE_HOURS,
        plain={
            "id": "id",
            "ride_id": "ride_id",
            "park_id": "park_id",
            "operating": "operating_snapshots",
            "down": "down_snapshots",
            "snapshots": "snapshot_count",
        },
        flags={"operated": "ride_operated"},
        scaled={
            "avg_wait": ("avg_wait_time_minutes", 2),
            "downtime": ("downtime_hours", 2),
            "uptime": ("uptime_percentage", 2),
        },
    ),
    "ParkHourlyStats": Table(
        kind=archive.PARK_HOURS,
        plain={
            "id": "id",
            "park_id": "park_id",
            "rides_operating": "rides_operating",
            "rides_down": "rides_down",
            "snapshots": "snapshot_count",
        },
        flags={"was_open": "park_was_open"},
        scaled={
            "shame": ("shame_score", 1),
            "avg_wait": ("avg_wait_time_minutes", 2),
            "downtime": ("total_downtime_hours", 2),
            "weighted_downtime": ("weighted_downtime_hours", 2),
            "weight": ("effective_park_weight", 2),
        },
    ),
}


def table_of(model: type[Model]) -> Table:
    """What is archived of a model of one of the two tables."""
    return TABLES[model.__name__]


def weeks(model: type[Model]) -> Iterator[DateSpan]:
    """The Pacific days that may have rows, in spans that are compared at once, ascending."""
    ends = model._default_manager.aggregate(first=Min("hour_start_utc"), last=Max("hour_start_utc"))
    if ends["first"] is None:
        return
    days = DateSpan(clock.pacific_date(ends["first"]), clock.pacific_date(ends["last"])).days()
    for first in range(0, len(days), _WEEK):
        yield DateSpan(days[first], days[first : first + _WEEK][-1])


def fingerprint(model: type[Model]) -> dict[str, Any]:
    """What changes with every row that is inserted, updated or deleted."""
    return model._default_manager.aggregate(
        number=Count("id"), greatest=Max("id"), changed=Max("updated_at"), total=Sum("id")
    )


def archived_days(model: type[Model]) -> list[date]:
    """The Pacific days of which rows are archived, ascending."""
    rows = ParkDayArchive.objects.filter(kind=table_of(model).kind)
    return sorted(set(rows.values_list("stat_date", flat=True)))


def archive_day(model: type[Model], day: date) -> int:
    """Archive one day exactly as the table has it, and read it back; the number of rows.

    Raises ArchiveError if what was read back differs.
    """
    table = table_of(model)
    rows = _fetch(model, day)
    counter = pl.DataFrame(schema=archive_format.COUNTER)
    parts = rows.partition_by("park_id", as_dict=True)
    wanted = {int(park): [frame, counter] for (park,), frame in parts.items()}
    archive.store(
        archive.packed_row(table.kind, day, park, frames, rides=_rides_in(frames[0]))
        for park, frames in wanted.items()
    )
    # A park whose rows were archived earlier and are gone from the table since.
    stored = ParkDayArchive.objects.filter(kind=table.kind, stat_date=day)
    stored.exclude(park_id__in=wanted).delete()
    archive.verify(table.kind, day, wanted)
    return len(rows)


def differing(model: type[Model], span: DateSpan) -> list[date]:
    """The days of a span that the archive has not exactly as the table, by row count and column checksums."""
    archived = _archived_checksums(table_of(model), span)
    return [day for day, sums in _checksums(model, span).items() if archived.get(day) != sums]


def unarchived(model: type[Model], day: date) -> list[int]:
    """The ids of the table's rows of a day that the archive has not, or has otherwise.

    Rows that only the archive has are no matter: their ride or park may have been deleted since.
    """
    rows = _fetch(model, day)
    missing = rows.join(
        _read(table_of(model), DateSpan(day, day)), on=rows.columns, how="anti", nulls_equal=True
    )
    ids: list[int] = missing["id"].sort().to_list()
    return ids


def is_whole(model: type[Model], day: date) -> bool:
    """Whether the table has every archived row of a day whose ride and park still exist."""
    return set(_surviving(table_of(model), day)["id"]) <= _ids(model, day)


def restore_day(model: type[Model], day: date) -> int:
    """Put the archived rows of a day into the table, unless they are there; the number of rows inserted.

    Rows of a ride or park that was deleted meanwhile stay away: they would have gone with it.
    """
    table = table_of(model)
    missing = _surviving(table, day).filter(~pl.col("id").is_in(list(_ids(model, day)))).sort("id")
    with transaction.atomic():
        insert(model, _fields(table), (_values(table, row) for row in missing.iter_rows(named=True)))
    return len(missing)


def next_id(model: type[Model]) -> int | None:
    """The id that the dropped table would have given its next row, if it was noted."""
    stored = ParkDayArchive.objects.filter(kind=table_of(model).kind).order_by("-stat_date", "park_id")
    for packed in stored.values_list("payload", flat=True)[:1]:
        counter = archive_format.unpack(table_of(model).kind, [bytes(packed)])[1]
        return counter["next_id"].max()  # type: ignore[return-value]
    return None


def note_next_id(model: type[Model], value: int) -> None:
    """Note the id that the table would give its next row, with the first park of the newest archived day."""
    kind = table_of(model).kind
    newest = ParkDayArchive.objects.filter(kind=kind).order_by("-stat_date", "park_id").first()
    if newest is not None:
        rows, _ = archive_format.unpack(kind, [bytes(newest.payload)])
        frames = [rows, archive_format.frame_of([(value,)], archive_format.COUNTER)]
        packed = archive.packed_row(kind, newest.stat_date, newest.park_id, frames, rides=_rides_in(rows))
        archive.store([packed])


# ------------------------------------------------------------------------------------------------ rows


def _of_days(model: type[Model], span: DateSpan) -> QuerySet[Any]:
    window = clock.pacific_days(span)
    return model._default_manager.filter(hour_start_utc__gte=window.start, hour_start_utc__lt=window.end)


def _of_day(model: type[Model], day: date) -> QuerySet[Any]:
    return _of_days(model, DateSpan(day, day))


def _read(table: Table, span: DateSpan) -> pl.DataFrame:
    stored = ParkDayArchive.objects.filter(
        kind=table.kind, stat_date__gte=span.start, stat_date__lte=span.end
    )
    packed = stored.values_list("payload", flat=True)
    return archive_format.unpack(table.kind, [bytes(part) for part in packed])[0]


def _surviving(table: Table, day: date) -> pl.DataFrame:
    """The archived rows of a day whose park and ride still exist."""
    rows = _read(table, DateSpan(day, day))
    rows = rows.filter(pl.col("park_id").is_in(list(Park.objects.values_list("park_id", flat=True))))
    if "ride_id" in rows.columns:
        rows = rows.filter(pl.col("ride_id").is_in(list(Ride.objects.values_list("ride_id", flat=True))))
    return rows


def _ids(model: type[Model], day: date) -> set[int]:
    return set(_of_day(model, day).values_list("id", flat=True))


def _expressions(table: Table) -> dict[str, Any]:
    """The database expression of every archived column: integers, or null."""
    found: dict[str, Any] = {name: F(field) for name, field in table.plain.items()}
    found |= {name: integer(field) for name, field in table.flags.items()}
    found |= {name: scaled(field, places) for name, (field, places) in table.scaled.items()}
    found |= {name: Epoch(field) for name, field in _TIMES.items()}
    return {name: found[name] for name in table.schema}


def _rides_in(rows: pl.DataFrame) -> pl.Series | None:
    return rows["ride_id"] if "ride_id" in rows.columns else None


def _fetch(model: type[Model], day: date) -> pl.DataFrame:
    table = table_of(model)
    rows = _of_day(model, day).order_by("id").values_list(*_expressions(table).values())
    return archive_format.frame_of(list(rows), table.schema)


def _fields(table: Table) -> list[str]:
    """The model's attributes, in the order of `_values`."""
    scaled_fields = [field for field, _ in table.scaled.values()]
    return [*table.plain.values(), *table.flags.values(), *scaled_fields, *_TIMES.values()]


def _values(table: Table, row: dict[str, Any]) -> tuple[int | str | None, ...]:
    whole = [None if row[name] is None else int(row[name]) for name in (*table.plain, *table.flags)]
    decimals = [
        None if row[name] is None else str(Decimal(row[name]).scaleb(-places))
        for name, (_, places) in table.scaled.items()
    ]
    times = [
        None if row[name] is None else f"{clock.from_epoch(row[name]):%Y-%m-%d %H:%M:%S}" for name in _TIMES
    ]
    return (*whole, *decimals, *times)


# ------------------------------------------------------------------------------------------- checksums


def _checksums(model: type[Model], span: DateSpan) -> dict[date, list[int]]:
    """Row count and column checksums of each day that has rows, computed by the database hour by hour."""
    place = ExpressionWrapper(F("id") % _PLACES + 1, output_field=BigIntegerField())
    wanted: dict[str, Any] = {"rows": Count("id")}
    for name, expression in _expressions(table_of(model)).items():
        value = ExpressionWrapper(expression, output_field=BigIntegerField())
        wanted[f"{name}_number"] = Count(value)
        wanted[f"{name}_sum"] = Sum(value)
        wanted[f"{name}_placed"] = Sum(value * place)
    found: dict[date, list[int]] = {}
    hours = _of_days(model, span).order_by("hour_start_utc").values_list("hour_start_utc").annotate(**wanted)
    for hour, *sums in hours:
        day = clock.pacific_date(hour)
        before = found.get(day, [0] * len(sums))
        found[day] = [total + int(part or 0) for total, part in zip(before, sums, strict=True)]
    return found


def _archived_checksums(table: Table, span: DateSpan) -> dict[date, list[int]]:
    """The same of the archived rows, computed by Polars."""
    place = pl.col("id") % _PLACES + 1
    wanted = [pl.len().alias("rows")]
    for name in table.schema:
        value = pl.col(name).cast(pl.Int64)
        wanted += [
            value.count().alias(f"{name}_number"),
            value.sum().alias(f"{name}_sum"),
            (value * place).sum().alias(f"{name}_placed"),
        ]
    moment = pl.from_epoch("hour", time_unit="s").dt.replace_time_zone("UTC")
    day = moment.dt.convert_time_zone(clock.PACIFIC.key).dt.date().alias("day")
    return {row[0]: list(row[1:]) for row in _read(table, span).group_by(day).agg(wanted).iter_rows()}
