"""Audit over HTTP: order of the checks, envelopes, bodies."""

from __future__ import annotations

from datetime import date

import pytest

from parkstats_project.tests.asking import ask, post
from stats.tests.api.growing import grow
from stats.tests.observed import a_park

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "uncached")]

YESTERDAY = date(2025, 12, 19)
OF_A_DATE = ("/api/audit/status", "/api/audit/anomalies", "/api/audit/flagged-entities")


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
