"""Where an answer may differ from its record: the table of docs/design.md 4, one predicate per line.

A difference is permitted by rule, never by request: each predicate sees the record and the answer and
says whether the answer is exactly what the new system is meant to say instead.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

Record = dict[str, Any]
Predicate = Callable[[Record, int, str, Any], bool]

LIMIT_BODY = {"error": "Invalid limit. Must be a non-negative integer", "success": False}
HOURLY_ON_DEMAND = {"message": "Hourly figures are computed on demand", "status": "healthy"}


def limit_is_refused(record: Record, status: int, content_type: str, body: Any) -> bool:
    """A limit that is no integer or negative was a 500; it is a 400 with a sentence."""
    query = parse_qs(record["path"].partition("?")[2], keep_blank_values=True)
    try:
        wrong = int(query.get("limit", ["0"])[0]) < 0
    except ValueError:
        wrong = True
    return record["status"] == 500 and wrong and status == 400 and bool(body == LIMIT_BODY)


def framework_error_is_json(record: Record, status: int, content_type: str, body: Any) -> bool:
    """405 and 415 were HTML pages; they are JSON with the reason phrase and a sentence."""
    if record["status"] not in (405, 415) or status != record["status"]:
        return False
    said = record["method"] == "HEAD" or (
        isinstance(body, dict)
        and body.keys() == {"error", "message"}
        and body["error"] == HTTPStatus(status).phrase
        and isinstance(body["message"], str)
        and body["message"].endswith(".")
    )
    return said and content_type == "application/json"


def hourly_is_on_demand(record: Record, status: int, content_type: str, body: Any) -> bool:
    """Health said no_data or stale without recent hourly runs in the log; figures need none any more."""
    if record["path"].partition("?")[0] != "/api/health" or status != 200 or not record["body"]:
        return False
    expected = json.loads(record["body"])
    if expected["checks"]["hourly_aggregation"]["status"] not in ("no_data", "stale"):
        return False
    expected["checks"]["hourly_aggregation"] = HOURLY_ON_DEMAND
    states = {check["status"] for check in expected["checks"].values()}
    expected["status"] = "degraded" if states & {"stale", "no_data"} else "healthy"
    return bool(body == expected)


def audit_works(record: Record, status: int, content_type: str, body: Any) -> bool:
    """Anomalies, run and verify answered 500 on ordinary data; they do what they are evidently for."""
    route = record["path"].partition("?")[0]
    shape = AUDIT_SHAPES.get(f"{record['method']} {route}")
    was_broken = record["status"] == 500 and '"success":false' in record["body"]
    return shape is not None and was_broken and status == 200 and shape(body)


def audit_value_is_refused(record: Record, status: int, content_type: str, body: Any) -> bool:
    """A value that an audit route cannot use was a 500; it is a 400 that names the parameter."""
    route = record["path"].partition("?")[0]
    return (
        record["status"] == 500
        and route.startswith("/api/audit/")
        and status == 400
        and isinstance(body, dict)
        and (body["error"] == "Bad Request" or body["error"].startswith(AUDIT_REFUSALS))
    )


AUDIT_REFUSALS = (
    "Missing required fields: ",
    *(f"Invalid {name}. Must " for name in ("hours", "days", "displayed_value", "entity_id")),
)


def keys(text: str) -> frozenset[str]:
    return frozenset(text.split())


ANOMALY = keys(
    "anomaly_type current_value entity_id entity_name entity_type expected_value message methodology_url"
    " metric severity stat_date threshold"
)
ANOMALIES = keys("anomalies critical_count success target_date total_anomalies warning_count")
FLAGGED = keys("flagged_parks flagged_rides methodology_url success target_date")
RUN = keys(
    "anomalies anomalies_detected critical_failures failed failures passed status success target_date"
    " total_checks"
)
VERIFY = keys(
    "anomalies_detected computation_trace computed_value data_quality displayed_value entity_id entity_name"
    " entity_type methodology_url metric period success tolerance verified"
)
STEP = keys("description formula inputs name output output_label step")


def has(body: Any, wanted: frozenset[str]) -> bool:
    return isinstance(body, dict) and body.keys() == wanted and body["success"] is True


def is_list_of(wanted: frozenset[str], value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(row, dict) and row.keys() == wanted for row in value)


def anomalies_shape(body: Any) -> bool:
    return (
        has(body, ANOMALIES)
        and is_list_of(ANOMALY, body["anomalies"])
        and body["total_anomalies"] == len(body["anomalies"])
    )


def run_shape(body: Any) -> bool:
    return (
        has(body, RUN)
        and is_list_of(ANOMALY, body["anomalies"])
        and body["anomalies_detected"] == len(body["anomalies"])
    )


def verify_shape(body: Any) -> bool:
    return (
        has(body, VERIFY)
        and is_list_of(ANOMALY, body["anomalies_detected"])
        and is_list_of(STEP, body["computation_trace"])
        and [step["step"] for step in body["computation_trace"]]
        == list(range(1, 6 if body["entity_type"] == "park" else 4))
        and isinstance(body["verified"], bool)
    )


def flagged_shape(body: Any) -> bool:
    return has(body, FLAGGED) and all(
        isinstance(body[name], list) for name in ("flagged_parks", "flagged_rides")
    )


AUDIT_SHAPES: dict[str, Callable[[Any], bool]] = {
    "GET /api/audit/anomalies": anomalies_shape,
    "GET /api/audit/flagged-entities": flagged_shape,
    "POST /api/audit/run": run_shape,
    "POST /api/audit/verify": verify_shape,
}

RULES: dict[str, Predicate] = {
    "limit": limit_is_refused,
    "framework error": framework_error_is_json,
    "health": hourly_is_on_demand,
    "audit": audit_works,
    "audit value": audit_value_is_refused,
}


def permitting(record: Record, status: int, headers: Iterable[tuple[str, str]], text: str) -> str | None:
    """The name of the rule that permits this difference, or None."""
    content_type = next((value for name, value in headers if name.lower() == "content-type"), "")
    try:
        body = json.loads(text)
    except ValueError:
        body = None
    for name, permits in RULES.items():
        if permits(record, status, content_type, body):
            return name
    return None
