"""Daily figures of special days and rides (docs/contract/daily-aggregation.md 3)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from rides.models import Ride, RideStatusChange
from stats.frames import archive, observations, roster
from stats.jobs import daily_figures
from stats.tests.observed import (
    CLOSED,
    DOWN,
    RUNNING,
    SILENT_STANDING,
    Seen,
    a_park,
    a_ride,
    moments,
    observe,
    saw,
    saw_ride,
    two_parks,
)

pytestmark = pytest.mark.django_db

DAY = date(2025, 12, 15)


def figures(day: date = DAY, *, version: int = 1) -> dict[int, dict[str, int | None]]:
    """Ride rows of a day by ride id."""
    seen = observations.read_day(day)
    frame = daily_figures.ride_figures(
        seen.rides, seen.changes, roster.current().rides.filter("is_active"), version=version
    )
    return {row["ride_id"]: row for row in frame.iter_rows(named=True)}


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2025, 3, 9), 23), (date(2025, 11, 2), 25), (date(2025, 11, 3), 24)]
)
def test_a_day_is_as_long_as_the_pacific_one(day: date, hours: int) -> None:
    ride = a_ride(a_park())
    observe(day, [ride], lambda ride, number: RUNNING)
    observe(day + timedelta(days=1), [ride], lambda ride, number: DOWN)
    row = figures(day)[ride.pk]
    assert row["uptime_minutes"] == row["operating_hours_minutes"] == 60 * hours
    assert row["downtime_minutes"] == 0


def test_the_worked_example_of_the_contract() -> None:
    ride = a_ride(a_park(is_disney=True))
    waits = [25, 26, 26, 27, 25, 26, 26, 26]
    states: list[Seen] = [("OPERATING", True, wait) for wait in waits]
    states += [("OPERATING", True, None)] * 48 + [DOWN] * 15 + [CLOSED] * 7
    at = moments(DAY)
    observe(DAY, [ride], lambda ride, number: states[number], at=at[:78])
    observe(DAY, [ride], lambda ride, number: CLOSED, at=at[78:81], appears_open=False)
    row = figures()[ride.pk]
    assert row["uptime_minutes"] == 560
    assert row["downtime_minutes"] == 150
    assert row["operating_hours_minutes"] == 780
    assert row["uptime_percentage"] == 7179
    assert row["avg_wait_time"] == 2588
    assert (row["min_wait_time"], row["max_wait_time"], row["peak_wait_time"]) == (25, 27, 27)


def test_a_ride_without_snapshots_has_zeros_and_no_waits() -> None:
    ride, other = two_parks(rides=1)
    observe(DAY, [other])
    row = figures()[ride.pk]
    assert row["uptime_minutes"] == row["downtime_minutes"] == row["uptime_percentage"] == 0
    assert row["avg_wait_time"] is row["peak_wait_time"] is row["longest_downtime_minutes"] is None


def test_a_ride_that_never_ran_has_no_downtime() -> None:
    ride = a_ride(a_park())
    observe(DAY, [ride], lambda ride, number: DOWN)
    assert figures()[ride.pk]["downtime_minutes"] == 0


def test_a_snapshot_counts_once_for_each_park_snapshot_of_its_second() -> None:
    park = a_park()
    ride, moment = a_ride(park), moments(DAY)[60]
    saw(park, moment, {ride: ("OPERATING", True, 10)})
    saw(park, moment, {})
    saw(park, moment + timedelta(minutes=10), {ride: ("OPERATING", True, 40)})
    saw_ride(ride, moment + timedelta(seconds=1), ("OPERATING", True, 90))
    row = figures()[ride.pk]
    assert row["operating_hours_minutes"] == 30
    assert row["avg_wait_time"] == 2000
    assert row["peak_wait_time"] == 40


def test_a_ride_that_was_moved_with_sql_is_matched_with_the_park_that_its_seconds_show() -> None:
    ride, other = two_parks(rides=1)
    observe(DAY, [ride, other], lambda ride, number: RUNNING)
    Ride.objects.filter(pk=ride.pk).update(park=other.park)
    roster.forget()
    moved = figures()[ride.pk]
    # The parks are observed a second apart: the rows are those of the park that the ride was in.
    assert moved["park_id"] == other.park_id
    assert moved["operating_hours_minutes"] == 1440


def test_version_2_counts_closed_rides_where_a_park_does_not_report_down() -> None:
    disney, plain = two_parks(rides=1)
    states = [RUNNING, CLOSED, DOWN, SILENT_STANDING]
    observe(DAY, [disney, plain], lambda ride, number: states[number % 4])
    quarter = 10 * 144 // 4
    assert figures(version=1)[plain.pk]["downtime_minutes"] == 2 * quarter
    assert figures(version=2)[plain.pk]["downtime_minutes"] == 3 * quarter
    assert figures(version=1)[disney.pk]["downtime_minutes"] == 2 * quarter
    assert figures(version=2)[disney.pk]["downtime_minutes"] == quarter


def opens(ride: Ride, moment: datetime, since: datetime | None) -> None:
    RideStatusChange.objects.create(
        ride=ride,
        changed_at=moment,
        previous_status=False,
        new_status=True,
        duration_in_previous_status=10,
        status_since=since,
    )


def test_version_2_knows_how_long_a_ride_was_out() -> None:
    """From its status's beginning if that lies between two collections, and never while the park is shut."""
    park = a_park(is_disney=False)
    known, unknown, late, closed_by_day = (a_ride(park) for _ in range(4))
    at = moments(DAY)[60:73]
    closed, out, run = CLOSED, DOWN, RUNNING
    shut = [closed, closed, closed]
    of_day = {
        known: [run, out, out, out, out, run, run, out, run, run],
        unknown: [run, out, out, out, out, run, run, run, run, run],
        late: [closed, closed, run, run, run, run, run, run, run, run],
        closed_by_day: [run, closed, out, closed, run, run, run, run, run, run],
    }
    for number, moment in enumerate(at):
        states = {ride: [*shut, *seen][number] for ride, seen in of_day.items()}
        saw(park, moment, states, appears_open=number >= 3)
    seconds = timedelta(seconds=1)
    opens(known, at[8], at[4] - 420 * seconds)
    opens(known, at[11], at[10])
    opens(unknown, at[8], None)
    # Closed since the evening before; the park opened two collections earlier.
    opens(late, at[5], at[0] - timedelta(hours=9))
    # Of three statuses in a row the last one began late.
    opens(closed_by_day, at[7], at[6])
    # The morning.
    for ride in (known, unknown, closed_by_day):
        opens(ride, at[3], at[0] - timedelta(hours=9))
    two, one = (
        {ride.pk: row["longest_downtime_minutes"] for ride in of_day for row in [rows[ride.pk]]}
        for rows in (figures(version=2), figures(version=1))
    )
    assert two == {known.pk: 47, unknown.pk: 40, late.pk: 20, closed_by_day.pk: 30}
    assert set(one.values()) == {10}


