"""What tells a process that rows are not those it has read (docs/design.md D2, D15).

An hour is known by its rows in both snapshot tables: their number, greatest id and, of rides, the sums of
what figures are made of. That finds every row that came or went and nearly every one that was changed; the
rest is announced: `Correction` names the span, and whatever is kept of it is read again.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import accumulate
from operator import or_
from typing import Final, NamedTuple

import polars as pl
from django.db import Error as DatabaseAway
from django.db.models import Count, Max, Q, Sum

from parks.models import ParkActivitySnapshot
from parkstats_project.base import clock
from parkstats_project.base.cache import Kept
from parkstats_project.base.clock import HOUR, Window
from parkstats_project.db.expressions import Epoch, integer
from rides.models import RideStatusSnapshot
from rides.status import code_in
from stats.models import Correction

RIDE_ROWS_A_CHECK: Final = 25_000
"""Ride rows that are counted at a check besides those of the newest hour.

12 ms on the design's machine. What is kept of a small site is counted whole every time; of the design size
an hour at a time, the one first that was not counted for the longest time.
"""

MOST_HOURS: Final = 1000

Figures = tuple[int, ...]
NO_ROWS: Final[Figures] = (0, 0, 0, 0, 0)

_HOUR: Final = Epoch("recorded_at") - Epoch("recorded_at") % HOUR


class Look(NamedTuple):
    """Number and greatest id of the corrections at two looks that are seconds apart."""

    last_but_one: tuple[int, int]
    last: tuple[int, int]


NOTHING: Final = Look((0, 0), (0, 0))


@dataclass
class _Rides:
    """The ride rows of an hour as last seen, and how often they were found to be others."""

    figures: Figures
    checked: float
    changes: int = 0


_rides: dict[int, _Rides] = {}


def of_hours(hours: Sequence[int]) -> dict[int, tuple[object, ...]]:
    """A fingerprint of each clock hour (epoch seconds of its start)."""
    span = clock.window_of_seconds(min(hours), max(hours) + HOUR)
    parks, announced = _park_figures(span), of_span(span)
    _count_rides(hours)
    return {
        hour: (
            parks.get(hour),
            _rides[hour].changes if hour in _rides else 0,
            *(number for number, first, last in announced if first < hour + HOUR and last > hour),
        )
        for hour in hours
    }


def have_read(hour: int, rides: pl.DataFrame) -> None:
    """Note the ride rows of an hour as they were read: snapshot_id, wait, status, running."""
    sums = (pl.col(name).cast(pl.Int64).sum() for name in ("wait", "status", "running"))
    figures = rides.select(pl.len(), pl.col("snapshot_id").max().fill_null(0), *sums).row(0)
    if len(_rides) > MOST_HOURS:
        _rides.clear()
    changes = _rides[hour].changes if hour in _rides else 0
    _rides[hour] = _Rides(figures, time.monotonic(), changes)


def of_span(window: Window) -> list[tuple[int, int, int]]:
    """Corrections that touch a window: id, first epoch second inside, first one outside."""
    touching = Correction.objects.filter(starts_at__lt=window.end, ends_at__gt=window.start)
    spans = touching.order_by("correction_id").values_list(
        "correction_id", Epoch("starts_at"), Epoch("ends_at")
    )
    return list(spans)


def taken_in() -> tuple[int, int]:
    """The corrections that everything kept in this process has taken in: their number and greatest id.

    Known since the last look but one: frames that were checked before that are checked again before they
    are used. While the database is away, what was known stays: answers that are kept outlive it.
    """
    try:
        return _looks.get([None])[0].last_but_one
    except DatabaseAway:
        return _looked.get(None, NOTHING).last


def forget() -> None:
    """As in a process that has just started."""
    _rides.clear()
    _looked.clear()
    _looks.forget()


def _park_figures(window: Window) -> dict[int, Figures]:
    rows = ParkActivitySnapshot.objects.filter(recorded_at__gte=window.start, recorded_at__lt=window.end)
    counted = rows.values_list(_HOUR).annotate(Count("snapshot_id"), Max("snapshot_id")).order_by()
    return {hour: tuple(figures) for hour, *figures in counted}


def _count_rides(hours: Sequence[int]) -> None:
    """Look at the ride rows of the newest of the hours and of those whose turn it is."""
    known = sorted((hour for hour in hours if hour in _rides), key=lambda hour: _rides[hour].checked)
    if not known:
        return  # All of them are about to be read.
    newest = max(known)
    others = [hour for hour in known if hour != newest]
    totals = accumulate(_rides[hour].figures[0] for hour in others)
    within = [hour for hour, total in zip(others, totals, strict=True) if total <= RIDE_ROWS_A_CHECK]
    due = [newest, *(within or others[:1])]
    found = _ride_figures(due)
    for hour in due:
        seen, figures = _rides[hour], found.get(hour, NO_ROWS)
        if figures != seen.figures:
            seen.figures, seen.changes = figures, seen.changes + 1
        seen.checked = time.monotonic()


def _ride_figures(hours: Sequence[int]) -> dict[int, Figures]:
    spans = (Q(recorded_at__gte=start, recorded_at__lt=end) for start, end in map(_of_hour, hours))
    counted = (
        RideStatusSnapshot.objects.filter(reduce(or_, spans))
        .values_list(_HOUR)
        .annotate(
            number=Count("snapshot_id"),
            greatest=Max("snapshot_id"),
            wait=Sum("wait_time"),
            code=Sum(code_in("status")),
            running=Sum(integer("computed_is_open")),
        )
        .order_by()
    )
    return {hour: tuple(int(figure or 0) for figure in figures) for hour, *figures in counted}


def _of_hour(hour: int) -> Window:
    return clock.window_of_seconds(hour, hour + HOUR)


def _look(keys: Sequence[None]) -> dict[None, Look]:
    newest = Correction.objects.aggregate(number=Count("correction_id"), greatest=Max("correction_id"))
    now = (newest["number"], newest["greatest"] or 0)
    before = _looked.get(None, Look(now, now))
    _looked[None] = Look(before.last, now)
    return {None: _looked[None]}


_looked: dict[None, Look] = {}
# Two looks are as far apart as two checks may be: never ahead.
_looks: Kept[None, Look] = Kept(load=_look, capacity=1, ahead=False)
