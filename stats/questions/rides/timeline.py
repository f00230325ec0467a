"""One day of a ride as it was observed, and when rides were down: for pictures and feeds."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import TypedDict

import polars as pl

from parkstats_project.base import clock
from parkstats_project.base.clock import Window
from stats.frames import coverage, observations, roster, spans
from stats.frames.roster import row_of
from stats.frames.spans import State


class Span(TypedDict):
    """From when to when the ride showed a state; moments as `2025-12-20T23:00:02Z`."""

    start: str
    end: str
    state: str
    minutes: int


class Wait(TypedDict):
    """A posted wait."""

    at: str
    minutes: int


class Incident(TypedDict):
    """A span in which a ride was down; `end` is null while it lasts."""

    ride_id: int
    ride_name: str
    start: str
    end: str | None
    minutes: int


class RideDay(TypedDict):
    """A Pacific day of a ride; the spans cover it from its start to its end, or to this moment."""

    ride_id: int
    name: str
    day: str
    start: str
    end: str
    timezone: str
    spans: list[Span]
    waits: list[Wait]
    observed_collections: int
    expected_collections: int


def of_day(ride_id: int, day: date, *, now: datetime) -> RideDay | None:
    """A ride's day; None if there is no such ride. Nothing is read but the day of the ride's park."""
    who = roster.current()
    ride = row_of(who.rides, "ride_id", ride_id)
    if ride is None:
        return None
    park = row_of(who.parks, "park_id", ride["park_id"])
    window = so_far(clock.pacific_day(day), now)
    seen = observations.rides(window, rides=[ride_id])
    posted = seen.filter(pl.col("wait").is_not_null()).unique("at", keep="last", maintain_order=True)
    return {
        "ride_id": ride_id,
        "name": ride["name"],
        "day": day.isoformat(),
        "start": clock.iso_z(window.start),
        "end": clock.iso_z(window.end),
        "timezone": park["timezone"] if park else clock.PACIFIC.key,
        "spans": _whole(spans.of_rides(seen, window), window),
        "waits": [
            {"at": _moment(at), "minutes": wait} for at, wait in posted.select("at", "wait").iter_rows()
        ],
        "observed_collections": coverage.of_one(seen, window),
        "expected_collections": coverage.expected(window),
    }


def incidents(
    window: Window,
    *,
    now: datetime,
    parks: Collection[int] | None = None,
    rides: Collection[int] | None = None,
) -> list[Incident]:
    """Spans in which active rides of the parks, or the rides, were down, newest first."""
    window = so_far(window, now)
    names = roster.current().rides.filter("is_active").select("ride_id", "name")
    found = (
        spans.of_rides(observations.rides(window, parks=parks, rides=rides), window)
        .filter(pl.col("state") == State.DOWN.value)
        .join(names, on="ride_id")
        .sort("start", "ride_id", descending=[True, False])
    )
    lasting = clock.epoch(now) - 2 * coverage.interval()
    return [
        {
            "ride_id": ride_id,
            "ride_name": name,
            "start": _moment(start),
            "end": None if end > lasting else _moment(end),
            "minutes": (end - start) // 60,
        }
        for ride_id, name, start, end in found.select("ride_id", "name", "start", "end").iter_rows()
    ]


def so_far(window: Window, now: datetime) -> Window:
    """The part of a window that is not in the future; empty at its start if all of it is."""
    return Window(window.start, min(window.end, max(now.replace(microsecond=0), window.start)))


def _whole(known: pl.DataFrame, window: Window) -> list[Span]:
    """The spans of one ride with what lies between them."""
    whole: list[Span] = []
    reached = window.start_s
    for start, end, state in known.select("start", "end", "state").iter_rows():
        if start > reached:
            whole.append(_span(reached, start, State.NO_DATA))
        whole.append(_span(start, end, state))
        reached = end
    if window.end_s > reached:
        whole.append(_span(reached, window.end_s, State.NO_DATA))
    return whole


def _span(start: int, end: int, state: str) -> Span:
    return {"start": _moment(start), "end": _moment(end), "state": str(state), "minutes": (end - start) // 60}


def _moment(seconds: int) -> str:
    return clock.iso_z(clock.from_epoch(seconds))
