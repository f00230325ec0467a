"""What happens to a request before any route sees it, and to URLs that no route knows."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve

from stats.api.wire.renderer import HTML, error_response, framework_error

# Far beyond any URL of the site; long enough for every id that Python itself would convert.
LONGEST_URL = 8192

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class BoundaryMiddleware:
    """Refuses endless URLs, answers double slashes with a redirect, sends no body after HEAD."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if len(request.META.get("QUERY_STRING", "")) + len(request.path_info) > LONGEST_URL:
            response: HttpResponseBase = error_response(framework_error(414))
        else:
            response = _redirect(request) or self.get_response(request)
        if isinstance(response, HttpResponse):
            response.headers.setdefault("Content-Length", str(len(response.content)))
            if request.method == "HEAD":
                # Not every server removes it; the length stays (docs/contract/README.md 8).
                response.content = b""
        return response


def _redirect(request: HttpRequest) -> HttpResponse | None:
    """308 from a double slash inside the path to the URL it must have meant (docs/contract/README.md 6)."""
    path = request.path_info
    if "//" not in path or path.startswith("//"):
        return None
    merged = re.sub("/{2,}", "/", path)
    try:
        resolve(merged)
    except Resolver404:
        return None
    request.path_info = request.path = merged
    location = request.build_absolute_uri()
    request.path_info = request.path = path
    link = escape(location)
    body = (
        "<!doctype html>\n<html lang=en>\n<title>Redirecting...</title>\n<h1>Redirecting...</h1>\n"
        "<p>You should be redirected automatically to the target URL: "
        f'<a href="{link}">{link}</a>. If not, click the link.\n'
    )
    return HttpResponse(body, status=308, content_type=HTML, headers={"Location": location})


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """`handler400`."""
    return error_response(framework_error(400))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """`handler404`: a URL that no route knows, for every method."""
    return error_response(framework_error(404))
