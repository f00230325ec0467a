"""Deleting raw rows that are in the archive, and old weather (docs/contract/jobs.md 3).

The legacy deleted by the clock alone, also what no daily run had seen. Here nothing of a day goes before the
day is aggregated and archived; rows that came late are archived first.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Min, Model

from parkstats_project.base import clock
from parkstats_project.base.clock import Window
from parkstats_project.db import errors
from stats.frames import archive, roster
from stats.frames.raw_tables import OBSERVATIONS
from stats.jobs import nightly
from stats.jobs.lease import lease
from weather.models import WeatherForecast, WeatherObservation

JOB: Final = "retention"
KEEP_HOURS: Final = 48
MOST_HOURS: Final = 20 * 366 * 24
CHUNK: Final = timedelta(minutes=10)
"""Rows of one collection go in one statement: some 4,200 of the greatest table."""


@dataclass
class Pruned:
    """What was (or would be) deleted: rows by table; everything before `before` if `finished`.

    `blocked_by`: the first day that keeps its raw rows since it is not aggregated and archived.
    """

    before: datetime
    blocked_by: date | None
    rows: dict[str, int] = field(default_factory=dict)
    finished: bool = True


def limit(*, now: datetime, keep_hours: int, version: int) -> tuple[datetime, date | None]:
    """The whole hour before which raw rows may go, and the day that holds it back, if one does.

    It is the smaller of now - `keep_hours` and the end of the last day before the first one with raw rows
    that is not both aggregated and archived.
    """
    allowed = now - timedelta(hours=keep_hours)
    days = nightly.raw_days(version=version, until=clock.pacific_date(now))
    first = next((found.day for found in days if not found.finished), None)
    if first is None or clock.pacific_day(first).start > allowed:
        return _hour(allowed), None
    return _hour(clock.pacific_day(first).start), first


def prune(
    *,
    now: datetime,
    version: int,
    keep_hours: int = KEEP_HOURS,
    max_seconds: float = 600,
    dry_run: bool = False,
    stop: Callable[[], bool] = lambda: False,
) -> Pruned:
    """Delete what may go, hour by hour from the oldest, for at most about `max_seconds`.

    Raises LeaseHeld if another prune is at work, archive.ArchiveError if a day cannot be verified.
    """
    with lease(JOB) as renew:
        end = time.monotonic() + max_seconds
        before, blocked_by = limit(now=now, keep_hours=keep_hours, version=version)
        result = Pruned(before, blocked_by)
        since = roster.current().since
        verified: set[date] = set()
        while (oldest := nightly.oldest_raw(since)) is not None and oldest < before:
            start = _hour(oldest)
            if dry_run:
                _count(Window(start, before), result.rows)
                break
            if stop() or time.monotonic() > end:
                result.finished = False
                return result
            renew()
            if (day := clock.pacific_date(start)) not in verified:
                archive.write_day(day)  # what was collected late; nothing is written otherwise
                verified.add(day)
            _delete_hour(start, result.rows)
            # Looked for from here on: the server walks over what it has deleted and not yet cleared away.
            since = start + timedelta(hours=1)
        for model, column, days, part in _weather():
            table = model._meta.db_table
            old = model._default_manager.filter(**{f"{column}__lt": now - timedelta(days=days)})
            result.rows[table] = old.count() if dry_run else 0
            while not dry_run and (oldest := old.aggregate(at=Min(column))["at"]) is not None:
                if stop() or time.monotonic() > end:
                    result.finished = False
                    return result
                renew()
                number, _ = errors.retried(old.filter(**{f"{column}__lt": oldest + part}).delete)
                result.rows[table] += number
        return result


def _weather() -> Iterator[tuple[type[Model], str, int, timedelta]]:
    """Tables of the weather, the time that counts, days that are kept, and what goes in one statement."""
    yield WeatherObservation, "observation_time", settings.PARKSTATS_WEATHER_DAYS, timedelta(days=1)
    # One issue for all parks is 14,000 rows at the design size.
    yield WeatherForecast, "issued_at", settings.PARKSTATS_FORECAST_DAYS, timedelta(hours=1)


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _count(window: Window, rows: dict[str, int]) -> None:
    for table in OBSERVATIONS:
        rows[table.name] = table.within(window).count()


def _delete_hour(start: datetime, rows: dict[str, int]) -> None:
    for table in OBSERVATIONS:
        for part in range(6):
            since = start + part * CHUNK
            number, _ = errors.retried(table.within(Window(since, since + CHUNK)).delete)
            rows[table.name] = rows.get(table.name, 0) + number
