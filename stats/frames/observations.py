"""What was observed in a window: read once, matched once, kept by clock hour (docs/design.md D2, D4, D14).

Where an hour is read from is decided by its own day: an archived day is read from the archive, joined by id
with the raw rows that are left or came later; what is not archived is read raw. Of the two, a raw row has
the newer values, the archive the facts of the day. Every ride snapshot appears once and carries the number
of park snapshots that match it, exactly and within the minute (docs/contract/rules.md 5), so that no reader
joins again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple

import polars as pl

from parkstats_project.base import clock
from parkstats_project.base.cache import Kept
from parkstats_project.base.clock import HOUR, DateSpan, Window
from stats.frames import archive, raw_rows, read, revisions, roster, sources
from stats.frames.keys import clock_hour
from stats.frames.matching import EXACT, Observed, matched, no_rows, of_archive, placed, united
from stats.frames.raw_rows import CHANGE_COLUMNS, PARK_COLUMNS, RIDE_COLUMNS, Rows, in_order
from stats.frames.roster import Roster

KEPT_HOURS: Final = 60
"""Two Pacific days and the hours around them; an hour of the design size takes about 1 MB."""

DAY_HOURS: Final = 25
"""Hours that are read at once: the archive has them together."""

DIRECT_HOURS: Final = 30
"""A longer window of single rides or parks is read by entity instead of hour by hour."""


class Day(NamedTuple):
    """All observations of one Pacific day, whether the day is archived, and who was who.

    `who_parks`: park_id, is_active; `who_rides`: ride_id, park_id, is_active, is_attraction, weight, stated
    (whether the day itself says so).
    """

    rides: pl.DataFrame
    parks: pl.DataFrame
    changes: pl.DataFrame
    archived: bool
    who_parks: pl.DataFrame
    who_rides: pl.DataFrame


def rides(
    window: Window, *, parks: Collection[int] | None = None, rides: Collection[int] | None = None
) -> pl.DataFrame:
    """Ride snapshots of a window, each once, by (at, snapshot_id).

    Columns: snapshot_id, ride_id, park_id (the ride's park then), at (epoch seconds), status (code of
    `rides.status`), wait (minutes or null), running, the other FACTS of `stats/frames/then.py`,
    partners, open, open_fb (park snapshots that match exactly: all, **park open, strict**, **park open,
    with fallback**), minute_partners, minute_open, minute_open_fb (the same for the **minute match**).
    """
    return rides_and_parks(window, parks=parks, rides=rides).rides


def rides_and_parks(
    window: Window, *, parks: Collection[int] | None = None, rides: Collection[int] | None = None
) -> Observed:
    """The rows of `rides()`, and with them `parks()` of at least the parks they belong to, read at once."""
    parts = _read(window, parks, rides)
    frame = _joined([_within(part.rides, window) for part in parts])
    if parks is not None:
        frame = frame.filter(pl.col("park_id").is_in(list(parks)))
    if rides is not None:
        frame = frame.filter(pl.col("ride_id").is_in(list(rides)))
    return Observed(frame, _joined([_within(part.parks, window) for part in parts]))


def parks(window: Window, *, parks: Collection[int] | None = None) -> pl.DataFrame:
    """Park snapshots of a window by (at, snapshot_id).

    Columns: snapshot_id, park_id, at (epoch seconds), total_rides, rides_open, rides_closed, avg_wait
    (hundredths or null), max_wait, open (park_appears_open), shame (tenths or null), open_fb.
    """
    frame = _joined([_within(part.parks, window) for part in _read(window, parks, None)])
    return frame if parks is None else frame.filter(pl.col("park_id").is_in(list(parks)))


def summed(
    window: Window,
    summarise: Callable[[Observed], pl.DataFrame],
    *,
    parks: Collection[int] | None = None,
    rides: Collection[int] | None = None,
) -> pl.DataFrame:
    """`summarise` applied to every part of the window that is read at once, concatenated.

    For figures that group by the clock hour. The window is widened to whole hours. The result for a kept
    hour is kept with it, so `summarise` must be a module-level function that depends on nothing but its
    argument, and must not filter by entity.
    """
    whole = clock.window_of_seconds(window.hours()[0], window.hours()[-1] + HOUR)
    frame = read.joined([part.summary(summarise) for part in _read(whole, parks, rides)])
    if parks is not None and "park_id" in frame.columns:
        frame = frame.filter(pl.col("park_id").is_in(list(parks)))
    if rides is not None and "ride_id" in frame.columns:
        frame = frame.filter(pl.col("ride_id").is_in(list(rides)))
    return frame


def kept(window: Window) -> list[Observed] | None:
    """The hours that a window touches as they are kept; None if one of them is in the archive only.

    The elements are the same objects as at the last call as long as nothing in them changed, so that a
    caller can tell whether what it derived from them still holds.
    """
    stored, hours = sources.sorted_out(window)
    return None if stored else [part.observed for part in _kept(hours)]


def status_changes(window: Window) -> pl.DataFrame:
    """Status changes of a window by change_id: CHANGE_COLUMNS.

    `duration` in minutes as the old system has it, `since` when the status that ended had begun, or null.
    """
    fresh = raw_rows.changes(window)
    days = sources.archived_days(window)
    if not days:
        return fresh
    stored = archive.read_observations(DateSpan(min(days), max(days)))
    return _with(stored, fresh).filter(_inside(window))


def _with(stored: archive.Observations, changes: pl.DataFrame) -> pl.DataFrame:
    """Archived and raw status changes, each id once, by change_id."""
    gone = stored.changes.select(*CHANGE_COLUMNS).join(changes, on="change_id", how="anti")
    return pl.concat([gone, changes]).sort("change_id")


def read_day(day: date) -> Day:
    """All observations of a Pacific day, past the kept hours: for jobs that go through many days.

    In no particular order, with exact matches only, and without ids where only the archive has the day: the
    rest takes two thirds of the time.
    """
    window, links = clock.pacific_day(day), roster.current().links
    hours = sources.possible(window.hours())
    present = raw_rows.hours_with_rows(hours)
    parts = map(raw_rows.within, raw_rows.parts(sorted(present)))
    raw = Rows(*(pl.concat(frames) for frames in zip(no_rows(), *parts, strict=True)))
    archived = bool(sources.archived_days(window))
    now = roster.current()
    who_parks, who_rides = now.parks, now.rides.with_columns(stated=True)
    changes = raw_rows.changes(window)
    if archived:
        is_raw = bool(present or changes.height)
        stored = archive.read_observations(DateSpan(day, day), ids=is_raw)
        rows = of_archive(stored)
        if is_raw:
            rows, changes = united(raw, rows, links), _with(stored, changes)
        else:
            changes = stored.changes
        who_parks, who_rides = _who(stored, now)
    else:
        rows = placed(raw, links)
    return Day(
        *matched(rows, EXACT),
        changes,
        archived,
        who_parks.select("park_id", "is_active"),
        who_rides.select("ride_id", "park_id", "is_active", "is_attraction", "weight", "stated"),
    )


def read_park_day(day: date, park_id: int) -> Day:
    """The same of one park and its rides, through the kept hours: for people who look at one row."""
    window, now = clock.pacific_day(day), roster.current()
    found = rides_and_parks(window, parks=[park_id])
    changes, archived = raw_rows.changes(window), bool(sources.archived_days(window))
    who_parks, who_rides = now.parks, now.rides.with_columns(stated=True)
    if archived:
        stored = archive.read_observations(DateSpan(day, day), parks=[park_id])
        changes = _with(stored, changes)
        who_parks, who_rides = _who(stored, now)
    return Day(
        found.rides,
        found.parks.filter(pl.col("park_id") == park_id),
        changes,
        archived,
        who_parks.filter(pl.col("park_id") == park_id).select("park_id", "is_active"),
        who_rides.filter(pl.col("park_id") == park_id).select(
            "ride_id", "park_id", "is_active", "is_attraction", "weight", "stated"
        ),
    )


def _who(stored: archive.Observations, now: Roster) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Parks and rides of an archived day, a ride where it was seen last."""
    parks, rides = stored.then.parks, stored.then.rides
    # Only of a ride that was at two parks has to be known when.
    moved = stored.then.rides.filter(pl.col("ride_id").is_duplicated())["ride_id"].unique().implode()
    seen = stored.rides.filter(pl.col("ride_id").is_in(moved))
    last = seen.group_by("ride_id", "park_id").agg(pl.col("at").max())
    rides = (
        rides.join(last, on=["ride_id", "park_id"], how="left")
        .sort("at", nulls_last=False)
        .unique("ride_id", keep="last", maintain_order=True)
    )
    if rides["stated"].all():
        return parks, rides
    # A day that says nothing of itself lacks parks of which nothing was seen.
    others = now.parks.join(parks, on="park_id", how="anti")
    theirs = now.rides.join(others, on="park_id", how="semi").join(rides, on="ride_id", how="anti")
    columns = ("ride_id", "park_id", "is_active", "is_attraction", "weight")
    theirs = theirs.select(*columns).with_columns(pl.col("weight").cast(pl.UInt8), stated=False)
    return (
        pl.concat([frame.select("park_id", "is_active") for frame in (parks, others)]),
        pl.concat([rides.select(*columns, "stated"), theirs]),
    )


