"""A request is known by an id and its route; when it is answered, a line and counters say what it took."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from parkstats_project.base import logs, measures
from stats.frames import observations

logger = logging.getLogger(__name__)

# What a client makes up as a method is no label of its own.
METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
ID_HEADER: Final = "X-Request-ID"
GetResponse = Callable[[HttpRequest], HttpResponseBase]


class RequestMiddleware:
    """Gives each request the id that the proxy gave it, or one of its own, and logs its end."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        with logs.working_on(lambda: name_of(request), request.headers.get(ID_HEADER, "")) as work:
            response = self.get_response(request)
            seconds = time.perf_counter() - began
            fields = {
                "status": response.status_code,
                "ms": round(1000 * seconds, 1),
                "statements": work.statements,
                "statements_ms": round(1000 * work.seconds, 1),
            }
            logger.info("answered", extra={"fields": fields})
            _count(request, response.status_code, seconds)
        return response


def _count(request: HttpRequest, status: int, seconds: float) -> None:
    route = f"/{match.route}" if (match := request.resolver_match) else "none"
    method = request.method if request.method in METHODS else "other"
    measures.REQUESTS.labels(method, route, str(status)).inc()
    measures.REQUEST_SECONDS.labels(route).observe(seconds)
    measures.KEPT_HOURS.set(observations.hours_kept())
    measures.note_memory()


def name_of(request: HttpRequest) -> str:
    """Method and route of a request: ids and parameters are nobody's business (docs/operation.md, Logs)."""
    match = request.resolver_match
    return f"{request.method} /{match.route}" if match else f"{request.method} (no route)"
