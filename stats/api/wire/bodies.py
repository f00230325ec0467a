"""Bodies of the routes that take one (docs/contract/audit.md 5 and 6)."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import UnreadablePostError
from rest_framework.request import Request

from stats.api.wire.renderer import framework_error


def json_body(request: Request) -> Any:
    """The value of a JSON body (docs/contract/audit.md 5 and 6), of any JSON type.

    Raises 415 without a JSON content type (`application/json` or `application/<x>+json`, any case,
    parameters allowed) and 400 for a body that is not JSON: empty, not UTF-8, nested without end.
    NaN and Infinity are numbers, as they were to the legacy.
    """
    kind = (request.META.get("CONTENT_TYPE") or "").partition(";")[0].strip().lower()
    if not (kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))):
        raise framework_error(415)
    try:
        return json.loads(_bytes(request))
    except (ValueError, RecursionError):
        raise framework_error(400) from None


def _bytes(request: Request) -> bytes:
    """The body, also of a request that says nowhere how long it is, if the server knows where it ends.

    Django takes such a body for an empty one. Raises RequestDataTooBig and UnreadablePostError.
    """
    if request.META.get("CONTENT_LENGTH") or not request.META.get("wsgi.input_terminated"):
        return request.body
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    assert most is not None
    try:
        read: bytes = request.META["wsgi.input"].read(most + 1)
    except Exception as problem:  # Each server has its own for parts that are none.
        raise UnreadablePostError(*problem.args) from problem
    if len(read) > most:
        raise RequestDataTooBig
    return read
