"""Figures of rides or parks over any window, cut into buckets of any length (docs/api.md, Any window).

Nothing here is bound by the old system. Each collection counts once, however often it was stored. A ride is
seen as what it reported, together with what its park showed in the same collection: operating, down (by the
kind of park, while the park is open), closed, or unknown. Uptime compares the first two only, so that closed
nights are neither good nor bad; what was not observed at all is in the coverage, and in no figure.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final, NotRequired, TypedDict
from zoneinfo import ZoneInfo

import polars as pl

from parkstats_project.base import clock
from parkstats_project.base.arithmetic import ratio
from parkstats_project.base.clock import Window
from parkstats_project.base.zones import zone_named
from parkstats_project.feeds.answers import EXTREME_WAIT
from rides import status
from stats import rules
from stats.frames import coverage, observations, roster, weather
from stats.frames.entrants import NumberOfHundredths, rows
from stats.frames.matching import Observed
from stats.questions import buckets
from stats.questions.buckets import Choice

LONGEST: Final = timedelta(days=400)
MOST_BUCKETS: Final = 20_000
MOST_PARK_DAYS: Final = 800
"""Days read times parks read: what keeps the slowest question to about a second."""

STATES: Final = ("operating", "down", "closed", "unknown")


class TooMuch(ValueError):
    """The question is too large; the text says which bound it exceeds."""


NO_SUCH_ZONE: Final = "The park's time zone does not exist; correct it, or ask with another tz"


class Figures(TypedDict):
    """What was observed of some of the time: each ride once a collection, as one of four counts.

    `operating`; `down`, by the kind of park and only while it is open; `closed`, which is everything else
    that was reported, and all of it while the park is closed; `unknown`, if a ride did not run and neither it
    nor its park says why. The shares are percentages of `snapshots`. `uptime_percentage` is operating /
    (operating + down): closed time is neither, and without either there is none (null). Waits are those
    of operating rides; negative ones and those of 480 minutes and more are in no figure but
    `extreme_waits`, their number. Without any snapshot every figure but `snapshots` is null.
    """

    snapshots: int
    operating: int | None
    down: int | None
    closed: int | None
    unknown: int | None
    operating_share: NumberOfHundredths | None
    down_share: NumberOfHundredths | None
    closed_share: NumberOfHundredths | None
    unknown_share: NumberOfHundredths | None
    downtime_minutes: int | None
    uptime_percentage: NumberOfHundredths | None
    mean_wait: NumberOfHundredths | None
    median_wait: int | None
    p95_wait: int | None
    max_wait: int | None
    extreme_waits: int | None


class Bucket(Figures):
    """One bucket; `coverage_percentage` is how many of the collections that the rhythm demands were seen."""

    start: str
    end: str
    coverage_percentage: NumberOfHundredths | None


class ByWeather(Figures):
    """The figures of all chosen hours with one kind of weather at the park where the ride was seen.

    `unknown` are hours of which no weather is stored.
    """

    weather: str


class Entity(TypedDict):
    """The buckets of one ride or park; none, and why, if the time zone it has does not exist."""

    id: int
    name: str
    timezone: str
    error: str | None
    buckets: list[Bucket]
    weather: NotRequired[list[ByWeather]]


def of_entities(
    *, entity: str, ids: Collection[int], choice: Choice, now: datetime, by_weather: bool = False
) -> tuple[list[Entity], list[int]]:
    """Buckets of `ride`s or `park`s in the order asked, and the ids that do not exist.

    A park is all its active attractions together. `by_weather` adds the same time by its weather, for one
    query more. Raises TooMuch.
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
    observed = _states(_observed(entity, ids, choice.window))
    if by_weather:
        hours = weather.kinds(choice.window, parks=observed["park_id"].unique())
        observed = weather.beside(observed, hours)
    zones = {one: choice.zone or zone_named(found[one]["timezone"]) for one in ids}
    expected = {zone: buckets.expected(choice, zone, now) for zone in set(zones.values()) if zone is not None}
    answers = []
    for one, zone in zones.items():
        name, own_zone = found[one]["name"], found[one]["timezone"]
        if zone is None:
            answers.append(Entity(id=one, name=name, timezone=own_zone, error=NO_SUCH_ZONE, buckets=[]))
            continue
        placed = buckets.placed(observed.filter(pl.col(key) == one), choice, zone)
        frame = _buckets(placed, expected[zone], zone)
        answer = Entity(id=one, name=name, timezone=zone.key, error=None, buckets=rows(Bucket, frame))
        if by_weather:
            answer["weather"] = rows(ByWeather, _derived(_counted(placed, "weather")).sort("weather"))
        answers.append(answer)
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


