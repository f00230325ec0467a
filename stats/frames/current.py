"""The state of rides and parks at this moment.

"This moment" is the last two hours of the request's clock, cut to whole seconds (docs/contract/rules.md 4,
"Live window"). What was observed last of all, however old, is a separate question (`newest_of_rides`).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Hashable
from datetime import datetime
from functools import partial
from typing import Final, TypeVar

import polars as pl
from django.db.models import OuterRef, Q, Subquery

from parks.models import Park, ParkActivitySnapshot
from parkstats_project.base import cache, clock
from parkstats_project.base.cache import Derived
from parkstats_project.db.expressions import Epoch, integer
from rides.choices import RideStatus
from rides.models import Ride, RideStatusSnapshot
from rides.status import CODES, PARK_CLOSED, TEXTS
from stats import rules
from stats.frames import observations, read, roster, schedules
from stats.frames.matching import Observed
from stats.frames.raw_tables import RIDES
from stats.frames.roster import is_entity

FRAMES_BYTES: Final = 2_000_000

Moment = Hashable
Aspect = Callable[[datetime], Moment]
"""What of an instant something depends on."""

T = TypeVar("T")


def dates(now: datetime) -> Moment:
    """Equal for two instants of the same dates, Pacific and of the server."""
    return clock.pacific_date(now), clock.server_date(now)


def hours(now: datetime) -> Moment:
    """Equal for two instants of the same dates at which the same hours have figures: yesterday's last one has
    none in the first minutes of today.
    """
    return dates(now), (clock.epoch(now) - rules.KNOWN_AFTER_SECONDS) // clock.HOUR


def moment(now: datetime) -> Moment:
    """Equal for two instants between which the clock alone changes no figure.

    That is: the same dates, the same completed hours, the same rows in every window that ends at `now`, the
    same parks announced to be open, the same rides in the roster. What counts minutes, such as the charts of
    the last hour, depends on more.
    """
    second, ceiling = clock.epoch(now), clock.Window(now, now).end_s
    live = clock.live_window(now)
    times = _seen_times(live)
    return (
        hours(now),
        second // clock.HOUR,
        # Hours of the last 24.
        (ceiling - 1) // clock.HOUR,
        *(bisect_left(times, bound) for bound in (live.start_s, ceiling, live.end_s)),
        schedules.open_at(now),
        roster.rides_in_roster(now),
    )


def steady(
    kept: Derived[Hashable, T], question: Hashable, now: datetime, compute: Callable[[], T], *, by: Aspect
) -> T:
    """`compute()`, which depends on the question, on kept values and on the aspect `by` of now; or what it
    gave when all of these were the same.
    """
    with cache.told_otherwise():
        then = by(now)

    def checked() -> T:
        value = compute()
        with cache.told_otherwise():
            same = by(now) == then
        if not same:
            # Something arrived meanwhile.
            cache.read_elsewhere()
        return value

    return kept.get((question, then), checked)


def _seen_times(window: clock.Window) -> list[int]:
    """The seconds at which anything was observed in the hours of a window, ascending."""
    hours = tuple(window.hours())

    def compute() -> list[int]:
        return sorted(set(observations.summed(window, _times)["at"]))

    return _times_kept.get(hours, compute)


def _times(seen: Observed) -> pl.DataFrame:
    return pl.concat([seen.rides.select("at"), seen.parks.select("at")]).unique()


def park_is_open(*, now: datetime) -> pl.DataFrame:
    """Whether each park is open now: park_id, park_is_open (1, 0 or null), every park of the roster.

    PARK-NOW of docs/contract/README.md 10: 1 by schedule, else the flag of the newest observation of the live
    window, else null.
    """
    return steady(_frames, "park_is_open", now, partial(_park_is_open, now), by=moment)


def _park_is_open(now: datetime) -> pl.DataFrame:
    newest = observations.parks(clock.live_window(now)).unique("park_id", keep="last")
    by_schedule = pl.col("park_id").is_in(list(schedules.open_at(now)))
    return (
        roster.current()
        .parks.select("park_id")
        .join(newest.select("park_id", "open"), on="park_id", how="left", maintain_order="left")
        .select(
            "park_id",
            park_is_open=pl.when(by_schedule)
            .then(pl.lit(1, pl.Int8))
            .otherwise(pl.col("open").cast(pl.Int8)),
        )
    )


def ride_status(*, now: datetime) -> pl.DataFrame:
    """What each ride shows now: ride_id, current_status, current_is_open, every ride of the roster.

    CUR-STATUS and CUR-OPEN of docs/contract/README.md 10; both null without an observation in the live
    window.
    """
    return steady(_frames, "ride_status", now, partial(_ride_status, now), by=moment)


def _ride_status(now: datetime) -> pl.DataFrame:
    window = clock.live_window(now)
    closed = observations.parks(window).unique("park_id", keep="last").filter(~pl.col("open"))
    by_source = pl.col("status").replace_strict(TEXTS, default=None, return_dtype=pl.String)
    by_flag = pl.when("running").then(pl.lit(RideStatus.OPERATING)).otherwise(pl.lit(RideStatus.DOWN))
    shown = (
        observations.rides(window)
        .unique("ride_id", keep="last")
        .select(
            "ride_id",
            current_status=pl.when(pl.col("park_id").is_in(closed["park_id"].to_list()))
            .then(pl.lit(PARK_CLOSED))
            .otherwise(pl.coalesce(by_source, by_flag)),
        )
    )
    return (
        roster.current()
        .rides.select("ride_id")
        .join(shown, on="ride_id", how="left", maintain_order="left")
        .with_columns(current_is_open=(pl.col("current_status") == RideStatus.OPERATING).cast(pl.Int8))
    )


def newest_of_rides(rides: Collection[int], *, now: datetime) -> pl.DataFrame:
    """The newest observation of all time of each ride: ride_id, at, status (code), wait, running.

    A ride observed twice at its newest second has two rows, one never observed has none
    (docs/contract/parks.md 4.2). The database is asked only about rides unseen in the live window.
    """
    seen = (
        observations.rides(clock.live_window(now))
        .filter(pl.col("ride_id").is_in(list(rides)))
        .filter(pl.col("at") == pl.col("at").max().over("ride_id"))
        .select("ride_id", "at", "status", "wait", "running")
    )
    unseen = set(rides).difference(seen["ride_id"])
    if unseen:
        seen = pl.concat([seen, _newest_ride_rows(unseen, now + clock.AHEAD, seen.schema)])
    return seen.sort("ride_id", maintain_order=True)


def newest_of_parks(parks: Collection[int], *, now: datetime) -> pl.DataFrame:
    """The newest observation of all time of each park, one row each: park_id, at, open.

    A park never observed has no row. The database is asked only about parks unseen in the live window.
    """
    seen = (
        observations.parks(clock.live_window(now))
        .filter(pl.col("park_id").is_in(list(parks)))
        .unique("park_id", keep="last")
        .select("park_id", "at", "open")
    )
    unseen = set(parks).difference(seen["park_id"])
    if unseen:
        seen = pl.concat([seen, _newest_park_rows(unseen, now + clock.AHEAD, seen.schema)])
    return seen.sort("park_id")


def _newest_ride_rows(rides: Collection[int], until: datetime, schema: pl.Schema) -> pl.DataFrame:
    """Rows of `newest_of_rides` from the database: one index look-up for each ride, then the rows."""
    newest = RideStatusSnapshot.objects.filter(ride=OuterRef("ride_id"), recorded_at__lte=until)
    newest = newest.order_by("-recorded_at")
    moments: dict[datetime, list[int]] = {}
    for ride_id, seen_at in Ride.objects.filter(ride_id__in=rides).values_list(
        "ride_id", Subquery(newest.values("recorded_at")[:1])
    ):
        if seen_at is not None:
            moments.setdefault(seen_at, []).append(ride_id)
    # The rides of a park share their moment, so these are few alternatives; no row is none of them.
    at_their_newest = Q(snapshot_id__in=())
    for seen_at, ride_ids in moments.items():
        at_their_newest |= Q(recorded_at=seen_at, ride_id__in=ride_ids)
    rows = RideStatusSnapshot.objects.filter(at_their_newest).order_by("snapshot_id")
    return RIDES.frame(rows, schema)


def _newest_park_rows(parks: Collection[int], until: datetime, schema: pl.Schema) -> pl.DataFrame:
    """Rows of `newest_of_parks` from the database."""
    newest = ParkActivitySnapshot.objects.filter(park=OuterRef("park_id"), recorded_at__lte=until)
    newest = newest.order_by("-recorded_at", "-snapshot_id")
    found = Park.objects.filter(park_id__in=parks).values_list(
        Subquery(newest.values("snapshot_id")[:1]), flat=True
    )
    rows = ParkActivitySnapshot.objects.filter(snapshot_id__in=[number for number in found if number])
    return read.frame(rows, schema, "park_id", Epoch("recorded_at"), integer("park_appears_open"))


def status_summary(
    *, now: datetime, disney_universal: bool = False, park_id: int | None = None
) -> dict[str, int]:
    """Number of active attractions by what they show now, and their total (docs/contract/live.md 1).

    Keys: the four statuses, PARK_CLOSED and `total`. Rides not observed in the live window are in no count.
    Unlike the current status of rankings, the newest observation is the one with the highest snapshot id,
    and a ride that is down counts as CLOSED until it has run today.
    """
    rides = roster.current().rides.filter("active_attraction")
    if disney_universal:
        flagged = roster.current().parks.filter(rules.disney_or_universal())
        rides = rides.filter(pl.col("park_id").is_in(flagged["park_id"].to_list()))
    if park_id is not None:
        rides = rides.filter(is_entity("park_id", park_id))
    parks = rides["park_id"].unique().to_list()
    window = clock.live_window(now)
    closed = (
        observations.parks(window, parks=parks)
        .sort("snapshot_id")
        .unique("park_id", keep="last")
        .filter(~pl.col("open"))
    )
    newest = (
        observations.rides(window, parks=parks)
        .filter(pl.col("ride_id").is_in(rides["ride_id"].to_list()))
        .sort("snapshot_id")
        .unique("ride_id", keep="last")
    )
    today = clock.pacific_day(clock.pacific_date(now))
    ran_today = observations.rides(today, parks=parks).filter(rules.operating())["ride_id"].unique().to_list()
    reported = pl.col("status").replace_strict(TEXTS, default=None, return_dtype=pl.String)
    shown = (
        pl.when(pl.col("park_id").is_in(closed["park_id"].to_list()))
        .then(pl.lit(PARK_CLOSED))
        .when(rules.operating())
        .then(pl.lit(RideStatus.OPERATING))
        .when(rules.down_strict())
        .then(
            pl.when(pl.col("ride_id").is_in(ran_today))
            .then(pl.lit(RideStatus.DOWN))
            .otherwise(pl.lit(RideStatus.CLOSED))
        )
        .otherwise(reported)
    )
    counts = dict(newest.group_by(shown.alias("shown")).len().iter_rows())
    summary = {word: counts.get(word, 0) for word in (*CODES, PARK_CLOSED)}
    return {**summary, "total": newest.height}


_times_kept: Derived[tuple[int, ...], list[int]] = Derived(
    size=lambda times: 32 * len(times), capacity=FRAMES_BYTES
)
_frames: Derived[Hashable, pl.DataFrame] = Derived(size=read.size, capacity=FRAMES_BYTES)
