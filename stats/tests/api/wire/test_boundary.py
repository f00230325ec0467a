"""Methods, unknown URLs, double slashes and errors around the routes (docs/contract/README.md 6 to 8)."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.urls import path

from parkstats_project.tests.asking import ask
from stats.api import health
from stats.api.urls import urlpatterns as api_urls
from stats.api.wire import boundary, failed
from stats.api.wire.endpoint import endpoint
from stats.api.wire.renderer import failure

NOT_FOUND = b'{"error":"Not Found","message":"The requested resource was not found"}\n'
JSON_BODY = {"CONTENT_TYPE": "application/json"}


@endpoint("GET", answer=dict)
def broken(asked, now):
    raise ZeroDivisionError("secret detail")


@endpoint("GET", answer=dict)
def refusing(asked, now):
    raise failure("Internal server error during audit")


@endpoint("GET", answer=dict)
def suspicious(asked, now):
    raise SuspiciousOperation


@endpoint("GET", answer=dict)
def unwritable(asked, now):
    return {"value": object()}


@endpoint("POST", body=dict, answer=dict)
def posted(asked, now):
    return {"length": len(asked)}


def plain(request):
    raise ZeroDivisionError("secret detail")


urlpatterns = [
    *api_urls,
    path("api/broken", broken),
    path("api/refusing", refusing),
    path("api/suspicious", suspicious),
    path("api/unwritable", unwritable),
    path("api/posted", posted),
    path("api/plain", plain),
]
handler400 = boundary.bad_request
handler404 = boundary.not_found
handler500 = failed.server_error

pytestmark = pytest.mark.urls(__name__)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"])
@pytest.mark.parametrize("unknown", ["/nope", "/api", "/api/", "/api/health/", "/API/health", "//api/health"])
def test_an_unknown_url_is_the_same_404_for_every_method(method, unknown):
    reply = ask(unknown, method=method)
    assert (reply.status, reply.body) == (404, NOT_FOUND)
    assert reply.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "BREW"])
def test_another_method_is_a_405_in_json_that_names_the_allowed_ones(method):
    reply = ask("/", method=method)
    assert reply.status == 405
    assert reply.json() == {
        "error": "Method Not Allowed",
        "message": "The method is not allowed for the requested URL.",
    }
    assert set(reply.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_a_route_that_takes_post_takes_nothing_else():
    assert ask("/api/posted", method="POST", body=b"[1, 2]", **JSON_BODY).json() == {"length": 2}
    for method in ("GET", "HEAD"):
        reply = ask("/api/posted", method=method)
        assert reply.status == 405
        assert set(reply.headers["Allow"].split(", ")) == {"OPTIONS", "POST"}


def test_options_is_empty_and_names_the_methods():
    reply = ask("/", method="OPTIONS")
    assert (reply.status, reply.body) == (200, b"")
    assert reply.headers["Content-Type"] == "text/html; charset=utf-8"
    assert reply.headers["Content-Length"] == "0"
    assert set(reply.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_head_has_the_headers_of_get_and_no_body():
    got, head = ask("/"), ask("/", method="HEAD")
    assert head.body == b""
    assert head.status == 200
    assert head.headers == got.headers
    assert head.headers["Content-Length"] == str(len(got.body))


def test_an_answer_names_no_methods_and_no_charset():
    reply = ask("/")
    assert "Allow" not in reply.headers
    assert "Vary" not in reply.headers
    assert reply.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("accepted", ["text/html", "application/xml", "nonsense", "*/*;q=0"])
def test_what_a_client_accepts_changes_nothing(accepted):
    assert ask("/", "format=api", HTTP_ACCEPT=accepted) == ask("/")


@pytest.mark.parametrize("path", ["/api//health", "/api///health", "/api/parks//٣//rides"])
def test_double_slashes_inside_a_known_path_are_redirected(path):
    reply = ask(path, "a=1&b=%3C")
    assert reply.status == 308
    assert reply.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "//" not in reply.headers["Location"].removeprefix("http://localhost")
    assert reply.headers["Location"].endswith("?a=1&b=%3C")


def test_the_redirect_escapes_what_it_repeats():
    reply = ask("/api//health", b'"><script>')
    assert b"<script>" not in reply.body
    assert b'"><script>' not in reply.headers["Location"].encode()


def test_double_slashes_in_an_unknown_path_are_a_404():
    assert ask("/api//nope").body == NOT_FOUND


def test_a_failure_in_a_route_is_logged_and_told_in_one_sentence(caplog):
    reply = ask("/api/broken")
    assert (reply.status, reply.body) == (500, b'{"error":"Internal server error","success":false}\n')
    assert "secret detail" in caplog.text


def test_a_route_may_word_its_failure_differently():
    reply = ask("/api/refusing")
    assert reply.body == b'{"error":"Internal server error during audit","success":false}\n'


@pytest.mark.parametrize("path", ["/api/unwritable", "/api/plain"])
def test_a_failure_around_a_route_has_the_global_body(path):
    reply = ask(path)
    assert reply.status == 500
    assert reply.body == (
        b'{"error":"Internal Server Error",'
        b'"message":"An unexpected error occurred. Please try again later."}\n'
    )
    assert reply.headers["Access-Control-Allow-Origin"] == "*"


def test_a_suspicious_request_is_a_400():
    assert ask("/api/suspicious").status == 400


def test_a_host_that_is_not_ours_is_a_400():
    reply = ask("/", HTTP_HOST="elsewhere.example")
    assert reply.status == 400
    assert reply.json()["error"] == "Bad Request"


def test_a_body_beyond_the_limit_is_a_413():
    assert settings.DATA_UPLOAD_MAX_MEMORY_SIZE is not None
    reply = ask(
        "/api/posted",
        method="POST",
        body=b"x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1),
        **JSON_BODY,
    )
    assert reply.status == 413
    assert reply.json()["message"].endswith(".")


@pytest.mark.parametrize(
    ("path", "query"), [("/", "a=" + "x" * 1_000_000), ("/api/parks/" + "1" * 1_000_000 + "/rides", "")]
)
def test_an_endless_url_is_a_414(path, query):
    reply = ask(path, query)
    assert reply.status == 414
    assert reply.json()["message"] == "The requested URL is too long."


def test_root_names_the_service():
    reply = ask("/")
    assert reply.json()["version"] == health.API_VERSION
    assert "Access-Control-Allow-Origin" not in reply.headers
