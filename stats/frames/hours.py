"""Figures per ride and hour and per park and hour, for any window (docs/contract/hourly.md).

An hour is a clock hour; it is judged with what was known five minutes after its end, so a past hour does not
change as the day goes on. Hours before the adoption, of which no observation is left, or less than the legacy
system saw, are its archived rows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial
from typing import Final

import polars as pl

from parkstats_project.base import cache, clock
from parkstats_project.base.arithmetic import ratio
from parkstats_project.base.cache import Derived
from parkstats_project.base.clock import DAY, HOUR, Window
from stats import rules
from stats.frames import archive, observations, read, roster, sources
from stats.frames.keys import clock_hour
from stats.frames.matching import Observed

FRAMES_BYTES: Final = 20_000_000
"""A day of ride hours of the design size takes 6 MB, one of park hours next to nothing."""

REACH: Final = 2 * HOUR
"""From the start of an hour to where nothing counts for it any more."""

RIDE_HOURS: Final = {
    "ride_id": pl.Int32,
    "park_id": pl.Int32,
    "hour": pl.Int64,
    "avg_wait": pl.Int64,
    "operating": pl.Int64,
    "down": pl.Int64,
    "downtime": pl.Int64,
    "uptime": pl.Int64,
    "snapshots": pl.Int64,
    "operated": pl.Boolean,
}
PARK_HOURS: Final = {
    "park_id": pl.Int32,
    "hour": pl.Int64,
    "shame": pl.Int64,
    "avg_wait": pl.Int64,
    "rides_operating": pl.Int64,
    "rides_down": pl.Int64,
    "downtime": pl.Int64,
    "weighted_downtime": pl.Int64,
    "weight": pl.Int64,
    "snapshots": pl.Int64,
    "was_open": pl.Boolean,
}


def of_rides(
    window: Window,
    *,
    now: datetime,
    rides: Collection[int] | None = None,
    parks: Collection[int] | None = None,
) -> pl.DataFrame:
    """One row per then active ride and completed hour with snapshots whose start lies in the window, by
    (hour, ride_id): the columns RIDE_HOURS (docs/contract/hourly.md 3).

    avg_wait (null if none) and uptime in hundredths, downtime in hundredths of an hour; operating, down and
    downtime are null where no snapshot has a matching park snapshot (snapshots = 0).
    """
    hours = _completed(window, now)
    if not hours:
        return pl.DataFrame(schema=RIDE_HOURS)
    if rides is None and parks is None:
        return _kept("rides", hours, _ride_rows, now)
    return _ride_rows(hours, rides=rides, parks=parks)


def _ride_rows(
    hours: list[int], *, rides: Collection[int] | None = None, parks: Collection[int] | None = None
) -> pl.DataFrame:
    return _weighed_rows(hours, rides=rides, parks=parks).select(*RIDE_HOURS)


def _weighed_rows(
    hours: list[int], *, rides: Collection[int] | None = None, parks: Collection[int] | None = None
) -> pl.DataFrame:
    """The rows of rides with the **tier weight** that the ride had then."""
    days = pl.DataFrame({"hour": hours, "day_start": [_day_start(hour) for hour in hours]})
    reach = _reach(hours)
    facts = observations.summed(reach, _ride_sums, rides=rides, parks=parks)
    recorded = _better_recorded(
        archive.RIDE_HOURS, reach.hours()[:-1], facts.rename({"pairs": "snapshots"}), parks=parks, rides=rides
    )
    facts = facts.join(recorded, on=["ride_id", "hour"], how="anti")
    who = roster.current().rides
    active = who.select("ride_id", "active_until")
    rows = (
        facts.join(days, on="hour")
        .join(active, on="ride_id")
        .filter(pl.col("hour") < pl.col("active_until"))
        .join(_first_operations(facts, recorded, days), on=["ride_id", "day_start"], how="left")
    )
    known_until = pl.col("hour") + HOUR + rules.KNOWN_AFTER_SECONDS
    paired = pl.col("pairs") > 0
    rows = rows.select(
        "ride_id",
        "park_id",
        "hour",
        ratio(pl.col("wait_sum"), pl.col("wait_count"), scale=2).alias("avg_wait"),
        pl.when(paired).then("operating").alias("operating"),
        pl.when(paired).then("down").alias("down"),
        pl.when(paired)
        .then(ratio(pl.col("down") * rules.MINUTES_PER_SNAPSHOT, 60, scale=2))
        .alias("downtime"),
        ratio(pl.col("operating") * 100, pl.col("pairs"), scale=2).fill_null(0).alias("uptime"),
        pl.col("pairs").alias("snapshots"),
        (pl.col("first_operation") < known_until).fill_null(False).alias("operated"),
        "weight",
    )
    recorded = recorded.filter(pl.col("hour").is_in(hours)).join(
        who.select("ride_id", pl.col("weight").cast(pl.UInt8)), on="ride_id", how="left"
    )
    return pl.concat([rows, recorded]).sort("hour", "ride_id")


def of_parks(window: Window, *, now: datetime, parks: Collection[int] | None = None) -> pl.DataFrame:
    """One row per then active park and completed hour with snapshots whose start lies in the window, by
    (hour, park_id): the columns PARK_HOURS (docs/contract/hourly.md 5).

    shame in tenths, avg_wait and both downtimes in hundredths, weight in whole units.
    """
    hours = _completed(window, now)
    if not hours:
        return pl.DataFrame(schema=PARK_HOURS)
    if parks is None:
        return _kept("parks", hours, _park_rows, now)
    return _park_rows(hours, parks=parks)


def _park_rows(hours: list[int], *, parks: Collection[int] | None = None) -> pl.DataFrame:
    who = roster.current()
    span = clock.window_of_seconds(hours[0], hours[-1] + HOUR)
    weighted = (
        _weighed_rows(hours, parks=parks)
        .filter("operated")
        .with_columns(pl.col("downtime").fill_null(0), pl.col("weight").cast(pl.Int64))
        .group_by("park_id", "hour")
        .agg(
            pl.col("downtime").sum(),
            (pl.col("downtime") * pl.col("weight")).sum().alias("weighted_downtime"),
            pl.col("weight").sum(),
        )
    )
    sums = observations.summed(span, _park_sums, parks=parks).filter(pl.col("hour").is_in(hours))
    recorded = _better_recorded(archive.PARK_HOURS, hours, sums, parks=parks)
    rows = (
        sums.join(recorded, on=["park_id", "hour"], how="anti")
        .join(who.parks.select("park_id", "active_until"), on="park_id")
        .filter(pl.col("hour") < pl.col("active_until"))
        .join(weighted, on=["park_id", "hour"], how="left")
        .with_columns(pl.col("downtime", "weighted_downtime", "weight").fill_null(0))
        .select(
            "park_id",
            "hour",
            # weighted hundredths of hours / weight x 10, in tenths
            ratio(pl.col("weighted_downtime"), pl.col("weight"), scale=0).fill_null(0).alias("shame"),
            ratio(pl.col("wait_sum"), pl.col("wait_count") * 100, scale=2).alias("avg_wait"),
            ratio(pl.col("rides_open"), pl.col("open_count"), scale=0).alias("rides_operating"),
            ratio(pl.col("rides_closed"), pl.col("open_count"), scale=0).alias("rides_down"),
            "downtime",
            "weighted_downtime",
            "weight",
            "snapshots",
            (pl.col("open_count") > 0).alias("was_open"),
        )
    )
    return pl.concat([rows, recorded]).sort("hour", "park_id")


def _kept(
    kind: str, hours: list[int], rows: Callable[[list[int]], pl.DataFrame], now: datetime
) -> pl.DataFrame:
    """The rows of hours; what the running hour tells nothing of stays when a collection arrives in it."""
    running = int(now.timestamp()) // HOUR * HOUR
    settled = [hour for hour in hours if hour + REACH <= running]
    parts = [part for part in (settled, hours[len(settled) :]) if part]
    return pl.concat([_frames.get((kind, part[0], part[-1]), partial(rows, part)) for part in parts])


def _completed(window: Window, now: datetime) -> list[int]:
    """Hours that start in the window and were over five minutes ago."""
    last = now.timestamp() - HOUR - rules.KNOWN_AFTER_SECONDS
    return [hour for hour in window.hours() if window.start_s <= hour <= last]


def _reach(hours: list[int]) -> Window:
    """What the figures of some hours stand on: their Pacific days from the start, and what arrived late."""
    return clock.window_of_seconds(min(map(_day_start, hours)), hours[-1] + REACH)


def _day_start(hour: int) -> int:
    """Pacific midnight before the hour, by the UTC offset valid in that hour (docs/contract/hourly.md 4)."""
    offset = clock.from_epoch(hour).astimezone(clock.PACIFIC).utcoffset()
    seconds = 0 if offset is None else int(offset.total_seconds())
    return hour - (hour + seconds) % DAY


def _first_operations(facts: pl.DataFrame, recorded: pl.DataFrame, days: pl.DataFrame) -> pl.DataFrame:
    """First qualifying second per ride and day_start; days of 24 h that may overlap on DST change days.

    Where hours of a day are recorded rows, a row that is flagged stands for a qualifying second.
    """
    starts = days.select("day_start").unique()
    within = starts.with_columns(
        pl.int_ranges(pl.col("day_start"), pl.col("day_start") + DAY, HOUR).alias("hour")
    ).explode("hour")
    return (
        pl.concat(
            [
                facts.filter(pl.col("first").is_not_null()).select("ride_id", "hour", "first"),
                recorded.filter("operated").select("ride_id", "hour", first="hour"),
            ]
        )
        .join(within, on="hour")
        .group_by("ride_id", "day_start")
        .agg(pl.col("first").min().alias("first_operation"))
    )


def _ride_sums(observed: Observed) -> pl.DataFrame:
    """Per ride and hour: everything of an hourly ride row that is a count, a sum or a first time."""
    pairs = pl.col("partners").cast(pl.Int64)
    waited = pl.col("running") & pl.col("wait").is_not_null()
    qualifies = (pl.col("open_fb") > 0) & rules.qualifies_hour(disney_universal=pl.col("disney_universal"))
    return observed.rides.group_by("ride_id", "park_id", clock_hour()).agg(
        pairs.sum().alias("pairs"),
        pairs.filter(pl.col("running")).sum().alias("operating"),
        pl.col("open_fb").cast(pl.Int64).filter(rules.down()).sum().alias("down"),
        (pl.col("wait") * pairs).filter(waited).sum().alias("wait_sum"),
        pairs.filter(waited).sum().alias("wait_count"),
        pl.col("at").filter(qualifies).min().alias("first"),
        pl.col("weight").first(),
    )


def _park_sums(observed: Observed) -> pl.DataFrame:
    """Per park and hour: everything of an hourly park row that comes from park snapshots."""
    is_open = pl.col("open_fb")
    return observed.parks.group_by("park_id", clock_hour()).agg(
        pl.len().cast(pl.Int64).alias("snapshots"),
        is_open.sum().cast(pl.Int64).alias("open_count"),
        pl.col("rides_open", "rides_closed").cast(pl.Int64).filter(is_open).sum(),
        pl.col("avg_wait").filter(is_open).sum().alias("wait_sum"),
        pl.col("avg_wait").filter(is_open).count().cast(pl.Int64).alias("wait_count"),
    )


def _better_recorded(
    kind: str,
    hours: list[int],
    observed: pl.DataFrame,
    *,
    parks: Collection[int] | None = None,
    rides: Collection[int] | None = None,
) -> pl.DataFrame:
    """Archived rows of the legacy hourly tables that saw more of their hour than is left of it.

    `observed` has the ride or park, hour and snapshots: of an hour that was observed in part, before raw rows
    begin or after some are gone, the recorded row tells more.
    """
    columns, entity = (RIDE_HOURS, "ride_id") if kind == archive.RIDE_HOURS else (PARK_HOURS, "park_id")
    span = clock.pacific_dates(clock.window_of_seconds(hours[0], hours[-1] + HOUR))
    if not sources.days_of_hours(kind, span):
        return pl.DataFrame(schema=columns)
    with cache.told_otherwise():
        stored = archive.read_hours(kind, span, parks=parks, rides=rides)
    stored = stored.select(pl.col(name).cast(kind) for name, kind in columns.items())
    seen = observed.select(entity, "hour", seen="snapshots")
    return (
        stored.filter(pl.col("hour").is_in(hours))
        .join(seen, on=[entity, "hour"], how="left")
        .filter(pl.col("snapshots") > pl.col("seen").fill_null(-1))
        .drop("seen")
    )


_frames: Derived[tuple[str, int, int], pl.DataFrame] = Derived(size=read.size, capacity=FRAMES_BYTES)
