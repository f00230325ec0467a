"""Whether data still arrive and jobs still run (docs/contract/search-and-health.md 2)."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from django.db import OperationalError
from django.db.models import Count, Max, Q

from parkstats_project.base import clock
from rides.models import RideStatusSnapshot
from stats.choices import AggregationType, RunStatus
from stats.models import AggregationLog

logger = logging.getLogger(__name__)

LOGS: Final = Path("/opt/themeparkhallofshame/logs")
GIB: Final = 1024**3

STALE_COLLECTION_MINUTES: Final = 30
STALE_HOURS_MINUTES: Final = 125
DISK_WARNING_PERCENT: Final = 80
DISK_CRITICAL_PERCENT: Final = 90

Check = dict[str, Any]


def checks(*, now: datetime) -> tuple[dict[str, Check], bool]:
    """The checks by name, and whether the database answered all of them.

    If one fails, `database` says so, those after it are missing and nothing is raised: the cause is logged.
    Three queries, each a look at the end of an index or at a small table.
    """
    done: dict[str, Check] = {
        "database": {"message": "Database connection successful", "status": "healthy"},
    }
    in_order: dict[str, Callable[[], Check]] = {
        "data_collection": lambda: data_collection(now=now),
        "daily_aggregation": daily_aggregation,
        "hourly_aggregation": lambda: hourly_aggregation(now=now),
        "disk_space": disk_space,
    }
    try:
        for name, check in in_order.items():
            done[name] = check()
    except Exception as error:
        expected = isinstance(error, OperationalError)
        logger.error("the health check failed: %s", error, exc_info=None if expected else error)
        done["database"] = {"message": "Database connection failed", "status": "unhealthy"}
        return done, False
    return done, True


def overall(done: dict[str, Check]) -> str:
    """`degraded` if something is stale or missing; failed runs and full disks do not count."""
    states = {check["status"] for check in done.values()}
    return "degraded" if states & {"stale", "no_data"} else "healthy"


def data_collection(*, now: datetime) -> Check:
    """When the collector wrote last; a row of the future is none of its."""
    possible = RideStatusSnapshot.objects.filter(recorded_at__lte=now + clock.AHEAD)
    last = possible.order_by("-recorded_at").values_list("recorded_at", flat=True).first()
    if last is None:
        return {"message": "No data collected yet", "status": "no_data"}
    age = whole_minutes(now - last)
    return {
        "age_minutes": age,
        "last_collection": iso(last),
        "message": f"Last collection {age} minutes ago",
        "status": "healthy" if age < STALE_COLLECTION_MINUTES else "stale",
    }


def daily_aggregation() -> Check:
    """The newest daily run, as it was logged."""
    run = (
        AggregationLog.objects.filter(aggregation_type=AggregationType.DAILY)
        .order_by("-aggregation_date", "-completed_at", "log_id")
        .values("aggregation_date", "completed_at", "status")
        .first()
    )
    if run is None:
        return {"message": "No daily aggregation runs yet", "status": "no_data"}
    return {
        "aggregation_date": run["aggregation_date"].isoformat(),
        "completed_at": run["completed_at"] and iso(run["completed_at"]),
        "status": run["status"],
    }


def hourly_aggregation(*, now: datetime) -> Check:
    """The hourly runs of a legacy job while it keeps up; else that figures are computed on demand.

    No figure waits for such runs any more, so a job that was stopped is not a fault (docs/api.md,
    Differences).
    """
    runs = AggregationLog.objects.filter(
        aggregation_type=AggregationType.HOURLY,
        started_at__gte=now.replace(microsecond=0) - timedelta(hours=24),
    ).aggregate(
        count=Count("log_id"),
        succeeded=Count("log_id", filter=Q(status=RunStatus.SUCCESS)),
        until=Max("aggregated_until_ts"),
        completed=Max("completed_at"),
    )
    lag = runs["until"] and whole_minutes(now - runs["until"])
    if not runs["count"] or (lag or 0) > STALE_HOURS_MINUTES:
        return {"message": "Hourly figures are computed on demand", "status": "healthy"}
    return {
        # The legacy counts a status that no run can have.
        "error_count": Decimal(0),
        "error_rate_percent": "0.0",
        "lag_minutes": lag,
        "last_aggregated_until": runs["until"] and iso(runs["until"]),
        "last_completed_at": runs["completed"] and iso(runs["completed"]),
        "message": f"Last aggregation {lag} minutes behind" if lag else "Hourly aggregations running",
        "runs_last_24h": runs["count"],
        "status": "healthy",
        "success_count": Decimal(runs["succeeded"]),
    }


def disk_space() -> Check:
    """How full the disk of the logs is, on machines that have the production folder."""
    if not LOGS.exists():
        return {"message": "Logs directory not found (running locally?)", "status": "unknown"}
    try:
        disk = shutil.disk_usage(LOGS)
    except OSError:
        logger.exception("the disk of the logs cannot be examined")
        return {"message": "Disk check failed: the file system did not answer", "status": "unknown"}
    percent = disk.used / disk.total * 100
    status = "healthy"
    if percent > DISK_CRITICAL_PERCENT:
        status = "critical"
    elif percent > DISK_WARNING_PERCENT:
        status = "warning"
    return {
        "free_gb": round(disk.free / GIB, 2),
        "message": f"Disk {percent:.1f}% full",
        "status": status,
        "total_gb": round(disk.total / GIB, 2),
        "usage_percent": round(percent, 1),
        "used_gb": round(disk.used / GIB, 2),
    }


def whole_minutes(span: timedelta) -> int:
    """Minutes, cut towards zero."""
    return int(span / timedelta(minutes=1))


def iso(moment: datetime) -> str:
    """A stored moment as `2025-12-20T23:00:02Z`."""
    return moment.replace(tzinfo=None).isoformat() + "Z"
