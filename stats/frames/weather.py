"""What the weather was at the parks, hour by hour, as far as it is stored."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

import polars as pl

from parkstats_project.base.clock import Window
from parkstats_project.db.expressions import Epoch
from stats.frames import read
from stats.frames.keys import clock_hour
from weather.codes import UNKNOWN, kind
from weather.models import WeatherObservation

COLUMNS: Final = {"park_id": pl.Int32, "hour": pl.Int64, "code": pl.Int32}


def kinds(window: Window, *, parks: Iterable[int]) -> pl.DataFrame:
    """The hours of some parks that touch a window: park_id, hour (epoch seconds), weather; one query."""
    touched = {"observation_time__gt": window.start - timedelta(hours=1), "observation_time__lt": window.end}
    stored = WeatherObservation.objects.filter(park_id__in=list(parks), **touched)
    frame = read.frame(stored, COLUMNS, "park_id", Epoch("observation_time"), "weather_code")
    codes = frame["code"].unique().drop_nulls()
    return frame.select(
        "park_id",
        "hour",
        weather=pl.col("code").replace_strict(
            codes, [kind(code) for code in codes], default=UNKNOWN, return_dtype=pl.String
        ),
    )


def beside(snapshots: pl.DataFrame, hours: pl.DataFrame) -> pl.DataFrame:
    """Snapshots (park_id, at) with the `weather` of their hour, `unknown` where none is stored."""
    return (
        snapshots.with_columns(clock_hour())
        .join(hours, on=["park_id", "hour"], how="left")
        .with_columns(pl.col("weather").fill_null(UNKNOWN))
        .drop("hour")
    )
