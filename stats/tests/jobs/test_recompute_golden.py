"""The recorded daily rows and live rankings come out of the recorded observations."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest

from parks.models import ParkActivitySnapshot
from parkstats_project.base.clock import DateSpan
from parkstats_project.tests import cases
from rides.models import RideStatusChange, RideStatusSnapshot
from stats.frames import archive, observations
from stats.jobs import daily_figures, live, recompute, rollup, upsert
from stats.jobs.daily_figures import RIDE_COLUMNS
from stats.jobs.day_outcome import DayOutcome
from stats.models import ParkDailyStats, ParkLiveRanking, RideDailyStats, RideLiveRanking
from stats.tests.databases import dump

# Counting lines takes half as long again as what they do thousands of times; other tests cover them.
pytestmark = [pytest.mark.mariadb, pytest.mark.whole, pytest.mark.no_cover]

GoldenCase = Callable[[str], AbstractContextManager[str]]

# Days whose raw rows are kept from their first to their last collection.
DAYS = {
    "winter_saturday": DateSpan(date(2025, 12, 19), date(2025, 12, 19)).days(),
    "new_year_morning": DateSpan(date(2025, 12, 17), date(2025, 12, 31)).days(),
}
# Rows that another program wrote last ("the other order", docs/contract/recordings.md 2).
FOREIGN = {date(2025, 12, 24): {3, 5, 7, 9, 10, 11}, date(2025, 12, 30): {8}}


def stored_as_computed(day: date, parks: list[int], *, archived: bool) -> tuple[int, int]:
    """Numbers of ride and park rows of a day, none of which a recomputation would change."""
    outcome: DayOutcome = recompute.preview_day(day, version=1, parks=parks, allow_gaps=True)
    assert outcome.archived is archived
    assert outcome.rides is not None and outcome.parks is not None
    for change in (outcome.rides, outcome.parks):
        assert (change.by_column, change.number) == ({}, 0), f"{day}: {change}"
    return outcome.rides.unchanged, outcome.parks.unchanged


def parks_to_compare(day: date) -> list[int]:
    known = RideDailyStats.objects.filter(stat_date=day).values_list("ride__park_id", flat=True).distinct()
    return sorted(set(known) - FOREIGN.get(day, set()))


@pytest.mark.parametrize("case", DAYS)
def test_every_recorded_daily_row_is_reproduced_from_raw_rows_and_from_the_archive(
    golden_case: GoldenCase, case: str
) -> None:
    with golden_case(case):
        from_raw = {day: stored_as_computed(day, parks_to_compare(day), archived=False) for day in DAYS[case]}
        for day in DAYS[case]:
            archive.write_day(day)
        for model in (RideStatusSnapshot, RideStatusChange, ParkActivitySnapshot):
            model._default_manager.all().delete()
        observations.forget()
        from_archive = {
            day: stored_as_computed(day, parks_to_compare(day), archived=True) for day in DAYS[case]
        }
    assert from_raw == from_archive
    rides, parks = (sum(pair[n] for pair in from_raw.values()) for n in (0, 1))
    assert (rides, parks) == {"winter_saturday": (93, 10), "new_year_morning": (1331, 143)}[case]


def test_rows_that_are_gone_come_back_as_they_were(golden_case: GoldenCase) -> None:
    day = date(2025, 12, 29)
    with golden_case("new_year_morning"):
        before = {
            model: upsert.stored(model, entity=entity, columns=columns, key={"stat_date": day})
            for model, entity, columns in (
                (RideDailyStats, "ride_id", RIDE_COLUMNS),
                (ParkDailyStats, "park_id", daily_figures.PARK_COLUMNS),
            )
        }
        for model in before:
            model.objects.filter(stat_date=day).delete()
        outcome = recompute.recompute_day(day, version=1)
        assert outcome.complete
        for model, frame in before.items():
            entity = frame.columns[1]
            after = upsert.stored(model, entity=entity, columns=frame.columns[2:], key={"stat_date": day})
            assert after.drop("stat_id").sort(entity).equals(frame.drop("stat_id").sort(entity))
        assert not ParkDailyStats.objects.filter(stat_date=day, shame_score__isnull=False).exists()


def test_a_day_that_was_pruned_in_part_is_left_as_it_was(golden_case: GoldenCase) -> None:
    with golden_case("winter_saturday"):
        before = dump(RideDailyStats, ParkDailyStats)
        outcome = recompute.recompute_day(date(2025, 12, 18), version=1)
        assert set(outcome.seen.values()) == {52}
        # The rows of the tenth park do not change.
        assert len(outcome.kept) == 9
        assert not outcome.complete
        assert dump(RideDailyStats, ParkDailyStats) == before


@pytest.mark.parametrize("case", DAYS)
def test_the_recorded_live_rankings_are_reproduced(golden_case: GoldenCase, case: str) -> None:
    def content() -> dict[str, list[Any]]:
        return {
            model._meta.db_table: list(model._default_manager.order_by("pk").values())
            for model in (ParkLiveRanking, RideLiveRanking)
        }

    with golden_case(case):
        recorded = content()
        live.refresh(now=cases.moment(case))
        assert content() == recorded


@pytest.mark.parametrize("case", DAYS)
def test_the_recorded_weekly_and_monthly_ride_rows_are_reproduced(golden_case: GoldenCase, case: str) -> None:
    compared = 0
    # The recorded program multiplied and rounded floats, so a half may have gone either way.
    rounded = {"avg_wait_time", "uptime_percentage"}
    with golden_case(case):
        for grain, name in ((rollup.Grain.WEEK, "week_number"), (rollup.Grain.MONTH, "month")):
            model = rollup.TABLES[grain][0]
            for year, number in sorted(set(model._default_manager.values_list("year", name))):
                first = (
                    date.fromisocalendar(year, number, 1)
                    if grain is rollup.Grain.WEEK
                    else date(year, number, 1)
                )
                period = rollup.period_of(grain, first)
                wanted = rollup.ride_rows(period, version=1)
                present = upsert.stored(model, entity="ride_id", columns=rollup.RIDE_COLUMNS, key=period.key)
                both = present.join(wanted, on="ride_id", suffix="_computed")
                assert both.height == present.height == wanted.height
                for column in rollup.RIDE_COLUMNS:
                    off = (both[column] - both[f"{column}_computed"]).abs()
                    near = off.drop_nulls() <= (1 if column in rounded else 0)
                    assert near.all(), f"{column} of {period}"
                compared += both.height
    assert compared > 1_000
