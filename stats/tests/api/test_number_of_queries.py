"""Awards, trends and audit cost a fixed number of statements, however much there is."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parkstats_project.tests.asking import ask, post
from parkstats_project.tests.plugin import forget_everything
from stats.models import (
    ParkDailyStats,
    RideDailyStats,
)
from stats.tests.api.growing import grow
from stats.tests.observed import at, raw_rows_since

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "uncached")]

AWARDS = ("/api/trends/longest-wait-times", "/api/trends/least-reliable")


QUESTIONS = [
    *(
        (path, f"period={period}&entity={entity}", 0)
        for path in AWARDS
        for period in ("today", "yesterday", "last_week", "last_month")
        for entity in ("rides", "parks")
    ),
    *(("/api/trends", f"category={entity}-improving", 0) for entity in ("parks", "rides")),
    ("/api/audit/status", "", 0),
    ("/api/audit/anomalies", "", 0),
    ("/api/audit/flagged-entities", "", 0),
    ("/api/audit/data-quality", "", 1),
    # Groups and the statuses seen in them.
    ("/api/audit/data-quality/summary", "", 2),
]


def queries(path, query):
    with CaptureQueriesContext(connection) as captured:
        reply = ask(path, query)
    assert reply.status == 200
    return len(captured)


@pytest.mark.parametrize(("path", "query", "warm"), QUESTIONS)
def test_the_number_of_queries_does_not_grow_with_parks_and_rides(path, query, warm):
    raw_rows_since(at(0, day=18))
    grow()
    forget_everything()
    few = queries(path, query)
    for _ in range(3):
        grow()
    forget_everything()
    assert queries(path, query) == few
    assert queries(path, query) == warm


@pytest.mark.parametrize("kind", ["park_shame_score", "ride_downtime"])
@pytest.mark.parametrize("period", ["today", "7days", "30days"])
def test_the_number_of_queries_of_a_trace_does_not_grow(kind, period):
    raw_rows_since(at(0, day=18))
    body = {"type": kind, "entity_id": 1, "period": period, "displayed_value": 0}

    def number():
        with CaptureQueriesContext(connection) as captured:
            assert post("/api/audit/verify", body).status == 200
        return len(captured)

    grow()
    body["entity_id"] = (RideDailyStats if kind == "ride_downtime" else ParkDailyStats).objects.values_list(
        "ride_id" if kind == "ride_downtime" else "park_id", flat=True
    )[0]
    forget_everything()
    few = number()
    for _ in range(3):
        grow()
    forget_everything()
    assert number() == few
    # Snapshots by date: raw ones, and which days are archived.
    assert number() <= 4
