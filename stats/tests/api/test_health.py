"""`/api/health` (docs/contract/search-and-health.md 2)."""

from __future__ import annotations

import json
from collections import namedtuple
from datetime import UTC, date, datetime, timedelta

import pytest
from freezegun import freeze_time
from model_bakery import baker

from parkstats_project.tests.asking import ask
from rides.models import RideStatusSnapshot
from stats.models import AggregationLog
from stats.questions import health

NOW = datetime(2025, 12, 20, 22, 35, 0, 123456, tzinfo=UTC)
pytestmark = pytest.mark.django_db
Disk = namedtuple("Disk", "total used free")


@pytest.fixture(autouse=True)
def _clock():
    with freeze_time(NOW):
        yield


def collected(age):
    baker.make(RideStatusSnapshot, recorded_at=NOW - age)


def run(kind, **fields):
    return baker.make(
        AggregationLog,
        **{"aggregation_type": kind, "aggregation_date": date(2025, 12, 19), "started_at": NOW, **fields},
    )


def test_an_empty_database_is_degraded_because_nothing_was_collected():
    reply = ask("/api/health")
    assert reply.status == 200
    assert reply.json() == {
        "api_version": "1.0.0",
        "checks": {
            "daily_aggregation": {"message": "No daily aggregation runs yet", "status": "no_data"},
            "data_collection": {"message": "No data collected yet", "status": "no_data"},
            "database": {"message": "Database connection successful", "status": "healthy"},
            "disk_space": {"message": "Logs directory not found (running locally?)", "status": "unknown"},
            "hourly_aggregation": {
                "message": "Hourly figures are computed on demand",
                "status": "healthy",
            },
        },
        "status": "degraded",
        "timestamp": "2025-12-20T22:35:00.123456Z",
    }


def test_it_takes_three_queries(django_assert_num_queries):
    collected(timedelta(minutes=5))
    run("daily")
    with django_assert_num_queries(3):
        ask("/api/health")


def test_everything_is_healthy_when_data_arrive_and_the_daily_job_ran():
    collected(timedelta(minutes=5))
    run("daily", status="failed", completed_at=None)
    assert ask("/api/health").json()["status"] == "healthy"


@pytest.mark.parametrize(
    ("age", "minutes", "state"),
    [
        (timedelta(minutes=29, seconds=59), 29, "healthy"),
        (timedelta(minutes=30), 30, "stale"),
        (timedelta(seconds=-90), -1, "healthy"),
    ],
)
def test_collection_is_stale_after_half_an_hour(age, minutes, state):
    collected(age + timedelta(hours=5))
    # Times in the table have whole seconds.
    collected(age + timedelta(microseconds=NOW.microsecond))
    check = health.data_collection(now=NOW)
    assert (check["age_minutes"], check["status"]) == (minutes, state)
    assert check["message"] == f"Last collection {minutes} minutes ago"
    assert check["last_collection"].endswith("Z")


def test_the_newest_daily_run_is_the_one_of_the_newest_date_that_was_completed_last():
    run("daily", aggregation_date=date(2025, 12, 18), status="success", completed_at=NOW)
    run("daily", status="success", completed_at=NOW.replace(microsecond=0) - timedelta(hours=9))
    run("daily", status="running", completed_at=None)
    assert health.daily_aggregation() == {
        "aggregation_date": "2025-12-19",
        "completed_at": "2025-12-20T13:35:00Z",
        "status": "success",
    }


def test_a_daily_run_that_goes_on_has_no_time_of_completion():
    run("daily", status="running", completed_at=None)
    assert health.daily_aggregation()["completed_at"] is None


def test_hourly_runs_of_the_last_day_are_counted():
    until = datetime(2025, 12, 20, 22, tzinfo=UTC)
    run("hourly", status="success", aggregated_until_ts=until, completed_at=until + timedelta(minutes=5))
    run("hourly", status="failed", aggregated_until_ts=until - timedelta(hours=1), completed_at=None)
    run("hourly", status="success", started_at=NOW - timedelta(hours=25))
    check = json.loads(ask("/api/health").body)["checks"]["hourly_aggregation"]
    assert check == {
        "error_count": "0",
        "error_rate_percent": "0.0",
        "lag_minutes": 35,
        "last_aggregated_until": "2025-12-20T22:00:00Z",
        "last_completed_at": "2025-12-20T22:05:00Z",
        "message": "Last aggregation 35 minutes behind",
        "runs_last_24h": 2,
        "status": "healthy",
        "success_count": "1",
    }


@pytest.mark.parametrize(
    ("behind", "lag", "message"),
    [
        (timedelta(minutes=125), 125, "Last aggregation 125 minutes behind"),
        (timedelta(0), 0, "Hourly aggregations running"),
        (None, None, "Hourly aggregations running"),
    ],
)
def test_hourly_runs_may_lag_two_hours(behind, lag, message):
    run("hourly", aggregated_until_ts=None if behind is None else NOW.replace(microsecond=0) - behind)
    check = health.hourly_aggregation(now=NOW)
    assert (check["lag_minutes"], check["message"], check["status"]) == (lag, message, "healthy")


def test_an_hourly_job_that_was_stopped_is_no_fault():
    """The tables are retired, and its runs of the last day are still in the log."""
    collected(timedelta(minutes=5))
    run("daily", status="success", completed_at=NOW)
    for hours in range(3, 24):
        until = NOW.replace(minute=0, second=0, microsecond=0) - timedelta(hours=hours)
        run("hourly", status="success", aggregated_until_ts=until, started_at=until, completed_at=until)
    told = ask("/api/health").json()
    assert told["checks"]["hourly_aggregation"] == {
        "message": "Hourly figures are computed on demand",
        "status": "healthy",
    }
    assert told["status"] == "healthy"


@pytest.mark.parametrize(
    ("used", "percent", "state"), [(80, 80.0, "healthy"), (81, 81.0, "warning"), (91, 91.0, "critical")]
)
def test_the_disk_of_the_logs_is_watched(used, percent, state, monkeypatch, tmp_path):
    monkeypatch.setattr(health, "LOGS", tmp_path)
    gib = health.GIB
    disk = Disk(100 * gib, used * gib, (100 - used) * gib)
    monkeypatch.setattr("stats.questions.health.shutil.disk_usage", lambda _: disk)
    assert health.disk_space() == {
        "free_gb": float(100 - used),
        "message": f"Disk {percent}% full",
        "status": state,
        "total_gb": 100.0,
        "usage_percent": percent,
        "used_gb": float(used),
    }


def test_a_disk_that_cannot_be_examined_is_unknown(monkeypatch, tmp_path):
    def fails(_):
        raise OSError("secret path")

    monkeypatch.setattr(health, "LOGS", tmp_path)
    monkeypatch.setattr("stats.questions.health.shutil.disk_usage", fails)
    check = health.disk_space()
    assert check["status"] == "unknown"
    assert "secret" not in check["message"]


def test_a_check_that_fails_makes_the_answer_a_503_with_what_was_found_before(monkeypatch):
    def fails():
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(health, "daily_aggregation", fails)
    reply = ask("/api/health")
    assert reply.status == 503
    payload = reply.json()
    assert payload["status"] == "unhealthy"
    assert payload["checks"].keys() == {"database", "data_collection"}
    assert payload["checks"]["database"] == {
        "message": "Database connection failed",
        "status": "unhealthy",
    }
    assert b"secret" not in reply.body
