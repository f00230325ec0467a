"""Daily runs in `aggregation_log`: what is being written, what was, and what has been done.

A day, version and choice of parks has one row of its own, found by the end of the day in
`aggregated_until_ts` (the legacy job leaves it empty). A row that says `running` while nobody holds the lock
is of a run that died: the next run of that day takes it over.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from parkstats_project.base.clock import DateSpan, pacific_day
from parkstats_project.db import errors
from stats.choices import AggregationType, RunStatus
from stats.frames.versions import LEGACY_VERSION
from stats.models import AggregationLog, ParkDailyStats, RideDailyStats

SCOPED: Final = ("metrics version ", "parks ")
GAPS_ALLOWED: Final = "gaps allowed"
"""In the message of a run that was told to write whatever it finds."""


@dataclass(frozen=True)
class Run:
    """A run in hand; `redone` if an earlier one of the same day died."""

    log_id: int
    scope: str
    redone: bool


def start(day: date, *, version: int, parks: Collection[int] | None, now: datetime) -> Run:
    """Enter the day as running."""
    scope = _scope(version, parks)
    end = pacific_day(day).end
    candidates = AggregationLog.objects.filter(
        Q(aggregated_until_ts=end) | Q(status=RunStatus.RUNNING),
        aggregation_date=day,
        aggregation_type=AggregationType.DAILY,
    ).order_by("-log_id")
    found = next((row for row in candidates if _scope_of(row.error_message) == scope), None)
    row = found or AggregationLog(aggregation_date=day, aggregation_type=AggregationType.DAILY)
    redone = found is not None and found.status == RunStatus.RUNNING
    row.status = RunStatus.RUNNING
    row.started_at, row.completed_at, row.aggregated_until_ts = now.replace(microsecond=0), None, end
    row.error_message, row.parks_processed, row.rides_processed = scope or None, 0, 0
    errors.retried(row.save)
    return Run(row.log_id, scope, redone)


def succeed(run: Run, note: str | None, *, parks: int, rides: int, now: datetime) -> None:
    """Enter the run's day as done."""
    _finish(run, RunStatus.SUCCESS, note, now, parks_processed=parks, rides_processed=rides)


def fail(run: Run, reason: str, *, now: datetime) -> None:
    """Enter the run's day as failed."""
    _finish(run, RunStatus.FAILED, reason, now)


def finished_days(span: DateSpan, *, version: int) -> dict[date, bool]:
    """Days of a span that a run over all parks has finished, this system's or the legacy's; ascending.

    With each, whether the daily rows are there: none but people delete them. What a run has written is in its
    entry; the legacy counted parks without rows, too.
    """
    rows = {
        model: dict(
            model._default_manager.filter(stat_date__range=span, metrics_version=version)
            .order_by()
            .values("stat_date")
            .annotate(number=Count("*"))
            .values_list("stat_date", "number")
        )
        for model in (RideDailyStats, ParkDailyStats)
    }
    return {
        day: rows[RideDailyStats].get(day, 0) >= rides and rows[ParkDailyStats].get(day, 0) >= parks
        for day, rides, parks in _finished(span, version)
    }


def done_days(span: DateSpan, *, version: int) -> set[date]:
    """Days of a span that a run over all parks has finished, and whose daily rows are there."""
    return {day for day, there in finished_days(span, version=version).items() if there}


def emptied_days(span: DateSpan, *, version: int) -> set[date]:
    """Days of a span, however long, that a run over all parks has finished, and that have no daily rows.

    Of rides or of parks, of whatever version: the server looks for one row of each day.
    """
    ride_days, park_days = (
        {
            day
            for day, there in _succeeded(aggregation_date__range=span)
            .annotate(there=Exists(model._default_manager.filter(stat_date=OuterRef("aggregation_date"))))
            .order_by()
            .values_list("aggregation_date", "there")
            if there
        }
        for model in (RideDailyStats, ParkDailyStats)
    )
    return {
        day
        for day, rides, parks in _finished(span, version)
        if (rides and day not in ride_days) or (parks and day not in park_days)
    }


def days_with_gaps_allowed(span: DateSpan) -> set[date]:
    """Days of a span that somebody has had written although observations are missing."""
    found = _succeeded(aggregation_date__range=span, error_message__contains=GAPS_ALLOWED)
    return set(found.values_list("aggregation_date", flat=True))


def finished_since(moments: Mapping[date, datetime], *, version: int) -> set[date]:
    """Days of which a run over all parks began after their moment, and was finished."""
    found = _succeeded(aggregation_date__in=moments).values_list(
        "aggregation_date", "started_at", "error_message"
    )
    scope = _scope(version, None)
    return {day for day, began, message in found if began >= moments[day] and _scope_of(message) == scope}


def died_days(*, version: int) -> set[date]:
    """Days whose last run over all parks never ended. The caller holds (or will ask for) the lock."""
    found = AggregationLog.objects.filter(
        aggregation_type=AggregationType.DAILY,
        status=RunStatus.RUNNING,
        aggregated_until_ts__isnull=False,
    ).values_list("aggregation_date", "error_message")
    return {day for day, message in found if _scope_of(message) == _scope(version, None)}


def _finished(span: DateSpan, version: int) -> Iterator[tuple[date, int, int]]:
    """Finished runs over all parks: the day, and how many rows of rides and parks there are at least."""
    found = _succeeded(aggregation_date__range=span).order_by("aggregation_date", "log_id")
    for day, until, message, rides, parks in found.values_list(
        "aggregation_date", "aggregated_until_ts", "error_message", "rides_processed", "parks_processed"
    ):
        if _scope_of(message) == _scope(version, None):
            legacy = min(1, rides or 0)
            yield (day, legacy, legacy) if until is None else (day, rides or 0, parks or 0)


def _succeeded(**conditions: Any) -> QuerySet[AggregationLog]:
    return AggregationLog.objects.filter(
        aggregation_type=AggregationType.DAILY, status=RunStatus.SUCCESS, **conditions
    )


def _finish(run: Run, status: RunStatus, note: str | None, now: datetime, **counts: int) -> None:
    entry = AggregationLog.objects.filter(log_id=run.log_id)
    message = ": ".join(part for part in (run.scope, note) if part) or None
    ended = now.replace(microsecond=0)
    errors.retried(lambda: entry.update(status=status, completed_at=ended, error_message=message, **counts))


def _scope(version: int, parks: Collection[int] | None) -> str:
    """What a run covers, as its message begins; empty for all parks of version 1, as in the legacy."""
    parts = [] if version == LEGACY_VERSION else [f"{SCOPED[0]}{version}"]
    if parks is not None:
        parts.append(f"{SCOPED[1]}{' '.join(map(str, sorted(parks)))}")
    return ", ".join(parts)


def _scope_of(message: str | None) -> str:
    return message.partition(":")[0] if message and message.startswith(SCOPED) else ""
