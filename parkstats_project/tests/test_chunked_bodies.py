"""A body that comes in chunks, without a length, is read like any other."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from django.conf import settings

from parkstats_project.tests.servers import answer, gunicorn

pytestmark = [pytest.mark.whole, pytest.mark.mariadb, pytest.mark.django_db(transaction=True)]

HEAD = (
    b"POST /api/audit/run HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
    b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
)


@pytest.fixture
def service(db, tmp_path) -> Iterator[int]:
    with gunicorn(tmp_path / "log") as port:
        yield port


def chunked(*parts: bytes) -> bytes:
    """A request with a body in these parts."""
    return HEAD + b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (*parts, b""))


def test_chunks_are_read_within_the_limit_of_every_body(service):
    status, _, body = answer(service, chunked(b'{"date": "202', b'5-12-20"}'))
    assert (status, json.loads(body)["target_date"]) == (200, "2025-12-20")
    assert answer(service, chunked(b'{"date": '))[0] == 400
    assert answer(service, HEAD + b"no number\r\n{}\r\n0\r\n\r\n")[0] == 400
    too_much = b" " * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 2)
    assert answer(service, chunked(too_much, too_much, b"{}"))[0] == 413
