"""Hourly figures: the recorded tables reproduced, and the rules that make them."""

from __future__ import annotations

import csv
import gzip
from datetime import UTC, datetime, timedelta
from functools import partial

import polars as pl
import pytest
from freezegun import freeze_time

from parks.models import ParkActivitySnapshot
from parkstats_project.base import clock
from parkstats_project.base.cache import CHECK_SECONDS
from parkstats_project.base.clock import DateSpan, Window
from parkstats_project.tests import cases
from rides import status
from rides.models import RideStatusSnapshot
from stats import rules
from stats.frames import archive, archive_format, hours, observations
from stats.jobs import nightly
from stats.models import ParkDayArchive
from stats.tests.observed import (
    CLOSED,
    DOWN,
    NOW,
    RUNNING,
    a_park,
    a_ride,
    at,
    raw_rows_since,
    saw,
    saw_park,
    saw_ride,
)

SCALES = {
    "avg_wait_time_minutes": 2,
    "downtime_hours": 2,
    "uptime_percentage": 2,
    "shame_score": 1,
    "total_downtime_hours": 2,
    "weighted_downtime_hours": 2,
    "effective_park_weight": 0,
}
RIDE_COLUMNS = {
    "ride_id": "ride_id",
    "park_id": "park_id",
    "avg_wait": "avg_wait_time_minutes",
    "operating": "operating_snapshots",
    "down": "down_snapshots",
    "downtime": "downtime_hours",
    "uptime": "uptime_percentage",
    "snapshots": "snapshot_count",
    "operated": "ride_operated",
}
PARK_COLUMNS = {
    "park_id": "park_id",
    "shame": "shame_score",
    "avg_wait": "avg_wait_time_minutes",
    "rides_operating": "rides_operating",
    "rides_down": "rides_down",
    "downtime": "total_downtime_hours",
    "weighted_downtime": "weighted_downtime_hours",
    "weight": "effective_park_weight",
    "snapshots": "snapshot_count",
    "was_open": "park_was_open",
}


