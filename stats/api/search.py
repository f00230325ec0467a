"""`/api/search/index` (docs/contract/search-and-health.md 3)."""

from __future__ import annotations

import logging

from rest_framework.request import Request

from parkstats_project.base import clock
from stats.api.wire import results
from stats.api.wire.endpoint import Payload, endpoint, log_failure
from stats.api.wire.renderer import WireError
from stats.questions import search

logger = logging.getLogger(__name__)


@endpoint("GET")
def index(request: Request) -> Payload:
    """All active parks and rides, for a search that runs in the browser."""
    now = clock.now()
    try:
        return results.answer("search/index", None, lambda: {**search.index(now=now), "success": True})
    except WireError:
        raise
    except Exception as error:
        log_failure(logger, "the search index failed", error)
        empty = {
            "error": "The search index is not available",
            "meta": search.meta(0, 0, now=now),
            "parks": [],
            "rides": [],
            "success": False,
        }
        raise WireError(500, empty) from error