def hours_kept() -> int:
    """How many hours this process holds."""
    return len(_hours)


def forget() -> None:
    """Drop everything kept; the next read asks the database."""
    _hours.forget()
    sources.forget()


# ------------------------------------------------------------------------------------------------ parts


@dataclass
class _Part:
    """Observations that were read at once, with what was derived from them.

    `links` are the facts that the rides were given, None for those of an archived day, which has its own.
    """

    observed: Observed
    links: pl.DataFrame | None
    summaries: dict[Callable[[Observed], pl.DataFrame], read.Shrunk] = field(default_factory=dict)

    @property
    def rides(self) -> pl.DataFrame:
        return self.observed.rides

    @property
    def parks(self) -> pl.DataFrame:
        return self.observed.parks

    def summary(self, summarise: Callable[[Observed], pl.DataFrame]) -> read.Shrunk:
        # Another thread may place the part anew meanwhile (`become`).
        observed, known = self.observed, self.summaries
        kept = known.get(summarise)
        if kept is None:
            kept = read.Shrunk.of(summarise(observed))
            if self.observed is observed:
                known[summarise] = kept
        return kept

    def become(self, other: _Part) -> None:
        """Take over what was read or placed anew."""
        self.observed, self.links, self.summaries = other.observed, other.links, {}


