"""`/api/search/index` (contract/search-and-health.md 3)."""

from __future__ import annotations

import logging

from rest_framework.request import Request

from parkstats_project.api import results
from parkstats_project.api.endpoint import Payload, endpoint, log_failure
from parkstats_project.api.wire import WireError
from stats import periods
from stats import search as stats_search

logger = logging.getLogger(__name__)


@endpoint("GET")
def index(request: Request) -> Payload:
    """All active parks and rides, for a search that runs in the browser."""
    now = periods.now()
    try:
        return results.answer("search/index", None, lambda: {**stats_search.index(now=now), "success": True})
    except WireError:
        raise
    except Exception as error:
        log_failure(logger, "the search index failed", error)
        empty = {
            "error": "The search index is not available",
            "meta": stats_search.meta(0, 0, now=now),
            "parks": [],
            "rides": [],
            "success": False,
        }
        raise WireError(500, empty) from error
