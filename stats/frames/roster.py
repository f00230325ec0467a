"""Who is who: parks and rides with what the rules need of them, as frames.

The two tables are small and change seldom, so a process reads them again after `CHECK_SECONDS` instead of
asking whether they changed.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import polars as pl
from django.db.models import F, Max, Min, Q, QuerySet

from parks.choices import reports_down
from parks.models import Park, ParkActivitySnapshot
from parkstats_project.base import clock
from parkstats_project.base.cache import Derived, Kept
from parkstats_project.base.clock import epoch, from_epoch, pacific_day
from parkstats_project.db.expressions import Epoch, integer
from rides.choices import RideCategory
from rides.models import Ride, RideMove
from stats import rules
from stats.frames import read
from stats.models import ParkDailyStats, RideDailyStats

NO_END: Final = 2**62

PARK_SCHEMA: Final = {
    "park_id": pl.Int32,
    "name": pl.String,
    "city": pl.String,
    "state": pl.String,
    "country": pl.String,
    "queue_times_id": pl.Int64,
    "timezone": pl.String,
    "operator": pl.String,
    "is_active": pl.Boolean,
    "is_disney": pl.Boolean,
    "is_universal": pl.Boolean,
}
RIDE_SCHEMA: Final = {
    "ride_id": pl.Int32,
    "name": pl.String,
    "park_id": pl.Int32,
    "queue_times_id": pl.Int64,
    "is_active": pl.Boolean,
    "category": pl.String,
    "tier": pl.Int32,
    "classified_weight": pl.Int32,
    "ride_tier": pl.Int32,
    "last_operated": pl.Int64,
    "land_area": pl.String,
}


MOVE_SCHEMA: Final = {"ride_id": pl.Int32, "moved": pl.Int64, "from_park": pl.Int32}


@dataclass(frozen=True, eq=False)
class Roster:
    """Parks and rides at one moment.

    parks: park_id, name, city, state, country, queue_times_id, timezone, operator, is_active, is_disney,
        is_universal, reports_down, location (`city, state`, null without a state), active_until, by_name.
    rides: ride_id, name, park_id, queue_times_id, is_active, category, is_attraction, tier (null if
        unclassified), weight (**tier weight**), ride_tier (the column of `rides`), last_operated (epoch
        seconds or null), land_area, active_attraction (**active attraction**), active_until, by_name.
    links: ride_id, park_id, reports_down, disney_universal, weight, and `until` (epoch second up to which the
        ride is an **active attraction**): what a snapshot carries; the same object as long as nothing in it
        changes.
    active_until (both): epoch second up to which the hourly job of its time would have counted the entity:
        without end while it is active, else the end of the last Pacific day with a daily row, which only an
        active entity is given.
    moves: ride_id, moved (epoch second), from_park: where a ride belonged up to then. kinds: park_id,
        reports_down, disney_universal.
    since: when the first park came, or the first day of which a park has statistics or was rebuilt from
        history begins: nothing was observed before.
    by_name is the position in the database's own order of names, so that frames sort text as SQL does.
    """

    parks: pl.DataFrame
    rides: pl.DataFrame
    links: pl.DataFrame
    moves: pl.DataFrame
    kinds: pl.DataFrame
    since: datetime


def current() -> Roster:
    """The roster, read from the database at most every few seconds."""
    return _kept.get([None])[0]


def forget() -> None:
    """Read again at the next call."""
    _kept.forget()


def rides_in_roster(now: datetime) -> int:
    """How many rides ran within the last days that count (`rules.in_roster`)."""

    def compute() -> list[int]:
        return current().rides["last_operated"].drop_nulls().sort().to_list()

    times = _operated.get(None, compute)
    return len(times) - bisect_left(times, epoch(now) - rules.ROSTER_DAYS * clock.DAY)


def _are_equal(one: Roster, other: Roster) -> bool:
    """Whether what is computed from one is what is computed from the other."""
    return one.since == other.since and all(
        getattr(one, name).equals(getattr(other, name))
        for name in ("parks", "rides", "links", "moves", "kinds")
    )


def _load(keys: Sequence[None]) -> dict[None, Roster]:
    parks = read.frame(
        Park.objects.order_by("name", "park_id"),
        PARK_SCHEMA,
        "park_id",
        "name",
        "city",
        "state_province",
        "country",
        "queue_times_id",
        "timezone",
        "operator",
        integer("is_active"),
        integer("is_disney"),
        integer("is_universal"),
    )
    rides = read.frame(
        Ride.objects.order_by("name", "ride_id"),
        RIDE_SCHEMA,
        "ride_id",
        "name",
        "park_id",
        "queue_times_id",
        integer("is_active"),
        "category",
        F("classification__tier"),
        F("classification__tier_weight"),
        F("tier"),
        Epoch("last_operated_at"),
        "land_area",
    )
    parks = _by_name(parks).with_columns(
        _reports_down(parks),
        location=pl.col("city") + ", " + pl.col("state"),
        active_until=_active_until("park_id", ParkDailyStats.objects.filter(park__is_active=False)),
    )
    rides = _by_name(rides).with_columns(
        is_attraction=pl.col("category").eq_missing(pl.lit(RideCategory.ATTRACTION.value)),
        weight=rules.tier_weight(pl.col("classified_weight")),
        active_until=_active_until("ride_id", RideDailyStats.objects.filter(ride__is_active=False)),
    )
    active_parks = parks.filter("is_active")["park_id"].implode()
    rides = rides.drop("classified_weight").with_columns(
        active_attraction=pl.col("is_active")
        & pl.col("is_attraction")
        & pl.col("park_id").is_in(active_parks)
    )
    links = (
        rides.join(
            parks.select(
                "park_id",
                "reports_down",
                disney_universal=rules.disney_or_universal(),
                park_until="active_until",
            ),
            on="park_id",
        )
        .select(
            "ride_id",
            "park_id",
            "reports_down",
            "disney_universal",
            pl.col("weight").cast(pl.UInt8),
            until=pl.when("is_attraction").then(pl.min_horizontal("active_until", "park_until")).otherwise(0),
        )
        .sort("ride_id")
    )
    previous = _last_links.get(None)
    if previous is not None and previous.equals(links):
        links = previous
    _last_links[None] = links
    return {
        None: Roster(
            parks,
            rides,
            links,
            read.frame(RideMove.objects.all(), MOVE_SCHEMA, "ride_id", Epoch("moved_at"), "from_park_id"),
            parks.select("park_id", "reports_down", disney_universal=rules.disney_or_universal()),
            _since(),
        )
    }


def _since() -> datetime:
    possible = ParkActivitySnapshot.objects.filter(recorded_at__lte=clock.now() + clock.AHEAD)
    newest = possible.order_by("-recorded_at").values_list("recorded_at", flat=True).first()
    history = Q(mended_days__collections__gt=0)
    parks = Park.objects.aggregate(
        first=Min("created_at"), rebuilt=Min("mended_days__local_date", filter=history)
    )
    first_park: datetime | None = parks["first"]
    first_day = ParkDailyStats.objects.order_by("stat_date").values_list("stat_date", flat=True).first()
    first = None if first_day is None else pacific_day(first_day).start
    # Parks that were entered after everything that was observed do not say when observing began.
    if newest is None or first_park is None or newest < first_park:
        first_park = from_epoch(0)
    # Days before there was a park were rebuilt from a source's history, wherever on earth its date began.
    rebuilt = parks["rebuilt"]
    before = None if rebuilt is None else pacific_day(rebuilt).start - timedelta(days=1)
    return min(moment for moment in (first_park, first, before) if moment is not None)


def _reports_down(parks: pl.DataFrame) -> pl.Series:
    facts = parks.select("name", "is_disney", "is_universal").iter_rows()
    values = [
        reports_down(name, is_disney=disney, is_universal=universal) for name, disney, universal in facts
    ]
    return pl.Series("reports_down", values, dtype=pl.Boolean)


def _active_until(key: str, daily_rows: QuerySet[ParkDailyStats] | QuerySet[RideDailyStats]) -> pl.Expr:
    last_days = daily_rows.order_by().values_list(key).annotate(last=Max("stat_date"))
    ends = {entity: epoch(pacific_day(last).end) for entity, last in last_days}
    known = (
        pl.col(key).replace_strict(ends, default=0, return_dtype=pl.Int64) if ends else pl.lit(0, pl.Int64)
    )
    return pl.when("is_active").then(pl.lit(NO_END, pl.Int64)).otherwise(known)


def _by_name(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_row_index("by_name").with_columns(pl.col("by_name").cast(pl.Int32))


# Links equal to the last ones are the last ones: what is derived from them stays valid across reloads.
_last_links: dict[None, pl.DataFrame] = {}
_kept: Kept[None, Roster] = Kept(load=_load, capacity=1, same=_are_equal)
_operated: Derived[None, list[int]] = Derived(size=lambda times: 32 * len(times), capacity=1_000_000)


# Ids of the tables are signed 32-bit integers; a URL may hold any number.
ID_BITS: Final = 31


def is_entity(key: str, entity: int) -> pl.Expr:
    """Rows of an entity; none for a number that no id can be."""
    return pl.col(key) == entity if abs(entity).bit_length() <= ID_BITS else pl.lit(False)


def row_of(frame: pl.DataFrame, key: str, entity: int) -> dict[str, Any] | None:
    """The row of an entity by column name, or None."""
    return next(frame.filter(is_entity(key, entity)).iter_rows(named=True), None)
