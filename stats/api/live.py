"""The state of everything at this moment: GET /api/live/status-summary."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from rest_framework.request import Request

from parkstats_project.base import clock
from stats.api.wire import params, results
from stats.api.wire.attribution import ATTRIBUTION
from stats.api.wire.endpoint import Payload, endpoint
from stats.frames import current, entrants


@dataclass(frozen=True, kw_only=True)
class StatusSummary(params.Parameters):
    """docs/contract/live.md 1."""

    filter: str = params.park_filter()
    park_id: int | None = params.integer()


@endpoint("GET", parameters=StatusSummary)
def status_summary(request: Request) -> Payload:
    """Number of active attractions by what they show now (docs/contract/live.md 1)."""
    asked = StatusSummary.read(request)
    # 0 counts as absent, in the answer and in the key of the kept result.
    park_id = asked.park_id or None
    return results.answer(
        "live/status-summary", (asked.filter, park_id), lambda: _summary(asked.filter, park_id)
    )


def _summary(among: str, park_id: int | None) -> dict[str, object]:
    summary = current.status_summary(
        now=clock.now(), disney_universal=among == entrants.DISNEY_UNIVERSAL, park_id=park_id
    )
    total = summary.pop("total")
    # As sums of the database the counts are decimals, but a count of nothing is the integer 0.
    counts = {word: Decimal(count) if count else 0 for word, count in summary.items()}
    answer = {
        "success": True,
        "filter": among,
        "status_summary": {**counts, "total": total},
        "attribution": ATTRIBUTION,
    }
    return answer if park_id is None else {**answer, "park_id": park_id}
