"""Every stored figure knows how much it saw: what is a gap, what stays, and what coverage is counted from."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import polars as pl
import pytest
from django.core.management import CommandError, call_command
from django.db.models import Q

from parks.models import ParkActivitySnapshot
from parkstats_project.base import clock
from rides.models import RideStatusChange, RideStatusSnapshot
from stats.frames import archive, coverage, observations
from stats.jobs import monitor, nightly
from stats.models import ParkDailyStats, RideDailyStats
from stats.tests.databases import dump

GoldenCase = Callable[[str], AbstractContextManager[str]]

DAY = date(2025, 12, 19)
DAILY = (RideDailyStats, ParkDailyStats)
FIGURES = ("observed_collections", "expected_collections")


def job(*words: str) -> tuple[int, str]:
    """Exit code and output of a command."""
    out = StringIO()
    observations.forget()
    try:
        call_command(*words, stdout=out)
    except CommandError as error:
        return error.returncode, out.getvalue() + str(error)
    return 0, out.getvalue()


def recompute(*words: str) -> tuple[int, str]:
    return job("recompute_daily_stats", "--date", str(DAY), *words)


def rows() -> dict[str, list[dict[str, Any]]]:
    return dump(*DAILY, without=FIGURES)


def uptime(day: date = DAY) -> int:
    return sum(RideDailyStats.objects.filter(stat_date=day).values_list("uptime_minutes", flat=True))


def of_day(column: str = "recorded_at") -> dict[str, datetime]:
    window = clock.pacific_day(DAY)
    return {f"{column}__gte": window.start, f"{column}__lt": window.end}


@pytest.fixture
def winter(golden_case: GoldenCase) -> Any:
    with golden_case("winter_saturday"):
        yield


@pytest.mark.whole
@pytest.mark.mariadb
@pytest.mark.usefixtures("winter")
class TestOfARecordedDay:
    """The day as it was recorded has 144 collections; its stored rows know nothing of coverage."""

    def test_rows_that_do_not_change_learn_how_much_they_saw(self) -> None:
        before = rows()
        code, text = recompute()
        assert (code, "0 rows changed" in text) == (0, True)
        assert rows() == before
        known = RideDailyStats.objects.filter(stat_date=DAY).exclude(observed_collections=None)
        assert known.count() == 78
        assert set(known.values_list("expected_collections", flat=True)) == {144}
        assert set(known.values_list("observed_collections", flat=True)) == {142, 143, 144}
        assert recompute()[0] == 0

    def test_ride_rows_that_vanished_replace_nothing_and_the_day_is_not_done(self) -> None:
        before = rows()
        assert uptime() == 28_540
        RideStatusSnapshot.objects.filter(**of_day()).delete()
        code, text = recompute()
        assert (code, "kept what saw more: park 1 (0/144)" in text) == (4, True)
        assert rows() == before
        code, text = job("aggregate_daily")
        assert (code, "none of the rides of park 1, 2, 3" in text) == (4, True)
        found = {raw.day: raw for raw in nightly.raw_days(version=1, until=DAY)}
        assert not found[DAY].finished
        assert DAY in nightly.days_due(version=1, now=clock.now())
        half_a_day = timedelta(hours=12)
        assert f"{DAY} is not archived" in " ".join(monitor.problems(now=clock.now() + half_a_day, version=1))
        assert f"{DAY} is not aggregated and archived" in job("prune_raw_data", "--keep-hours", "1")[1]
        assert ParkActivitySnapshot.objects.filter(**of_day()).exists()

    def test_only_people_may_say_that_there_are_no_ride_rows(self) -> None:
        RideStatusSnapshot.objects.filter(**of_day()).delete()
        job("aggregate_daily", "--date", str(DAY - timedelta(days=1)))
        code, _ = job("aggregate_daily", "--date", str(DAY), "--allow-gaps")
        assert (code, uptime()) == (0, 0)
        assert all(raw.finished for raw in nightly.raw_days(version=1, until=DAY))

    def test_the_same_for_the_rides_of_one_park(self) -> None:
        before = rows()
        RideStatusSnapshot.objects.filter(ride__park=5, **of_day()).delete()
        code, text = recompute()
        assert (code, "kept what saw more: park 5 (0/144)" in text) == (4, True)
        assert rows() == before
        assert archive.write_day(DAY).without_rides == (5,)

    def test_a_ride_of_which_no_observation_is_left_stays_alone(self) -> None:
        RideStatusSnapshot.objects.filter(ride=37, **of_day()).delete()
        RideDailyStats.objects.filter(ride=38, stat_date=DAY).update(uptime_minutes=1)
        kept = RideDailyStats.objects.get(ride=37, stat_date=DAY).uptime_minutes
        code, text = recompute()
        assert (code, "(143/144): ride 37;" in text or "(143/144): ride 37\n" in text) == (4, True)
        assert RideDailyStats.objects.get(ride=37, stat_date=DAY).uptime_minutes == kept
        assert RideDailyStats.objects.get(ride=38, stat_date=DAY).uptime_minutes > 1

    def test_a_day_of_which_a_quarter_is_left_replaces_nothing(self) -> None:
        before = rows()
        lost = {
            "recorded_at__gte": datetime(2025, 12, 19, 14, tzinfo=UTC),
            "recorded_at__lt": datetime(2025, 12, 20, 7, 40, tzinfo=UTC),
        }
        RideStatusSnapshot.objects.filter(**lost).delete()
        ParkActivitySnapshot.objects.filter(**lost).delete()
        code, text = recompute()
        assert (code, "park 1 (38/144)" in text) == (4, True)
        assert rows() == before
        for model in DAILY:
            model.objects.filter(stat_date=DAY).delete()
        code, text = recompute()
        assert (code, "written from less than the day: park 1 (38/144)" in text) == (4, True)
        assert set(ParkDailyStats.objects.filter(stat_date=DAY).values_list(*FIGURES)) >= {(38, 144)}

    def test_a_ride_that_was_listed_for_part_of_the_day_has_that_coverage(self) -> None:
        for model in DAILY:
            model.objects.filter(stat_date=DAY).delete()
        noon = datetime(2025, 12, 19, 20, tzinfo=UTC)
        RideStatusSnapshot.objects.filter(ride=37, recorded_at__lt=noon).delete()
        assert recompute()[0] == 0
        row = RideDailyStats.objects.get(ride=37, stat_date=DAY)
        assert row.observed_collections in (71, 72)

    def test_a_day_that_nobody_saw_is_never_written(self) -> None:
        before = rows()
        for model in (RideStatusSnapshot, ParkActivitySnapshot):
            model._default_manager.filter(**of_day()).delete()
        assert recompute("--allow-gaps")[0] == 4
        assert rows() == before

    def test_the_archive_never_gives_a_fuller_day_for_an_emptier_one(self) -> None:
        full = archive.write_day(DAY)
        RideStatusSnapshot.objects.filter(Q(ride=37) | Q(ride__park=1), **of_day()).delete()
        RideStatusChange.objects.filter(**of_day("changed_at")).delete()
        again = archive.write_day(DAY)
        assert (again.rows, again.written, again.without_rides) == (full.rows, 0, ())
        assert recompute()[0] == 0


@pytest.mark.whole
@pytest.mark.mariadb
def test_a_recorded_day_with_gaps_is_reproduced_as_it_is(golden_case: GoldenCase) -> None:
    with golden_case("new_year_morning"):
        before = rows()
        code, text = job("recompute_daily_stats", "--date", "2025-12-26")
        assert (code, "0 rows changed" in text) == (0, True)
        assert rows() == before


def frames(rides: list[tuple[int, int, int]], parks: list[tuple[int, int]]) -> tuple[pl.DataFrame, ...]:
    return (
        pl.DataFrame(rides, schema=["ride_id", "park_id", "at"], orient="row"),
        pl.DataFrame(parks, schema=["park_id", "at"], orient="row"),
    )


def seen(rides: list[tuple[int, int, int]], parks: list[tuple[int, int]]) -> list[dict[int, int]]:
    found = coverage.seen(*frames(rides, parks), expected=144)
    assert coverage.seen_parks(*frames(rides, parks), expected=144).equals(found.parks)
    return [dict(frame.iter_rows()) for frame in found]


def test_a_ride_is_seen_where_its_park_is_and_a_park_where_a_ride_is() -> None:
    rides = [(1, 1, 0), (1, 1, 602), (2, 1, 1200), (3, 2, 600)]
    parks = [(1, 0), (1, 600), (1, 1200), (1, 1800)]
    assert seen(rides, parks) == [{1: 2, 2: 1}, {1: 3}]


def test_a_collection_that_was_stored_twice_is_one() -> None:
    moments = [0, 3, 600, 601, 1200]
    assert seen([(1, 1, at) for at in moments], [(1, at) for at in moments]) == [{1: 3}, {1: 3}]


@pytest.mark.parametrize("offset", [0, 150, 299, 300, 301, 599])
def test_it_does_not_matter_when_a_collection_takes_place_nor_that_it_trembles(offset: int) -> None:
    moments = [offset + 600 * number + tremble for number, tremble in enumerate([0, 40, -40, 70, 0, -70])]
    assert seen([(1, 1, at) for at in moments], [(1, at) for at in moments]) == [{1: 6}, {1: 6}]


@pytest.mark.parametrize(
    ("day", "collections"), [(date(2025, 12, 19), 144), (date(2026, 3, 8), 138), (date(2025, 11, 2), 150)]
)
def test_days_have_23_to_25_hours(day: date, collections: int) -> None:
    assert coverage.expected(clock.pacific_day(day)) == collections


def test_the_rhythm_is_a_setting_that_is_checked_against_the_rows(settings: Any) -> None:
    _, parks = frames([], [(park, 300 * number + park) for number in range(20) for park in (1, 2)])
    assert coverage.rhythm(parks) == 300
    assert coverage.out_of_rhythm(parks) == (
        "collections come every 5 minutes, PARKSTATS_COLLECTION_MINUTES says 10: coverage is wrong"
    )
    settings.PARKSTATS_COLLECTION_MINUTES = 5
    assert coverage.out_of_rhythm(parks) is None
    assert coverage.expected(clock.pacific_day(date(2025, 12, 19))) == 288
    assert coverage.rhythm(parks.clear()) is None
