"""How long every route takes, day by day: what `measure_performance --daily` kept, as a picture."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from stats.jobs import performance

RIGHT = "stats.view_slowstatement"


def page(request: HttpRequest) -> HttpResponse:
    """The curve of a route, and a table of all of them."""
    _let_in(request)
    shown = {
        "title": "Times of all routes",
        "measured": bool(performance.days(settings.PARKSTATS_MEASUREMENTS)),
    }
    return render(request, "admin/performance.html", admin.site.each_context(request) | shown)


def figures(request: HttpRequest) -> JsonResponse:
    """Days, oldest first, and for each route a figure (or null) of each of them, in milliseconds."""
    _let_in(request)
    days = performance.days(settings.PARKSTATS_MEASUREMENTS)
    names = sorted({name for measured in days.values() for name in measured.routes})
    routes: dict[str, list[dict[str, Any] | None]] = {
        name: [one._asdict() if (one := measured.routes.get(name)) else None for measured in days.values()]
        for name in names
    }
    return JsonResponse({"days": [day.isoformat() for day in days], "routes": routes})


def _let_in(request: HttpRequest) -> None:
    if not request.user.has_perm(RIGHT):
        raise PermissionDenied
