"""Admin of collecting: its runs with their faults, the sources of parks, the days that were rebuilt."""

from __future__ import annotations

from django.contrib import admin

from stats.admin.lists import ReadOnly, park
from stats.models import CollectionRun, MendedDay, ParkFeed


@admin.register(CollectionRun)
class CollectionRunAdmin(ReadOnly[CollectionRun]):
    """Runs that asked the sources, newest first; every fault is counted."""

    list_display = (
        "started_at",
        "job",
        "status",
        "ended_at",
        "parks_written",
        "rows_written",
        "items_refused",
        "faults",
        "parks_missing",
    )
    list_filter = ("job", "status", "started_at")
    ordering = ("-run_id",)


@admin.register(ParkFeed)
class ParkFeedAdmin(ReadOnly[ParkFeed]):
    """Parks with what their source last said, those that fail first."""

    list_display = (park, "collected_at", "failing_since", "failure", "schedule_asked_at")
    list_display_links = ("collected_at",)
    list_filter = (("failing_since", admin.EmptyFieldListFilter),)
    list_select_related = ("park",)
    search_fields = ("park__name", "failure")
    ordering = ("-failing_since", "park")


@admin.register(MendedDay)
class MendedDayAdmin(ReadOnly[MendedDay]):
    """Days of parks that were asked from a source's history."""

    list_display = (
        "local_date",
        park,
        "complete",
        "collections",
        "ride_rows",
        "asked_at",
        "note",
    )
    list_filter = ("complete", "local_date", "park")
    list_select_related = ("park",)
    search_fields = ("park__name", "note")
    ordering = ("-local_date", "park")
