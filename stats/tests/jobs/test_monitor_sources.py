"""The monitor on the jobs that ask the sources (docs/operation.md, Monitoring)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from model_bakery import baker

from parks.models import Park
from stats.jobs.monitor import problems
from stats.models import CollectionRun, ParkFeed

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 7, 15, 18, tzinfo=UTC)


def about_sources() -> list[str]:
    words = ("gives no answer", "the last run of", "the weather")
    return [line for line in problems(now=NOW, version=1) if any(word in line for word in words)]


def run(job: str, status: str, *, hours: int = 0) -> None:
    CollectionRun.objects.create(job=job, status=status, started_at=NOW - timedelta(hours=hours))


def test_beside_another_collector_nothing_is_said():
    assert about_sources() == []


@pytest.mark.parametrize(
    ("hours", "is_active", "named"), [(3, True, True), (1, True, False), (3, False, False)]
)
def test_a_park_whose_source_is_silent_is_named(hours, is_active, named):
    park = baker.make(Park, name="Cedar Bluff", is_active=is_active)
    ParkFeed.objects.create(park=park, failing_since=NOW - timedelta(hours=hours), failure="timeout: x")
    line = f"park {park.pk} (Cedar Bluff) gives no answer since 2026-07-15 15:00 UTC: timeout: x"
    assert about_sources() == ([line] if named else [])


def test_a_job_whose_last_run_failed_is_named():
    run("mend", "success", hours=2)
    run("mend", "failed", hours=1)
    run("collect", "failed", hours=1)
    run("collect", "success")
    assert about_sources() == ["the last run of mend failed (2026-07-15 17:00 UTC)"]


def test_weather_that_was_collected_and_is_no_longer_is_overdue():
    run("weather", "success", hours=4)
    assert about_sources() == ["the weather was last collected at 2026-07-15 14:00 UTC"]
    run("weather", "success", hours=1)
    assert about_sources() == []
