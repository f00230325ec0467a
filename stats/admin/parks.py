"""Admin of parks: parks and schedules are maintained here, what was observed is only shown."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from parks.models import Park, ParkActivitySnapshot, ParkOperatingSession, ParkSchedule
from stats.admin.corrections import Corrected
from stats.admin.forms import ParkForm
from stats.admin.lists import Editable, Pictured, ReadOnly, park


@admin.register(Park)
class ParkAdmin(Pictured[Park]):
    """A park is never deleted, which would take everything ever observed of it along: it is switched off."""

    form = ParkForm
    list_display = (
        "park_id",
        "name",
        "city",
        "state_province",
        "country",
        "operator",
        "timezone",
        "is_active",
    )
    list_display_links = ("park_id", "name")
    list_filter = ("is_active", "is_disney", "is_universal", "country", "operator")
    search_fields = ("name", "city", "=park_id", "=queue_times_id", "=themeparks_wiki_id")
    ordering = ("name", "park_id")
    readonly_fields = ("created_at", "updated_at")
    figures, day_picture = "park_figures", "park-day"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes."""
        return False

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What the database would fill in."""
        return {"is_active": True, "timezone": "America/New_York"} | super().get_changeform_initial_data(
            request
        )


@admin.register(ParkSchedule)
class ParkScheduleAdmin(Editable[ParkSchedule]):
    """Announced hours, in UTC."""

    list_display = ("schedule_id", park, "schedule_date", "schedule_type", "opening_time", "closing_time")
    list_filter = ("schedule_type", "schedule_date", "park")
    list_select_related = ("park",)
    search_fields = ("park__name",)
    ordering = ("-schedule_date", "park", "schedule_id")
    autocomplete_fields = ("park",)
    readonly_fields = ("fetched_at", "created_at", "updated_at")


@admin.register(ParkOperatingSession)
class ParkOperatingSessionAdmin(ReadOnly[ParkOperatingSession]):
    """Observed opening hours."""

    list_display = (
        "session_id",
        park,
        "session_date",
        "session_start_utc",
        "session_end_utc",
        "operating_minutes",
    )
    list_filter = ("session_date", "park")
    list_select_related = ("park",)
    search_fields = ("park__name",)
    ordering = ("-session_date", "session_id")
    date_hierarchy = "session_date"


@admin.register(ParkActivitySnapshot)
class ParkActivitySnapshotAdmin(Corrected[ParkActivitySnapshot]):
    """Collections of parks, newest first."""

    list_display = (
        "snapshot_id",
        park,
        "recorded_at",
        "park_appears_open",
        "total_rides_tracked",
        "rides_open",
        "rides_closed",
        "avg_wait_time",
        "max_wait_time",
        "shame_score",
        "rebuilt",
    )
    list_filter = ("recorded_at", "park_appears_open", "rebuilt", "park")
    search_through = "park"
