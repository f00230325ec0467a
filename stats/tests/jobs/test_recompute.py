"""Recomputing days: what is written, what is kept, what is left out, what is logged."""

from __future__ import annotations

from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from freezegun import freeze_time

from parks.models import Park, ParkActivitySnapshot
from parkstats_project.base.clock import DateSpan, pacific_day
from parkstats_project.db import errors
from rides.models import Ride, RideStatusSnapshot
from stats.choices import AggregationType, RunStatus
from stats.frames import archive, observations, roster
from stats.jobs import recompute, runs
from stats.models import AggregationLog, ParkDailyStats, RideDailyStats
from stats.tests.databases import dump
from stats.tests.observed import RUNNING, a_park, a_ride, an_earlier_row, moments, observe, two_parks

DAY = date(2025, 12, 15)
LATER = "2025-12-20T12:00:00Z"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("later")]


@pytest.fixture
def later() -> Any:
    with freeze_time(LATER):
        yield


@pytest.fixture
def rides() -> list[Ride]:
    """Rides of two parks, observed on DAY in full."""
    made = two_parks()
    an_earlier_row(DAY, made[0])
    observe(DAY, made)
    return made


def run(*words: str) -> str:
    out = StringIO()
    call_command("recompute_daily_stats", *words, stdout=out)
    return out.getvalue()


def refused(*words: str) -> tuple[int, str]:
    """Exit code and message of a run that does not end well."""
    with pytest.raises(CommandError) as caught:
        run(*words)
    return caught.value.returncode, str(caught.value)


def minutes() -> dict[int, int]:
    rows = RideDailyStats.objects.filter(stat_date=DAY, metrics_version=1)
    return dict(rows.values_list("ride_id", "operating_hours_minutes"))


def test_running_it_twice_gives_identical_rows_with_the_same_ids(rides: list[Ride]) -> None:
    run("--date", str(DAY))
    first = dump(RideDailyStats, ParkDailyStats)
    assert len(first["ride_daily_stats"]) == 6
    assert len(first["park_daily_stats"]) == 2
    with freeze_time("2025-12-21T12:00:00Z"):
        assert "0 rows changed" in run("--date", str(DAY))
    assert dump(RideDailyStats, ParkDailyStats) == first


def test_wrong_rows_are_corrected_under_their_id_and_creation_time(rides: list[Ride]) -> None:
    run("--date", str(DAY))
    good = dump(RideDailyStats, ParkDailyStats)
    RideDailyStats.objects.update(uptime_minutes=1, avg_wait_time=None, peak_wait_time=7)
    ParkDailyStats.objects.update(total_downtime_hours="99.99")
    with freeze_time("2025-12-21T12:00:00Z"):
        run("--date", str(DAY))
    assert dump(RideDailyStats, ParkDailyStats) == good


def test_the_stored_score_survives_version_1_and_is_written_by_version_2(rides: list[Ride]) -> None:
    run("--date", str(DAY))
    ParkDailyStats.objects.update(shame_score="1.234", rides_with_downtime=99)
    run("--date", str(DAY))
    assert {str(score) for score in ParkDailyStats.objects.values_list("shame_score", flat=True)} == {"1.234"}
    assert not ParkDailyStats.objects.filter(rides_with_downtime=99).exists()
    run("--date", str(DAY), "--metrics-version", "2")
    second = ParkDailyStats.objects.filter(metrics_version=2)
    assert second.count() == 2
    assert all(score is not None for score in second.values_list("shame_score", flat=True))
    assert ParkDailyStats.objects.filter(metrics_version=1, shame_score="1.234").count() == 2


def test_two_versions_are_compared_column_by_column(rides: list[Ride]) -> None:
    run("--date", str(DAY))
    run("--date", str(DAY), "--metrics-version", "2")
    RideDailyStats.objects.filter(metrics_version=2, ride=rides[0]).update(downtime_minutes=990)
    text = run("--date", str(DAY), "--compare", "1", "2")
    assert "ride_daily_stats: 6 rows in both versions, 0 only in 1, 0 only in 2" in text
    assert f"ride {rides[0].pk} on {DAY}" in text
    assert "  downtime_minutes: 1 differ, largest " in text
    assert "shame_score: 2 differ, largest none" in text
    assert "uptime_minutes" not in text
    RideDailyStats.objects.filter(metrics_version=2).first().delete()  # type: ignore[union-attr]
    assert "5 rows in both versions, 1 only in 1" in run("--date", str(DAY), "--compare", "1", "2")


def test_a_dry_run_says_what_would_change_and_changes_nothing(rides: list[Ride]) -> None:
    before = dump()
    text = run("--date", str(DAY), "--dry-run")
    assert "rides 6 new, 0 changed, 0 removed, 0 as before" in text
    assert "8 rows would change" in text
    assert dump() == before


