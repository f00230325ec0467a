"""What gunicorn cannot read is refused in JSON that repeats nothing, and logged by its kind alone."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from parkstats_project.base.logs import JsonLine
from parkstats_project.tests.servers import answer, connection_from, gunicorn
from parkstats_project.worker import Worker

SECRET = "pw123"
CLIENT = "127.0.0.2"
ROUTE = f"/api/parks/downtime?secret={SECRET}"
GOOD_LINE = f"GET {ROUTE} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
CODING = "Transfer-Encoding"
UNREADABLE = {
    "a line without a version": (f"GET {ROUTE}\r\n\r\n", 400, "InvalidRequestLine"),
    "a method in small letters": (f"get {ROUTE} HTTP/1.1\r\n\r\n", 400, "InvalidRequestMethod"),
    "letters that no URL has": (f"GET {ROUTE}é HTTP/1.1\r\n\r\n", 400, "InvalidRequestLine"),
    "a version to come": (f"GET {ROUTE} HTTP/9.9\r\n\r\n", 400, "InvalidHTTPVersion"),
    "a header without a colon": (f"{GOOD_LINE}Cookie {SECRET}\r\n\r\n", 400, "InvalidHeader"),
    "a length that is none": (f"{GOOD_LINE}Content-Length: {SECRET}\r\n\r\n", 400, "InvalidHeader"),
    "an unknown coding": (
        f"{GOOD_LINE}{CODING}: {SECRET}\r\n\r\n",
        501,
        "UnsupportedTransferCoding",
    ),
    "an expectation": (f"{GOOD_LINE}Expect: {SECRET}\r\n\r\n", 417, "ExpectationFailed"),
    "a long line": (f"GET {ROUTE}{'x' * 9000} HTTP/1.1\r\n\r\n", 414, "LimitRequestLine"),
    "long headers": (f"{GOOD_LINE}X-Long: {'x' * 9000}\r\n\r\n", 431, "LimitRequestHeaders"),
}


@pytest.fixture
def log(tmp_path) -> Path:
    return tmp_path / "log"


@pytest.fixture
def service(db, log) -> Iterator[int]:
    """Also where everything is to be logged."""
    with gunicorn(log, PARKSTATS_LOG_LEVEL="DEBUG") as port:
        yield port


@pytest.mark.whole
@pytest.mark.mariadb
@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_read_is_refused_in_json_and_its_kind_is_logged(service, log):
    for name, (request, expected, fault) in UNREADABLE.items():
        status, headers, body = answer(service, request.encode(), CLIENT)
        assert (name, status) == (name, expected)
        assert headers["Content-Type"] == "application/json", name
        assert set(json.loads(body)) == {"error", "message"}, name
        assert SECRET.encode() not in body, name
        refused = [line for line in log.read_text().splitlines() if "no readable request" in line]
        last = json.loads(refused[-1])
        assert (last["status"], last["fault"]) == (expected, fault), name
    assert len(refused) == len(UNREADABLE)

    # One that breaks off in its head is no request yet.
    with connection_from(CLIENT, service) as raw:
        raw.sendall(GOOD_LINE.encode())
    assert answer(service, f"{GOOD_LINE}Connection: close\r\n\r\n".encode(), CLIENT)[0] == 200

    said = log.read_text()
    assert '"message": "answered"' in said
    assert [secret for secret in (SECRET, "Cookie", CLIENT) if secret in said] == []


def test_a_failure_around_the_application_is_logged_without_the_request(caplog):
    server, client = socket.socketpair()
    request = SimpleNamespace(method="GET", uri=ROUTE)
    with server, client:
        worker = object.__new__(Worker)
        worker.handle_error(request, server, (CLIENT, 1), OSError(f"no room for '{SECRET}'"))
        got = client.recv(65536)
    assert got.startswith(b"HTTP/1.1 500 ") and b'"error":"Internal Server Error"' in got
    (record,) = caplog.records
    line = JsonLine().format(record)
    assert "OSError" in line and SECRET not in line and CLIENT not in line
