"""What a page may load and run in a browser: its own files, nothing that stands in the page itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase

HEADER: Final = "Content-Security-Policy"
PAGES: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        # Charts and the API's page style what they draw; a style runs nothing.
        "style-src 'self' 'unsafe-inline'",
        # Icons of style sheets.
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class PolicyMiddleware:
    """Gives every HTML page the policy: the admin's, the API description's, those of errors."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault(HEADER, PAGES)
        return response
