"""Cross-origin headers (docs/contract/README.md 8)."""

from __future__ import annotations

import pytest

from parkstats_project.tests.asking import ask

ORIGIN = "https://example.org"


def cors(reply):
    return {
        name: value for name, value in reply.headers.items() if name.startswith(("Access-Control", "Vary"))
    }


@pytest.mark.parametrize("path", ["/api", "/api/nope", "/apiary"])
def test_without_an_origin_everybody_is_allowed(path):
    assert cors(ask(path)) == {"Access-Control-Allow-Origin": "*"}


@pytest.mark.parametrize("path", ["/", "/nope", "/API/health", "//api/health"])
def test_outside_the_api_there_are_no_headers(path):
    assert cors(ask(path, HTTP_ORIGIN=ORIGIN)) == {}


@pytest.mark.parametrize("origin", [ORIGIN, "null"])
@pytest.mark.parametrize("path", ["/api/nope", "/api//health"])
def test_an_origin_is_echoed_on_every_answer(origin, path):
    assert cors(ask(path, HTTP_ORIGIN=origin)) == {"Access-Control-Allow-Origin": origin, "Vary": "Origin"}


def test_refusals_before_the_routes_have_the_headers_too():
    assert cors(ask("/api/health", "x" * 10_000, HTTP_ORIGIN=ORIGIN))["Vary"] == "Origin"
    assert cors(ask("/api/health", HTTP_HOST="elsewhere"))["Access-Control-Allow-Origin"] == "*"


def preflight(**headers):
    return cors(ask("/api/health", method="OPTIONS", **headers))


@pytest.mark.parametrize("method", ["GET", "post", "Options"])
def test_a_preflight_of_a_known_method_is_allowed(method):
    assert preflight(HTTP_ORIGIN=ORIGIN, HTTP_ACCESS_CONTROL_REQUEST_METHOD=method) == {
        "Access-Control-Allow-Origin": ORIGIN,
        "Vary": "Origin",
        "Access-Control-Allow-Methods": "GET, OPTIONS, POST",
    }


@pytest.mark.parametrize("method", ["PUT", "HEAD", ""])
def test_a_preflight_of_another_method_is_told_nothing(method):
    assert preflight(HTTP_ORIGIN=ORIGIN, HTTP_ACCESS_CONTROL_REQUEST_METHOD=method) == {
        "Access-Control-Allow-Origin": ORIGIN,
        "Vary": "Origin",
    }


def test_a_preflight_without_an_origin_is_told_nothing():
    assert preflight(HTTP_ACCESS_CONTROL_REQUEST_METHOD="GET") == {"Access-Control-Allow-Origin": "*"}


@pytest.mark.parametrize(
    ("asked", "allowed"),
    [
        ("content-type", "content-type"),
        ("X-API-Key,  Content-Type , Authorization", "Content-Type, X-API-Key"),
        ("Authorization", None),
    ],
)
def test_known_request_headers_are_allowed_as_they_were_spelled(asked, allowed):
    headers = preflight(
        HTTP_ORIGIN=ORIGIN,
        HTTP_ACCESS_CONTROL_REQUEST_METHOD="GET",
        HTTP_ACCESS_CONTROL_REQUEST_HEADERS=asked,
    )
    assert headers.get("Access-Control-Allow-Headers") == allowed
