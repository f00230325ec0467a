"""`/api/search/index` (docs/contract/search-and-health.md 3)."""

from __future__ import annotations

import logging
from datetime import datetime

from parkstats_project.db.errors import log_failure
from stats.api.shapes import answers
from stats.api.wire import held
from stats.api.wire.endpoint import Payload, endpoint
from stats.api.wire.held import Held
from stats.api.wire.renderer import WireError
from stats.questions import search

logger = logging.getLogger(__name__)


@endpoint(
    "GET",
    answer=answers.SearchIndex,
    errors={500: answers.SearchFailure},
    kept=True,
    held=Held(held.by_dates, stamp=datetime.isoformat),
)
def index(asked: None, now: datetime) -> Payload:
    """All active parks and rides, for a search that runs in the browser."""
    try:
        return {**search.index(now=now), "success": True}
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