def recorded(case: str, table: str, columns: dict[str, str], since: int) -> list[tuple[int | None, ...]]:
    """Rows of a recorded hourly table as hour and integers in units of their last place."""
    rows = []
    with gzip.open(cases.GOLDEN / case / "tables" / f"{table}.csv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            hour = int(datetime.fromisoformat(row["hour_start_utc"]).replace(tzinfo=UTC).timestamp())
            if hour < since:
                continue
            values = (
                None if row[name] == "\\N" else round(float(row[name]) * 10 ** SCALES.get(name, 0))
                for name in columns.values()
            )
            rows.append((hour, *values))
    return sorted(rows, key=str)


def computed(frame: pl.DataFrame, columns: dict[str, str]) -> list[tuple[int | None, ...]]:
    shown = frame.with_columns(pl.col(pl.Boolean).cast(pl.Int64)).select("hour", *columns)
    return sorted(shown.iter_rows(), key=str)


@pytest.mark.mariadb
@pytest.mark.whole
@pytest.mark.no_cover
@pytest.mark.parametrize("source", ["raw rows", "archive"])
@pytest.mark.parametrize("case", ["winter_saturday", "new_year_morning"])
def test_every_recorded_hour_whose_observations_exist_is_reproduced(case, source, golden_case):
    with golden_case(case):
        now = clock.now()
        oldest = nightly.oldest_raw(clock.from_epoch(0))
        assert oldest is not None
        # The flag needs the whole Pacific day, so the first day that is raw from its midnight on.
        first = clock.pacific_date(oldest) + timedelta(days=1)
        window = Window(clock.pacific_day(first).start, now)
        # Else the recorded hours themselves would be an answer to the test.
        ParkDayArchive.objects.exclude(kind=archive.OBSERVATIONS).delete()
        if source == "archive":
            archive_and_delete(DateSpan(first, clock.pacific_date(now) - timedelta(days=1)))
        of_rides = computed(hours.of_rides(window, now=now), RIDE_COLUMNS)
        of_parks = computed(hours.of_parks(window, now=now), PARK_COLUMNS)
    since = window.start_s
    assert len(of_rides) > 2000
    assert of_rides == recorded(case, "ride_hourly_stats", RIDE_COLUMNS, since)
    assert of_parks == recorded(case, "park_hourly_stats", PARK_COLUMNS, since)


def archive_and_delete(days: DateSpan) -> None:
    """Leave the archive, and the archive only, to tell of some days."""
    for day in days.days():
        assert not archive.write_day(day).without_rides
    end = clock.pacific_days(days).end
    RideStatusSnapshot.objects.filter(recorded_at__lt=end).delete()
    ParkActivitySnapshot.objects.filter(recorded_at__lt=end).delete()
    observations.forget()


@pytest.mark.whole
@pytest.mark.mariadb
def test_hours_before_the_raw_rows_are_the_archived_rows(golden_case):
    with golden_case("winter_saturday"):
        now = clock.now()
        window = Window(now - timedelta(days=30), now)
        got = computed(hours.of_rides(window, now=now, rides=[1, 2, 3]), RIDE_COLUMNS)
    wanted = [
        row
        for row in recorded("winter_saturday", "ride_hourly_stats", RIDE_COLUMNS, window.start_s)
        if row[1] in (1, 2, 3)
    ]
    assert got == wanted


def hour_of(ride_id: int, start: datetime, now: datetime = NOW) -> dict[str, object]:
    window = Window(start, start + timedelta(hours=1))
    return hours.of_rides(window, now=now, rides=[ride_id]).row(0, named=True)


@pytest.mark.django_db
def test_an_hour_counts_ten_minutes_for_each_down_snapshot_while_the_park_is_open():
    raw_rows_since(at(8))
    park = a_park()
    ride = a_ride(park)
    for minute, seen in ((0, RUNNING), (10, CLOSED), (20, CLOSED), (30, RUNNING)):
        saw(park, at(20, minute), {ride: seen})
    row = hour_of(ride.pk, at(20))
    assert (row["operating"], row["down"], row["downtime"], row["uptime"], row["snapshots"]) == (
        2,
        2,
        33,
        5000,
        4,
    )
    assert row["operated"]


@pytest.mark.django_db
def test_closed_is_no_downtime_at_a_park_that_reports_down():
    raw_rows_since(at(8))
    park = a_park(name="DOLLYWOOD")
    ride = a_ride(park)
    for minute, seen in ((0, RUNNING), (10, CLOSED), (20, DOWN)):
        saw(park, at(20, minute), {ride: seen})
    assert hour_of(ride.pk, at(20))["down"] == 1


@pytest.mark.django_db
def test_an_hour_before_the_first_operation_keeps_its_flag_as_the_day_goes_on():
    raw_rows_since(at(8))
    park = a_park()
    ride = a_ride(park)
    saw(park, at(18, 10), {ride: CLOSED})
    saw(park, at(19, 10), {ride: CLOSED})
    saw(park, at(20, 4), {ride: RUNNING})
    assert [hour_of(ride.pk, at(hour))["operated"] for hour in (18, 19, 20)] == [False, True, True]


@pytest.mark.django_db
def test_an_hour_is_complete_five_minutes_after_its_end():
    raw_rows_since(at(8))
    park = a_park()
    ride = a_ride(park)
    saw(park, at(20), {ride: RUNNING})
    window = Window(at(20), at(21))
    assert hours.of_rides(window, now=at(21, 4, 59)).is_empty()
    assert hours.of_parks(window, now=at(21, 4, 59)).is_empty()
    assert hours.of_rides(window, now=at(21, 5)).height == 1
    assert hours.of_parks(window, now=at(21, 5)).height == 1


@pytest.mark.django_db
def test_a_ride_whose_snapshots_all_drifted_has_a_row_without_counts():
    raw_rows_since(at(8))
    park = a_park()
    ride = a_ride(park)
    saw_park(park, at(20))
    saw_ride(ride, at(20, 0, 2), RUNNING)
    row = hour_of(ride.pk, at(20))
    assert (row["snapshots"], row["operating"], row["down"], row["downtime"], row["uptime"]) == (
        0,
        None,
        None,
        None,
        0,
    )


@pytest.mark.django_db
def test_a_park_hour_weighs_only_rides_that_operated():
    raw_rows_since(at(8))
    park = a_park()
    troubled, never = a_ride(park, tier=1), a_ride(park, tier=3)
    saw(park, at(20), {troubled: RUNNING, never: CLOSED}, rides_open=1, rides_closed=1, avg_wait_time="20.00")
    saw(
        park,
        at(20, 10),
        {troubled: CLOSED, never: CLOSED},
        rides_open=0,
        rides_closed=2,
        avg_wait_time="25.01",
    )
    row = hours.of_parks(Window(at(20), at(21)), now=NOW, parks=[park.pk]).row(0, named=True)
    # 0.17 h of the ride of weight 3: 0.51 / 3 x 10 = 1.7
    assert (row["downtime"], row["weighted_downtime"], row["weight"], row["shame"]) == (17, 51, 3, 17)
    assert (row["rides_operating"], row["rides_down"], row["avg_wait"], row["was_open"]) == (1, 2, 2251, True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("hour", "day_start"),
    [
        # 2 November 2025: hours before 09:00 UTC use 07:00, later ones 08:00 (docs/contract/hourly.md 4).
        (datetime(2025, 11, 2, 8, tzinfo=UTC), datetime(2025, 11, 2, 7, tzinfo=UTC)),
        (datetime(2025, 11, 2, 9, tzinfo=UTC), datetime(2025, 11, 2, 8, tzinfo=UTC)),
        # 9 March 2025: later hours use 07:00.
        (datetime(2025, 3, 9, 9, tzinfo=UTC), datetime(2025, 3, 9, 8, tzinfo=UTC)),
        (datetime(2025, 3, 9, 10, tzinfo=UTC), datetime(2025, 3, 9, 7, tzinfo=UTC)),
    ],
)
def test_the_flag_looks_back_to_midnight_by_the_offset_of_its_hour(hour, day_start):
    raw_rows_since(day_start - timedelta(hours=3))
    park = a_park()
    early, late = a_ride(park), a_ride(park)
    saw(park, day_start - timedelta(seconds=1), {early: RUNNING})
    saw(park, day_start, {late: RUNNING})
    saw(park, hour, {early: CLOSED, late: CLOSED})
    rows = hours.of_rides(Window(hour, hour + timedelta(hours=1)), now=hour + timedelta(hours=3))
    flags = dict(rows.select("ride_id", "operated").iter_rows())
    assert (flags[early.pk], flags[late.pk]) == (False, True)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [archive.RIDE_HOURS, archive.PARK_HOURS])
