"""Where an hour lies: in the archive alone, or among raw rows too (docs/design.md D4).

Each hour is asked for by itself and each day by itself, so that no row decides the source of another hour.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from datetime import date
from typing import Final

from parkstats_project.base import clock
from parkstats_project.base.cache import Kept
from parkstats_project.base.clock import DateSpan, Window
from stats.frames import archive, raw_rows, roster

KEPT_DAYS: Final = 800
KEPT_HOURS: Final = 25 * KEPT_DAYS


def sorted_out(window: Window) -> tuple[list[int], list[int]]:
    """The hours of a window that only the archive has, and the others."""
    hours, archived = possible(window.hours()), archived_days(window)
    if not archived or not hours:
        return [], hours
    of_days = {hour for day in archived for hour in clock.pacific_day(day).hours()}
    inside = [hour for hour in hours if hour in of_days]
    stored = {hour for hour, raw in zip(inside, _raw_hours.get(inside), strict=True) if not raw}
    return sorted(stored), [hour for hour in hours if hour not in stored]


def possible(hours: list[int]) -> list[int]:
    """Hours in which something can have been observed: not before there was a park."""
    since = clock.hour_start(clock.epoch(roster.current().since))
    return [hour for hour in hours if hour >= since]


def archived_days(window: Window) -> list[date]:
    """The archived days among those that a window touches."""
    days = clock.pacific_dates(window).days()
    return [day for day, archived in zip(days, _days.get(days), strict=True) if archived]


def days_of_hours(kind: str, span: DateSpan) -> list[date]:
    """The days of a span of which hourly rows of a kind are archived; they tell when these are others."""
    keys = [(kind, day) for day in span.days()]
    return [day for (_, day), rows in zip(keys, _recorded.get(keys), strict=True) if rows]


def forget() -> None:
    """Ask the database again."""
    _raw_hours.forget()
    _days.forget()
    _recorded.forget()


def _which_have_raw_rows(hours: Sequence[int]) -> dict[int, bool]:
    found = raw_rows.hours_with_rows(hours)
    return {hour: hour in found for hour in hours}


def _which_are_archived(days: Sequence[date]) -> dict[date, bool]:
    found = {day for day, _ in archive.archived_days(archive.OBSERVATIONS, DateSpan(min(days), max(days)))}
    return {day: day in found for day in days}


def _recorded_rows(keys: Sequence[tuple[str, date]]) -> dict[tuple[str, date], object]:
    days = [day for _, day in keys]
    found: dict[tuple[str, date], object] = {}
    for kind in {kind for kind, _ in keys}:
        stored = archive.fingerprints(kind, DateSpan(min(days), max(days)))
        found |= {(kind, day): stored.get(day) for day in days}
    return found


_raw_hours: Kept[int, bool] = Kept(
    load=_which_have_raw_rows,
    capacity=KEPT_HOURS,
    batch=KEPT_HOURS,
    same=operator.eq,
)
_days: Kept[date, bool] = Kept(
    load=_which_are_archived, capacity=KEPT_DAYS, batch=KEPT_DAYS, same=operator.eq
)
_recorded: Kept[tuple[str, date], object] = Kept(
    load=_recorded_rows, capacity=KEPT_DAYS, batch=KEPT_DAYS, same=operator.eq
)
