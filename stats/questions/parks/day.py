"""One day of a park, collection by collection, with the hours it announced: for pictures."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TypedDict

import polars as pl

from parks.models import ParkSchedule
from parkstats_project.base import clock
from parkstats_project.base.arithmetic import number
from parkstats_project.base.clock import DateSpan
from stats import rules
from stats.frames import coverage, observations, roster
from stats.frames.roster import row_of
from stats.questions.rides.timeline import so_far


class Collected(TypedDict):
    """The park in one collection; `wait` is the mean of the posted waits, null without any."""

    at: str
    open: bool
    score: float | None
    rides_down: int
    rides_seen: int
    wait: float | None


class Opening(TypedDict):
    """Announced hours; nothing is open without a schedule."""

    kind: str
    start: str
    end: str


class Announced(Opening):
    """Announced hours of a date of the park."""

    day: str


class ParkDay(TypedDict):
    """A Pacific day of a park up to this moment; a collection that is missing is not in the list."""

    park_id: int
    name: str
    day: str
    start: str
    end: str
    timezone: str
    collections: list[Collected]
    openings: list[Opening]
    observed_collections: int
    expected_collections: int


def of_day(park_id: int, day: date, *, now: datetime) -> ParkDay | None:
    """A park's day; None if there is no such park."""
    park = row_of(roster.current().parks, "park_id", park_id)
    if park is None:
        return None
    whole = clock.pacific_day(day)
    window = so_far(whole, now)
    rows = observations.parks(window, parks=[park_id]).unique("at", keep="last", maintain_order=True)
    down = (
        observations.rides(window, parks=[park_id])
        .filter(pl.col("minute_partners") > 0)
        .group_by(minute=pl.col("at") // 60)
        .agg(
            rides_down=(rules.down() & (pl.col("minute_open") > 0)).sum().cast(pl.Int64),
            rides_seen=pl.col("ride_id").n_unique().cast(pl.Int64),
        )
    )
    seen = rows.with_columns(minute=pl.col("at") // 60).join(
        down, on="minute", how="left", maintain_order="left"
    )
    return {
        "park_id": park_id,
        "name": park["name"],
        "day": day.isoformat(),
        "start": clock.iso_z(whole.start),
        "end": clock.iso_z(whole.end),
        "timezone": park["timezone"],
        "collections": [
            {
                "at": clock.iso_z(clock.from_epoch(row["at"])),
                "open": row["open"],
                "score": number(row["shame"], 1),
                "rides_down": row["rides_down"] or 0,
                "rides_seen": row["rides_seen"] or 0,
                "wait": number(row["avg_wait"], 2),
            }
            for row in seen.iter_rows(named=True)
        ],
        "openings": _openings(park_id, whole),
        "observed_collections": coverage.of_one(rows, window),
        "expected_collections": coverage.expected(window),
    }


def announced(park_id: int, span: DateSpan) -> list[Announced]:
    """What a park announced for some of its dates, by date; one query."""
    rows = ParkSchedule.objects.operating().filter(
        park=park_id, schedule_date__range=span, opening_time__isnull=False, closing_time__isnull=False
    )
    found = rows.order_by("schedule_date", "opening_time", "schedule_id")
    return [
        {
            "day": day.isoformat(),
            "kind": str(kind),
            "start": clock.iso_z(opening),
            "end": clock.iso_z(closing),
        }
        for day, kind, opening, closing in found.values_list(
            "schedule_date", "schedule_type", "opening_time", "closing_time"
        )
        if opening is not None and closing is not None
    ]


def _openings(park_id: int, window: clock.Window) -> list[Opening]:
    reach = timedelta(days=1)
    rows = (
        ParkSchedule.objects.operating()
        .filter(
            park=park_id,
            schedule_date__range=((window.start - reach).date(), (window.end + reach).date()),
            opening_time__lt=window.end,
            closing_time__gt=window.start,
        )
        .order_by("opening_time", "schedule_id")
    )
    return [
        {
            "kind": str(kind),
            "start": clock.iso_z(max(opening, window.start)),
            "end": clock.iso_z(min(closing, window.end)),
        }
        for kind, opening, closing in rows.values_list("schedule_type", "opening_time", "closing_time")
        if opening is not None and closing is not None and closing > opening
    ]
