"""Figures of rides or parks over any window, cut into buckets of any length.

The columns mean what they mean in the hourly figures (docs/contract/hourly.md 3): a bucket of one clock hour
shows the hour's row. What is new is the choice of time: any window over raw and archived days, weekdays, a
span of the local day.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final, NamedTuple, TypedDict
from zoneinfo import ZoneInfo

import polars as pl

from parkstats_project.base import clock
from parkstats_project.base.arithmetic import ratio
from parkstats_project.base.clock import Window
from stats import rules
from stats.frames import observations, roster
from stats.frames.entrants import NumberOfHundredths, rows

LONGEST: Final = timedelta(days=400)
MOST_BUCKETS: Final = 20_000
MOST_PARK_DAYS: Final = 800
"""Days read times parks read: what keeps the slowest question to about a second."""

GRID: Final = 300
"""Resolution (seconds) of the choice of time; two steps make an expected collection."""

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class TooMuch(ValueError):
    """The question is too large; the text says which bound it exceeds."""


class Length(NamedTuple):
    """Length of a bucket: seconds, or calendar days of the zone (of 23 to 25 hours)."""

    seconds: int
    days: int


@dataclass(frozen=True)
class Choice:
    """Which times count: the window, cut into buckets from its start on, and what of each day.

    `weekdays` are 1 (Monday) to 7; `between` is a half-open span of the local day, past midnight if its end
    is not after its start. Without a `zone` the park's own counts.
    """

    window: Window
    length: Length
    weekdays: frozenset[int]
    between: tuple[time, time] | None
    zone: ZoneInfo | None


class Bucket(TypedDict):
    """One bucket; without any snapshot every figure but `snapshots` is null."""

    start: str
    end: str
    snapshots: int
    operating: int | None
    down: int | None
    downtime_minutes: int | None
    uptime_percentage: NumberOfHundredths | None
    mean_wait: NumberOfHundredths | None
    median_wait: int | None
    p95_wait: int | None
    max_wait: int | None
    coverage_percentage: NumberOfHundredths | None


class Entity(TypedDict):
    """The buckets of one ride or park."""

    id: int
    name: str
    timezone: str
    buckets: list[Bucket]


def zone_named(name: str) -> ZoneInfo | None:
    """The time zone of an IANA name, None if there is none.

    Python takes any file beside the zones (`localtime`, `posix/...`) for one; Polars knows the list.
    """
    try:
        zone = ZoneInfo(name)
        pl.select(_local(pl.lit(0), name))
    except (KeyError, ValueError, OSError, pl.exceptions.ComputeError):
        return None
    return zone


def of_entities(
    *, entity: str, ids: Collection[int], choice: Choice, now: datetime
) -> tuple[list[Entity], list[int]]:
    """Buckets of `ride`s or `park`s in the order asked, and the ids that do not exist.

    A park is all its active attractions together. Raises TooMuch.
    """
    key = f"{entity}_id"
    who = roster.current()
    known = who.parks.select("park_id", "name", "timezone")
    if entity == "ride":
        known = who.rides.select("ride_id", "park_id", "name").join(known.drop("name"), on="park_id")
    found = {row[key]: row for row in known.filter(pl.col(key).is_in(list(ids))).iter_rows(named=True)}
    unknown = [one for one in ids if one not in found]
    if unknown:
        return [], unknown
    _bound(choice, [found[one]["park_id"] for one in ids])
    observed = _observed(entity, ids, choice.window)
    seen = observed if entity == "ride" else observations.parks(choice.window, parks=ids)
    answers = []
    for one in ids:
        zone = choice.zone or ZoneInfo(found[one]["timezone"])
        of_one = pl.col(key) == one
        frame = _buckets(observed.filter(of_one), seen.filter(of_one), choice, zone, now)
        answers.append(
            Entity(id=one, name=found[one]["name"], timezone=zone.key, buckets=rows(Bucket, frame))
        )
    return answers, []


def _bound(choice: Choice, parks: list[int]) -> None:
    """Refuse what would take too long, before anything is read."""
    span = choice.window.end - choice.window.start
    if span > LONGEST:
        raise TooMuch(f"The range is too long. Must be at most {LONGEST.days} days")
    length = choice.length.seconds or choice.length.days * clock.DAY
    if len(parks) * (span.total_seconds() / length) > MOST_BUCKETS:
        raise TooMuch(f"Too many buckets. Must be at most {MOST_BUCKETS} over all rides or parks")
    if (span.days + 1) * len(set(parks)) > MOST_PARK_DAYS:
        raise TooMuch(f"Too much to read. Days times parks must be at most {MOST_PARK_DAYS}")


def _observed(entity: str, ids: Collection[int], window: Window) -> pl.DataFrame:
    if entity == "ride":
        return observations.rides(window, rides=ids)
    return observations.rides(window, parks=ids).filter("counted")


def _edges(choice: Choice, zone: ZoneInfo) -> list[int]:
    """Starts of the buckets and the end of the last, in epoch seconds."""
    start, end = choice.window.start_s, choice.window.end_s
    if choice.length.seconds:
        starts = list(range(start, end, choice.length.seconds))
    else:
        starts, local = [], choice.window.start.astimezone(zone)
        while (second := clock.epoch(local)) < end:
            starts.append(second)
            # Same time of the clock some days later, whatever the offset is then.
            local = (local.replace(tzinfo=None) + timedelta(days=choice.length.days)).replace(tzinfo=zone)
    return [*starts, end]


def _chosen(choice: Choice, zone: ZoneInfo) -> pl.Expr:
    """Whether a second `at` falls on a chosen weekday and within the chosen span of the local day."""
    local = _local(pl.col("at"), zone.key)
    chosen = local.dt.weekday().is_in(sorted(choice.weekdays))
    if choice.between is not None:
        first, last = (moment.hour * 60 + moment.minute for moment in choice.between)
        minute = local.dt.hour().cast(pl.Int32) * 60 + local.dt.minute()
        after, before = minute >= first, minute < last
        chosen &= (after & before) if first < last else (after | before)
    return chosen


def _buckets(
    observed: pl.DataFrame, seen: pl.DataFrame, choice: Choice, zone: ZoneInfo, now: datetime
) -> pl.DataFrame:
    edges = _edges(choice, zone)
    starts = pl.DataFrame(
        {"bucket": edges[:-1], "bucket_end": edges[1:]}, schema={"bucket": pl.Int64, "bucket_end": pl.Int64}
    )

    def placed(frame: pl.DataFrame) -> pl.DataFrame:
        return (
            frame.filter(_chosen(choice, zone))
            .sort("at")
            .join_asof(starts.select("bucket"), left_on="at", right_on="bucket", strategy="backward")
        )

    grid = pl.DataFrame({"at": range(edges[0], edges[-1], GRID)}, schema={"at": pl.Int64})
    past = pl.col("at") < clock.epoch(now)
    expected = placed(grid).group_by("bucket").agg(expected=past.sum())
    pairs = pl.col("partners").cast(pl.Int64)
    waits = pl.col("wait").filter(pl.col("running") & pl.col("wait").is_not_null() & (pairs > 0))
    weights = pairs.filter(pl.col("running") & pl.col("wait").is_not_null() & (pairs > 0))
    figures = (
        placed(observed)
        .group_by("bucket")
        .agg(
            snapshots=pairs.sum(),
            operating=pairs.filter(pl.col("running")).sum(),
            down=pl.col("open_fb").cast(pl.Int64).filter(rules.down()).sum(),
            wait_sum=(waits * weights).sum(),
            wait_count=weights.sum(),
            # Nearest rank: a wait that was shown, never one in between.
            median_wait=waits.quantile(0.5, interpolation="equiprobable").cast(pl.Int64),
            p95_wait=waits.quantile(0.95, interpolation="equiprobable").cast(pl.Int64),
            max_wait=waits.max(),
        )
    )
    collected = placed(seen).group_by("bucket").agg(collected=pl.col("at").n_unique())
    has_data = pl.col("snapshots") > 0
    expected_collections = (pl.col("expected") // 2).clip(lower_bound=1)
    return (
        starts.join(expected, on="bucket")
        .join(figures, on="bucket", how="left")
        .join(collected, on="bucket", how="left")
        .sort("bucket")
        .select(
            start=_local_text("bucket", zone),
            end=_local_text("bucket_end", zone),
            snapshots=pl.col("snapshots").fill_null(0),
            operating=pl.when(has_data).then("operating"),
            down=pl.when(has_data).then("down"),
            downtime_minutes=pl.when(has_data).then(pl.col("down") * rules.MINUTES_PER_SNAPSHOT),
            uptime_percentage=ratio(pl.col("operating") * 100, pl.col("snapshots"), scale=2),
            mean_wait=ratio(pl.col("wait_sum"), pl.col("wait_count"), scale=2),
            median_wait="median_wait",
            p95_wait="p95_wait",
            max_wait="max_wait",
            coverage_percentage=pl.when(has_data).then(
                ratio(pl.col("collected") * 100, expected_collections, scale=2).clip(upper_bound=100_00)
            ),
        )
    )


def _local_text(column: str, zone: ZoneInfo) -> pl.Expr:
    return _local(pl.col(column), zone.key).dt.strftime("%Y-%m-%dT%H:%M:%S%:z")


def _local(seconds: pl.Expr, zone: str) -> pl.Expr:
    return pl.from_epoch(seconds).dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
