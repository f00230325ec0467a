"""The whole of it on a small demo world: what `scripts/demo` shows, on whatever database is configured.

scripts/test runs this file on SQLite, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from freezegun import freeze_time

pytestmark = pytest.mark.django_db

# A Saturday afternoon in summer: 14:00 on the Pacific coast, 17:00 on the Atlantic one.
MOMENT = datetime(2026, 7, 18, 21, 0, tzinfo=UTC)

WITH_ROWS = [
    "/api/parks/downtime?period=today",
    "/api/parks/downtime?period=yesterday",
    "/api/parks/downtime?period=last_week",
    "/api/parks/waittimes",
    "/api/parks/waittimes?period=yesterday",
    "/api/parks/waittimes?period=last_month",
    "/api/rides/downtime?period=today",
    "/api/rides/downtime?period=yesterday",
    "/api/rides/downtime?period=last_week",
    "/api/rides/waittimes",
    "/api/rides/waittimes?period=today",
    "/api/rides/waittimes?period=last_week",
    "/api/trends/longest-wait-times",
    "/api/trends/least-reliable?period=yesterday",
]
OTHERS = [
    "/",
    "/api/health",
    "/api/search/index",
    "/api/live/status-summary",
    "/api/parks/downtime",
    "/api/parks/downtime?period=7days",
    "/api/parks/downtime?period=30days",
    "/api/rides/downtime",
    "/api/parks/{park}/rides",
    "/api/parks/{park}/details",
    "/api/parks/{park}/details?period=yesterday",
    "/api/parks/{park}/rides/charts?period=today",
    "/api/rides/{ride}/details?period=today",
    "/api/rides/{ride}/details?period=last_week",
    "/api/trends?category=rides-declining",
    "/api/trends/chart-data?period=today&filter=all-parks",
    "/api/trends/heatmap-data?period=yesterday&type=rides-downtime&filter=all-parks",
    "/api/audit/status",
    "/api/audit/anomalies",
    "/api/audit/flagged-entities",
    "/api/audit/data-quality",
    "/api/audit/data-quality/summary",
]


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[Client]:
    """A client of a site with four parks, at the moment of their last collection."""
    with django_db_blocker.unblock(), freeze_time(MOMENT):
        load = {
            "parks": "4",
            "rides": "40",
            "days": "3",
            "daily_days": "50",
            "no_progress": True,
            "verbosity": 0,
        }
        call_command("load_demo", until=MOMENT.isoformat(), **load)
        call_command("aggregate_daily", days=2, verbosity=0)
        call_command("roll_up_stats")
        call_command("refresh_live_rankings", verbosity=0)
        yield Client(raise_request_exception=True)
        call_command("flush", interactive=False, verbosity=0)


def test_every_ranking_has_rows(demo: Client, subtests: pytest.Subtests) -> None:
    for url in WITH_ROWS:
        with subtests.test(url):
            answer = demo.get(url)
            assert answer.status_code == 200
            assert answer.json()["data"]


def test_every_other_route_answers(demo: Client, subtests: pytest.Subtests) -> None:
    index = demo.get("/api/search/index").json()
    ids = {"park": index["parks"][0]["id"], "ride": index["rides"][0]["id"]}
    for url in OTHERS:
        with subtests.test(url):
            answer = demo.get(url.format(**ids))
            assert answer.status_code == 200
            assert answer.json()


def test_health_is_well_after_the_jobs(demo: Client) -> None:
    checks = demo.get("/api/health").json()["checks"]
    assert checks["data_collection"]["status"] == "healthy"
    assert checks["daily_aggregation"]["status"] == "success"


def test_pruning_finds_nothing_that_is_younger_than_two_days(demo: Client, capsys) -> None:
    call_command("prune_raw_data", dry_run=True)
    assert capsys.readouterr().out


def test_every_list_of_the_admin_opens(demo: Client, subtests: pytest.Subtests) -> None:
    demo.force_login(User.objects.create_superuser("admin", "admin@example.org", "secret"))
    for model in admin.site._registry:
        with subtests.test(model._meta.label):
            page = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
            assert demo.get(page).status_code == 200
