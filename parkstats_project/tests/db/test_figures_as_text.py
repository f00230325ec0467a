"""Rows of figures reach the server as text: what single values would be, under one name for all of them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl
import pytest

from parkstats_project.db import statements, watch
from parkstats_project.db.watch import Slow
from stats.models import RideDailyStats
from stats.tests.observed import a_park, a_ride

pytestmark = pytest.mark.django_db

COLUMNS = ("avg_wait_time", "peak_wait_time", "uptime_percentage")


def write(frame: pl.DataFrame) -> None:
    constants: dict[str, int | date | datetime] = {
        "stat_date": date(2025, 12, 20),
        "metrics_version": 1,
        "created_at": datetime(2025, 12, 21, 9, tzinfo=UTC),
    }
    unique = ("ride_id", "stat_date", "metrics_version")
    statements.upsert_figures(RideDailyStats, frame, constants, update=COLUMNS, unique=unique)


def stored() -> list[tuple[object, ...]]:
    rows = RideDailyStats.objects.order_by("ride_id")
    return list(rows.values_list("ride_id", *COLUMNS, "stat_date", "created_at"))


def test_rows_of_more_than_one_statement_are_inserted_and_then_replaced(monkeypatch, settings):
    monkeypatch.setattr(statements, "ROWS_AT_ONCE", 2)
    settings.PARKSTATS_SLOW_QUERY_SECONDS = -1.0
    told: list[Slow] = []
    park = a_park()
    rides = sorted(a_ride(park).pk for _ in range(3))
    schema = dict.fromkeys(("ride_id", *COLUMNS), pl.Int64)
    monkeypatch.setattr(watch, "_listeners", [told.append])
    write(pl.DataFrame([rides, [1234, None, -5], [7, None, 0], [0, 10000, 5]], schema=schema))
    write(pl.DataFrame([[rides[0]], [None], [8], [1]], schema=schema))
    same = (date(2025, 12, 20), datetime(2025, 12, 21, 9, tzinfo=UTC))
    assert stored() == [
        (rides[0], None, 8, Decimal("0.01"), *same),
        (rides[1], None, None, Decimal("100.00"), *same),
        (rides[2], Decimal("-0.05"), 0, Decimal("0.05"), *same),
    ]
    inserts = [one for one in told if one.statement.startswith("INSERT")]
    assert len(inserts) == 3
    assert len({one.fingerprint for one in inserts}) == 1
    assert not any(character.isdigit() for one in inserts for character in one.statement)


def test_a_frame_without_rows_asks_for_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        write(pl.DataFrame(schema=dict.fromkeys(("ride_id", *COLUMNS), pl.Int64)))
