"""Write a demo database, or carry one on to a later moment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple

import polars as pl
from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import Max

from parks.models import Park, ParkActivitySnapshot, ParkSchedule
from parkstats_project.base.clock import (
    DAY,
    HOUR,
    epoch,
    from_epoch,
    pacific_date,
    pacific_midnight,
    server_date,
)
from parkstats_project.db.expressions import Epoch, integer
from parkstats_project.db.statements import analyze, empty, insert
from rides.models import Ride, RideClassification, RideStatusChange, RideStatusSnapshot
from rides.status import TEXTS, code_in
from stats.choices import DataSource, IssueType
from stats.demo import history, roster, text, weather, world
from stats.demo.catalogue import DemoPark
from stats.demo.opening import announcements
from stats.demo.simulator import Observed, observe
from stats.frames import read
from stats.models import DataQualityIssue
from weather.models import WeatherObservation

# One transaction: at the design size some 150,000 ride rows, which keeps memory and undo small.
_STRETCH: Final = 6 * HOUR
_ANNOUNCED_DAYS: Final = 14
_APPS: Final = ("parks", "rides", "stats", "weather")

Progress = Callable[[str], None]


class DemoRefused(Exception):
    """The database is not in a state in which demo data may be written; the message says why."""


class Size(NamedTuple):
    """How much to make: `days` are Pacific days of raw rows, the last one being that of the end."""

    parks: int
    rides: int
    days: int
    daily_days: int


def steps(size: Size, *, until: datetime) -> int:
    """How often `create` reports progress at most."""
    return size.daily_days + size.days * (DAY // _STRETCH + 1)


def create(
    size: Size, *, until: datetime, interval: int, seed: int, flush: bool, progress: Progress
) -> dict[str, int]:
    """Fill an empty database with collections every `interval` seconds; returns rows written by kind.

    Raises DemoRefused if there are parks already, unless `flush` deletes everything first.
    """
    if flush:
        empty(_models())
    elif Park.objects.exists():
        raise DemoRefused("The database already holds parks; say --append to go on with a demo, or --flush")
    first_day = pacific_date(until) - timedelta(days=size.days - 1)
    daily = [first_day - timedelta(days=n) for n in range(size.daily_days, 0, -1)]
    begin = daily[0] if daily else first_day
    start = epoch(pacific_midnight(begin))
    with transaction.atomic():
        _make_roster(size, since=from_epoch(start - 90 * DAY), seed=seed)
        _announce(from_day=begin - timedelta(days=2), until=until, seed=seed)
    here = world.read(_demo(), first=begin - timedelta(days=8), last=server_date(until), seed=seed)
    memory = world.first_memory(here, at=start)
    with transaction.atomic():
        memory = history.fill(here, daily, memory, progress=progress)
        _store_operated(memory)
    # A collection must not look like the successor of the last simulated hour of history.
    memory = memory.with_columns(
        last_at=pl.lit(None, pl.Int64),
        last_code=pl.lit(None, pl.UInt8),
        last_running=pl.lit(None, pl.Boolean),
    )
    return _collect(
        here, start=epoch(pacific_midnight(first_day)), until=until, interval=interval, memory=memory,
        progress=progress,
    )  # fmt: skip


def append(*, until: datetime, interval: int, seed: int, progress: Progress) -> dict[str, int]:
    """Carry a demo database on, from its newest collection to `until`; returns rows written by kind.

    Raises DemoRefused for a database of other parks: simulated rows have no place among real ones.
    """
    newest = ParkActivitySnapshot.objects.aggregate(at=Max("recorded_at"))["at"]
    parks = _demo()
    if newest is None:
        raise DemoRefused("The demo was never finished and has no snapshots; start again with --flush")
    start = epoch(newest) // interval * interval + interval
    with transaction.atomic():
        _announce(from_day=server_date(newest), until=until, seed=seed)
    here = world.read(
        parks, first=pacific_date(newest) - timedelta(days=8), last=server_date(until), seed=seed
    )
    memory = _memory(here, newest=newest)
    return _collect(here, start=start, until=until, interval=interval, memory=memory, progress=progress)


def _demo() -> dict[int, DemoPark]:
    parks = world.demo_parks()
    if parks == {}:
        raise DemoRefused("There is no demo to append to: the database is empty")
    if parks is None:
        raise DemoRefused("The database holds parks that are not of the demo; nothing was written")
    return parks


def _models() -> list[type[models.Model]]:
    """The models of all data whose tables exist."""
    existing = set(connection.introspection.table_names())
    ours = (model for label in _APPS for model in apps.get_app_config(label).get_models())
    return [model for model in ours if model._meta.db_table in existing]


def _make_roster(size: Size, *, since: datetime, seed: int) -> None:
    parks = roster.make_parks(size.parks, since=since, seed=seed)
    rides = roster.make_rides(parks, size.rides, since=since, seed=seed)
    # Rides that are no longer active ran some weeks ago; the active ones get theirs from the simulation.
    for ride in rides:
        ride.last_operated_at = None if ride.is_active else since + timedelta(days=60, hours=20)
    Park.objects.bulk_create(parks)
    Ride.objects.bulk_create(rides, batch_size=500)
    RideClassification.objects.bulk_create(
        roster.make_classifications(rides, since=since, seed=seed), batch_size=500
    )


def _announce(*, from_day: date, until: datetime, seed: int) -> None:
    """Announced hours from a day, or from the day after the last announced one, to two weeks ahead."""
    known = ParkSchedule.objects.aggregate(day=Max("schedule_date"))["day"]
    begin = from_day if known is None else known + timedelta(days=1)
    days = [begin + timedelta(days=n) for n in range((server_date(until) - begin).days + _ANNOUNCED_DAYS)]
    rows = []
    parks = Park.objects.in_bulk()
    for park_id, park in _demo().items():
        for each in announcements(park, parks[park_id].queue_times_id, days, seed=seed):
            fetched = min(until, datetime(each.day.year, each.day.month, each.day.day, tzinfo=UTC))
            rows.append(
                ParkSchedule(
                    park_id=park_id,
                    schedule_date=each.day,
                    opening_time=None if each.opening is None else from_epoch(each.opening),
                    closing_time=None if each.closing is None else from_epoch(each.closing),
                    schedule_type=each.kind,
                    fetched_at=fetched.replace(microsecond=0),
                    created_at=fetched.replace(microsecond=0),
                    updated_at=fetched.replace(microsecond=0),
                )
            )
    ParkSchedule.objects.bulk_create(rows, batch_size=500)


def _memory(here: world.World, *, newest: datetime) -> pl.DataFrame:
    """What the collector knows: each ride's newest snapshot (of the last day), and when it last ran."""
    snapshots = RideStatusSnapshot.objects.filter(recorded_at__gte=newest - timedelta(hours=3))
    schema = {"ride_id": pl.Int32, "last_at": pl.Int64, "last_code": pl.UInt8, "last_running": pl.Boolean}
    columns = ("ride_id", Epoch("recorded_at"), code_in("status"), integer("computed_is_open"))
    last = read.frame(snapshots.order_by("recorded_at"), schema, *columns).unique("ride_id", keep="last")
    operated = {"ride_id": pl.Int32, "operated": pl.Int64}
    rides = read.frame(Ride.objects.all(), operated, "ride_id", Epoch("last_operated_at"))
    return (
        here.rides.select("ride_id")
        .join(last, on="ride_id", how="left", maintain_order="left")
        .join(rides, on="ride_id", how="left", maintain_order="left")
    )


