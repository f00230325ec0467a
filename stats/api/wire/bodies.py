"""Bodies of the routes that take one (docs/contract/audit.md 5 and 6)."""

from __future__ import annotations

import json
from typing import Any

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
        return json.loads(request.body)
    except (ValueError, RecursionError):
        raise framework_error(400) from None
