"""What is shown to whoever has guessed at passwords too often (docs/admin.md, People)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from parkstats_project.base import clock


def page(request: HttpRequest, _answer: Any, _credentials: Any) -> HttpResponse:
    """When it ends, and what to do until then; this attempt has made the time begin anew."""
    wait = settings.AXES_COOLOFF_TIME
    shown = {
        "title": "Too many failed log-ins",
        "until": clock.now() + wait,
        "minutes": int(wait.total_seconds()) // 60,
    }
    answer = render(request, "admin/locked_out.html", admin.site.each_context(request) | shown, status=429)
    answer["Retry-After"] = str(int(wait.total_seconds()))
    return answer
