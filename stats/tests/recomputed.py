"""The recomputation of a day as it is asked for in tests."""

from __future__ import annotations

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from stats.models import RideDailyStats

DAY = date(2025, 12, 15)
LATER = "2025-12-20T12:00:00Z"


def run(*words: str) -> str:
    out = StringIO()
    call_command("recompute_daily_stats", *words, stdout=out)
    return out.getvalue()


def refused(*words: str) -> tuple[int, str]:
    """Exit code and message of a run that does not end well."""
    with pytest.raises(CommandError) as caught:
        run(*words)
    return caught.value.returncode, str(caught.value)


def minutes() -> dict[int, int]:
    rows = RideDailyStats.objects.filter(stat_date=DAY, metrics_version=1)
    return dict(rows.values_list("ride_id", "operating_hours_minutes"))
