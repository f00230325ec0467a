"""Admin of slow statements; shown only."""

from __future__ import annotations

from django.contrib import admin

from stats.admin.lists import ReadOnly
from stats.models import SlowStatement


@admin.register(SlowStatement)
class SlowStatementAdmin(ReadOnly[SlowStatement]):
    """Statements that took long, by shape and day."""

    list_display = ("day", "longest_ms", "times", "total_ms", "work", "fingerprint")
    list_filter = ("day",)
    ordering = ("-day", "-longest_ms")
    search_fields = ("fingerprint", "statement", "work")
