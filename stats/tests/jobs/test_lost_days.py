"""Daily rows that somebody deleted: the monitor names their days, and the nightly job writes them again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from freezegun import freeze_time

from rides.models import Ride
from stats.jobs import nightly, overview
from stats.models import AggregationLog, ParkDailyStats, ParkDayArchive, RideDailyStats
from stats.tests.databases import dump
from stats.tests.jobs.test_nightly import DAYS, NOW, alarm, finish, raw_dates, run
from stats.tests.observed import observe, two_parks

pytestmark = [pytest.mark.django_db, pytest.mark.whole, pytest.mark.no_cover]


@pytest.fixture
def rides() -> Iterator[list[Ride]]:
    """Four days of two parks."""
    with freeze_time(NOW):
        made = two_parks(rides=2)
        for day in DAYS:
            observe(day, made)
        yield made


def figures() -> list[str]:
    """All daily rows, whatever their ids."""
    found = dump(RideDailyStats, ParkDailyStats, without=("stat_id", "created_at", "updated_at"))
    return sorted(map(str, [*found["ride_daily_stats"], *found["park_daily_stats"]]))


def lose(day: date) -> None:
    """Somebody deletes daily rows of a day by hand."""
    for model in (RideDailyStats, ParkDailyStats):
        model._default_manager.filter(stat_date=day).delete()


LOST = f"daily rows of {DAYS[1]} are missing, which a run had written"


@pytest.mark.parametrize("what", ["all", "those of rides", "those of parks", "those of one park"])
def test_daily_rows_that_were_deleted_by_hand_are_named_and_written_again(
    rides: list[Ride], what: str
) -> None:
    finish(*DAYS)
    before = figures()
    match what:
        case "all":
            lose(DAYS[1])
        case "those of rides":
            RideDailyStats.objects.filter(stat_date=DAYS[1]).delete()
        case "those of parks":
            ParkDailyStats.objects.filter(stat_date=DAYS[1]).delete()
        case "those of one park":
            ParkDailyStats.objects.filter(stat_date=DAYS[1], park=rides[0].park).delete()
            RideDailyStats.objects.filter(stat_date=DAYS[1], ride=rides[0]).delete()
    assert LOST in alarm()
    found = overview.overview(now=NOW, version=1)
    assert found.state.unfinished == [DAYS[1]]
    assert [one.command for one in found.todo if one == LOST] == ["manage.py aggregate_daily"]
    assert f"{DAYS[1]} is not aggregated and archived" in run("prune_raw_data")
    assert f"{DAYS[1]} v1" in run("aggregate_daily")
    assert figures() == before
    assert LOST not in alarm()


def test_deleted_daily_rows_of_a_day_that_is_only_archived_are_named_and_written_again(
    rides: list[Ride],
) -> None:
    finish(*DAYS)
    run("prune_raw_data")
    assert raw_dates()[0] > DAYS[1]
    before = figures()
    lose(DAYS[1])
    assert LOST in alarm()
    assert f"{DAYS[1]} v1" in run("aggregate_daily")
    assert figures() == before
    assert LOST not in alarm()


def test_lost_rows_of_a_day_of_which_nothing_is_kept_are_nobodys_work(rides: list[Ride]) -> None:
    finish(*DAYS)
    run("prune_raw_data")
    ParkDayArchive.objects.filter(stat_date=DAYS[1]).delete()
    lose(DAYS[1])
    assert LOST not in alarm()
    assert nightly.days_due(version=1, now=NOW) == [DAYS[3]]


def test_the_legacy_counted_parks_without_rows(rides: list[Ride]) -> None:
    finish(*DAYS)
    AggregationLog.objects.filter(aggregation_date=DAYS[1]).update(
        aggregated_until_ts=None, parks_processed=9, rides_processed=5
    )
    assert nightly.days_due(version=1, now=NOW) == [DAYS[3]]
    lose(DAYS[1])
    assert nightly.days_due(version=1, now=NOW) == [DAYS[1], DAYS[3]]