def test_a_deactivated_ride_that_was_observed_keeps_its_row_up_to_date(rides: list[Ride]) -> None:
    run("--date", str(DAY))
    Ride.objects.filter(pk=rides[0].pk).update(is_active=False)
    RideDailyStats.objects.filter(ride=rides[0]).update(uptime_minutes=5)
    roster.forget()
    run("--date", str(DAY))
    assert RideDailyStats.objects.get(ride=rides[0]).uptime_minutes > 5
    assert ParkDailyStats.objects.get(park=rides[0].park).total_rides_tracked == 3


def test_a_deactivated_ride_gets_no_new_row(rides: list[Ride]) -> None:
    Ride.objects.filter(pk=rides[0].pk).update(is_active=False)
    roster.forget()
    run("--date", str(DAY))
    assert set(minutes()) == {ride.pk for ride in rides[1:]}


def test_the_row_of_a_ride_of_which_no_observation_is_left_stays_and_is_named(rides: list[Ride]) -> None:
    gone = a_ride(rides[0].park, is_active=False)
    RideDailyStats.objects.create(ride=gone, stat_date=DAY, uptime_minutes=10)
    code, text = refused("--date", str(DAY))
    assert (code, str(DAY) in text) == (4, True)
    assert set(minutes()) == {ride.pk for ride in [*rides, gone]}
    assert RideDailyStats.objects.get(ride=gone).uptime_minutes == 10
    assert f"kept what saw more: park {gone.park_id} (144/144): ride {gone.pk}" in (
        AggregationLog.objects.get().error_message or ""
    )
    # The park's row is made of all rows of its rides, this one included.
    assert ParkDailyStats.objects.get(park=gone.park).total_rides_tracked == 4
    run("--date", str(DAY), "--allow-gaps")
    assert RideDailyStats.objects.get(ride=gone).uptime_minutes == 0


def test_a_ride_without_snapshots_and_a_park_without_rides(rides: list[Ride]) -> None:
    silent = a_ride(rides[0].park)
    empty = a_park()
    run("--date", str(DAY))
    row = RideDailyStats.objects.get(ride=silent)
    assert (row.operating_hours_minutes, row.avg_wait_time) == (0, None)
    assert not ParkDailyStats.objects.filter(park=empty).exists()


def test_rides_of_an_inactive_park_have_rows_but_the_park_has_none(rides: list[Ride]) -> None:
    ride = a_ride(a_park(is_active=False))
    run("--date", str(DAY))
    assert minutes()[ride.pk] == 0
    assert not ParkDailyStats.objects.filter(park=ride.park).exists()


def test_one_dark_park_among_many_keeps_its_rows_and_the_others_are_written(rides: list[Ride]) -> None:
    dark = a_ride(a_park())
    kept = RideDailyStats.objects.create(ride=dark, stat_date=DAY, uptime_minutes=777)
    ParkDailyStats.objects.create(park=dark.park, stat_date=DAY, total_rides_tracked=1)
    code, message = refused("--date", str(DAY))
    assert (code, str(DAY) in message) == (4, True)
    kept.refresh_from_db()
    assert kept.uptime_minutes == 777
    assert len(minutes()) == 7
    log = AggregationLog.objects.get()
    assert (log.status, log.error_message) == (
        RunStatus.SUCCESS,
        f"kept what saw more: park {dark.park_id} (0/144): its own row ride {dark.pk}",
    )


@pytest.mark.parametrize(("missed", "too_many"), [(7, False), (8, True)])
def test_five_percent_of_the_collections_may_be_missing(missed: int, too_many: bool) -> None:
    first, second = two_parks(rides=1)
    an_earlier_row(DAY, first)
    observe(DAY, [first])
    observe(DAY, [second], at=moments(DAY)[missed:])
    outcome = recompute.recompute_day(DAY, version=1)
    assert outcome.expected == 144
    assert outcome.below == ((second.park_id,) if too_many else ())
    assert outcome.complete is not too_many


def test_gaps_are_written_if_the_command_line_says_so() -> None:
    first, second = two_parks(rides=1)
    an_earlier_row(DAY, first)
    observe(DAY, [first])
    observe(DAY, [second], lambda ride, number: RUNNING, at=moments(DAY)[:72])
    assert refused("--date", str(DAY))[0] == 4
    # There was no row: an outage must not make a day disappear.
    assert minutes()[second.pk] == 720
    RideDailyStats.objects.filter(ride=second).update(
        operating_hours_minutes=1440, uptime_minutes=1440, observed_collections=144
    )
    assert refused("--date", str(DAY))[0] == 4
    assert minutes()[second.pk] == 1440
    run("--date", str(DAY), "--allow-gaps")
    assert minutes()[second.pk] == 720
    assert "gaps allowed" in (AggregationLog.objects.get().error_message or "")