def test_an_outage_is_as_long_from_the_archive_as_from_raw_rows() -> None:
    ride = a_ride(a_park())
    observe(DAY, [ride], lambda ride, number: DOWN if 70 <= number < 75 else RUNNING)
    moment = moments(DAY)[75]
    RideStatusChange.objects.all().delete()
    opens(ride, moment, moment - timedelta(minutes=57))
    raw = figures(version=2)[ride.pk]["longest_downtime_minutes"]
    archive.write_day(DAY)
    RideStatusChange.objects.all().delete()
    observations.forget()
    assert figures(version=2)[ride.pk]["longest_downtime_minutes"] == raw == 57


def test_the_score_of_a_day_is_weighted_downtime_by_the_weight_of_what_operated() -> None:
    park = a_park(is_disney=True)
    first, third, idle = a_ride(park, tier=1), a_ride(park, tier=3), a_ride(park, tier=1)
    show = a_ride(park, tier=1, category="SHOW")
    observe(
        DAY,
        [first, third, idle, show],
        lambda ride, number: CLOSED if ride == idle else DOWN if ride == first and number < 12 else RUNNING,
    )
    seen = observations.read_day(DAY)
    who = roster.current()
    rides = daily_figures.ride_figures(seen.rides, seen.changes, who.rides, version=2)
    row = daily_figures.park_figures(rides, who.rides).row(0, named=True)
    assert row["total_rides_tracked"] == 4
    assert row["total_downtime_hours"] == 200
    assert row["shame_score"] == round(2 * 3 / (3 + 1) * 10 * 1000)


def test_park_rows_average_over_rides_that_never_operated() -> None:
    park = a_park()
    running, idle = a_ride(park), a_ride(park)
    observe(DAY, [running, idle], lambda ride, number: RUNNING if ride == running else CLOSED)
    seen = observations.read_day(DAY)
    who = roster.current()
    rides = daily_figures.ride_figures(seen.rides, seen.changes, who.rides, version=1)
    row = daily_figures.park_figures(rides, who.rides).row(0, named=True)
    assert row["avg_uptime_percentage"] == 5000
    assert row["avg_wait_time"] == 2000
    assert row["shame_score"] == 0
