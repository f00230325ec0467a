"""Admin of parks: parks and schedules are maintained here, what was observed is only shown."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from parks.models import Park, ParkActivitySnapshot, ParkOperatingSession, ParkSchedule
from stats.admin.corrections import Corrected
from stats.admin.forms import ParkForm
from stats.admin.lists import Editable, Pictured, ReadOnly, on_clock_of, park


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

    list_display = ("schedule_date", park, "schedule_type", "opening_time", "closing_time", "on_its_clock")
    list_filter = ("schedule_type", "schedule_date", "park")
    list_select_related = ("park",)
    search_fields = ("park__name",)
    ordering = ("-schedule_date", "park", "schedule_id")
    autocomplete_fields = ("park",)
    readonly_fields = ("fetched_at", "created_at", "updated_at")

    @admin.display(description="on the park's clock")
    def on_its_clock(self, row: ParkSchedule) -> str:
        """Both times."""
        return on_clock_of(row.park, row.opening_time, row.closing_time)


@admin.register(ParkOperatingSession)
class ParkOperatingSessionAdmin(ReadOnly[ParkOperatingSession]):
    """Observed opening hours."""

    list_display = (
        "session_date",
        park,
        "session_start_utc",
        "session_end_utc",
        "on_its_clock",
        "operating_minutes",
    )
    list_filter = ("session_date", "park")
    list_select_related = ("park",)
    search_fields = ("park__name",)
    ordering = ("-session_date", "session_id")
    date_hierarchy = "session_date"

    @admin.display(description="on the park's clock")
    def on_its_clock(self, row: ParkOperatingSession) -> str:
        """Both times."""
        return on_clock_of(row.park, row.session_start_utc, row.session_end_utc)


@admin.register(ParkActivitySnapshot)
class ParkActivitySnapshotAdmin(Corrected[ParkActivitySnapshot]):
    """Collections of parks, newest first."""

    list_display = (
        "recorded_at",
        park,
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
