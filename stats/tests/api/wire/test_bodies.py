"""A JSON body is read, or refused as the replaced system refused it."""

from __future__ import annotations

import pytest
from django.test import RequestFactory
from rest_framework.request import Request

from stats.api.wire import bodies
from stats.api.wire.renderer import WireError


def body(data, content_type="application/json"):
    # Django's factory drops the content type of an empty body; a client does not.
    return Request(RequestFactory().generic("POST", "/api/audit/run", data, CONTENT_TYPE=content_type))


@pytest.mark.parametrize(
    "kind", ["application/json", "Application/JSON; charset=x", "application/vnd.api+json"]
)
def test_a_json_body_is_read_whatever_its_type(kind):
    assert bodies.json_body(body('{"date": null}', kind)) == {"date": None}


@pytest.mark.parametrize(("data", "value"), [("null", None), ("[]", []), ("5", 5), ("\ufeff{}", {})])
def test_a_json_body_need_not_be_an_object(data, value):
    assert bodies.json_body(body(data)) == value


@pytest.mark.parametrize(
    "data",
    [
        "",
        "{",
        "not json",
        '{"a":',
        "{'a':1}",
        b"\xff\xfe\xfa",
        "[" * 100_000,
        "9" * 5000,
    ],
)
def test_a_body_that_is_no_json_is_a_400(data):
    with pytest.raises(WireError) as refused:
        bodies.json_body(body(data))
    assert refused.value.status == 400
    assert refused.value.body["error"] == "Bad Request"


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/x-www-form-urlencoded", "json", "text/x+json"]
)
def test_another_content_type_is_a_415(kind):
    with pytest.raises(WireError) as refused:
        bodies.json_body(body("{}", kind))
    assert refused.value.status == 415
