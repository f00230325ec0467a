"""The wire: how payloads are written, and every error body (docs/contract/README.md 4 and 6).

Views raise `WireError` through one of the small functions below; nobody else builds an error body. The two
spellings of the 500 text are the contract's: `failure()` is what a route answers when its own work failed,
`framework_error(500)` what is answered when something failed around it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from email.utils import format_datetime
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from rest_framework.renderers import BaseRenderer

JSON = "application/json"
HTML = "text/html; charset=utf-8"

# One sentence for each status a framework refuses with (docs/api.md, Differences).
SENTENCES = {
    400: "The browser (or proxy) sent a request that this server could not understand.",
    401: "This route asks for a login.",
    403: "The request is not allowed.",
    404: "The requested resource was not found",
    405: "The method is not allowed for the requested URL.",
    413: "The request body is too large.",
    414: "The requested URL is too long.",
    415: "The request body must be sent with the content type application/json.",
    417: "The server cannot do what the request expects of it.",
    431: "The headers of the request are too long.",
    500: "An unexpected error occurred. Please try again later.",
    501: "The request body is sent in a way that the server does not know.",
    503: "The database took too long to answer. Please try again later.",
}


# --------------------------------------------------------------------------- writing


def encode(payload: Any) -> bytes:
    """A payload as the bytes of the wire: sorted keys, compact, ASCII, one newline at the end.

    `Decimal` becomes its exact text, dates and datetimes HTTP dates, integer keys texts. Raises TypeError for
    any other type. NaN and infinities are written as such: /api/audit/verify echoes what it was sent.
    """
    text = json.dumps(payload, sort_keys=True, separators=(",", ":"), default=_wire_value)
    return text.encode("ascii") + b"\n"


def _wire_value(value: Any) -> str:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime):
        return http_date(value)
    if isinstance(value, date):
        return http_date(datetime(value.year, value.month, value.day, tzinfo=UTC))
    raise TypeError(f"{type(value).__name__} has no form on the wire")


def http_date(moment: datetime) -> str:
    """An aware moment as `Sat, 20 Dec 2025 23:00:02 GMT`; the fraction of a second is dropped."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


@dataclass(frozen=True)
class Rendered:
    """A payload that is bytes already, such as a kept answer."""

    body: bytes


def rendered(payload: Any) -> Rendered:
    """A payload as bytes, unless it is bytes already."""
    return payload if isinstance(payload, Rendered) else Rendered(encode(payload))


class WireRenderer(BaseRenderer):
    """The only renderer: `application/json` without a charset, whatever the client accepts."""

    media_type = JSON
    format = "json"
    charset = None
    render_style = "binary"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        """The bytes of a payload; a `Rendered` one is passed on."""
        return rendered(data).body


# --------------------------------------------------------------------------- errors


class WireError(Exception):
    """An answer that is not 200: its status, its body and what caused it, if that is worth logging."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        super().__init__(status, body)
        self.status = status
        self.body = body


def refuse(text: str) -> WireError:
    """400 for a parameter."""
    return WireError(400, {"error": text, "success": False})


def not_found(text: str) -> WireError:
    """404 for an entity of a known route."""
    return WireError(404, {"error": text, "success": False})


def failure(text: str = "Internal server error") -> WireError:
    """500 of a route."""
    return WireError(500, {"error": text, "success": False})


def framework_error(status: int, sentence: str = "") -> WireError:
    """An error that is not about a route's own parameters: 404 of a URL, 405, 415 and their like."""
    sentence = sentence or SENTENCES.get(status, "The request could not be answered.")
    return WireError(status, {"error": HTTPStatus(status).phrase, "message": sentence})


def error_response(error: WireError) -> HttpResponse:
    """The answer of an error outside a view."""
    return HttpResponse(encode(error.body), status=error.status, content_type=JSON)
