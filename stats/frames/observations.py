"""What was observed in a window: read once, matched once, kept by clock hour (docs/design.md D2, D4).

An hour is read from raw rows if it starts not before the oldest raw row, else from the archive of its
Pacific day. Every ride snapshot appears once and carries the number of park snapshots that match it, exactly
and within the minute (docs/contract/rules.md 5), so that no reader joins again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, NamedTuple

import polars as pl
from django.db.models import Min, QuerySet

from parks.models import ParkActivitySnapshot
from parkstats_project.base import clock
from parkstats_project.base.cache import Kept
from parkstats_project.base.clock import HOUR, Window
from parkstats_project.db.expressions import Epoch, integer, scaled
from rides.models import RideStatusChange, RideStatusSnapshot
from rides.status import code_in
from stats import rules
from stats.frames import archive, read, revisions, roster

KEPT_HOURS: Final = 84
"""Three Pacific days and the hours around them; an hour of the design size takes about 1 MB."""

DIRECT_HOURS: Final = 30
"""A longer window of single rides or parks is read by entity instead of hour by hour."""

MOST_COLLECTIONS: Final = 12
"""Collections of an hour that is read by entity, at most as a rule: it decides how much is read at once."""

EXACT: Final = {"": 1}
EXACT_AND_MINUTE: Final = {**EXACT, "minute_": 60}
"""Prefix of the counting columns -> seconds within which snapshots match (docs/contract/rules.md 5)."""

CHANGE_HOURS: Final = 6
"""Hours of status changes that are read at once."""

RIDE_COLUMNS: Final = {
    "snapshot_id": pl.Int64,
    "ride_id": pl.Int32,
    "at": pl.Int64,
    "status": pl.UInt8,
    "wait": pl.Int32,
    "running": pl.Boolean,
}
PARK_COLUMNS: Final = {
    "snapshot_id": pl.Int64,
    "park_id": pl.Int32,
    "at": pl.Int64,
    "total_rides": pl.Int32,
    "rides_open": pl.Int32,
    "rides_closed": pl.Int32,
    "avg_wait": pl.Int64,
    "max_wait": pl.Int32,
    "open": pl.Boolean,
    "shame": pl.Int64,
}
CHANGE_COLUMNS: Final = {
    "change_id": pl.Int64,
    "ride_id": pl.Int32,
    "at": pl.Int64,
    "new_status": pl.Boolean,
    "duration": pl.Int32,
}


class Observed(NamedTuple):
    """Snapshots of some span: `rides` as `rides()` gives them, `parks` as `parks()` does."""

    rides: pl.DataFrame
    parks: pl.DataFrame


class Day(NamedTuple):
    """All observations of one Pacific day, and whether they came from the `archive`."""

    rides: pl.DataFrame
    parks: pl.DataFrame
    changes: pl.DataFrame
    archived: bool


def rides(
    window: Window, *, parks: Collection[int] | None = None, rides: Collection[int] | None = None
) -> pl.DataFrame:
    """Ride snapshots of a window, each once, by (at, snapshot_id).

    Columns: snapshot_id, ride_id, park_id (the ride's park today), at (epoch seconds), status (code of
    `rides.status`), wait (minutes or null), running, reports_down and disney_universal (of the park),
    partners, open, open_fb (park snapshots that match exactly: all, **park open, strict**, **park open,
    with fallback**), minute_partners, minute_open, minute_open_fb (the same for the **minute match**).
    """
    frame = pl.concat([_within(part.rides, window) for part in _read(window, parks, rides)])
    if parks is not None:
        frame = frame.filter(pl.col("park_id").is_in(list(parks)))
    if rides is not None:
        frame = frame.filter(pl.col("ride_id").is_in(list(rides)))
    return frame


def parks(window: Window, *, parks: Collection[int] | None = None) -> pl.DataFrame:
    """Park snapshots of a window by (at, snapshot_id).

    Columns: snapshot_id, park_id, at (epoch seconds), total_rides, rides_open, rides_closed, avg_wait
    (hundredths or null), max_wait, open (park_appears_open), shame (tenths or null), open_fb.
    """
    frame = pl.concat([_within(part.parks, window) for part in _read(window, parks, None)])
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
    frame = pl.concat([part.summary(summarise) for part in _read(whole, parks, rides)])
    if parks is not None and "park_id" in frame.columns:
        frame = frame.filter(pl.col("park_id").is_in(list(parks)))
    if rides is not None and "ride_id" in frame.columns:
        frame = frame.filter(pl.col("ride_id").is_in(list(rides)))
    return frame


def kept(window: Window) -> list[Observed] | None:
    """The hours that a window touches as they are kept; None if one of them has no raw rows.

    The elements are the same objects as at the last call as long as nothing in them changed, so that a
    caller can tell whether what it derived from them still holds.
    """
    hours = window.hours()
    if not all(map(_is_raw, hours)):
        return None
    links = roster.current().links
    return [_current(part, links).observed for part in _hours.get(hours)]


def status_changes(window: Window) -> pl.DataFrame:
    """Status changes of a window by change_id: change_id, ride_id, at, new_status, duration (minutes)."""
    fresh = _fetch_changes(window)
    if _is_raw(window.start_s):
        return fresh
    stored = archive.read_observations(_pacific_span(window)).changes
    pruned = stored.select(*CHANGE_COLUMNS).filter(_inside(window)).join(fresh, on="change_id", how="anti")
    return pl.concat([pruned, fresh]).sort("change_id")


def read_day(day: date) -> Day:
    """All observations of a Pacific day, past the kept hours: for jobs that go through many days.

    In no particular order, and with exact matches only: the rest takes a third of the time.
    """
    window = clock.pacific_day(day)
    if _is_raw(window.start_s) or not archive.archived_days(archive.OBSERVATIONS, clock.DateSpan(day, day)):
        parts = [_fetch_hour(hour) for hour in window.hours()]
        together = Observed(pl.concat([p.rides for p in parts]), pl.concat([p.parks for p in parts]))
        return Day(*_matched(*together, EXACT), _fetch_changes(window), archived=False)
    stored = archive.read_observations(clock.DateSpan(day, day))
    observed = _matched(*_of_archive(stored), EXACT)
    return Day(*observed, stored.changes.select(*CHANGE_COLUMNS), archived=True)


def raw_since() -> int | None:
    """Epoch second of the oldest raw row; None if there is none.

    The later of the two tables counts, so that an hour of which one table is already pruned is not raw.
    """
    return _oldest.get([None])[0]


def raw_hours(window: Window) -> list[int]:
    """The clock hours of a window that raw rows cover."""
    return [hour for hour in window.hours() if _is_raw(hour)]


def forget() -> None:
    """Drop everything kept; the next read asks the database."""
    _hours.forget()
    _oldest.forget()


# ------------------------------------------------------------------------------------------------ parts


@dataclass
class _Part:
    """Observations that were read at once, with what was derived from them."""

    observed: Observed
    links: pl.DataFrame
    summaries: dict[Callable[[Observed], pl.DataFrame], pl.DataFrame] = field(default_factory=dict)

    @property
    def rides(self) -> pl.DataFrame:
        return self.observed.rides

    @property
    def parks(self) -> pl.DataFrame:
        return self.observed.parks

    def summary(self, summarise: Callable[[Observed], pl.DataFrame]) -> pl.DataFrame:
        if summarise not in self.summaries:
            self.summaries[summarise] = summarise(self.observed)
        return self.summaries[summarise]


def _read(window: Window, park_ids: Collection[int] | None, ride_ids: Collection[int] | None) -> list[_Part]:
    """The window in parts that together hold at least the wanted rows; never empty."""
    hours = window.hours()
    raw = [hour for hour in hours if _is_raw(hour)]
    links = roster.current().links
    parts = []
    if len(raw) < len(hours):
        early = clock.window_of_seconds(hours[0], (raw or [hours[-1] + HOUR])[0])
        parts.append(_Part(_archived(early, park_ids, ride_ids), links))
        if _nothing(parts[0]):
            raw = _first_hours(hours) + raw
    if len(raw) > DIRECT_HOURS and (ride_ids is not None or park_ids is not None):
        reach = clock.window_of_seconds(raw[0], raw[-1] + HOUR)
        parts.append(_Part(_of_entities(reach, park_ids, ride_ids), links))
    elif raw:
        parts += [_current(part, links) for part in _hours.get(raw)]
    return parts or [
        _Part(_matched(pl.DataFrame(schema=RIDE_COLUMNS), pl.DataFrame(schema=PARK_COLUMNS)), links)
    ]


def _first_hours(hours: list[int]) -> list[int]:
    """The hour of the oldest raw row, if it is wanted and no archive has it: all there is of it."""
    oldest = raw_since()
    if oldest is None or oldest % HOUR == 0 or (first := clock.hour_start(oldest)) not in hours:
        return []
    day = clock.pacific_date(clock.from_epoch(first))
    span = clock.DateSpan(day, day)
    archived = any(archive.archived_days(kind, span) for kind in (archive.OBSERVATIONS, archive.RIDE_HOURS))
    return [] if archived else [first]


def _nothing(part: _Part) -> bool:
    return part.parks.is_empty() and part.rides.is_empty()


def _current(part: _Part, links: pl.DataFrame) -> _Part:
    """A kept part, matched anew if a ride moved or a park changed its kind since."""
    if part.links is not links:
        part.observed = _matched(part.rides.select(*RIDE_COLUMNS), part.parks.select(*PARK_COLUMNS))
        part.links = links
        part.summaries = {}
    return part


def _inside(window: Window) -> pl.Expr:
    return (pl.col("at") >= window.start_s) & (pl.col("at") < window.end_s)


def _within(frame: pl.DataFrame, window: Window) -> pl.DataFrame:
    """The rows of a frame that lie in the window; it is in order of time, and most lie in it as a whole."""
    times = frame["at"]
    if frame.is_empty() or (times[0] >= window.start_s and times[-1] < window.end_s):
        return frame
    return frame.filter(_inside(window))


def _is_raw(hour: int) -> bool:
    oldest = raw_since()
    return oldest is not None and hour >= oldest


def _pacific_span(window: Window) -> clock.DateSpan:
    last = window.end - timedelta(microseconds=1)
    return clock.DateSpan(clock.pacific_date(window.start), clock.pacific_date(last))


def _matched(
    ride_rows: pl.DataFrame, park_rows: pl.DataFrame, matches: dict[str, int] = EXACT_AND_MINUTE
) -> Observed:
    """Ride snapshots with their park and the number of matching park snapshots."""
    park_rows = park_rows.with_columns(open_fb=rules.open_with_fallback(pl.col("open"), pl.col("rides_open")))
    frame = ride_rows.join(roster.current().links, on="ride_id", how="inner", maintain_order="left")
    for prefix, step in matches.items():
        times = park_rows.group_by("park_id", (pl.col("at") // step).alias("moment")).agg(
            pl.len().cast(pl.UInt8).alias(f"{prefix}partners"),
            pl.col("open").sum().cast(pl.UInt8).alias(f"{prefix}open"),
            pl.col("open_fb").sum().cast(pl.UInt8).alias(f"{prefix}open_fb"),
        )
        frame = (
            frame.with_columns(moment=pl.col("at") // step)
            .join(times, on=["park_id", "moment"], how="left", maintain_order="left")
            .drop("moment")
        )
    counts = [f"{prefix}{name}" for prefix in matches for name in ("partners", "open", "open_fb")]
    return Observed(frame.with_columns(pl.col(counts).fill_null(0)), park_rows)


# --------------------------------------------------------------------------------------------- raw rows


def _in_order(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.sort("at", frame.columns[0])


def _ride_rows(snapshots: QuerySet[RideStatusSnapshot]) -> pl.DataFrame:
    return _in_order(
        read.packed(
            snapshots,
            RIDE_COLUMNS,
            "snapshot_id",
            "ride_id",
            Epoch("recorded_at"),
            code_in("status"),
            "wait_time",
            integer("computed_is_open"),
        )
    )


def _park_rows(snapshots: QuerySet[ParkActivitySnapshot]) -> pl.DataFrame:
    return _in_order(
        read.packed(
            snapshots,
            PARK_COLUMNS,
            "snapshot_id",
            "park_id",
            Epoch("recorded_at"),
            "total_rides_tracked",
            "rides_open",
            "rides_closed",
            scaled("avg_wait_time", 2),
            "max_wait_time",
            integer("park_appears_open"),
            scaled("shame_score", 1),
        )
    )


def _recorded_in(window: Window) -> dict[str, object]:
    return {"recorded_at__gte": window.start, "recorded_at__lt": window.end}


def _fetch_hour(hour: int) -> Observed:
    """Raw rows of one clock hour, not matched."""
    span = _recorded_in(clock.window_of_seconds(hour, hour + HOUR))
    return Observed(
        _ride_rows(RideStatusSnapshot.objects.filter(**span)),
        _park_rows(ParkActivitySnapshot.objects.filter(**span)),
    )


def _load_hours(hours: Sequence[int]) -> dict[int, _Part]:
    links = roster.current().links
    parts = {}
    for hour in hours:
        observed = _fetch_hour(hour)
        revisions.have_read(hour, observed.rides)
        parts[hour] = _Part(_matched(*observed), links)
    return parts


def _of_entities(
    window: Window, park_ids: Collection[int] | None, ride_ids: Collection[int] | None
) -> Observed:
    """Raw rows of single rides (or of all rides of single parks) and of their parks over a long window."""
    links = roster.current().links
    if ride_ids is None:
        members = links.filter(pl.col("park_id").is_in(list(park_ids or ())))
    else:
        members = links.filter(pl.col("ride_id").is_in(list(ride_ids)))
    of_parks = list(park_ids) if park_ids is not None else members["park_id"].unique().to_list()
    ride_rows, park_rows = [], []
    step = HOUR * max(1, read.AT_ONCE // (MOST_COLLECTIONS * max(1, members.height)))
    for start in range(window.start_s, window.end_s, step):
        span = _recorded_in(clock.window_of_seconds(start, min(start + step, window.end_s)))
        of_rides = RideStatusSnapshot.objects.filter(ride_id__in=members["ride_id"].to_list(), **span)
        ride_rows.append(_ride_rows(of_rides))
        park_rows.append(_park_rows(ParkActivitySnapshot.objects.filter(park_id__in=of_parks, **span)))
    return _matched(pl.concat(ride_rows), pl.concat(park_rows))


def _fetch_changes(window: Window) -> pl.DataFrame:
    # In parts: for half of all rows at once the server would rather read the whole table.
    starts = range(window.start_s, window.end_s, CHANGE_HOURS * HOUR)
    parts = [(start, min(start + CHANGE_HOURS * HOUR, window.end_s)) for start in starts]
    found = [
        read.packed(
            RideStatusChange.objects.filter(
                changed_at__gte=clock.from_epoch(start), changed_at__lt=clock.from_epoch(end)
            ),
            CHANGE_COLUMNS,
            "change_id",
            "ride_id",
            Epoch("changed_at"),
            integer("new_status"),
            "duration_in_previous_status",
        )
        for start, end in parts
    ]
    return pl.concat([pl.DataFrame(schema=CHANGE_COLUMNS), *found]).sort("change_id")


def _load_oldest(keys: Sequence[None]) -> dict[None, int | None]:
    starts = [
        model.objects.aggregate(oldest=Epoch(Min("recorded_at")))["oldest"]
        for model in (ParkActivitySnapshot, RideStatusSnapshot)
    ]
    known = [start for start in starts if start is not None]
    return {None: max(known) if known else None}


# ---------------------------------------------------------------------------------------------- archive


def _of_archive(stored: archive.Observations) -> Observed:
    """Archived rows in the columns of raw ones, neither matched nor in order."""
    park_rows = stored.parks.rename({"appears_open": "open"}).select(*PARK_COLUMNS)
    return Observed(stored.rides.select(*RIDE_COLUMNS), park_rows)


def _archived(window: Window, park_ids: Collection[int] | None, ride_ids: Collection[int] | None) -> Observed:
    stored = archive.read_observations(_pacific_span(window), parks=park_ids, rides=ride_ids)
    unmatched = _of_archive(stored)
    observed = _matched(_in_order(unmatched.rides), _in_order(unmatched.parks))
    return Observed(observed.rides.filter(_inside(window)), observed.parks.filter(_inside(window)))


_hours: Kept[int, _Part] = Kept(fingerprints=revisions.of_hours, load=_load_hours, capacity=KEPT_HOURS)
# No fingerprint: the age alone decides.
_oldest: Kept[None, int | None] = Kept(
    fingerprints=lambda keys: {None: object()}, load=_load_oldest, capacity=1
)
