"""Awards, trends and audit over HTTP: order of the checks, envelopes, bodies, number of queries."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from freezegun import freeze_time
from model_bakery import baker

from parkstats_project.tests.asking import ask
from parkstats_project.tests.plugin import forget_everything
from stats.frames import observations, roster
from stats.models import (
    DataQualityIssue,
    ParkDailyStats,
    ParkWeeklyStats,
    RideDailyStats,
    RideWeeklyStats,
)
from stats.tests.observed import DOWN, NOW, RUNNING, a_park, a_ride, at, raw_rows_since, saw

pytestmark = pytest.mark.django_db

YESTERDAY = date(2025, 12, 19)
AWARDS = ("/api/trends/longest-wait-times", "/api/trends/least-reliable")
OF_A_DATE = ("/api/audit/status", "/api/audit/anomalies", "/api/audit/flagged-entities")
JSON = "application/json"


@pytest.fixture(autouse=True)
def frozen():
    with freeze_time(NOW):
        yield


@pytest.fixture(autouse=True)
def uncached(settings):
    settings.PARKSTATS_RESULT_CACHE_SECONDS = 0


def post(path, body, **headers):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return ask(path, method="POST", body=content, **({"CONTENT_TYPE": JSON} | headers))


def grow():
    """A park with two rides, seen on two days, and all its stored rows; something is wrong with them."""
    park = a_park(is_disney=True)
    rides = [a_ride(park), a_ride(park)]
    for day in (19, 20):
        for hour, seen in ((9, RUNNING), (12, DOWN), (15, RUNNING)):
            saw(park, at(hour, day=day), dict.fromkeys(rides, seen))
    for week, trend in ((51, "-20.00"), (50, None)):
        of_week = {"year": 2025, "week_number": week, "trend_vs_previous_week": trend and Decimal(trend)}
        baker.make(ParkWeeklyStats, park=park, **of_week)
        for ride in rides:
            baker.make(RideWeeklyStats, ride=ride, **of_week)
    for back in range(1, 12):
        day = date(2025, 12, 20) - timedelta(days=back)
        baker.make(ParkDailyStats, park=park, stat_date=day, shame_score=Decimal(9 if back == 1 else 1))
        for ride in rides:
            baker.make(
                RideDailyStats,
                ride=ride,
                stat_date=day,
                downtime_minutes=900 if back == 1 else 60 * (back % 2),
                avg_wait_time=Decimal(20),
            )
    baker.make(
        DataQualityIssue,
        park=park,
        ride=rides[0],
        data_source="themeparks_wiki",
        issue_type="STALE_DATA",
        detected_at=NOW,
        reported_status="DOWN",
        is_resolved=False,
    )


QUESTIONS = [
    *(
        (path, f"period={period}&entity={entity}", 0)
        for path in AWARDS
        for period in ("today", "yesterday", "last_week", "last_month")
        for entity in ("rides", "parks")
    ),
    *(("/api/trends", f"category={entity}-improving", 2) for entity in ("parks", "rides")),
    # The weekly rows of one of the checks.
    ("/api/audit/status", "", 1),
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


# ------------------------------------------------------------------------------------- awards


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


def test_an_award_is_kept_and_its_timestamp_is_not(settings):
    settings.PARKSTATS_RESULT_CACHE_SECONDS = 300
    raw_rows_since(at(0, day=18))
    first = ask(AWARDS[0]).json()
    grow()
    for module in (roster, observations):
        module.forget()
    forget = {"timestamp"}
    with freeze_time(NOW + timedelta(seconds=60)):
        again = ask(AWARDS[0], "limit=10").json()
    assert {key: value for key, value in again.items() if key not in forget} == {
        key: value for key, value in first.items() if key not in forget
    }
    assert again["timestamp"] == "2025-12-20T22:36:00Z"
    assert ask(AWARDS[0], "limit=11").json()["count"] > 0


# ------------------------------------------------------------------------------------- trends


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


# ------------------------------------------------------------------------------------- audit


@pytest.mark.parametrize("path", OF_A_DATE)
@pytest.mark.parametrize(
    "text", ["x", "2025-13-01", "20251219", "2025-12-19T00:00:00", "0", "\N{ARABIC-INDIC DIGIT TWO}"]
)
def test_what_is_no_date_is_refused(path, text):
    reply = ask(path, f"date={text}")
    assert (reply.status, reply.json()["error"]) == (400, "Invalid date format. Use YYYY-MM-DD")


@pytest.mark.parametrize("path", OF_A_DATE)
@pytest.mark.parametrize(
    ("query", "day"),
    [
        ("", "2025-12-19"),
        ("date=", "2025-12-19"),
        ("date=2020-1-2", "2020-01-02"),
        ("date=0001-01-01", "0001-01-01"),
        ("date=9999-12-31", "9999-12-31"),
    ],
)
def test_a_date_is_echoed_and_yesterday_by_default(path, query, day):
    assert ask(path, query).json()["target_date"] == day


def test_anomalies_are_counted_after_the_filter():
    grow()
    everything = ask("/api/audit/anomalies").json()
    assert everything["critical_count"] > 0 < everything["warning_count"]
    assert everything["total_anomalies"] == everything["critical_count"] + everything["warning_count"]
    critical = ask("/api/audit/anomalies", "severity=CRITICAL").json()
    assert critical["total_anomalies"] == critical["critical_count"] == everything["critical_count"]
    assert critical["warning_count"] == 0
    assert ask("/api/audit/anomalies", "severity=INFO").json()["anomalies"] == []
    assert ask("/api/audit/anomalies", "severity=").json() == everything
    refused = ask("/api/audit/anomalies", "severity=critical")
    assert (refused.status, refused.json()["error"]) == (
        400,
        "Invalid severity. Must be CRITICAL, WARNING, or INFO",
    )


def test_a_date_is_checked_before_the_severity():
    reply = ask("/api/audit/anomalies", "severity=no&date=no")
    assert reply.json()["error"] == "Invalid date format. Use YYYY-MM-DD"


def test_flagged_entities_are_ids_once_each():
    grow()
    missing = a_park()
    body = ask("/api/audit/flagged-entities").json()
    assert body.keys() == {"flagged_parks", "flagged_rides", "methodology_url", "success", "target_date"}
    assert missing.pk in body["flagged_parks"]
    assert len(body["flagged_parks"]) == len(set(body["flagged_parks"]))
    assert len(body["flagged_rides"]) == 2
    # Anything but CRITICAL is all of them.
    assert ask("/api/audit/flagged-entities", "severity=no").json() == body
    critical = ask("/api/audit/flagged-entities", "severity=CRITICAL").json()
    assert missing.pk not in critical["flagged_parks"]


@pytest.mark.parametrize("body", [{}, None, [], 0, False, "", {"date": None}, {"date": ""}])
def test_a_run_without_a_date_is_that_of_yesterday(body):
    grow()
    reply = post("/api/audit/run", body)
    assert reply.status == 200
    found = reply.json()
    assert found["target_date"] == "2025-12-19"
    status, anomalies = ask("/api/audit/status").json(), ask("/api/audit/anomalies").json()
    assert found == status | {
        "anomalies": anomalies["anomalies"],
        "anomalies_detected": anomalies["total_anomalies"],
    }


def test_a_run_of_a_date():
    assert post("/api/audit/run", {"date": "2020-1-2"}).json()["target_date"] == "2020-01-02"
    assert post("/api/audit/run", {"date": "x"}).status == 400


REQUEST = {"type": "ride_downtime", "entity_id": 1, "period": "7days", "displayed_value": 0}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        (
            {"type": "no", "period": "no"},
            "Invalid type. Must be one of: park_shame_score, ride_downtime, wait_time",
        ),
        ({"type": None}, "Invalid type. Must be one of: park_shame_score, ride_downtime, wait_time"),
        ({"type": ["wait_time"]}, "Invalid type. Must be one of: park_shame_score, ride_downtime, wait_time"),
        (
            {"type": "wait_time", "period": "yesterday"},
            "Invalid period. Must be one of: today, 7days, 30days",
        ),
        ({"period": []}, "Invalid period. Must be one of: today, 7days, 30days"),
        ({"type": "wait_time"}, "Wait time tracing not yet implemented"),
    ],
)
def test_the_first_mistake_of_a_verification_is_named(changes, error):
    reply = post("/api/audit/verify", REQUEST | changes)
    assert (reply.status, reply.json()) == (400, {"error": error, "success": False})


@pytest.mark.parametrize(
    ("body", "missing"),
    [
        ({}, "type, entity_id, period, displayed_value"),
        ([], "type, entity_id, period, displayed_value"),
        ("text", "type, entity_id, period, displayed_value"),
        ({"period": "7days", "type": "no"}, "entity_id, displayed_value"),
    ],
)
def test_missing_fields_are_named_in_order(body, missing):
    assert post("/api/audit/verify", body).json()["error"] == f"Missing required fields: {missing}"


@pytest.mark.parametrize("value", ["x", None, [], {}, [1], "1,5"])
def test_a_displayed_value_is_a_number(value):
    assert post("/api/audit/verify", REQUEST | {"displayed_value": value}).status == 400


@pytest.mark.parametrize(
    ("value", "shown"), [(True, 1.0), ("1.5", 1.5), (" 2 ", 2.0), (3, 3.0), ("1e1", 10.0)]
)
def test_a_displayed_value_is_echoed_as_a_float(value, shown):
    body = post("/api/audit/verify", REQUEST | {"displayed_value": value}).json()
    assert (body["displayed_value"], body["verified"], body["success"]) == (shown, False, True)


@pytest.mark.parametrize("entity", [None, [], [1, 2], "x", 1.5, 10**30, True, "１"])
def test_any_entity_is_answered_and_echoed(entity):
    for kind in ("park_shame_score", "ride_downtime"):
        reply = post("/api/audit/verify", REQUEST | {"type": kind, "entity_id": entity})
        assert (reply.status, reply.json()["entity_id"]) == (200, entity)


@pytest.mark.parametrize(
    "query", ["hours=x", "hours=", "unresolved=TRUE", "source=", "unresolved=true&hours=24"]
)
def test_what_cannot_be_read_is_the_default(query):
    grow()
    assert ask("/api/audit/data-quality", query).json()["total_issues"] == 1


@pytest.mark.parametrize(("route", "name"), [("data-quality", "hours"), ("data-quality/summary", "days")])
def test_a_span_beyond_the_calendar_is_refused(route, name):
    for number in ("99999999999", "-99999999999", "9" * 400):
        reply = ask(f"/api/audit/{route}", f"{name}={number}")
        assert (reply.status, reply.json()["success"]) == (400, False)


def test_the_summary_echoes_what_it_used():
    grow()
    body = ask("/api/audit/data-quality/summary", "days=x").json()
    assert (body["data_source"], body["days"], body["entities_with_issues"]) == ("themeparks_wiki", 7, 1)
    body = ask("/api/audit/data-quality/summary", "source=&days=3").json()
    assert (body["data_source"], body["days"], body["summary"]) == ("", 3, [])
