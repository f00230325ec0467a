"""The admin's frame: its name, the order of its sections, the figures of its pictures."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path

from parkstats_project.base import clock
from stats.admin import overview, performance, pictures

SECTIONS: Final[dict[str, tuple[str, ...]]] = {
    "Parks and rides": (
        "parks.Park",
        "rides.Ride",
        "rides.RideClassification",
        "rides.RideMove",
        "parks.ParkSchedule",
    ),
    "Observations": (
        "rides.RideStatusSnapshot",
        "rides.RideStatusChange",
        "parks.ParkActivitySnapshot",
        "parks.ParkOperatingSession",
        "weather.WeatherObservation",
        "weather.WeatherForecast",
    ),
    "Statistics": (
        "stats.ParkDailyStats",
        "stats.RideDailyStats",
        "stats.ParkWeeklyStats",
        "stats.RideWeeklyStats",
        "stats.ParkMonthlyStats",
        "stats.RideMonthlyStats",
        "stats.ParkYearlyStats",
        "stats.RideYearlyStats",
        "stats.ParkLiveRanking",
        "stats.RideLiveRanking",
        "stats.ParkLiveRankingStaging",
        "stats.RideLiveRankingStaging",
    ),
    "Jobs": (
        "stats.DataQualityIssue",
        "stats.JobRun",
        "stats.JobLease",
        "stats.CollectionRun",
        "stats.ParkFeed",
        "stats.MendedDay",
        "stats.Proposal",
        "stats.Correction",
        "stats.SlowStatement",
        "stats.AggregationLog",
        "stats.ParkDayArchive",
    ),
    "People": ("auth.User", "auth.Group"),
}
"""Which models stand together, in which order; what is in none of them stands at the end of "Jobs"."""


class ParkstatsAdmin(admin.AdminSite):
    """The admin of this project (named in `stats.apps`)."""

    site_header = site_title = "parkstats"
    index_title = "Overview"
    # The overview has all sections; a list needs the room.
    enable_nav_sidebar = False
    index_template = "admin/overview.html"

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """`view site` leads to the site that the figures are for."""
        return super().each_context(request) | {"site_url": settings.PARKSTATS_SITE_URL}

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """The overview, for those who may see statistics, above the sections."""
        shown = overview.context() if request.user.has_perm("stats.view_parkdailystats") else {}
        return super().index(request, shown | (extra_context or {}))

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Django's, after the figures of pictures."""
        return [
            path(
                "coverage/<int:pk>/<str:day>",
                self.admin_view(overview.coverage_of_day),
                name="coverage_of_day",
            ),
            path("performance", self.admin_view(performance.page), name="performance"),
            path("pictures/performance", self.admin_view(performance.figures), name="performance_figures"),
            path("pictures/parks/<int:pk>", self.admin_view(park_figures), name="park_figures"),
            path("pictures/rides/<int:pk>", self.admin_view(ride_figures), name="ride_figures"),
            *super().get_urls(),
        ]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        """Sections instead of apps, unless one app is asked for."""
        found = super().get_app_list(request, app_label)
        if app_label is not None:
            return found
        models = {model["model"]._meta.label: model for app in found for model in app["models"]}
        sections = {
            name: [models.pop(label) for label in labels if label in models]
            for name, labels in SECTIONS.items()
        }
        sections["Jobs"] += models.values()
        return [
            {
                "name": name,
                "app_label": name.lower(),
                "app_url": "",
                "has_module_perms": True,
                "models": entries,
            }
            for name, entries in sections.items()
            if entries
        ]


def park_figures(request: HttpRequest, pk: int) -> JsonResponse:
    """What the pictures of a park show, on the day that is asked for."""
    return _figures(request, "parks.view_park", pictures.of_park, pk)


def ride_figures(request: HttpRequest, pk: int) -> JsonResponse:
    """What the pictures of a ride show, on the day that is asked for."""
    return _figures(request, "rides.view_ride", pictures.of_ride, pk)


def _figures(request: HttpRequest, right: str, question: Any, pk: int) -> JsonResponse:
    if not request.user.has_perm(right):
        raise PermissionDenied
    now = clock.now()
    asked = request.GET.get("day")
    try:
        day = clock.pacific_date(now) if asked is None else date.fromisoformat(asked)
    except ValueError:
        return JsonResponse({"error": "day is no date such as 2025-12-20"}, status=400)
    if not pictures.FIRST_DAY <= day <= clock.pacific_date(now):
        return JsonResponse({"error": "day is out of reach"}, status=400)
    found = question(pk, day, now=now)
    if found is None:
        raise Http404
    return JsonResponse(found)
