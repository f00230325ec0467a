"""Whatever is sent: never a 500, never a traceback, always JSON.

Every route of the API is asked with every hostile value in each of its parameters; new routes join by
themselves. The exceptions are the values for which the recorded system's 500 is part of the contract.
"""

from __future__ import annotations

import dataclasses
from urllib.parse import quote_from_bytes

import pytest

from parkstats_project.tests.asking import ask
from stats.api.openapi.description import PageView
from stats.api.urls import urlpatterns

pytestmark = pytest.mark.django_db

HOSTILE = [
    b"",
    b" ",
    b"bad",
    b"LIVE",
    b"live ",
    b"-1",
    b"0",
    b"2.5",
    b"1e9",
    b"NaN",
    b"9" * 20,
    b"9" * 4301,
    b"\0",
    b"live\0",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    "é🎢".encode(),
    b"' OR 1=1 --",
    b"%s%(x)s{}",
    b"<script>alert(1)</script>",
    b"2025-13-01",
    b"0000-00-00",
    b"a" * 7000,
]
ID = "9"
HOSTILE_IDS = ["0", "99999", "2147483648", "9" * 19, "9" * 20, "9" * 4300, "٣", "0" * 100 + "7"]


def methods(pattern):
    view = getattr(pattern.callback, "view_class", PageView)
    if view is PageView:
        return []  # Pages are HTML, and read nothing that is sent.
    return [name for name in ("get", "post") if hasattr(view, name)]


def parameters(pattern):
    stated = pattern.callback.view_class.stated
    taken = stated and stated.parameters
    return [field.name for field in dataclasses.fields(taken)] if taken else []


def example(pattern, number=ID):
    """A path of the route; its only variable parts are ids."""
    parts = str(pattern.pattern).replace(">", "<").split("<")
    return "/" + "".join(number if index % 2 else part for index, part in enumerate(parts))


READ = [pattern for pattern in urlpatterns if "get" in methods(pattern)]
POSTED = [pattern for pattern in urlpatterns if "post" in methods(pattern)]
PARAMETERS = [(pattern, name) for pattern in READ for name in parameters(pattern)]
WITH_ID = [pattern for pattern in READ if "<" in str(pattern.pattern)]


def named(value):
    return value if isinstance(value, str) else str(value.pattern)


def assert_answered(reply, asked):
    assert reply.status < 500, (asked, reply.body)
    assert reply.headers["Content-Type"] == "application/json", asked
    payload = reply.json()
    assert payload.get("success") is not True or reply.status == 200
    assert b"Traceback" not in reply.body
    assert reply.body.endswith(b"\n")


@pytest.mark.parametrize(("pattern", "name"), PARAMETERS, ids=named)
def test_every_parameter_takes_every_value(pattern, name):
    for value in HOSTILE:
        query = f"{name}={quote_from_bytes(value)}"
        assert_answered(ask(example(pattern), query), query)


@pytest.mark.parametrize("pattern", READ, ids=named)
def test_raw_bytes_in_the_query_are_answered(pattern):
    for query in (
        b"\xff=\xfe",
        b"period=\xff",
        b"limit=\0&\0",
        b"=&=&&;;",
        b"%",
        b"period=%zz",
        b"&".join([b"a=1"] * 1500),
        b"period[]=live",
    ):
        assert_answered(ask(example(pattern), query), query[:30])


@pytest.mark.parametrize("pattern", READ, ids=named)
def test_an_endless_query_is_refused(pattern):
    reply = ask(example(pattern), "period=" + "x" * 1_000_000)
    assert reply.status == 414
    assert_answered(reply, "1 MB")


@pytest.mark.parametrize("pattern", WITH_ID, ids=named)
def test_every_id_is_answered(pattern):
    for number in HOSTILE_IDS:
        assert_answered(ask(example(pattern, number)), number[:30])


@pytest.mark.parametrize("pattern", WITH_ID, ids=named)
def test_what_is_no_id_is_an_unknown_url(pattern):
    for text in ("9" * 4301, "-1", "1.5", "abc", "%00", "\0", "1\0", "1\n", " 1", "²", "é"):
        assert ask(example(pattern, text)).status == 404


@pytest.mark.parametrize(
    "path", [b"/api/\xff\xfe", b"/\0", b"/api/parks/\xed\xa0\x80/rides", b"/api/\r\nX: y", b""]
)
def test_bytes_in_the_path_that_are_no_text_are_an_unknown_url(path):
    assert_answered(ask(path), path)


BODIES = [
    b"",
    b"{",
    b"not json",
    b"{'a':1}",
    b"\0",
    b"\xff\xfe\xfd",
    b'{"a":"\xff"}',
    b"[" * 100_000,
    b'{"a":' * 50_000,
    b"NaN",
    b"9" * 5000,
    b'{"date":"\\ud800"}',
    b'{"date":"2025-13-01"}',
]


@pytest.mark.parametrize("pattern", POSTED, ids=named)
def test_every_body_is_refused_that_is_no_json_of_the_route(pattern):
    for body in BODIES:
        reply = ask(example(pattern), method="POST", body=body, CONTENT_TYPE="application/json")
        assert 400 <= reply.status < 500, body[:30]
        assert_answered(reply, body[:30])


@pytest.mark.parametrize("pattern", POSTED, ids=named)
@pytest.mark.parametrize("kind", ["", "text/plain", "multipart/form-data", "application/json\0", "\xff"])
def test_another_content_type_is_a_415(pattern, kind):
    reply = ask(example(pattern), method="POST", body=b"{}", CONTENT_TYPE=kind)
    assert reply.status == 415
    assert reply.json()["error"] == "Unsupported Media Type"


ENTITIES = [
    "1",
    "-1",
    "9" * 30,
    "9" * 4000,
    "1.5",
    '"x"',
    '"\\u0000"',
    '"1e400"',
    "null",
    "true",
    "[1]",
    "[]",
    "{}",
    "[[1]]",
]
ODD = [
    "null",
    "5",
    "true",
    '""',
    '"type entity_id period displayed_value"',
    "[]",
    "[1]",
    '["type","entity_id","period","displayed_value"]',
    '{"date":5}',
    '{"date":["2025-12-19"]}',
    '{"date":"0001-01-01"}',
    '{"date":"9999-12-31"}',
    *(
        f'{{"type":"{kind}","entity_id":{entity},"period":"today","displayed_value":1}}'
        for kind in ("park_shame_score", "ride_downtime", "wait_time")
        for entity in ENTITIES
    ),
    *(
        f'{{"type":"park_shame_score","entity_id":1,"period":"today","displayed_value":{value}}}'
        for value in ("null", '"nan"', '"1e999"', "1e999", "[]", "{}", "9" * 400, '"abc"')
    ),
    '{"type":[],"entity_id":1,"period":"today","displayed_value":1}',
    '{"type":"ride_downtime","entity_id":1,"period":{},"displayed_value":1}',
]


@pytest.mark.parametrize("pattern", POSTED, ids=named)
def test_a_body_of_an_unexpected_shape_is_answered(pattern):
    for body in ODD:
        reply = ask(example(pattern), method="POST", body=body.encode(), CONTENT_TYPE="application/json")
        assert_answered(reply, body[:90])
