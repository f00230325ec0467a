"""Asks the application below any client library: bytes go in as they are, bytes come out."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, NamedTuple

from django.core import signals
from django.core.handlers.wsgi import WSGIHandler
from django.db import close_old_connections

_application = WSGIHandler()


class Reply(NamedTuple):
    """What came out of the application."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body; fails if it is no JSON."""
        return json.loads(self.body)


def ask(
    path: bytes | str,
    query: bytes | str = b"",
    *,
    method: str = "GET",
    body: bytes = b"",
    own_connection: bool = False,
    **headers: str,
) -> Reply:
    """One request; `path` is already decoded, `headers` are named as in WSGI (CONTENT_TYPE, HTTP_ORIGIN).

    The database connection stays as the test has it; with `own_connection` the request examines it before and
    after, as in a server.
    """
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": _latin(path),
        "QUERY_STRING": _latin(query),
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        **headers,
    }
    started: list[tuple[int, dict[str, str]]] = []

    def start_response(
        status: str, sent: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], object]:
        started.append((int(status.split()[0]), dict(sent)))
        return lambda _: None

    with nullcontext() if own_connection else _connection_left_alone():
        chunks = _application(environ, start_response)
        try:
            content = b"".join(chunks)
        finally:
            chunks.close()
    return Reply(*started[0], content)


def post(path: str, body: Any) -> Reply:
    """One request with a body of JSON."""
    return ask(path, method="POST", body=json.dumps(body).encode(), CONTENT_TYPE="application/json")


@contextmanager
def _connection_left_alone() -> Iterator[None]:
    """A request of a test must not close the connection that its transaction is on."""
    ends = (signals.request_started, signals.request_finished)
    for end in ends:
        end.disconnect(close_old_connections)
    try:
        yield
    finally:
        for end in ends:
            end.connect(close_old_connections)


def _latin(text: bytes | str) -> str:
    return (text if isinstance(text, bytes) else text.encode()).decode("latin-1")
