"""Rows reach the server many at a time, whichever engine it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from parkstats_project.db import statements, watch
from parkstats_project.db.watch import Slow
from stats.tests.observed import a_park
from weather.models import WeatherForecast

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db]

ISSUED = datetime(2026, 7, 15, 18, tzinfo=UTC)
UNIQUE = ("park_id", "issued_at", "forecast_time")
COLUMNS = (*UNIQUE, "wind_direction_degrees", "weather_code")
NUMBER = 2 * statements.ROWS_AT_ONCE + 1


def rows(park: int, *, code: int) -> list[tuple[int | str | None, ...]]:
    hours = (ISSUED + timedelta(hours=number) for number in range(NUMBER))
    return [(park, f"{ISSUED:%Y-%m-%d %H:%M:%S}", f"{at:%Y-%m-%d %H:%M:%S}", None, code) for at in hours]


def inserts() -> int:
    """How many INSERTs this session has sent."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW SESSION STATUS LIKE 'Com_insert'")
        return int(cursor.fetchone()[1])


def test_an_upsert_is_a_statement_for_a_thousand_rows():
    park = a_park().pk
    for code in (1, 2):
        before = inserts()
        statements.upsert(WeatherForecast, COLUMNS, rows(park, code=code), update=COLUMNS[3:], unique=UNIQUE)
        assert inserts() - before == 3
        stored = WeatherForecast.objects.filter(park=park).values_list("weather_code", flat=True)
        assert (len(stored), set(stored)) == (NUMBER, {code})


def test_slow_ones_are_known_by_their_statement_for_one_row(monkeypatch, settings):
    settings.PARKSTATS_SLOW_QUERY_SECONDS = -1.0
    park = a_park().pk
    told: list[Slow] = []
    monkeypatch.setattr(watch, "_listeners", [told.append])
    for number in (1, 5):
        some = rows(park, code=1)[:number]
        statements.upsert(WeatherForecast, COLUMNS, some, update=COLUMNS[3:], unique=UNIQUE)
    names = [one.fingerprint for one in told if one.statement.startswith("INSERT")]
    assert len(names) == 2 and len(set(names)) == 1


def test_an_insert_is_a_few_statements():
    before = inserts()
    statements.insert(WeatherForecast, COLUMNS, rows(a_park().pk, code=1))
    assert 1 <= inserts() - before - 1 < 10
    assert WeatherForecast.objects.count() == NUMBER


def test_no_row_is_no_statement(django_assert_num_queries):
    with django_assert_num_queries(0):
        statements.upsert(WeatherForecast, COLUMNS, [], update=COLUMNS[3:], unique=UNIQUE)
