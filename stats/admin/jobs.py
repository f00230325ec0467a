"""Admin of the jobs: what ran, what is archived, whose turn it is; shown only."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from parkstats_project.base import clock
from stats.admin.lists import Big, ReadOnly, park
from stats.models import AggregationLog, JobLease, JobRun, ParkDayArchive


@admin.register(JobRun)
class JobRunAdmin(ReadOnly[JobRun]):
    """What each job did last."""

    list_display = ("job", "ended_at", "took", "exit_code", "message", "succeeded_at")
    ordering = ("job",)

    @admin.display(description="took (s)")
    def took(self, run: JobRun) -> int:
        """Whole seconds."""
        return clock.epoch(run.ended_at) - clock.epoch(run.started_at)


@admin.register(JobLease)
class JobLeaseAdmin(ReadOnly[JobLease]):
    """Which run is at work, on which machine."""

    list_display = ("name", "owner", "until")
    ordering = ("name",)


@admin.register(AggregationLog)
class AggregationLogAdmin(ReadOnly[AggregationLog]):
    """Runs of the daily jobs over their dates, newest first."""

    list_display = (
        "aggregation_date",
        "aggregation_type",
        "status",
        "started_at",
        "completed_at",
        "parks_processed",
        "rides_processed",
        "error_message",
    )
    list_filter = ("status", "aggregation_type", "aggregation_date")
    search_fields = ("error_message",)
    ordering = ("-log_id",)


@admin.register(ParkDayArchive)
class ParkDayArchiveAdmin(Big[ParkDayArchive]):
    """Archived days; the payload stays in the database."""

    list_display = ("stat_date", "kind", park, "row_count", "created_at")
    list_filter = ("kind", "stat_date", "park")
    search_through = "park"
    # As its unique key has them.
    ordering = ("-stat_date", "-kind", "-park_id")
    exclude = ("payload",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ParkDayArchive]:
        """Without what is big."""
        return super().get_queryset(request).defer("payload", "ride_ids")
