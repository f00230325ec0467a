"""What is answered where something failed outside a route of the API: a page, a badge, a feed, the admin.

Whoever asks for one of them gets it in that form; whoever asks for anything else gets JSON.
"""

from __future__ import annotations

import logging
import sys
from pathlib import PurePosixPath
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from parkstats_project.db import errors
from stats.api.wire import badge
from stats.api.wire.renderer import HTML, SENTENCES, error_response, framework_error
from stats.api.wire.requests import name_of

AWAY: Final = "The database cannot be reached at the moment. Please try again in a few minutes."
FEED: Final = ".atom"

logger = logging.getLogger(__name__)


def server_error(request: HttpRequest) -> HttpResponse:
    """`handler500`: logs what failed by its route; 503 if the database is away."""
    error = sys.exception()
    if isinstance(error, Exception):
        errors.log_failure(logger, f"{name_of(request)} failed", error)
    if errors.is_away(error):
        return answer(request, 503, AWAY)
    return answer(request, 500, SENTENCES[500])


def answer(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    """A status that says that the service failed, in the form that was asked for; nobody is to keep it."""
    kind = PurePosixPath(request.path_info).suffix
    if kind == badge.SUFFIX:
        response = HttpResponse(badge.draw("uptime", "unknown"), content_type=badge.SVG)
    elif kind == FEED:
        response = HttpResponse(f"{sentence}\n", content_type="text/plain; charset=utf-8")
    elif request.path_info == "/status" or request.path_info.startswith("/admin/"):
        # Without the request, of which the database would be asked who sent it.
        response = HttpResponse(render_to_string("stats/failed.html", {"sentence": sentence}), HTML)
    else:
        return error_response(framework_error(status, sentence))
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response
