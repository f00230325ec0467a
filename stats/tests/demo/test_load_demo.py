"""`load_demo` as a command: what it refuses, and that the same arguments give the same rows."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Model
from model_bakery import baker

from parks.models import Park, ParkActivitySnapshot, ParkSchedule
from rides.models import Ride, RideStatusChange, RideStatusSnapshot
from stats.frames import versions
from stats.models import DataQualityIssue, ParkDailyStats, RideDailyStats
from weather.models import WeatherObservation

UNTIL = "2025-12-20T22:35:00Z"
_SMALL: dict[str, Any] = {"parks": 4, "rides": 20, "days": 1, "interval": 30, "no_progress": True}


def _load(**options: Any) -> str:
    out = io.StringIO()
    call_command("load_demo", stdout=out, stderr=io.StringIO(), **(_SMALL | {"until": UNTIL} | options))
    return out.getvalue()


def _everything() -> dict[str, list[Any]]:
    tables: tuple[type[Model], ...] = (
        Park, Ride, ParkActivitySnapshot, RideStatusSnapshot, RideStatusChange, DataQualityIssue,
        WeatherObservation,
    )  # fmt: skip
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in tables}


@pytest.mark.django_db(transaction=True)
def test_the_same_arguments_give_the_same_rows_and_another_seed_gives_others() -> None:
    _load(flush=True)
    first = _everything()
    _load(flush=True)
    assert _everything() == first
    _load(flush=True, seed=2)
    assert _everything()["RideStatusSnapshot"] != first["RideStatusSnapshot"]


@pytest.mark.django_db(transaction=True)
def test_a_demo_loaded_in_two_steps_is_the_same_as_one_loaded_at_once() -> None:
    _load(flush=True)
    at_once = _everything()
    _load(flush=True, until="2025-12-20T17:05:00Z")
    assert ParkActivitySnapshot.objects.count() < len(at_once["ParkActivitySnapshot"])
    # The size of what exists counts, whatever --parks and --rides say.
    _load(append=True, parks=12, rides=250)
    assert _everything() == at_once


@pytest.mark.django_db
def test_appending_up_to_the_same_moment_adds_nothing() -> None:
    _load()
    before = _everything()
    assert "0 park snapshots, 0 ride snapshots" in _load(append=True)
    assert _everything() == before


@pytest.mark.whole
@pytest.mark.django_db
def test_appending_days_later_announces_the_hours_of_the_days_between_and_ahead() -> None:
    _load()
    _load(append=True, until="2026-01-08T00:00:00Z", interval=60)
    dates = set(ParkSchedule.objects.filter(park_id=1).values_list("schedule_date", flat=True))
    newest = ParkActivitySnapshot.objects.latest("recorded_at").recorded_at
    assert str(newest) > "2026-01-07 20:00"
    assert len([date for date in dates if "2025-12-21" <= str(date) <= "2026-01-21"]) > 28


@pytest.mark.django_db
def test_a_database_that_holds_parks_is_refused() -> None:
    baker.make(Park, name="Somebody's Park", country="US")
    with pytest.raises(CommandError, match="already holds parks") as refusal:
        _load()
    assert refusal.value.returncode == 1
    assert Park.objects.count() == 1


@pytest.mark.django_db
def test_a_database_of_real_parks_is_never_appended_to() -> None:
    _load()
    baker.make(Park, name="Somebody's Park", country="US", queue_times_id=999)
    before = RideStatusSnapshot.objects.count()
    with pytest.raises(CommandError, match="not of the demo"):
        _load(append=True, until="2025-12-21T22:35:00Z")
    assert RideStatusSnapshot.objects.count() == before


@pytest.mark.django_db
def test_a_demo_of_which_a_park_was_renamed_goes_on() -> None:
    _load()
    Park.objects.filter(queue_times_id=11).update(name="Kingdom of Magic")
    before = RideStatusSnapshot.objects.count()
    _load(append=True, until="2025-12-21T22:35:00Z")
    assert RideStatusSnapshot.objects.count() > before


@pytest.mark.django_db
def test_there_is_nothing_to_append_to_in_an_empty_database() -> None:
    with pytest.raises(CommandError, match="no demo"):
        _load(append=True)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("parks", "0"),
        ("parks", "1000"),
        ("rides", "-5"),
        ("rides", "many"),
        ("days", "0"),
        ("days", "1.5"),
        ("interval", "61"),
        ("interval", ""),
        ("seed", "²"),
        ("daily_days", "1001"),
        ("until", "yesterday"),
        ("until", "1969-12-31T00:00:00Z"),
        ("until", "0001-01-01T00:00:00+14:00"),
    ],
)
def test_a_bad_argument_is_one_line_and_status_two(option: str, value: str) -> None:
    with pytest.raises(CommandError, match=f"^--{option.replace('_', '-')} must be .+$") as error:
        _load(**{option: value})
    assert error.value.returncode == 2
    assert "\n" not in str(error.value)


def test_every_park_needs_a_ride() -> None:
    with pytest.raises(CommandError, match="each park has a ride"):
        _load(parks=12, rides=11)


@pytest.mark.django_db
def test_a_moment_without_an_offset_is_utc() -> None:
    assert "until 2025-12-20 22:35 UTC" in _load(until="2025-12-20T22:35:00")


@pytest.mark.django_db
def test_daily_rows_are_written_for_the_days_before_the_snapshots() -> None:
    _load(daily_days=2)
    dates = {str(day) for day in RideDailyStats.objects.values_list("stat_date", flat=True)}
    assert dates == {"2025-12-18", "2025-12-19"}
    first = RideStatusSnapshot.objects.earliest("recorded_at").recorded_at
    assert str(first)[:13] == "2025-12-20 08"
    assert RideDailyStats.objects.count() == 2 * Ride.objects.filter(is_active=True).count()
    for park_day in ParkDailyStats.objects.all():
        rides = RideDailyStats.objects.filter(ride__park=park_day.park_id, stat_date=park_day.stat_date)
        minutes = sum(ride.downtime_minutes for ride in rides)
        assert park_day.total_rides_tracked == len(rides)
        assert abs(float(park_day.total_downtime_hours) - minutes / 60) < 0.006
    assert all(
        ride.uptime_minutes + ride.downtime_minutes <= ride.operating_hours_minutes <= 1440
        for ride in RideDailyStats.objects.all()
    )
    assert RideDailyStats.objects.filter(uptime_minutes__gt=300, avg_wait_time__gt=0).exists()


@pytest.mark.django_db
def test_daily_rows_are_there_in_the_version_that_is_read(settings: Any) -> None:
    settings.PARKSTATS_METRICS_VERSION = 2
    _load(daily_days=1)
    for version in (1, 2):
        assert ParkDailyStats.objects.filter(metrics_version=version).exists()
    assert versions.check_days(databases=["default"]) == []
