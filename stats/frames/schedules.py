"""When parks are announced to be open (docs/contract/rules.md 4): rows of OPERATING days, kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import polars as pl
from django.db.models import Exists, OuterRef

from parks.choices import ScheduleType
from parks.models import Park, ParkSchedule
from parkstats_project.base import clock
from parkstats_project.base.cache import Kept
from parkstats_project.base.clock import DateSpan, Window
from parkstats_project.db.expressions import Epoch
from stats.frames import read

REACH: Final = timedelta(days=7)
"""A schedule row belongs to a local date; its hours are never further from that date than this."""

KEPT_SPANS: Final = 8

TIMES: Final = {"park_id": pl.Int32, "opens": pl.Int64, "closes": pl.Int64}


def touching(window: Window) -> pl.DataFrame:
    """Announced hours that a window touches: park_id, opens, closes (epoch seconds, both inside)."""
    near = DateSpan((window.start - REACH).date(), (window.end + REACH).date())
    opens, closes = pl.col("opens"), pl.col("closes")
    return _near.get([near])[0].filter(opens < window.end_s, closes >= window.start_s)


def open_at(moment: datetime) -> frozenset[int]:
    """Ids of the parks that are announced to be open in the second of the moment, ends included."""
    second = clock.epoch(moment)
    return frozenset(touching(clock.window_of_seconds(second, second + 1))["park_id"])


def scheduled_parks() -> list[int]:
    """Ids of the parks of which any OPERATING day is announced, ever, with or without hours; ascending."""
    return _ever.get([None])[0]


def _load(spans: Sequence[DateSpan]) -> dict[DateSpan, pl.DataFrame]:
    return {
        span: read.frame(
            ParkSchedule.objects.operating().filter(schedule_date__range=span),
            TIMES,
            "park_id",
            Epoch("opening_time"),
            Epoch("closing_time"),
        ).sort("park_id", "opens", "closes")
        for span in spans
    }


def _load_ever(keys: Sequence[None]) -> dict[None, list[int]]:
    announced = ParkSchedule.objects.filter(park=OuterRef("park_id"), schedule_type=ScheduleType.OPERATING)
    parks = Park.objects.filter(Exists(announced)).order_by("park_id").values_list("park_id", flat=True)
    return {None: list(parks)}


_near: Kept[DateSpan, pl.DataFrame] = Kept(load=_load, capacity=KEPT_SPANS, same=pl.DataFrame.equals)
_ever: Kept[None, list[int]] = Kept(load=_load_ever, capacity=1, same=list.__eq__)
