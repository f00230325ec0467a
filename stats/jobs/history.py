"""When each job ran last, how long it took and how it ended: what people and monitors look at first."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final

from django.db import Error

from parkstats_project.base.exit_codes import DONE, INCOMPLETE
from parkstats_project.db import errors
from stats.models import JobRun

logger = logging.getLogger(__name__)

SCHEDULED: Final[dict[str, timedelta | None]] = {
    "aggregate_daily": timedelta(days=1),
    "roll_up_stats": timedelta(days=1),
    "prune_raw_data": timedelta(days=1),
    "check_data_collection": timedelta(hours=1),
    "backup": timedelta(days=1),
    "measure_performance": timedelta(days=1),
    "refresh_live_rankings": None,
    "recompute_daily_stats": None,
}
"""Jobs whose runs are noted -> how often a timer starts them (docs/operation.md, Jobs); None: on demand."""

MESSAGE_LENGTH: Final = 255


def note(job: str, *, started: datetime, ended: datetime, exit_code: int, message: str = "") -> None:
    """Note the end of a run. Never raises for the database's sake, which may be what the run failed for."""
    values = {
        "started_at": started,
        "ended_at": ended,
        "exit_code": exit_code,
        "message": message[:MESSAGE_LENGTH],
    }
    if exit_code in (DONE, INCOMPLETE):
        values["succeeded_at"] = ended
    try:
        errors.retried(lambda: JobRun.objects.update_or_create(job=job, defaults=values))
    except Error as problem:
        # The command itself says in one sentence what the database did.
        logger.debug("the run of %s could not be noted: %s", job, type(problem).__name__)
