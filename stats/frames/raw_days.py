"""The raw rows of one Pacific day, every column: what an archived day is made of."""

from __future__ import annotations

from datetime import date

import polars as pl

from parks.models import ParkActivitySnapshot
from parkstats_project.base import clock
from parkstats_project.base.clock import HOUR, Window
from parkstats_project.db.expressions import Epoch, integer, scaled
from rides.models import RideStatusChange, RideStatusSnapshot
from rides.status import code_in
from stats.choices import ArchiveKind
from stats.frames import archive_format, placing, read, roster


def oldest() -> list[int | None]:
    """Epoch seconds of the oldest raw row of each section of an observations payload."""
    # By order, not by MIN: a descending index is read as a whole for that.
    return [
        RideStatusSnapshot.objects.order_by("recorded_at")
        .values_list(Epoch("recorded_at"), flat=True)
        .first(),
        ParkActivitySnapshot.objects.order_by("recorded_at")
        .values_list(Epoch("recorded_at"), flat=True)
        .first(),
        RideStatusChange.objects.order_by("changed_at").values_list(Epoch("changed_at"), flat=True).first(),
    ]


def empty() -> list[pl.DataFrame]:
    """The sections of a park's day without a row."""
    return [
        pl.DataFrame(schema=section.schema) for section in archive_format.SECTIONS[ArchiveKind.OBSERVATIONS]
    ]


def observed(day: date) -> list[pl.DataFrame]:
    """The raw rows of a Pacific day in the sections of a payload, with the park (`owner`) of each row."""
    # Hour by hour: a text of all rows of a day would be longer than servers like (stats/frames/read.py).
    hours = [clock.window_of_seconds(hour, hour + HOUR) for hour in clock.pacific_day(day).hours()]
    rides, parks, changes = (
        pl.concat(read(hour) for hour in hours) for read in (_ride_rows, _park_rows, _changes)
    )
    links = roster.current().links
    rides = placing.with_facts(rides, parks, links).select(*rides.columns, owner="park_id")
    # A change was noticed where the ride was seen at that time.
    seen = rides.select("ride_id", "at", "owner").sort("at")
    changes = changes.sort("at").join_asof(
        seen, on="at", by="ride_id", strategy="nearest", check_sortedness=False
    )
    home = changes.select("ride_id").join(links, on="ride_id", how="left", maintain_order="left")["park_id"]
    changes = changes.with_columns(owner=pl.coalesce("owner", home)).drop_nulls("owner")
    return [rides, parks.with_columns(owner="park_id"), changes]


def _ride_rows(window: Window) -> pl.DataFrame:
    return read.packed(
        RideStatusSnapshot.objects.filter(recorded_at__gte=window.start, recorded_at__lt=window.end),
        archive_format.RIDES,
        "snapshot_id",
        "ride_id",
        Epoch("recorded_at"),
        code_in("status"),
        "wait_time",
        integer("computed_is_open"),
        integer("is_open"),
    )


def _park_rows(window: Window) -> pl.DataFrame:
    return read.packed(
        ParkActivitySnapshot.objects.filter(recorded_at__gte=window.start, recorded_at__lt=window.end),
        archive_format.PARKS,
        "snapshot_id",
        "park_id",
        Epoch("recorded_at"),
        "total_rides_tracked",
        "rides_open",
        "rides_closed",
        scaled("avg_wait_time", 2),
        "max_wait_time",
        integer("park_appears_open"),
        scaled("shame_score", 1),
    )


def _changes(window: Window) -> pl.DataFrame:
    return read.packed(
        RideStatusChange.objects.filter(changed_at__gte=window.start, changed_at__lt=window.end),
        archive_format.CHANGES,
        "change_id",
        "ride_id",
        Epoch("changed_at"),
        integer("previous_status"),
        code_in("previous_status_enum"),
        integer("new_status"),
        code_in("new_status_enum"),
        "duration_in_previous_status",
        "wait_time_at_change",
        Epoch("status_since"),
    )
