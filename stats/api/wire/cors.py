"""Cross-origin headers of everything under /api (docs/contract/README.md 8)."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

METHODS = ("GET", "OPTIONS", "POST")
REQUEST_HEADERS = ("content-type", "x-api-key")


class CorsMiddleware:
    """Echoes the origin, and answers a preflight for the methods and headers that the site uses.

    It stands outermost, so that errors and redirects carry the headers too.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not request.path_info.startswith("/api"):
            return response
        origin = request.headers.get("Origin")
        response["Access-Control-Allow-Origin"] = origin or "*"
        if origin:
            patch_vary_headers(response, ["Origin"])
            if request.method == "OPTIONS":
                _allow_request(request, response)
        return response


def _allow_request(request: HttpRequest, response: HttpResponseBase) -> None:
    if request.headers.get("Access-Control-Request-Method", "").upper() not in METHODS:
        return
    response["Access-Control-Allow-Methods"] = ", ".join(METHODS)
    asked = request.headers.get("Access-Control-Request-Headers", "").split(",")
    allowed = sorted(name for name in map(str.strip, asked) if name.lower() in REQUEST_HEADERS)
    if allowed:
        response["Access-Control-Allow-Headers"] = ", ".join(allowed)
