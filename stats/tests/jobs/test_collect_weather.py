"""Weather from the simulated Open-Meteo: metric units, few calls, nothing impossible (docs/data.md 1.3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from model_bakery import baker

from parks.models import Park
from parkstats_project.feeds.open_meteo import VARIABLES, Hour
from parkstats_project.tests.upstream import FakeUpstream
from parkstats_project.tests.upstream.open_meteo import weather_value
from parkstats_project.tests.upstream.world import utc
from stats.jobs.collect.weather import COLUMNS, collect_weather, row
from stats.models import CollectionRun
from stats.tests.collected import make_world, upstream_at
from weather.models import WeatherForecast, WeatherObservation

pytestmark = pytest.mark.django_db

NOON = "2026-07-15T18:20:00Z"
HOUR = utc("2026-07-15T18:00:00Z")


@pytest.fixture(scope="module")
def server() -> Iterator[FakeUpstream]:
    with FakeUpstream() as running:
        yield running


@pytest.fixture
def upstream(server) -> FakeUpstream:
    server.control(reset=True)
    return server


def hour_of(**values) -> Hour:
    given = {name: None if value is None else Decimal(str(value)) for name, value in values.items()}
    return Hour(HOUR, dict.fromkeys(VARIABLES) | given)


def stored(hour: Hour) -> tuple[dict, Counter]:
    faults: Counter[str] = Counter()
    return dict(zip(COLUMNS, row(hour, faults), strict=True)), faults


def test_the_running_hour_is_observed(upstream):
    park = make_world("p1")["p1"]
    with upstream_at(upstream, NOON):
        collect_weather()
    seen = WeatherObservation.objects.get()
    place = (float(park.latitude), float(park.longitude))
    assert seen.observation_time == HOUR
    assert seen.collected_at == utc(NOON)
    assert float(seen.temperature_c) == weather_value("temperature_2m", *place, HOUR)
    assert seen.visibility_meters == weather_value("visibility", *place, HOUR)


def test_the_days_to_come_are_forecast_every_six_hours(upstream):
    make_world("p1")
    for hours in range(8):
        with upstream_at(upstream, utc(NOON) + timedelta(hours=hours)):
            collect_weather()
    issued = sorted(set(WeatherForecast.objects.values_list("issued_at", flat=True)))
    assert issued == [HOUR, HOUR + timedelta(hours=6)]
    first = WeatherForecast.objects.filter(issued_at=HOUR).order_by("forecast_time")
    assert first[0].forecast_time == HOUR
    assert first.count() == 7 * 24 - 18
    assert WeatherObservation.objects.count() == 8


def test_the_same_hour_is_stored_once(upstream):
    make_world("p1")
    for minutes in (0, 30):
        with upstream_at(upstream, utc("2026-07-15T18:05:00Z") + timedelta(minutes=minutes)):
            collect_weather()
    assert WeatherObservation.objects.get().collected_at == utc("2026-07-15T18:35:00Z")


@pytest.mark.whole
def test_many_parks_are_asked_in_few_calls(upstream):
    baker.make(Park, 60, latitude="28.4", longitude="-81.5", is_active=True, themeparks_wiki_id=None)
    baker.make(Park, latitude=None, longitude=None, is_active=True)
    with upstream_at(upstream, NOON):
        outcome = collect_weather()
    assert (outcome.parks, len(upstream.requests)) == (60, 2)


def test_imperial_columns_are_computed_from_metric_ones():
    values, _ = stored(
        hour_of(temperature_2m=20.5, wind_speed_10m=16.09344, snowfall=1.2, visibility=24140.0)
    )
    assert (values["temperature_c"], values["temperature_f"]) == ("20.50", "68.90")
    assert (values["wind_speed_kmh"], values["wind_speed_mph"]) == ("16.09", "10.00")
    assert values["snowfall_mm"] == "12.00"
    assert values["visibility_meters"] == 24140


def test_what_is_not_told_is_not_known():
    values, faults = stored(hour_of())
    assert set(values.values()) == {None}
    assert not faults


def test_an_impossible_value_is_not_stored_and_counted():
    values, faults = stored(hour_of(relative_humidity_2m=140, cloud_cover=40, weather_code=-1))
    assert (values["humidity_percent"], values["cloud_cover_percent"]) == (None, 40)
    assert faults == {"impossible relative_humidity_2m": 1, "impossible weather_code": 1}


def test_null_values_are_stored_as_null(upstream):
    make_world("p1")
    upstream.fault("forecast", "null_values", variable="visibility")
    with upstream_at(upstream, NOON):
        collect_weather()
    assert WeatherObservation.objects.get().visibility_meters is None


@pytest.mark.parametrize(("kind", "code"), [("html", 1), ("status", 1)])
def test_a_source_that_fails_leaves_everything_as_it_was(upstream, monkeypatch, kind, code):
    monkeypatch.setattr("parkstats_project.feeds.http.ATTEMPTS", 1)
    make_world("p1")
    upstream.fault("forecast", kind)
    with upstream_at(upstream, NOON), pytest.raises(CommandError) as failure:
        call_command("collect_weather")
    assert failure.value.returncode == code
    assert not WeatherObservation.objects.exists()
    assert CollectionRun.objects.get(job="weather").status == "failed"


def test_a_spent_budget_is_said(upstream):
    make_world("p1")
    upstream.fault("forecast", "rate_limit", retry_after=3600)
    with upstream_at(upstream, NOON), pytest.raises(CommandError) as failure:
        call_command("collect_weather")
    assert failure.value.returncode == 75
