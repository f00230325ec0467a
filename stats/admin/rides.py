"""Admin of rides: rides and their tiers are maintained here, what was observed is only shown."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from parkstats_project.base import clock
from rides.models import Ride, RideClassification, RideMove, RideStatusChange, RideStatusSnapshot
from stats.admin.corrections import Corrected
from stats.admin.forms import ClassificationForm, RideForm
from stats.admin.lists import Big, Editable, Pictured, ReadOnly, park, park_of_ride, ride


@admin.register(Ride)
class RideAdmin(Pictured[Ride]):
    """A ride is never deleted, which would take everything ever observed of it along: it is switched off."""

    form = RideForm
    list_display = (
        "ride_id",
        "name",
        park,
        "category",
        "entity_type",
        "tier",
        "is_active",
        "last_operated_at",
    )
    list_display_links = ("ride_id", "name")
    list_filter = ("is_active", "category", "entity_type", "tier", "park")
    list_select_related = ("park",)
    search_fields = ("name", "land_area", "=ride_id", "=queue_times_id", "=themeparks_wiki_id")
    ordering = ("name", "ride_id")
    autocomplete_fields = ("park",)
    readonly_fields = ("status_since", "last_operated_at", "created_at", "updated_at")
    figures, day_picture = "ride_figures", "ride-day"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes."""
        return False

    def save_model(self, request: HttpRequest, obj: Ride, form: Any, change: bool) -> None:
        """A ride that goes to another park leaves a note of where it was."""
        if change and "park" in form.changed_data:
            park, obj.park_id = obj.park, form.initial["park"]
            obj.move_to(park, clock.now())
        super().save_model(request, obj, form, change)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What the database would fill in."""
        return {"is_active": True} | super().get_changeform_initial_data(request)


@admin.register(RideClassification)
class RideClassificationAdmin(Editable[RideClassification]):
    """Tiers and their weights."""

    form = ClassificationForm
    list_display = (
        ride,
        park_of_ride,
        "tier",
        "tier_weight",
        "category",
        "classification_method",
        "confidence_score",
        "classified_at",
    )
    list_display_links = ("tier",)
    list_filter = ("tier", "category", "classification_method", "ride__park")
    list_select_related = ("ride__park",)
    search_fields = ("ride__name", "=ride__ride_id", "override_reason")
    ordering = ("-classification_id",)
    autocomplete_fields = ("ride",)
    readonly_fields = ("tier_weight", "classified_at", "updated_at")


@admin.register(RideStatusSnapshot)
class RideStatusSnapshotAdmin(Corrected[RideStatusSnapshot]):
    """Collections of rides, newest first."""

    list_display = (
        "recorded_at",
        ride,
        park_of_ride,
        "status",
        "computed_is_open",
        "is_open",
        "wait_time",
        "last_updated_api",
    )
    list_filter = ("recorded_at", "status", "computed_is_open", "ride__park")
    search_through = "ride"


@admin.register(RideStatusChange)
class RideStatusChangeAdmin(Big[RideStatusChange]):
    """Openings and closings of rides, newest first."""

    list_display = (
        "changed_at",
        ride,
        park_of_ride,
        "previous_status_enum",
        "new_status_enum",
        "new_status",
        "duration_in_previous_status",
        "status_since",
        "wait_time_at_change",
    )
    list_filter = ("changed_at", "new_status", "new_status_enum", "ride__park")
    search_through = "ride"


@admin.register(RideMove)
class RideMoveAdmin(ReadOnly[RideMove]):
    """Rides that went to another park, newest first."""

    list_display = ("moved_at", ride, "from_park")
    list_display_links = ("moved_at",)
    list_filter = ("moved_at", "from_park")
    list_select_related = ("ride", "from_park")
    search_fields = ("ride__name", "=ride__ride_id")
    ordering = ("-moved_at", "-move_id")
