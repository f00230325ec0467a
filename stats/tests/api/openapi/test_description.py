"""GET /api/schema describes what the API answers, GET /api/docs shows it."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from parkstats_project.tests import cases
from parkstats_project.tests.asking import ask
from parkstats_project.tests.described import complaints, path_of, validator
from parkstats_project.tests.plugin import GoldenCase
from parkstats_project.tests.replay import Record, records, send
from stats.api import urls
from stats.api.openapi import description
from stats.api.openapi.types import decimal


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, found in description.document()["paths"].items()
        for method, operation in found.items()
    ]


def operation(path: str, method: str = "get") -> dict[str, Any]:
    return description.document()["paths"][path][method]


def parameter(path: str, name: str) -> dict[str, Any]:
    return next(one for one in operation(path)["parameters"] if one["name"] == name)


def test_the_description_is_valid_openapi_3_1():
    reply = ask("/api/schema")
    assert reply.status == 200
    assert reply.headers["Content-Type"] == "application/json"
    assert reply.json()["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(reply.json()).validate()


def test_every_route_is_described():
    routes = {
        "/" + re.sub(r"<id:(\w+)>", r"{\1}", str(one.pattern))
        for one in urls.urlpatterns
        if getattr(getattr(one.callback, "view_class", None), "schema", None) is not None
    }
    assert set(description.document()["paths"]) == routes


def test_operations_have_names_of_their_own_and_say_what_they_are():
    names = Counter(one["operationId"] for _, _, one in operations())
    assert set(names.values()) == {1}
    assert all(one["summary"] and "contract" not in one["summary"] for _, _, one in operations())


def test_every_example_is_as_described(subtests: pytest.Subtests):
    for path, method, one in operations():
        for status, response in one["responses"].items():
            content = response["content"]["application/json"]
            if "example" in content:
                with subtests.test(f"{method} {path} {status}"):
                    assert complaints(path, method, int(status), content["example"]) == []


def test_values_and_defaults_are_those_of_the_parameter_classes():
    assert parameter("/api/parks/downtime", "limit")["schema"] == {
        "type": "integer",
        "minimum": 0,
        "default": 50,
    }
    assert parameter("/api/trends", "category")["required"]
    assert "last_month" in parameter("/api/trends/heatmap-data", "period")["schema"]["enum"]
    assert "`period`" in parameter("/api/rides/waittimes", "mode")["description"]
    assert {one["name"] for one in operation("/api/analytics/buckets")["parameters"]} >= {"from", "to", "tz"}


@pytest.mark.parametrize(
    "places, right, wrong",
    [
        (0, ["0", "-3", "12"], ["1.0", "", "0E-7"]),
        (2, ["0.00", "-1.25"], ["1.2", "1", "1.234"]),
        (7, ["0E-7", "1.2E-6", "0.1234567"], ["0.1", "E-7"]),
    ],
)
def test_decimals_are_texts_with_exactly_their_places(places, right, wrong):
    pattern = decimal(places)["pattern"]
    assert all(re.search(pattern, text) for text in right)
    assert not any(re.search(pattern, text) for text in wrong)


# ---------------------------------------------------------------------------------- answers and errors


def value(body: str) -> Any:
    """A body; NaN and infinities, which verify echoes and JSON has no words for, count as numbers."""
    return json.loads(body, parse_constant=lambda _: 0.0)


def is_json(record: Record) -> bool:
    return record["method"] in ("GET", "POST") and record["headers"]["Content-Type"] == "application/json"


@pytest.mark.parametrize("case", cases.CASES)
def test_every_recorded_json_answer_is_as_described(case: str):
    seen: Counter[str] = Counter()
    wrong = []
    for record in records(case):
        path = path_of(record["path"].partition("?")[0])
        if path is None or not is_json(record):
            continue
        found = complaints(path, record["method"], record["status"], value(record["body"]))
        wrong += [f"{record['path']}: {text}" for text in found]
        seen[path] += 1
    assert wrong == []
    assert set(seen) == set(description.document()["paths"]) - {"/api/analytics/buckets"}


def test_an_answer_that_is_not_as_described_is_noticed():
    path = "/api/live/status-summary"
    right = operation(path)["responses"]["200"]["content"]["application/json"]["example"]
    counts = right["status_summary"]
    assert complaints(path, "get", 200, right) == []
    assert complaints(path, "get", 200, right | {"more": 1})
    assert complaints(path, "get", 200, {name: right[name] for name in right if name != "filter"})
    assert complaints(path, "get", 200, right | {"filter": "universal"})
    assert complaints(path, "get", 200, right | {"status_summary": counts | {"DOWN": 3}})
    assert complaints(path, "get", 418, right)


@pytest.mark.whole
@pytest.mark.mariadb
def test_audits_that_were_recorded_as_failures_are_as_described(golden_case: GoldenCase):
    wrong = []
    # Before the clock is frozen: the description would find frozen dates in the types it describes.
    paths = {record["id"]: path_of(record["path"].partition("?")[0]) for record in records("winter_saturday")}
    with golden_case("winter_saturday"):
        for record in records("winter_saturday"):
            path = paths[record["id"]]
            if path and path.startswith("/api/audit") and record["status"] == 500:
                answer = send(record)
                found = complaints(path, record["method"], answer.status, value(answer.body))
                wrong += [f"{record['path']} {record.get('request_body')}: {text}" for text in found]
    assert wrong == []


@pytest.mark.parametrize(
    "method, url, query, headers, status",
    [
        ("GET", "/api/parks/downtime", "limit=x", {}, 400),
        ("GET", "/api/trends", "", {}, 400),
        ("GET", "/api/analytics/buckets", "", {}, 400),
        ("GET", "/api/health", "", {"HTTP_HOST": "elsewhere.example"}, 400),
        ("GET", "/api/parks/downtime", "limit=" + "1" * 9000, {}, 414),
        ("POST", "/api/audit/run", "", {}, 415),
        ("POST", "/api/audit/verify", "", {"CONTENT_TYPE": "application/json"}, 400),
    ],
)
def test_errors_are_as_described(method, url, query, headers, status):
    reply = ask(url, query, method=method, **headers)
    assert reply.status == status
    assert complaints(url, method, status, reply.json()) == []


def test_another_method_is_refused_as_described():
    reply = ask("/api/parks/downtime", method="PUT")
    assert reply.status == 405
    assert validator("/api/parks/downtime", "get", 405).is_valid(reply.json())


@pytest.mark.django_db
def test_what_is_not_found_is_as_described(subtests: pytest.Subtests):
    for path, method, one in operations():
        if "{" in path and "404" in one["responses"]:
            with subtests.test(path):
                reply = ask(re.sub(r"{\w+}", "424242", path))
                assert reply.status in (200, 404)
                assert complaints(path, method, reply.status, reply.json()) == []


# ------------------------------------------------------------------------------------------- the two URLs


@pytest.mark.django_db
@pytest.mark.parametrize("url", ["/api/schema", "/api/docs"])
def test_the_new_urls_behave_like_all_others(url):
    assert ask(url + "/").status == 404
    refused = ask(url, method="POST")
    assert (refused.status, refused.json()["error"]) == (405, "Method Not Allowed")
    head = ask(url, method="HEAD")
    assert (head.status, head.body) == (200, b"")
    assert ask(url, method="OPTIONS").headers["Allow"]


@pytest.mark.django_db
def test_the_page_needs_no_other_host():
    reply = ask("/api/docs")
    assert reply.status == 200
    page = reply.body.decode()
    assert "//" not in re.sub(r"<a .*?>", "", page)
    files = re.findall(r'<(?:link|script) [^>]*(?:src|href)="([^"]+)"', page)
    assert len(files) == 4
    assert all(ask(name).status == 200 for name in files)
    assert "/api/schema" in page