def test_a_recorded_hour_that_is_written_again_with_as_many_rows_is_read_again(kind):
    start = at(20, day=10)
    park = a_park(created_at=at(0, day=1))
    ride = a_ride(park)
    given = {"ride_id": ride.pk, "park_id": park.pk, "hour": clock.epoch(start), "snapshots": 6}
    ask, columns = (
        (hours.of_rides, archive_format.RIDE_HOURS)
        if kind == archive.RIDE_HOURS
        else (hours.of_parks, archive_format.PARK_HOURS)
    )

    def record(avg_wait):
        row = {name: given.get(name, 1) for name in columns} | {"avg_wait": avg_wait}
        frames = [pl.DataFrame([row], schema=columns), pl.DataFrame(schema=archive_format.COUNTER)]
        day = clock.pacific_date(start)
        archive.store([archive.packed_row(kind, day, park.pk, frames, rides=pl.Series([ride.pk]))])
        return ParkDayArchive.objects.values_list("archive_id", "row_count").get()

    def shown():
        return ask(Window(start, start + timedelta(hours=1)), now=NOW)["avg_wait"].to_list()

    with freeze_time(NOW) as time:
        before = record(1000)
        assert shown() == [1000]
        assert record(2000) == before
        time.tick(CHECK_SECONDS + 1)
        assert shown() == [2000]


@pytest.mark.django_db
def test_a_collection_of_the_running_hour_has_only_the_hour_before_it_computed_again(monkeypatch):
    park = a_park(created_at=at(0, day=1))
    ride = a_ride(park)
    for hour in (18, 19, 20, 21):
        saw(park, at(hour, 10), {ride: RUNNING})
    window, asked = Window(at(18), at(22)), []

    def noted(rows, part):
        asked.append([clock.from_epoch(hour).hour for hour in part])
        return rows(part)

    for name in ("_ride_rows", "_park_rows"):
        monkeypatch.setattr(hours, name, partial(noted, getattr(hours, name)))
    with freeze_time(NOW) as time:
        for ask in (hours.of_rides, hours.of_parks):
            before = ask(window, now=NOW)
            assert before["hour"].to_list() == [clock.epoch(at(hour)) for hour in (18, 19, 20, 21)]
            assert asked == [[18, 19, 20], [21]]
            asked.clear()
            saw(park, at(22, 10) if ask is hours.of_rides else at(22, 20), {ride: RUNNING})
            time.tick(CHECK_SECONDS + 1)
            assert ask(window, now=NOW).equals(before)
            assert asked == [[21]]
            asked.clear()


@pytest.mark.django_db
def test_a_changed_rule_reaches_raw_and_archived_hours_at_once(monkeypatch):

    raw_rows_since(at(6, day=18))
    park = a_park()
    ride = a_ride(park)
    for day in (18, 20):
        saw(park, at(18, day=day), {ride: CLOSED})
        saw(park, at(18, 10, day=day), {ride: RUNNING})
    for day in (17, 18):
        archive.write_day(clock.pacific_date(at(20, day=day)))
    RideStatusSnapshot.objects.filter(recorded_at__lt=at(8, day=20)).delete()
    ParkActivitySnapshot.objects.filter(recorded_at__lt=at(8, day=20)).delete()
    raw_rows_since(at(8, day=20))

    def down() -> list[object]:
        observations.forget()
        return [hour_of(ride.pk, at(18, day=day))["down"] for day in (18, 20)]

    assert down() == [1, 1]
    monkeypatch.setattr(rules, "down", lambda: pl.col("status") == status.REFURBISHMENT)
    assert down() == [0, 0]
