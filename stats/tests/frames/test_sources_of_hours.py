"""Where an hour is read from is decided where it lies: no row anywhere changes another hour or day."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from parks.models import ParkActivitySnapshot
from parkstats_project.base import clock
from parkstats_project.base.clock import DateSpan, Window
from parkstats_project.tests.plugin import forget_everything
from rides.models import Ride, RideStatusSnapshot
from stats.frames import archive, hours, observations
from stats.jobs import monitor, nightly, retention
from stats.models import ParkDailyStats, RideDailyStats
from stats.questions import health
from stats.tests.databases import dump

GoldenCase = Callable[[str], AbstractContextManager[str]]

RIDE = 1
THE_22ND = date(2025, 12, 22)

pytestmark = [pytest.mark.mariadb, pytest.mark.whole, pytest.mark.no_cover]


@pytest.fixture
def adopted(archived_case: GoldenCase) -> Iterator[None]:
    """new_year_morning with all its days archived, and pruned."""
    with archived_case("new_year_morning"):
        yield


def job(*words: str) -> tuple[int, str]:
    out = StringIO()
    forget_everything()
    try:
        call_command(*words, stdout=out)
    except CommandError as error:
        return error.returncode, out.getvalue() + str(error)
    finally:
        forget_everything()
    return 0, out.getvalue()


def saw(moment: datetime) -> None:
    """One stray row of a ride and one of its park."""
    park = Ride.objects.get(pk=RIDE).park_id
    ParkActivitySnapshot.objects.create(
        park_id=park,
        recorded_at=moment,
        total_rides_tracked=1,
        rides_open=1,
        rides_closed=0,
        park_appears_open=True,
    )
    RideStatusSnapshot.objects.create(
        ride_id=RIDE, recorded_at=moment, status="OPERATING", computed_is_open=True
    )
    forget_everything()


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2025, 12, day, hour, minute, tzinfo=UTC)


def snapshots(day: date) -> int:
    return observations.rides(clock.pacific_day(day), rides=[RIDE]).height


def figures(day: date) -> list[dict[str, Any]]:
    rows = RideDailyStats.objects.filter(stat_date=day).order_by("ride_id")
    return [
        dict(row) for row in rows.values("ride_id", "uptime_minutes", "downtime_minutes", "avg_wait_time")
    ]


def test_a_stray_row_before_archived_days_hides_nothing_of_them(adopted: None) -> None:
    before = snapshots(THE_22ND)
    assert before == 143
    rows = figures(THE_22ND)
    recorded = hours.of_rides(Window(at(10, 20), at(10, 21)), now=clock.now(), rides=[RIDE])
    assert recorded["snapshots"].to_list() == [5]
    saw(at(10, 20))
    assert snapshots(THE_22ND) == before
    job("recompute_daily_stats", "--date", str(THE_22ND))
    assert figures(THE_22ND) == rows
    # Its own hour: what the legacy saw of it is more.
    again = hours.of_rides(Window(at(10, 20), at(10, 21)), now=clock.now(), rides=[RIDE])
    assert again.equals(recorded)
    assert snapshots(date(2025, 12, 10)) == 1


def test_stray_rows_between_archived_days_join_them(adopted: None) -> None:
    before = snapshots(THE_22ND)
    saw(at(21, 20))
    saw(at(22, 20, 5))
    rows = figures(THE_22ND)
    code, text = job("recompute_daily_stats", "--date", str(THE_22ND))
    assert snapshots(THE_22ND) == before + 1
    assert code == 0
    assert sum(row["uptime_minutes"] for row in figures(THE_22ND)) - sum(
        row["uptime_minutes"] for row in rows
    ) in (0, 10)


def test_a_day_with_a_stray_row_alone_keeps_its_figures_and_is_done_once(adopted: None) -> None:
    saw(at(10, 20))
    rows = dump(RideDailyStats, ParkDailyStats)
    code, text = job("aggregate_daily")
    # The old system had aggregated the day.
    assert (code, "2025-12-10: aggregated before; archive: " in text) == (0, True)
    assert dump(RideDailyStats, ParkDailyStats) == rows
    assert nightly.days_due(version=1, now=clock.now()) == [date(2025, 12, 31)]
    job("prune_raw_data")
    assert not RideStatusSnapshot.objects.filter(recorded_at=at(10, 20)).exists()
    assert snapshots(date(2025, 12, 10)) == 1


@pytest.mark.parametrize(
    "moment", [datetime(1970, 1, 2, tzinfo=UTC), datetime(2025, 9, 15, 7, 10, tzinfo=UTC)]
)
def test_rows_from_before_the_first_park_take_part_in_nothing(adopted: None, moment: datetime) -> None:
    rows = dump(RideDailyStats, ParkDailyStats)
    saw(moment)
    assert nightly.raw_days(version=1, until=THE_22ND) == []
    job("aggregate_daily")
    code, text = job("prune_raw_data")
    assert code == 0
    assert dump(RideDailyStats, ParkDailyStats) == rows
    assert RideStatusSnapshot.objects.filter(recorded_at=moment).exists()
    day = clock.pacific_date(moment)
    assert snapshots(day) == 0
    found = monitor.problems(now=clock.now(), version=1, minimum_parks=1, minimum_rides=1)
    assert [sentence for sentence in found if "before the first park" in sentence] == [
        f"{model._meta.db_table} has rows before the first park (row "
        f"{model._default_manager.get(recorded_at=moment).pk} of {moment:%Y-%m-%d %H:%M} UTC); they are left "
        "out of everything"
        for model in (RideStatusSnapshot, ParkActivitySnapshot)
    ]
    code, _ = job("recompute_daily_stats", "--date", str(day), "--allow-gaps")
    assert code == 4
    assert dump(RideDailyStats, ParkDailyStats) == rows


def test_a_row_of_the_future_makes_nothing_healthy(adopted: None) -> None:
    now = clock.now() + timedelta(hours=3)
    assert health.data_collection(now=now)["status"] == "stale"
    before = health.data_collection(now=now)
    saw(datetime(2035, 1, 1, tzinfo=UTC))
    assert health.data_collection(now=now) == before
    assert any("in the future" in sentence for sentence in monitor.problems(now=now, version=1))
    assert any("last collection is" in sentence for sentence in monitor.problems(now=now, version=1))
    assert retention.limit(now=now, keep_hours=48, version=1)[1] is None


def test_the_first_hour_of_raw_rows_is_read_although_it_is_not_whole(golden_case: GoldenCase) -> None:
    with golden_case("winter_saturday"):
        first = RideStatusSnapshot.objects.order_by("recorded_at").values_list("recorded_at", flat=True)[0]
        hour = first.replace(minute=0, second=0)
        window = Window(hour, hour + timedelta(hours=1))
        held = RideStatusSnapshot.objects.filter(recorded_at__gte=first, recorded_at__lt=window.end)
        assert first > hour
        assert observations.rides(window).height == held.count()
        # Of the whole hour, its recorded rows saw more.
        shown = hours.of_rides(window, now=clock.now())
        assert shown["snapshots"].max() == 6


def test_a_late_row_of_an_archived_and_pruned_day_joins_it(adopted: None) -> None:
    day = date(2025, 12, 20)
    before, of_ride = archive.read_observations(DateSpan(day, day)).rides.height, snapshots(day)
    saw(at(20, 20, 3))
    assert snapshots(day) == of_ride + 1
    assert observations.read_day(day).rides.height == before + 1
