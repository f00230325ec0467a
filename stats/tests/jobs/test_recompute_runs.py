"""Runs of the recomputation: their arguments, what is logged of them, what happens if one fails."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from freezegun import freeze_time

from parks.models import Park
from parkstats_project.base.clock import DateSpan, pacific_day
from parkstats_project.db import errors
from rides.models import Ride
from stats.choices import AggregationType, RunStatus
from stats.frames import observations
from stats.jobs import runs
from stats.models import AggregationLog, ParkDailyStats
from stats.tests.observed import observe
from stats.tests.recomputed import DAY, minutes, refused, run

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("later")]


def test_only_the_parks_asked_for_are_written_and_the_day_does_not_count_as_done(rides: list[Ride]) -> None:
    park = rides[0].park_id
    run("--date", str(DAY), "--park", str(park))
    assert set(minutes()) == {ride.pk for ride in rides if ride.park_id == park}
    span = DateSpan(DAY, DAY)
    assert runs.done_days(span, version=1) == set()
    run("--date", str(DAY))
    assert runs.done_days(span, version=1) == {DAY}
    assert runs.done_days(span, version=2) == set()


def test_each_day_is_logged_with_its_end_and_counts(rides: list[Ride]) -> None:
    run("--date", str(DAY))
    log = AggregationLog.objects.get()
    assert (log.aggregation_date, log.aggregation_type) == (DAY, AggregationType.DAILY)
    assert (log.status, log.error_message) == (RunStatus.SUCCESS, None)
    assert log.aggregated_until_ts == pacific_day(DAY).end
    assert (log.parks_processed, log.rides_processed) == (2, 6)
    run("--date", str(DAY))
    assert AggregationLog.objects.count() == 1


def test_the_row_of_a_run_that_died_is_taken_over(rides: list[Ride]) -> None:
    died = AggregationLog.objects.create(
        aggregation_date=DAY,
        aggregation_type=AggregationType.DAILY,
        status=RunStatus.RUNNING,
        started_at=pacific_day(DAY).end,
    )
    assert "an earlier run of this day had died" in run("--date", str(DAY))
    died.refresh_from_db()
    assert died.status == RunStatus.SUCCESS
    assert AggregationLog.objects.count() == 1


def failing(monkeypatch: pytest.MonkeyPatch, error: Exception, *, times: int) -> list[int]:
    """Let the first reads of a day fail; gives the list of calls."""
    calls: list[int] = []
    read = observations.read_day

    def read_day(day: date) -> observations.Day:
        calls.append(1)
        if len(calls) <= times:
            raise error
        return read(day)

    monkeypatch.setattr(observations, "read_day", read_day)
    monkeypatch.setattr(errors, "PAUSE_SECONDS", 0)
    return calls


def test_a_deadlock_is_tried_again(rides: list[Ride], monkeypatch: pytest.MonkeyPatch) -> None:
    calls = failing(monkeypatch, OperationalError(1213, "Deadlock found"), times=2)
    run("--date", str(DAY))
    assert len(calls) == 3
    assert len(minutes()) == 6


def test_a_day_that_fails_is_logged_and_ends_the_run(
    rides: list[Ride], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = failing(monkeypatch, OperationalError(1205, "Lock wait timeout"), times=99)
    code, message = refused("--start-date", str(DAY - timedelta(days=1)), "--end-date", str(DAY))
    assert (code, len(calls)) == (1, 3)
    assert "Lock wait timeout" in message
    log = AggregationLog.objects.get()
    assert (log.status, log.aggregation_date) == (RunStatus.FAILED, DAY - timedelta(days=1))
    assert "1205" in (log.error_message or "")


def test_other_errors_are_not_tried_again(rides: list[Ride], monkeypatch: pytest.MonkeyPatch) -> None:
    calls = failing(monkeypatch, RuntimeError("broken"), times=99)
    assert refused("--date", str(DAY)) == (1, f"failed: {DAY}: RuntimeError: broken")
    assert len(calls) == 1


@pytest.mark.parametrize(
    "words",
    [
        ("--date", "2025-12-21"),
        ("--date", "2025-12-20"),
        ("--date", "1969-12-31"),
        ("--date", "2025-13-01"),
        ("--date", "2025-12-15", "--days", "3"),
        ("--start-date", "2025-12-15", "--end-date", "2025-12-14"),
        ("--end-date", "2025-12-14"),
        ("--days", "0"),
        ("--days", "99999999999"),
        ("--days", "800000"),
        ("--metrics-version", "3"),
        ("--date", "2025-12-15", "--park", "999999"),
        ("--date", "2025-12-15", "--compare", "1", "9"),
    ],
)
def test_bad_arguments_are_refused_before_anything_happens(words: tuple[str, ...]) -> None:
    with pytest.raises((CommandError, SystemExit)) as caught:
        call_command("recompute_daily_stats", *words)
    # Django turns the exit of argparse (2) into a CommandError when called from Python.
    assert getattr(caught.value, "returncode", 1) in (1, 2)
    assert not AggregationLog.objects.exists()


def test_the_default_is_pacific_yesterday(rides: list[Ride]) -> None:
    with freeze_time("2025-12-17T07:59:00Z"):
        assert f"{DAY} v1" in run()
    with freeze_time("2025-12-17T08:01:00Z"):
        assert refused()[1].endswith("2025-12-16")


def test_days_of_the_range_are_done_in_order(rides: list[Ride]) -> None:
    for later in (1, 2):
        observe(DAY + timedelta(days=later), rides)
    run("--start-date", str(DAY), "--end-date", str(DAY + timedelta(days=2)))
    days = AggregationLog.objects.order_by("log_id").values_list("aggregation_date", flat=True)
    assert list(days) == DateSpan(DAY, DAY + timedelta(days=2)).days()
    assert Park.objects.count() == ParkDailyStats.objects.filter(stat_date=DAY).count()
