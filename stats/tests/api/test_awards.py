"""Awards over HTTP: order of the checks, envelope, what is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from freezegun import freeze_time

from parkstats_project.tests.asking import ask
from stats.questions.trends import awards
from stats.tests.api.growing import grow
from stats.tests.observed import NOW, at, raw_rows_since

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "uncached")]

AWARDS = ("/api/trends/longest-wait-times", "/api/trends/least-reliable")


@pytest.mark.parametrize("path", AWARDS)
@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("limit=x&period=no&filter=no&entity=no", "invalid literal for int() with base 10: 'x'"),
        ("limit=", "invalid literal for int() with base 10: ''"),
        (
            "period=live&filter=no&entity=no",
            "Invalid period. Must be one of: today, yesterday, last_week, last_month",
        ),
        ("period=7days", "Invalid period. Must be one of: today, yesterday, last_week, last_month"),
        ("filter=no&entity=no", "Invalid filter. Must be one of: disney-universal, all-parks"),
        ("entity=no", "Invalid entity. Must be one of: parks, rides"),
        ("limit=-1", "Invalid limit. Must be a non-negative integer"),
    ],
)
def test_the_first_mistake_of_an_award_is_named(path, query, error):
    reply = ask(path, query)
    assert (reply.status, reply.json()) == (400, {"error": error, "success": False})


@pytest.mark.parametrize("path", AWARDS)
@pytest.mark.parametrize(
    ("limit", "count"), [("0", 0), ("1", 1), (" 2 ", 2), ("+1_0", 10), ("99", 20), ("", 10)]
)
def test_the_envelope_of_an_award(path, limit, count):
    raw_rows_since(at(0, day=18))
    for _ in range(11):
        grow()
    body = ask(path, f"limit={limit.replace('+', '%2B').replace(' ', '%20')}" if limit else "").json()
    assert body.keys() == {
        "attribution",
        "cached",
        "count",
        "data",
        "entity",
        "filter",
        "period",
        "success",
        "timestamp",
    }
    assert (body["cached"], body["success"], body["entity"], body["period"], body["filter"]) == (
        True,
        True,
        "rides",
        "today",
        "all-parks",
    )
    assert body["count"] == len(body["data"]) == count
    assert [row["rank"] for row in body["data"]] == list(range(1, count + 1))
    assert body["timestamp"] == "2025-12-20T22:35:00Z"


def test_an_award_is_held_and_its_timestamp_is_not(monkeypatch):
    grow()
    first = ask(AWARDS[0]).json()
    assert first["count"] > 0
    monkeypatch.setattr(awards, "longest_waits", None)
    with freeze_time(NOW + timedelta(seconds=60)):
        again = ask(AWARDS[0], "limit=10").json()
    assert again == first | {"timestamp": "2025-12-20T22:36:00Z"}
