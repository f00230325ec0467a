"""Admin of what the machinery writes about itself: slow statements, and which job runs where."""

from __future__ import annotations

from django.contrib import admin

from stats.admin.lists import ReadOnly
from stats.models import JobLease, SlowStatement


@admin.register(SlowStatement)
class SlowStatementAdmin(ReadOnly[SlowStatement]):
    list_display = ("day", "longest_ms", "times", "total_ms", "work", "fingerprint")
    list_filter = ("day",)
    ordering = ("-day", "-longest_ms")
    search_fields = ("fingerprint", "statement", "work")


@admin.register(JobLease)
class JobLeaseAdmin(ReadOnly[JobLease]):
    list_display = ("name", "owner", "until")
    ordering = ("name",)