def _observed(entity: str, ids: Collection[int], window: Window) -> Observed:
    """Rows of the rides asked for, or of the parks' attractions, and of parks half a rhythm farther."""
    reach = timedelta(seconds=coverage.interval() // 2)
    wide = Window(window.start - reach, window.end + reach)
    if entity == "ride":
        rides, parks = observations.rides_and_parks(wide, rides=ids)
    else:
        rides, parks = observations.rides_and_parks(wide, parks=ids)
        rides = rides.filter("counted")
    return Observed(rides.filter(pl.col("at") >= window.start_s, pl.col("at") < window.end_s), parks)


def _states(observed: Observed) -> pl.DataFrame:
    """Ride snapshots, each collection once: ride_id, park_id, at, wait, and one of the four states as true.

    `met` says whether a row of the park is near enough to be of the same collection.
    """
    beside = _each_once(observed.parks, "park_id").select("park_id", "at", is_open="open_fb").sort("at")
    # As far as the ride's own words go; a park that is closed explains everything.
    stands = rules.down() | ((pl.col("status") == status.NO_STATUS) & ~pl.col("running"))
    states = {
        "operating": rules.operating(),
        "down": pl.col("is_open").fill_null(False) & rules.down() & ~rules.operating(),
        "closed": ~(pl.col("is_open").fill_null(True) & stands) & ~rules.operating(),
    }
    return (
        _each_once(observed.rides, "ride_id")
        .join_asof(
            beside,
            on="at",
            by="park_id",
            strategy="nearest",
            tolerance=coverage.interval() // 2,
            check_sortedness=False,
        )
        .select("ride_id", "park_id", "at", "wait", met=pl.col("is_open").is_not_null(), **states)
        .with_columns(unknown=~pl.any_horizontal(list(states)))
    )


def _each_once(snapshots: pl.DataFrame, entity: str) -> pl.DataFrame:
    """Of the rows of one ride or park that are of one collection the newest, in order of time."""
    apart = coverage.interval() // 2
    gap = pl.col("at").diff().over(entity)
    if not snapshots.select((gap < apart).any()).item():
        return snapshots
    begins = gap.is_null() | (gap >= apart)
    # In a row of many that follow each other closely a new collection begins each time it is due.
    return (
        snapshots.sort(entity, "at", "snapshot_id")
        .with_columns(run=begins.cum_sum())
        .with_columns(number=(pl.col("at") - pl.col("at").min().over("run")) // apart)
        .unique(["run", "number"], keep="last")
        .drop("run", "number")
        .sort("at", "snapshot_id")
    )


def _buckets(placed: pl.DataFrame, expected: pl.DataFrame, zone: ZoneInfo) -> pl.DataFrame:
    seen = ratio(pl.col("collected") * 100, pl.col("expected"), scale=2)
    found = expected.join(_counted(placed, "bucket"), on="bucket", how="left").sort("bucket")
    return _derived(found).with_columns(
        start=buckets.local_text("bucket", zone),
        end=buckets.local_text("bucket_end", zone),
        coverage_percentage=seen.clip(upper_bound=100_00),
    )


def _counted(placed: pl.DataFrame, by: str) -> pl.DataFrame:
    """Snapshots added up by a column of theirs, as far as sums go."""
    wait, any_wait = pl.col("wait"), pl.col("operating") & pl.col("wait").is_not_null()
    usual = (wait >= 0) & (wait < EXTREME_WAIT)
    waits = wait.filter(any_wait & usual).cast(pl.Int64)
    return placed.group_by(by).agg(
        pl.col(STATES).cast(pl.Int64).sum(),
        snapshots=pl.len().cast(pl.Int64),
        wait_sum=waits.sum(),
        wait_count=waits.len().cast(pl.Int64),
        # Nearest rank: a wait that was shown, never one in between.
        median_wait=waits.quantile(0.5, interpolation="equiprobable").cast(pl.Int64),
        p95_wait=waits.quantile(0.95, interpolation="equiprobable").cast(pl.Int64),
        max_wait=waits.max(),
        extreme_waits=(any_wait & ~usual).cast(pl.Int64).sum(),
        collected=coverage.collections(pl.col("at").filter("met")).cast(pl.Int64),
    )


def _derived(counted: pl.DataFrame) -> pl.DataFrame:
    """The same with the figures that are made of the sums; without a sum (null) there is none."""
    return counted.with_columns(
        pl.col("snapshots").fill_null(0),
        **{f"{state}_share": ratio(pl.col(state) * 100, pl.col("snapshots"), scale=2) for state in STATES},
        downtime_minutes=pl.col("down") * coverage.interval() // 60,
        uptime_percentage=ratio(pl.col("operating") * 100, pl.col("operating") + pl.col("down"), scale=2),
        mean_wait=ratio(pl.col("wait_sum"), pl.col("wait_count"), scale=2),
    )
