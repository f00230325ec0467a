"""The awards: GET /api/trends/longest-wait-times and /api/trends/least-reliable."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from parkstats_project.base import clock
from stats.api.shapes import chart_answers
from stats.api.wire import held, params
from stats.api.wire.attribution import ATTRIBUTION_TEXT
from stats.api.wire.endpoint import Payload, endpoint
from stats.api.wire.held import Held
from stats.questions.trends import awards

HELD: Final = Held(held.by_period, stamp=clock.iso_z)


@dataclass(frozen=True, kw_only=True)
class Award(params.Parameters):
    """docs/contract/awards.md 1."""

    limit: int = params.award_limit()
    period: str = params.one_of("period", awards.PERIODS, default="today")
    filter: str = params.trend_filter()
    entity: str = params.one_of("entity", awards.ENTITIES, default="rides")


@endpoint("GET", parameters=Award, answer=chart_answers.LongestWaits, held=HELD)
def longest_wait_times(asked: Award, now: datetime) -> Payload:
    """Parks or rides with the longest mean wait (docs/contract/awards.md 2)."""
    return _award(asked, now, awards.longest_waits)


@endpoint("GET", parameters=Award, answer=chart_answers.LeastReliable, held=HELD)
def least_reliable(asked: Award, now: datetime) -> Payload:
    """Rides with the most downtime, parks with the highest score (docs/contract/awards.md 3)."""
    return _award(asked, now, awards.least_reliable)


def _award(asked: Award, now: datetime, question: Callable[..., Sequence[Any]]) -> Payload:
    rows = question(entity=asked.entity, period=asked.period, among=asked.filter, limit=asked.limit, now=now)
    # The legacy says "cached" even on a first call (docs/contract/awards.md).
    return {
        "success": True,
        "entity": asked.entity,
        "period": asked.period,
        "filter": asked.filter,
        "data": rows,
        "count": len(rows),
        "cached": True,
        "attribution": ATTRIBUTION_TEXT,
        "timestamp": clock.iso_z(now),
    }