def _collect(
    here: world.World, *, start: int, until: datetime, interval: int, memory: pl.DataFrame, progress: Progress
) -> dict[str, int]:
    """Write all collections from `start` that are over at `until`, and the weather of that time."""
    end = epoch(until) - min(world.RUN_SECONDS, interval - 1)
    counts = dict.fromkeys(("park snapshots", "ride snapshots", "status changes", "issues"), 0)
    issues = _Issues(here)
    parks = list(Park.objects.order_by("park_id").values_list("park_id", "queue_times_id"))
    last_hour = WeatherObservation.objects.aggregate(at=Max("observation_time"))["at"]
    hour = start if last_hour is None else epoch(last_hour) + HOUR
    for begin in range(start, end, _STRETCH):
        stop = min(begin + _STRETCH, end)
        seen = observe(here, start=begin, end=stop, interval=interval, memory=memory)
        before, memory = memory, seen.memory
        with transaction.atomic():
            written = (_parks(seen), _rides(seen), _changes(seen), issues.write(seen))
            _store_operated(memory, before)
            weather.fill(parks, start=hour, end=stop, seed=here.seed)
        hour = max(hour, stop)
        counts = {kind: count + new for (kind, count), new in zip(counts.items(), written, strict=True)}
        progress(f"collections until {from_epoch(stop):%Y-%m-%d %H:%M} UTC")
    analyze(_models())
    return counts