def _read(window: Window, park_ids: Collection[int] | None, ride_ids: Collection[int] | None) -> list[_Part]:
    """The window in parts that together hold at least the wanted rows, each of whole hours; never empty."""
    stored, hours = sources.sorted_out(window)
    links = roster.current().links
    parts = []
    if stored:
        parts.append(_Part(matched(_stored(stored, park_ids, ride_ids)), None))
    if len(hours) > DIRECT_HOURS and (ride_ids is not None or park_ids is not None):
        parts.append(_Part(matched(_of_entities(hours, park_ids, ride_ids)), None))
    elif hours:
        parts += _kept(hours)
    return parts or [_Part(matched(placed(no_rows(), links)), links)]


def _kept(hours: list[int]) -> list[_Part]:
    """Hours as they are kept, placed and matched anew if a ride moved or a park changed its kind since.

    If the day is archived meanwhile, it has facts of its own.
    """
    parts, links = _hours.get(hours), roster.current().links
    stale = {
        hour: part
        for hour, part in zip(hours, parts, strict=True)
        if part.links is not None and part.links is not links
    }
    if stale:
        archived = sources.archived_days(clock.window_of_seconds(min(stale), max(stale) + HOUR))
        of_days = {hour for day in archived for hour in clock.pacific_day(day).hours()}
        loaded = _load_hours(sorted(of_days.intersection(stale)))
        for hour, part in stale.items():
            if hour not in loaded:
                rows = Rows(part.rides.select(*RIDE_COLUMNS), part.parks.select(*PARK_COLUMNS))
                loaded[hour] = _Part(matched(placed(rows, links)), links)
            part.become(loaded[hour])
    return parts


