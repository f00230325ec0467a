"""The raw rows of one Pacific day, every column: what an archived day is made of."""

from __future__ import annotations

from datetime import date

import polars as pl

from parkstats_project.base import clock
from stats.choices import ArchiveKind
from stats.frames import archive_format, placing, raw_rows, roster
from stats.frames.raw_tables import OBSERVATIONS


def oldest() -> list[int | None]:
    """Epoch seconds of the oldest raw row of each section of an observations payload."""
    return [table.oldest() for table in OBSERVATIONS]


def empty() -> list[pl.DataFrame]:
    """The sections of a park's day without a row."""
    return [pl.DataFrame(schema=schema) for schema in _schemas()]


def observed(day: date) -> list[pl.DataFrame]:
    """The raw rows of a Pacific day in the sections of a payload, with the park (`owner`) of each row."""
    parts = list(raw_rows.parts(clock.pacific_day(day).hours()))
    rides, parks, changes = (
        pl.concat(table.frame(table.within(part), schema) for part in parts)
        for table, schema in zip(OBSERVATIONS, _schemas(), strict=True)
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


def _schemas() -> list[archive_format.Schema]:
    return [section.schema for section in archive_format.SECTIONS[ArchiveKind.OBSERVATIONS]]