def _parks(seen: Observed) -> int:
    columns = (
        "park_id", "recorded_at", "total_rides_tracked", "rides_open", "rides_closed", "avg_wait_time",
        "max_wait_time", "park_appears_open", "shame_score",
    )  # fmt: skip
    rows = seen.parks.select(
        "park_id",
        text.timestamp(pl.col("at")).alias("recorded_at"),
        "total",
        "open",
        (pl.col("total") - pl.col("open")).alias("closed"),
        text.decimal(pl.col("avg_wait"), scale=2),
        "max_wait",
        pl.col("appears_open").cast(pl.Int8),
        text.decimal(pl.col("shame"), scale=1),
    )
    insert(ParkActivitySnapshot, columns, rows.iter_rows())
    return rows.height


def _rides(seen: Observed) -> int:
    columns = (
        "ride_id", "recorded_at", "is_open", "status", "wait_time", "computed_is_open", "last_updated_api",
    )  # fmt: skip
    rows = seen.rides.select(
        "ride_id",
        text.timestamp(pl.col("at")).alias("recorded_at"),
        pl.col("is_open").cast(pl.Int8),
        pl.col("code").replace_strict(TEXTS, default=None, return_dtype=pl.String),
        "wait",
        pl.col("running").cast(pl.Int8),
        text.timestamp(pl.col("source_at")).alias("last_updated_api"),
    )
    insert(RideStatusSnapshot, columns, rows.iter_rows())
    return rows.height


def _changes(seen: Observed) -> int:
    columns = ("ride_id", "changed_at", "previous_status", "new_status", "duration_in_previous_status")
    rows = seen.changes.select(
        "ride_id",
        text.timestamp(pl.col("changed_at")),
        pl.col("previous").cast(pl.Int8),
        pl.col("current").cast(pl.Int8),
        "duration",
    )
    insert(RideStatusChange, columns, rows.iter_rows())
    return rows.height


class _Issues:
    """Reports of stale data; a ride is not reported again within 60 minutes (docs/contract/jobs.md 5)."""

    def __init__(self, here: world.World) -> None:
        self.names = {row["ride_id"]: row for row in here.rides.filter("stale").iter_rows(named=True)}
        last = (
            DataQualityIssue.objects.filter(ride__in=self.names)
            .values("ride")
            .annotate(at=Max("detected_at"))
        )
        self.reported = {row["ride"]: epoch(row["at"]) for row in last}

    def write(self, seen: Observed) -> int:
        """Store the issues of some collections; returns how many."""
        rows = list(self._rows(seen.stale.iter_rows(named=True)))
        DataQualityIssue.objects.bulk_create(rows, batch_size=500)
        return len(rows)

    def _rows(self, stale: Iterable[dict[str, int]]) -> Iterator[DataQualityIssue]:
        for row in stale:
            ride_id, at = row["ride_id"], row["at"]
            if at - self.reported.get(ride_id, 0) <= HOUR:
                continue
            self.reported[ride_id] = at
            yield DataQualityIssue(
                data_source=DataSource.THEMEPARKS_WIKI,
                issue_type=IssueType.STALE_DATA,
                detected_at=from_epoch(at),
                park_id=row["park_id"],
                ride_id=ride_id,
                themeparks_wiki_id=self.names[ride_id]["wiki_id"],
                entity_name=self.names[ride_id]["name"],
                last_updated_api=from_epoch(row["source_at"]),
                data_age_minutes=(at - row["source_at"]) // 60,
                reported_status=TEXTS[row["code"]],
                is_resolved=False,
            )


def _store_operated(memory: pl.DataFrame, before: pl.DataFrame | None = None) -> None:
    """Write `rides.last_operated_at` where it changed: rides of a park mostly share the moment."""
    changed = memory.filter(pl.col("operated").is_not_null())
    if before is not None:
        changed = changed.join(before, on=("ride_id", "operated"), how="anti")
    for (at,), rides in changed.group_by("operated", maintain_order=True):
        moment = from_epoch(int(str(at)))
        Ride.objects.filter(ride_id__in=rides["ride_id"].to_list()).update(
            last_operated_at=moment, updated_at=moment
        )
