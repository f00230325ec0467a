"""The nightly job, what it leaves for the retention, and what the retention deletes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from freezegun import freeze_time
from model_bakery import baker

from parks.models import Park, ParkActivitySnapshot
from parkstats_project.base.clock import DateSpan, pacific_date, pacific_day
from parkstats_project.db import statements
from rides.models import Ride, RideStatusChange, RideStatusSnapshot
from stats.choices import AggregationType, RunStatus
from stats.frames import archive, observations
from stats.frames.raw_tables import OBSERVATIONS
from stats.jobs import monitor, nightly, recompute, retention, runs
from stats.models import AggregationLog, ParkDailyStats, RideDailyStats
from stats.tests.databases import dump
from stats.tests.observed import an_earlier_row, observe, two_parks
from weather.models import WeatherForecast, WeatherObservation

# 12 to 15 December are observed; now is the morning of the 16th in California.
DAYS = DateSpan(date(2025, 12, 12), date(2025, 12, 15)).days()
NOW = datetime(2025, 12, 16, 17, 0, tzinfo=UTC)

pytestmark = [pytest.mark.django_db, pytest.mark.whole, pytest.mark.no_cover]


@pytest.fixture(autouse=True)
def frozen() -> Iterator[None]:
    with freeze_time(NOW):
        yield


@pytest.fixture
def rides() -> list[Ride]:
    made = two_parks(rides=2)
    an_earlier_row(DAYS[0], made[0])
    for day in DAYS:
        observe(day, made)
    return made


def run(command: str, *words: str) -> str:
    out = StringIO()
    call_command(command, *words, stdout=out)
    observations.forget()
    return out.getvalue()


def raw_dates() -> list[date]:
    """Pacific dates that have ride snapshots."""
    times = RideStatusSnapshot.objects.values_list("recorded_at", flat=True)
    return sorted({pacific_date(at) for at in times})


def archived() -> set[date]:
    return {day for day, _ in archive.archived_days(archive.OBSERVATIONS, DateSpan(DAYS[0], DAYS[-1]))}


def test_the_nightly_job_aggregates_and_archives_yesterday(rides: list[Ride]) -> None:
    text = run("aggregate_daily", "--date", str(DAYS[-1]))
    assert f"{DAYS[-1]} v1" in text
    assert "observations of 2 parks in" in text
    assert archived() == {DAYS[-1]}
    assert RideDailyStats.objects.filter(stat_date=DAYS[-1]).count() == len(rides)


def test_the_nightly_job_writes_version_1_besides_the_active_one(rides: list[Ride], settings: Any) -> None:
    settings.PARKSTATS_METRICS_VERSION = 2
    run("aggregate_daily", "--date", str(DAYS[-1]))
    for model in (RideDailyStats, ParkDailyStats):
        rows = model._default_manager.filter(stat_date=DAYS[-1])
        assert sorted(rows.values_list("metrics_version", flat=True).distinct()) == [1, 2]
    done = DateSpan(DAYS[-1], DAYS[-1])
    assert runs.done_days(done, version=1) == runs.done_days(done, version=2) == {DAYS[-1]}


def test_a_night_that_was_missed_is_made_up_for(rides: list[Ride]) -> None:
    run("aggregate_daily", "--date", str(DAYS[1]))
    # The collection before the first day is a day of its own.
    assert nightly.days_due(version=1, now=NOW) == [
        DAYS[0] - timedelta(days=1),
        DAYS[0],
        DAYS[2],
        DAYS[3],
    ]
    with pytest.raises(CommandError) as caught:
        run("aggregate_daily")
    assert caught.value.returncode == 4
    observations.forget()
    assert nightly.days_due(version=1, now=NOW) == [DAYS[3]]
    assert archived() == set(DAYS)
    assert ParkDailyStats.objects.count() == 2 * len(DAYS) + 2


def test_a_day_whose_recomputation_died_is_done_again_by_the_next_night(rides: list[Ride]) -> None:
    finish(*DAYS)
    RideDailyStats.objects.filter(stat_date=DAYS[1]).update(uptime_minutes=1)
    runs.start(DAYS[1], version=1, parks=None, now=NOW)
    runs.start(DAYS[2], version=2, parks=None, now=NOW)
    assert nightly.days_due(version=1, now=NOW) == [DAYS[1], DAYS[3]]
    assert "an earlier run of this day had died" in run("aggregate_daily")
    assert not RideDailyStats.objects.filter(uptime_minutes=1).exists()


def test_a_day_that_the_legacy_aggregated_still_has_to_be_archived(rides: list[Ride]) -> None:
    AggregationLog.objects.create(
        aggregation_date=DAYS[0],
        aggregation_type=AggregationType.DAILY,
        status=RunStatus.SUCCESS,
        started_at=NOW,
    )
    found = {raw.day: raw for raw in nightly.raw_days(version=1, until=DAYS[-1])}
    assert found[DAYS[0]].aggregated and not found[DAYS[0]].archived
    assert not found[DAYS[0]].finished


def test_a_day_that_the_legacy_aggregated_is_archived_and_not_written_again(rides: list[Ride]) -> None:
    finish(*DAYS[1:])
    baker.make(RideDailyStats, ride=rides[0], stat_date=DAYS[0], uptime_minutes=5, metrics_version=1)
    AggregationLog.objects.create(
        aggregation_date=DAYS[0],
        aggregation_type=AggregationType.DAILY,
        status=RunStatus.SUCCESS,
        started_at=NOW,
    )
    before = dump(RideDailyStats, ParkDailyStats)
    assert f"{DAYS[0]}: aggregated before; archive: " in run("aggregate_daily")
    assert dump(RideDailyStats, ParkDailyStats) == before
    assert archived() == set(DAYS)
    assert RideDailyStats.objects.filter(stat_date=DAYS[0]).count() == 1
    run("aggregate_daily", "--date", str(DAYS[0]))
    assert RideDailyStats.objects.filter(stat_date=DAYS[0]).count() == len(rides)


def test_nothing_of_a_day_is_pruned_before_it_is_aggregated_and_archived(rides: list[Ride]) -> None:
    before = dump(RideStatusSnapshot, ParkActivitySnapshot, RideStatusChange)
    assert "is not aggregated and archived" in run("prune_raw_data")
    assert dump(RideStatusSnapshot, ParkActivitySnapshot, RideStatusChange) == before
    for day in DAYS[:1]:
        recompute.recompute_day(day, version=1)
    run("prune_raw_data")
    assert dump(RideStatusSnapshot, ParkActivitySnapshot, RideStatusChange) == before


def finish(*days: date) -> None:
    """Aggregate and archive days, first what is left of the day before the first."""
    for _ in nightly.run([DAYS[0] - timedelta(days=1), *days], version=1):
        pass


def test_rows_older_than_48_hours_of_finished_days_are_pruned(rides: list[Ride]) -> None:
    finish(*DAYS)
    text = run("prune_raw_data")
    assert "before 2025-12-14 17:00 UTC" in text
    limit = NOW - timedelta(hours=48)
    for table in OBSERVATIONS:
        oldest = table.model._default_manager.order_by(table.time).values_list(table.time, flat=True)[0]
        assert limit <= oldest < limit + timedelta(hours=2)
    for day in DAYS:
        outcome = recompute.preview_day(day, version=1)
        assert outcome.rides is not None and outcome.rides.number == 0
        assert outcome.archived


def test_a_day_that_failed_keeps_its_rows_and_those_after_it(rides: list[Ride]) -> None:
    finish(DAYS[0], DAYS[2], DAYS[3])
    text = run("prune_raw_data")
    assert f"{DAYS[1]} is not aggregated and archived" in text
    start = pacific_day(DAYS[1]).start
    assert RideStatusSnapshot.objects.filter(recorded_at__gte=start).count() == 3 * 144 * len(rides)
    assert not RideStatusSnapshot.objects.filter(recorded_at__lt=start).exists()
    assert recompute.recompute_day(DAYS[1], version=1).complete
    archive.write_day(DAYS[1])
    observations.forget()
    run("prune_raw_data")
    assert raw_dates() == [DAYS[2], DAYS[3]]


def test_rows_that_came_late_are_archived_before_they_go(rides: list[Ride]) -> None:
    finish(*DAYS)
    late = pacific_day(DAYS[0]).start + timedelta(hours=5, minutes=3)
    observe(DAYS[0], rides, at=[late])
    run("prune_raw_data")
    kept = archive.read_observations(DateSpan(DAYS[0], DAYS[0]))
    assert kept.rides.height == 145 * len(rides)


def test_a_dry_run_counts_what_pruning_deletes(rides: list[Ride]) -> None:
    finish(*DAYS)
    before = dump(RideStatusSnapshot, ParkActivitySnapshot, RideStatusChange)
    text = run("prune_raw_data", "--dry-run")
    assert dump(RideStatusSnapshot, ParkActivitySnapshot, RideStatusChange) == before
    counts = text.partition(": ")[2]
    assert counts == run("prune_raw_data").partition(": ")[2]
    assert counts.startswith("1,3") and "ride_status_snapshots" in counts


def test_pruning_stops_when_its_time_is_up_and_goes_on_next_time(rides: list[Ride]) -> None:
    finish(*DAYS)
    first = retention.prune(
        now=NOW,
        version=1,
        stop=lambda: (
            not RideStatusSnapshot.objects.filter(
                recorded_at__lt=pacific_day(DAYS[0]).start + timedelta(hours=3)
            ).exists()
        ),
    )
    assert not first.finished
    assert raw_dates()[0] == DAYS[0]
    assert retention.prune(now=NOW, version=1).finished
    assert raw_dates() == DAYS[2:]


def test_hours_to_keep_may_be_fewer_but_never_reach_into_a_day_that_is_not_finished(
    rides: list[Ride],
) -> None:
    finish(*DAYS)
    observe(date(2025, 12, 16), rides, at=[NOW - timedelta(hours=1)])
    run("prune_raw_data", "--keep-hours", "1")
    assert raw_dates() == [date(2025, 12, 16)]
    with pytest.raises(CommandError) as caught:
        run("prune_raw_data", "--keep-hours", "9999999")
    assert caught.value.returncode == 2


def a_weather(model: Any, column: str, *days: int, park: Park) -> None:
    more = {"forecast_time": NOW} if model is WeatherForecast else {}
    for number in days:
        model.objects.create(park=park, **{column: NOW - timedelta(days=number)}, **more)


def test_weather_is_kept_for_thirty_days_and_forecasts_for_seven_after_their_issue(
    rides: list[Ride], settings: Any
) -> None:
    park = rides[0].park
    a_weather(WeatherObservation, "observation_time", 1, 29, 31, 400, park=park)
    a_weather(WeatherForecast, "issued_at", 1, 6, 8, 9, 400, park=park)
    assert "2 weather_observations, 3 weather_forecasts" in run("prune_raw_data", "--dry-run")
    assert "2 weather_observations, 3 weather_forecasts" in run("prune_raw_data")
    assert (WeatherObservation.objects.count(), WeatherForecast.objects.count()) == (2, 2)
    settings.PARKSTATS_WEATHER_DAYS, settings.PARKSTATS_FORECAST_DAYS = 10, 2
    assert "1 weather_observations, 1 weather_forecasts" in run("prune_raw_data")


def test_forecasts_that_there_is_no_time_for_go_next_time(rides: list[Ride]) -> None:
    a_weather(WeatherForecast, "issued_at", *range(8, 12), park=rides[0].park)
    left = WeatherForecast.objects
    first = retention.prune(now=NOW, version=1, stop=lambda: left.count() == 2)
    assert (first.finished, first.rows["weather_forecasts"], left.count()) == (False, 2, 2)
    assert retention.prune(now=NOW, version=1).finished
    assert not left.exists()


@pytest.mark.mariadb
def test_old_forecasts_are_found_by_their_index(rides: list[Ride]) -> None:
    a_weather(WeatherForecast, "issued_at", 9, park=rides[0].park)
    hours = [NOW + timedelta(hours=number) for number in range(1000)]
    WeatherForecast.objects.bulk_create(
        WeatherForecast(park=rides[0].park, issued_at=NOW, forecast_time=hour) for hour in hours
    )
    statements.analyze([WeatherForecast])
    with statements.recorded() as recorded:
        run("prune_raw_data")
    of_forecasts = [one for one in recorded if "`weather_forecasts`" in one[0]]
    plans = [plan for one in of_forecasts for plan in statements.explain(*one)]
    # That none is left was read from the end of the index while the plan was made.
    assert {plan.key or plan.extra for plan in plans} == {"idx_issued_at", "No matching min/max row"}


def test_an_empty_database_has_nothing_to_prune_and_nothing_to_aggregate() -> None:
    assert "0 weather_observations" in run("prune_raw_data")
    with pytest.raises(CommandError) as caught:
        run("aggregate_daily")
    assert caught.value.returncode == 4


def alarm(*words: str) -> str:
    """What the monitor complains about."""
    with pytest.raises(CommandError) as caught:
        run("check_data_collection", "--min-rides", "4", "--min-parks", "2", *words)
    assert caught.value.returncode == 1
    return str(caught.value)


def test_the_monitor_is_silent_while_collections_and_daily_job_are_up_to_date(rides: list[Ride]) -> None:
    finish(*DAYS)
    observe(date(2025, 12, 16), rides, at=[NOW - timedelta(minutes=10 * n) for n in range(1, 40)])
    text = run("check_data_collection", "--min-rides", "4", "--min-parks", "2")
    assert text == "collections and daily job are up to date\n"


def test_the_monitor_names_what_is_wrong(rides: list[Ride], mailoutbox: list[Any]) -> None:
    finish(DAYS[0], DAYS[1], DAYS[3])
    text = alarm("--email", "ops@example.org")
    assert "the last collection is 549 minutes old" in text
    # Yesterday may still be missing for some hours; the day before may not.
    assert f"{DAYS[2]} is not aggregated and archived" in text
    assert [mail.to for mail in mailoutbox] == [["ops@example.org"]]
    assert mailoutbox[0].body == text
    at = [NOW - timedelta(minutes=10 * n) for n in range(1, 40)]
    observe(date(2025, 12, 16), rides[:2], at=at)
    observations.forget()
    text = alarm()
    assert "only 1 parks in the last 30 minutes (at least 2 expected)" in text
    assert f"park {rides[-1].park_id} " in text
    assert f"park {rides[0].park_id} " not in text


@pytest.mark.parametrize(("every", "sentence"), [(5, "collections come every 5 minutes"), (10, None)])
def test_the_monitor_checks_the_rhythm_of_collection(
    rides: list[Ride], every: int, sentence: str | None
) -> None:
    finish(*DAYS)
    at = [NOW - timedelta(minutes=every * n) for n in range(1, 72)]
    observe(date(2025, 12, 16), rides, at=at)
    found = [one for one in monitor.problems(now=NOW, version=1) if "PARKSTATS_COLLECTION_MINUTES" in one]
    assert [one.partition(",")[0] for one in found] == ([sentence] if sentence else [])


def test_the_monitor_says_how_many_of_the_last_collections_there_are(rides: list[Ride]) -> None:
    finish(*DAYS)
    observe(date(2025, 12, 16), rides, at=[NOW - timedelta(minutes=10 * n) for n in range(1, 20)])
    assert "the last 6 hours have 19 of 36 collections" in monitor.problems(now=NOW, version=1)


def test_an_e_mail_that_cannot_be_sent_does_not_hide_the_problem(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = 1
    text = alarm("--email", "ops@example.org")
    assert text.startswith("nothing was ever collected\n")
    assert "the e-mail was not sent: " in text


def test_what_is_no_address_is_refused_before_anything_is_looked_at(mailoutbox: list[Any]) -> None:
    with pytest.raises(CommandError, match="'not-an-address' is not an e-mail address"):
        run("check_data_collection", "--email", "not-an-address")
    assert mailoutbox == []


def test_the_monitor_says_that_nothing_was_ever_collected() -> None:
    text = alarm()
    assert text.splitlines()[0] == "nothing was ever collected"
    assert "the daily job has not run for 2025-12-14" in text
