"""The admin's first page: whether the figures can be trusted right now."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponse
from django.shortcuts import render

from parks.models import Park
from parkstats_project.base import clock
from stats.jobs import overview


def context() -> dict[str, Any]:
    """What the template of the front page shows."""
    found = overview.overview(now=clock.now(), version=settings.PARKSTATS_METRICS_VERSION)
    return {"overview": found, "slow_seconds": f"{settings.PARKSTATS_SLOW_QUERY_SECONDS:g}"}


def coverage_of_day(request: HttpRequest, pk: int, day: str) -> HttpResponse:
    """The gaps of a park's day by the hour, for the front page."""
    if not request.user.has_perm("parks.view_park"):
        raise PermissionDenied
    park = Park.objects.filter(pk=pk).first()
    try:
        asked = date.fromisoformat(day)
    except ValueError:
        raise Http404 from None
    now = clock.now()
    if park is None or not 0 <= (clock.pacific_date(now) - asked).days < clock.DAY:
        raise Http404
    hours = [
        (clock.from_epoch(hour), seen, wanted) for hour, seen, wanted in overview.hours(pk, asked, now=now)
    ]
    shown = {"park": park, "day": asked, "hours": hours, "title": f"{park}: collections of {asked}"}
    return render(request, "admin/coverage_of_day.html", admin.site.each_context(request) | shown)
