"""Daily rows of the active metrics version, kept by Pacific day (docs/design.md D2, D6).

A ride or park without a row of the active version on a day is read in version 1, which every day has, so that
a version can be switched on before it was computed for all of the past (`stats/frames/versions.py`).

A month of ride days is 130,000 rows: too many to add up in the database for every request, and a few
megabytes in memory. A day's ride and park rows are read in one transaction, so no reader sees half of a
recomputed day.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

import polars as pl
from django.db import transaction
from django.db.models import Count, Max, Sum

from parkstats_project.base import clock, source
from parkstats_project.base.cache import Kept
from parkstats_project.base.clock import DateSpan
from parkstats_project.db.expressions import Epoch, scaled
from stats.choices import AggregationType
from stats.frames import read, revisions, versions
from stats.models import AggregationLog, ParkDailyStats, RideDailyStats

KEPT_DAYS: Final = 70
"""Two months and the week around them."""

BATCH_DAYS: Final = 10

LOOK_AGAIN: Final = 300
"""Seconds after which a day is read again, whatever its fingerprint says."""

RIDE_DAYS: Final = {
    "ride_id": pl.Int32,
    "day": pl.Date,
    "uptime_minutes": pl.Int64,
    "downtime_minutes": pl.Int64,
    "uptime": pl.Int64,
    "operating_minutes": pl.Int64,
    "avg_wait": pl.Int64,
    "min_wait": pl.Int32,
    "max_wait": pl.Int32,
    "peak_wait": pl.Int32,
    "status_changes": pl.Int64,
    "longest_downtime": pl.Int64,
}
PARK_DAYS: Final = {
    "park_id": pl.Int32,
    "day": pl.Date,
    "rides_tracked": pl.Int64,
    "uptime": pl.Int64,
    "shame": pl.Int64,
    "downtime": pl.Int64,
    "rides_with_downtime": pl.Int64,
    "avg_wait": pl.Int64,
    "peak_wait": pl.Int32,
    "operating_minutes": pl.Int64,
}


class _Day(NamedTuple):
    rides: read.Shrunk
    parks: read.Shrunk


def rides(span: DateSpan) -> pl.DataFrame:
    """Ride days of the dates, both ends included, by (day, ride_id): the columns RIDE_DAYS.

    uptime and avg_wait in hundredths; waits and longest_downtime may be null.
    """
    return read.joined([day.rides for day in _days.get(span.days())])


def parks(span: DateSpan) -> pl.DataFrame:
    """Park days of the dates, both ends included, by (day, park_id): the columns PARK_DAYS.

    uptime, downtime (hours) and avg_wait in hundredths, shame in thousandths; uptime, shame and waits may be
    null.
    """
    return read.joined([day.parks for day in _days.get(span.days())])


def _fingerprints(days: Sequence[date]) -> dict[date, tuple[object, ...]]:
    """What a writer of a day changes: its runs in the log, and number, ids and sums of its park rows.

    Adding up the ride rows instead would be a look at each of the 126,000 rows of a month. Every job that
    writes them, the legacy's included, writes the park rows with them and logs the day when it has finished;
    what somebody changes by hand is seen when it is announced (`frames.revisions`), or when the time has
    come to LOOK_AGAIN.
    """
    span = (min(days), max(days))
    runs = (
        AggregationLog.objects.filter(aggregation_date__range=span, aggregation_type=AggregationType.DAILY)
        .values_list("aggregation_date")
        .annotate(Count("log_id"), Max("started_at"), Max("completed_at"))
        .order_by()
    )
    park_rows = (
        ParkDailyStats.objects.filter(stat_date__range=span, metrics_version__in=versions.readable())
        .values_list("stat_date")
        .annotate(
            Count("stat_id"),
            Max("stat_id"),
            Sum("total_downtime_hours"),
            Sum("shame_score"),
            Sum("avg_uptime_percentage"),
            Sum("avg_wait_time"),
        )
        .order_by()
    )
    # The days take turns, so that no request has to read all of them again.
    moment, turn = time.monotonic(), LOOK_AGAIN // KEPT_DAYS
    found: dict[date, tuple[object, ...]] = {
        day: ((moment + turn * (day.toordinal() % KEPT_DAYS)) // LOOK_AGAIN,) for day in days
    }
    announced = revisions.of_span(clock.pacific_days(DateSpan(*span)))
    for day in days:
        start, end = (clock.epoch(end) for end in clock.pacific_day(day))
        found[day] += tuple(number for number, first, last in announced if first < end and last > start)
    for rows in (runs, park_rows):
        for day, *figures in rows:
            found[day] = (*found.get(day, ()), *figures)
    return found


def _load(days: Sequence[date]) -> dict[date, _Day]:
    of_days = {"stat_date__in": days, "metrics_version__in": versions.readable()}
    with transaction.atomic(using=source.current().alias):
        ride_rows = read.frame(
            RideDailyStats.objects.filter(**of_days, ride_id__isnull=False),
            RIDE_DAYS | {"day": pl.Int64, "version": pl.Int64},
            "ride_id",
            Epoch("stat_date"),
            "uptime_minutes",
            "downtime_minutes",
            scaled("uptime_percentage", 2),
            "operating_hours_minutes",
            scaled("avg_wait_time", 2),
            "min_wait_time",
            "max_wait_time",
            "peak_wait_time",
            "status_changes",
            "longest_downtime_minutes",
            "metrics_version",
        )
        park_rows = read.frame(
            ParkDailyStats.objects.filter(**of_days, park_id__isnull=False),
            PARK_DAYS | {"day": pl.Int64, "version": pl.Int64},
            "park_id",
            Epoch("stat_date"),
            "total_rides_tracked",
            scaled("avg_uptime_percentage", 2),
            scaled("shame_score", 3),
            scaled("total_downtime_hours", 2),
            "rides_with_downtime",
            scaled("avg_wait_time", 2),
            "peak_wait_time",
            "operating_hours_minutes",
            "metrics_version",
        )
    rides_by_day, parks_by_day = _by_day(ride_rows), _by_day(park_rows)
    return {
        day: _Day(
            read.Shrunk.of(rides_by_day.get(day, pl.DataFrame(schema=RIDE_DAYS))),
            read.Shrunk.of(parks_by_day.get(day, pl.DataFrame(schema=PARK_DAYS))),
        )
        for day in days
    }


def _by_day(rows: pl.DataFrame) -> dict[date, pl.DataFrame]:
    entity = rows.columns[0]
    # The greatest version is the active one; there are no others but 1.
    rows = rows.sort(entity, "version").unique([entity, "day"], keep="last", maintain_order=True)
    rows = rows.drop("version").with_columns((pl.col("day") // clock.DAY).cast(pl.Int32).cast(pl.Date))
    return {part["day"][0]: part for part in rows.partition_by("day")}


def _are_equal(one: _Day, other: _Day) -> bool:
    return one.rides.narrow.equals(other.rides.narrow) and one.parks.narrow.equals(other.parks.narrow)


_days: Kept[date, _Day] = Kept(
    fingerprints=_fingerprints, load=_load, capacity=KEPT_DAYS, batch=BATCH_DAYS, same=_are_equal
)