def test_hours_without_any_collection_are_gaps_also_if_nobody_was_seen_in_them() -> None:
    rides = two_parks(rides=1)
    observe(DAY, rides, at=moments(DAY)[60:])
    assert refused("--date", str(DAY))[0] == 4
    rows = RideDailyStats.objects.values_list("observed_collections", "expected_collections")
    assert list(rows) == [(84, 144)] * 2


@pytest.mark.parametrize("words", [(), ("--allow-gaps",)])
def test_a_day_without_observations_is_never_overwritten(rides: list[Ride], words: tuple[str, ...]) -> None:
    empty = DAY + timedelta(days=2)
    kept = RideDailyStats.objects.create(ride=rides[0], stat_date=empty, uptime_minutes=777)
    assert refused("--date", str(empty), *words)[0] == 4
    kept.refresh_from_db()
    assert kept.uptime_minutes == 777
    assert RideDailyStats.objects.count() == 1
    log = AggregationLog.objects.get()
    assert (log.status, log.error_message) == (RunStatus.FAILED, "no observations")


def test_a_day_whose_beginning_is_pruned_is_left_as_it_was(rides: list[Ride]) -> None:
    run("--date", str(DAY))
    before = dump(RideDailyStats, ParkDailyStats)
    for model in (RideStatusSnapshot, ParkActivitySnapshot):
        model._default_manager.filter(recorded_at__lt=moments(DAY)[30]).delete()
    assert refused("--date", str(DAY))[0] == 4
    assert dump(RideDailyStats, ParkDailyStats) == before
    run("--date", str(DAY), "--allow-gaps")
    assert set(minutes().values()) == {1140}


def test_an_archived_day_gives_the_same_rows_after_its_raw_rows_are_gone(rides: list[Ride]) -> None:
    run("--date", str(DAY))
    good = dump(RideDailyStats, ParkDailyStats)
    archive.write_day(DAY)
    for model in (RideStatusSnapshot, ParkActivitySnapshot):
        model._default_manager.all().delete()
    RideDailyStats.objects.update(uptime_minutes=1, status_changes=77)
    assert "(archive)" in run("--date", str(DAY))
    assert dump(RideDailyStats, ParkDailyStats) == good


def test_rows_of_rides_and_parks_that_were_deactivated_since_can_be_made_again(rides: list[Ride]) -> None:
    run("--date", str(DAY))
    good = dump(RideDailyStats, ParkDailyStats, without=["stat_id"])
    archive.write_day(DAY)
    Ride.objects.filter(pk=rides[0].pk).update(is_active=False)
    Park.objects.filter(pk=rides[-1].park_id).update(is_active=False)
    for model in (RideStatusSnapshot, ParkActivitySnapshot, RideDailyStats, ParkDailyStats):
        model._default_manager.all().delete()
    roster.forget()
    run("--date", str(DAY))
    assert dump(RideDailyStats, ParkDailyStats, without=["stat_id"]) == good


def test_snapshots_that_come_late_are_counted_by_the_next_run(rides: list[Ride]) -> None:
    last = rides[-1]
    RideStatusSnapshot.objects.filter(ride=last, recorded_at__gte=moments(DAY)[100]).delete()
    run("--date", str(DAY))
    before = minutes()
    missing = [moment + timedelta(seconds=1) for moment in moments(DAY)[100:]]
    RideStatusSnapshot.objects.bulk_create(
        RideStatusSnapshot(ride=last, recorded_at=at, status="OPERATING", computed_is_open=True, wait_time=5)
        for at in missing
    )
    run("--date", str(DAY))
    assert minutes()[last.pk] == before[last.pk] + 440
    assert {key: value for key, value in minutes().items() if key != last.pk} == {
        key: value for key, value in before.items() if key != last.pk
    }


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


def test_a_ride_whose_average_wait_does_not_fit_loses_that_figure_alone(rides: list[Ride]) -> None:
    odd = a_ride(rides[0].park)
    observe(DAY, [*rides[1:3], odd], lambda ride, number: ("OPERATING", True, 5000) if ride == odd else None)
    run("--date", str(DAY))
    row = RideDailyStats.objects.get(ride=odd)
    assert (row.avg_wait_time, row.max_wait_time, row.operating_hours_minutes) == (None, 5000, 2880)
    assert f"do not fit their columns: avg_wait_time of ride {odd.pk}" in (
        AggregationLog.objects.get().error_message or ""
    )


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
