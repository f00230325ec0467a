"""Admin of data-quality issues: people say whether they are resolved."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest

from parkstats_project.base import clock
from stats.admin.actions import resolve_issues
from stats.admin.lists import Editable, park, ride
from stats.models import DataQualityIssue


@admin.register(DataQualityIssue)
class DataQualityIssueAdmin(Editable[DataQualityIssue]):
    """Doubts that the collector reported. People say whether they are resolved, and nothing else."""

    list_display = (
        "detected_at",
        "issue_type",
        "data_source",
        park,
        ride,
        "entity_name",
        "data_age_minutes",
        "reported_status",
        "is_resolved",
    )
    list_filter = ("is_resolved", "issue_type", "data_source", "detected_at", "park")
    list_select_related = ("park", "ride")
    search_fields = ("entity_name", "=themeparks_wiki_id", "=ride__ride_id")
    ordering = ("-issue_id",)
    actions = (resolve_issues,)

    def get_readonly_fields(self, request: HttpRequest, obj: DataQualityIssue | None = None) -> list[str]:
        """All but the one that is maintained."""
        return [field.name for field in self.model._meta.fields if field.name != "is_resolved"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only the collector adds."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes."""
        return False

    def save_model(
        self, request: HttpRequest, obj: DataQualityIssue, form: ModelForm[DataQualityIssue], change: bool
    ) -> None:
        """A resolved issue says since when."""
        if "is_resolved" in form.changed_data:
            obj.resolved_at = clock.now().replace(microsecond=0) if obj.is_resolved else None
        super().save_model(request, obj, form, change)