def _inside(window: Window) -> pl.Expr:
    return (pl.col("at") >= window.start_s) & (pl.col("at") < window.end_s)


def _within(frame: pl.DataFrame, window: Window) -> pl.DataFrame:
    """The rows of a frame that lie in the window; it is in order of time, and most lie in it as a whole."""
    times = frame["at"]
    if frame.is_empty() or (times[0] >= window.start_s and times[-1] < window.end_s):
        return frame
    return frame.filter(_inside(window))


def _joined(frames: list[pl.DataFrame]) -> pl.DataFrame:
    """Frames in order of time as one."""
    frame = pl.concat(frames)
    return frame if frame["at"].is_sorted() else frame.sort("at", "snapshot_id")


# ------------------------------------------------------------------------------------------------- read


def _stored(hours: list[int], park_ids: Collection[int] | None, ride_ids: Collection[int] | None) -> Rows:
    """Archived rows of some hours."""
    span = clock.pacific_dates(clock.window_of_seconds(hours[0], hours[-1] + HOUR))
    rows = of_archive(archive.read_observations(span, parks=park_ids, rides=ride_ids))
    wanted = clock_hour().is_in(hours)
    return Rows(*(in_order(frame.filter(wanted)) for frame in rows))


def _of_entities(
    hours: list[int], park_ids: Collection[int] | None, ride_ids: Collection[int] | None
) -> Rows:
    """Rows of single rides (or of all rides of single parks) and of their parks, archived or not."""
    reach, who = clock.window_of_seconds(hours[0], hours[-1] + HOUR), roster.current()
    if ride_ids is not None:
        rides = list(ride_ids)
    else:
        here, came_from = (pl.col(name).is_in(list(park_ids or ())) for name in ("park_id", "from_park"))
        rides = [*who.links.filter(here)["ride_id"], *who.moves.filter(came_from)["ride_id"]]
    members = pl.col("ride_id").is_in(rides)
    places = {*(park_ids or ()), *who.links.filter(members)["park_id"]}
    places.update(who.moves.filter(members)["from_park"])
    raw = raw_rows.of_entities(reach, parks=places, rides=rides)
    met = raw.rides.join(who.links, on="ride_id").join(raw.parks, on=["park_id", "at"], how="semi")
    if 2 * met.height < raw.rides.height:
        # They were collected with another park: which one, its seconds tell.
        raw = raw_rows.of_entities(reach, parks=who.parks["park_id"].to_list(), rides=rides)
    if not sources.archived_days(reach):
        return placed(raw, who.links)
    rows = united(raw, _stored(hours, park_ids, ride_ids), who.links)
    wanted = clock_hour().is_in(hours)
    return Rows(rows.rides.filter(wanted), rows.parks.filter(wanted))


def _load_hours(hours: Sequence[int]) -> dict[int, _Part]:
    if not hours:
        return {}
    links = roster.current().links
    stored = dict(_stored_hours(hours))
    loaded = {}
    for hour in hours:
        raw = raw_rows.within(clock.window_of_seconds(hour, hour + HOUR))
        revisions.have_read(hour, raw.rides)
        if hour in stored:
            loaded[hour] = _Part(matched(united(raw, stored[hour], links)), None)
        else:
            ordered = Rows(*map(in_order, raw))
            loaded[hour] = _Part(matched(placed(ordered, links)), links)
    return loaded


def _stored_hours(hours: Sequence[int]) -> Iterator[tuple[int, Rows]]:
    """Archived rows of those of the hours that lie in archived days."""
    reach = clock.window_of_seconds(min(hours), max(hours) + HOUR)
    for day in sources.archived_days(reach):
        inside = sorted(set(clock.pacific_day(day).hours()).intersection(hours))
        if inside:
            rows = of_archive(archive.read_observations(DateSpan(day, day)))
            for hour in inside:
                window = clock.window_of_seconds(hour, hour + HOUR)
                yield hour, Rows(rows.rides.filter(_inside(window)), rows.parks.filter(_inside(window)))


_hours: Kept[int, _Part] = Kept(
    fingerprints=revisions.of_hours, load=_load_hours, capacity=KEPT_HOURS, batch=DAY_HOURS
)
