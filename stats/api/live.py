"""The state of everything at this moment: GET /api/live/status-summary."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from stats.api.shapes import answers
from stats.api.wire import held, params
from stats.api.wire.attribution import ATTRIBUTION
from stats.api.wire.endpoint import Payload, endpoint
from stats.api.wire.held import Held
from stats.frames import current, entrants


@dataclass(frozen=True, kw_only=True)
class StatusSummary(params.Parameters):
    """docs/contract/live.md 1."""

    filter: str = params.park_filter()
    park_id: int | None = params.integer()


@endpoint("GET", parameters=StatusSummary, answer=answers.StatusSummary, kept=True, held=Held(held.by_moment))
def status_summary(asked: StatusSummary, now: datetime) -> Payload:
    """Number of active attractions by what they show now (docs/contract/live.md 1)."""
    park_id = asked.park_id or None  # 0 counts as absent.
    summary = current.status_summary(
        now=now, disney_universal=asked.filter == entrants.DISNEY_UNIVERSAL, park_id=park_id
    )
    total = summary.pop("total")
    # As sums of the database the counts are decimals, but a count of nothing is the integer 0.
    counts = {word: Decimal(count) if count else 0 for word, count in summary.items()}
    answer = {
        "success": True,
        "filter": asked.filter,
        "status_summary": {**counts, "total": total},
        "attribution": ATTRIBUTION,
    }
    return answer if park_id is None else {**answer, "park_id": park_id}
