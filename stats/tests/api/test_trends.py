"""Trends over HTTP: order of the checks and envelope."""

from __future__ import annotations

import pytest

from parkstats_project.tests.asking import ask
from stats.tests.api.growing import grow

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "uncached")]


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("limit=x", "invalid literal for int() with base 10: 'x'"),
        ("limit=0&period=no", "Missing required parameter: category"),
        ("category=", "Missing required parameter: category"),
        (
            "category=no&period=live",
            "Invalid period. Must be one of: today, yesterday, last_week, last_month, 7days, 30days",
        ),
        (
            "category=no&filter=no",
            "Invalid category. Must be one of: "
            "parks-improving, parks-declining, rides-improving, rides-declining",
        ),
        ("category=parks-improving&filter=no", "Invalid filter. Must be one of: disney-universal, all-parks"),
        ("category=parks-improving&limit=0", "Limit must be between 1 and 100"),
        ("category=parks-improving&limit=101", "Limit must be between 1 and 100"),
    ],
)
def test_the_first_mistake_of_a_trend_is_named(query, error):
    reply = ask("/api/trends", query)
    assert (reply.status, reply.json()) == (400, {"error": error, "success": False})


@pytest.mark.parametrize("entity", ["parks", "rides"])
def test_the_envelope_of_a_trend_holds_parks_or_rides(entity):
    grow()
    body = ask("/api/trends", f"category={entity}-improving&period=30days").json()
    assert body.keys() == {
        "attribution",
        "category",
        "comparison",
        "count",
        "filter",
        entity,
        "period",
        "success",
        "timestamp",
    }
    assert (body["period"], body["count"]) == ("30days", len(body[entity]))
    assert body["comparison"]["current_period"] == "2025-11-01 to 2025-11-30"
