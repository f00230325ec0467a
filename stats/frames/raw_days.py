"""The raw rows of one Pacific day, every column, by park: what an archived day is made of."""

from __future__ import annotations

from datetime import date

import polars as pl

from parks.models import ParkActivitySnapshot
from parkstats_project.base import clock
from parkstats_project.base.clock import HOUR, Window
from parkstats_project.db.expressions import Epoch, integer, scaled
from rides.models import Ride, RideStatusChange, RideStatusSnapshot
from rides.status import code_in
from stats.choices import ArchiveKind
from stats.frames import archive_format, read


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


def observed(day: date) -> dict[int, list[pl.DataFrame]]:
    """The raw rows of a Pacific day by park; a ride belongs to the park that it has now."""
    # Hour by hour: a text of all rows of a day would be longer than servers like (stats/frames/read.py).
    hours = [clock.window_of_seconds(hour, hour + HOUR) for hour in clock.pacific_day(day).hours()]
    links = archive_format.frame_of(
        list(Ride.objects.values_list("ride_id", "park_id")), {"ride_id": pl.Int32, "owner": pl.Int32}
    )
    sections = [
        pl.concat([_ride_rows(hour) for hour in hours]).join(links, on="ride_id"),
        pl.concat([_park_rows(hour) for hour in hours]).with_columns(owner="park_id"),
        pl.concat([_changes(hour) for hour in hours]).join(links, on="ride_id"),
    ]
    split = [section.partition_by("owner", include_key=False, as_dict=True) for section in sections]
    return {
        park: [part.get((park,), none) for part, none in zip(split, empty(), strict=True)]
        for (park,) in set().union(*split)
    }


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
    )
