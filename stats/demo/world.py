"""The simulated world: what the database holds of it, and the hidden traits of its parks and rides."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Final, NamedTuple

import polars as pl

from parks.choices import ScheduleType
from parks.models import Park, ParkSchedule
from parkstats_project.base.clock import DAY, HOUR
from parkstats_project.db.expressions import Epoch
from rides.choices import EntityType, RideCategory
from rides.models import Ride
from stats import rules
from stats.demo.catalogue import PARKS, DemoPark
from stats.demo.noise import Salt, chances
from stats.demo.opening import open_days
from stats.demo.roster import number_of_park
from stats.demo.text import day_number
from stats.frames.read import frame as read_frame

# A run over all parks of the collector takes about this long; park by park, in order of their names.
RUN_SECONDS: Final = 62


class World(NamedTuple):
    """Frames of everything that a collection can see.

    parks: park_id, number, wiki, reports_down, offset (seconds into a run), unknown (items of the source that
    are not mapped). rides: ride_id, park_id, number, category and traits, those the sources list. hours:
    park_id, day, opens, closes, ends. schedules: park_id, day, opening, closing (kind OPERATING).
    """

    seed: int
    parks: pl.DataFrame
    rides: pl.DataFrame
    hours: pl.DataFrame
    schedules: pl.DataFrame


def demo_parks() -> dict[int, DemoPark] | None:
    """Park id -> its entry of the catalogue, for the parks of this database; None if it is no demo.

    A park is known by its number and place, so that those who try the demo may rename it.
    """
    known: dict[tuple[int, Decimal | None, Decimal | None], DemoPark] = {
        (number_of_park(index), Decimal(park.latitude), Decimal(park.longitude)): park
        for index, park in enumerate(PARKS)
    }
    found = {
        park_id: known.get((number, latitude, longitude))
        for park_id, number, latitude, longitude in Park.objects.values_list(
            "park_id", "queue_times_id", "latitude", "longitude"
        )
    }
    demo = {park_id: park for park_id, park in found.items() if park is not None}
    return demo if len(demo) == len(found) else None


def read(parks: dict[int, DemoPark], *, first: date, last: date, seed: int) -> World:
    """The world of the database between two UTC dates."""
    # East of Asia a day opens on the UTC date before.
    through = last + timedelta(days=1)
    park_rows = _park_rows(seed)
    return World(
        seed=seed,
        parks=park_rows,
        rides=_ride_rows(seed, park_rows),
        hours=_hours(park_rows, parks, first=first, last=through, seed=seed),
        schedules=_schedules(first=first, last=through),
    )


def _park_rows(seed: int) -> pl.DataFrame:
    parks = Park.objects.filter(is_active=True).order_by("name", "park_id")
    schema = {"park_id": pl.Int32, "number": pl.Int64, "wiki": pl.Boolean, "reports_down": pl.Boolean}
    return pl.DataFrame(
        [
            (park.park_id, park.queue_times_id, park.themeparks_wiki_id is not None, park.reports_down)
            for park in parks
        ],
        schema=schema,
        orient="row",
    ).with_columns(
        offset=2 + pl.int_range(pl.len()) * (RUN_SECONDS - 4) // pl.len(),
        unknown=chances(seed, Salt.UNKNOWN, "number") % 3,
    )


def _ride_rows(seed: int, parks: pl.DataFrame) -> pl.DataFrame:
    """Active rides of active parks, without what the collector does not read (shows of ThemeParks.wiki)."""
    columns = (
        "ride_id",
        "park_id",
        "queue_times_id",
        "category",
        "entity_type",
        "themeparks_wiki_id",
        "name",
    )
    classified = ("classification__tier", "classification__tier_weight")
    rows = Ride.objects.filter(is_active=True, park__is_active=True).order_by("ride_id")
    schema = {
        "ride_id": pl.Int32, "park_id": pl.Int32, "number": pl.Int64, "category": pl.String,
        "entity": pl.String, "wiki_id": pl.String, "name": pl.String, "tier": pl.Int64, "weight": pl.Int64,
    }  # fmt: skip
    frame = read_frame(rows, schema, *columns, *classified)
    tier = pl.col("tier").fill_null(rules.UNCLASSIFIED_TIER)
    luck = chances(seed, Salt.POPULARITY, "number")
    unreliable = chances(seed, Salt.RELIABILITY, "number") % 25
    stopped = chances(seed, Salt.STOPPED, "number") % 1000
    return (
        frame.join(parks.select("park_id", "wiki", "reports_down"), on="park_id")
        .filter(pl.col("wiki").not_() | (pl.col("entity") != EntityType.SHOW))
        .with_columns(
            weight=rules.tier_weight(pl.col("weight")),
            attraction=pl.col("category") == RideCategory.ATTRACTION,
            # Longest wait of an ordinary day, in minutes: tier 1 draws the crowds.
            popularity=pl.when(tier == 1).then(40 + luck % 55).when(tier == 2).then(18 + luck % 37)
            .otherwise(5 + luck % 20),
            # Chance in 1000 of each of the day's three possible outages; a few rides break down all the time.
            outage=pl.when(unreliable == 0).then(900).otherwise(400 - 100 * tier + luck % 80),
            # Not running for weeks, though nobody has deactivated them.
            stopped=stopped.is_between(35, 54),
            standby=(pl.col("category") != RideCategory.SHOW)
            & (chances(seed, Salt.STANDBY, "number") % 20 > 0),
            outdoor=chances(seed, Salt.OUTDOOR, "number") % 5 < 2,
            stale=pl.col("wiki") & (chances(seed, Salt.STALE, "number") % 80 == 0),
        )
        .drop("entity", "tier")
    )  # fmt: skip


def _hours(
    parks: pl.DataFrame, catalogue: dict[int, DemoPark], *, first: date, last: date, seed: int
) -> pl.DataFrame:
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    schema = {
        "park_id": pl.Int32, "day": pl.Int64, "opens": pl.Int64, "closes": pl.Int64, "ends": pl.Int64,
    }  # fmt: skip
    return pl.DataFrame(
        [
            (park_id, day_number(each.day), each.opens, each.closes, each.ends)
            for park_id, number in parks.select("park_id", "number").iter_rows()
            for each in open_days(catalogue[park_id], number, days, seed=seed)
        ],
        schema=schema,
        orient="row",
    ).sort("opens", "park_id")


def _schedules(*, first: date, last: date) -> pl.DataFrame:
    rows = ParkSchedule.objects.filter(
        schedule_type=ScheduleType.OPERATING,
        schedule_date__range=(first, last),
        opening_time__isnull=False,
        closing_time__isnull=False,
    )
    schema = {"park_id": pl.Int32, "day": pl.Int64, "opening": pl.Int64, "closing": pl.Int64}
    columns = ("park_id", Epoch("schedule_date"), Epoch("opening_time"), Epoch("closing_time"))
    return read_frame(rows, schema, *columns).with_columns(pl.col("day") // DAY)


def first_memory(world: World, *, at: int) -> pl.DataFrame:
    """What is remembered of each ride before the first collection: no snapshot, and when it last ran.

    Columns ride_id, last_at, last_code, last_running (null), operated (epoch seconds, null for rides that
    never ran): shortly before the park last closed, and weeks ago for rides and parks that are shut.
    """
    closed = world.hours.filter(pl.col("ends") <= at).group_by("park_id").agg(pl.col("ends").max())
    number = pl.col("number")
    long_ago = pl.when(number % 3 > 0).then(at - (20 + number % 150) * DAY)
    return (
        world.rides.join(closed, on="park_id", how="left")
        .select(
            "ride_id",
            last_at=pl.lit(None, pl.Int64),
            last_code=pl.lit(None, pl.UInt8),
            last_running=pl.lit(None, pl.Boolean),
            operated=pl.when(pl.col("stopped")).then(long_ago)
            .when(pl.col("ends").is_null()).then(at - 40 * DAY - number % HOUR)
            .when(pl.col("wiki") | pl.col("attraction")).then(pl.col("ends") - 60 * (10 + number % 30)),
        )
    )  # fmt: skip
