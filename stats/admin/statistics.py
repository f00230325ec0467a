"""Admin of the statistics: shown only, as jobs own the rows."""

from __future__ import annotations

from abc import abstractmethod
from datetime import date
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString

from parkstats_project.base import clock
from stats.admin.actions import recompute_days, recompute_days_in_all_versions, refresh_live
from stats.admin.lists import Big, M, Pictured, ReadOnly, links, list_of, park, park_of_ride, ride
from stats.admin.titles import TITLES
from stats.jobs import explained
from stats.jobs.explained import Explained, Figure
from stats.models import (
    ParkDailyStats,
    ParkLiveRanking,
    ParkLiveRankingStaging,
    ParkMonthlyStats,
    ParkWeeklyStats,
    ParkYearlyStats,
    RideDailyStats,
    RideLiveRanking,
    RideLiveRankingStaging,
    RideMonthlyStats,
    RideWeeklyStats,
    RideYearlyStats,
)

RIDE_FIGURES = (
    "uptime_percentage",
    "uptime_minutes",
    "downtime_minutes",
    "operating_hours_minutes",
    "avg_wait_time",
    "peak_wait_time",
    "status_changes",
)
PARK_FIGURES = (
    "avg_uptime_percentage",
    "total_downtime_hours",
    "rides_with_downtime",
    "total_rides_tracked",
    "avg_wait_time",
    "peak_wait_time",
)


class OfVersion(admin.SimpleListFilter):
    """The versions that exist; asking the table for them would read all of it."""

    title = "metrics version"
    parameter_name = "metrics_version"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """1 is the legacy's own calculation (docs/design.md D6)."""
        return [("1", "1"), ("2", "2")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Rows of one version."""
        return (
            queryset.filter(metrics_version=int(self.value() or 0))
            if self.value() in ("1", "2")
            else queryset
        )


class Daily(Pictured[M], Big[M]):
    """A daily row shows what was observed on its day, and leads to the raw rows as far as they are left."""

    change_form_template = "admin/daily_row.html"
    day_only = True
    readonly_fields = ("observed",)
    actions = (recompute_days, recompute_days_in_all_versions)

    def pictured(self, key: int) -> tuple[int, date] | None:
        """The pictures of the row's park or ride, on the row's day."""
        row = self.model._default_manager.filter(pk=key)
        return row.values_list(f"{self.search_through}_id", "stat_date").first()

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The row below how it was computed."""
        row: Any = self.get_object(request, unquote(object_id))
        entity = row and getattr(row, self.search_through)
        found = self.explained(row) if entity else None
        shown = {
            "explained": found,
            "columns": _side_by_side(found) if found else [],
            "may_recompute": self.has_operate_permission(request),
            "subtitle": row and f"{entity} on {row.stat_date}",
        }
        return super().change_view(request, object_id, form_url, shown | (extra_context or {}))

    @abstractmethod
    def explained(self, row: Any) -> Explained | None:
        """How the row was computed."""

    @abstractmethod
    def sources(self, row: Any, day: dict[str, str]) -> list[tuple[str, str]]:
        """(address, text) of lists; `day` selects the Pacific day in a snapshot table."""

    def observed(self, row: Any) -> SafeString:
        """The links."""
        start, end = (moment.isoformat() for moment in clock.pacific_day(row.stat_date))
        return links(self.sources(row, {"recorded_at__gte": start, "recorded_at__lt": end}))

    @admin.display(description="collections seen")
    def coverage(self, row: Any) -> str:
        """How much the figures saw (docs/data.md 5); nothing in a row that does not know."""
        if row.observed_collections is None:
            return "-"
        return f"{row.observed_collections} of {row.expected_collections}"


def _side_by_side(found: Explained) -> list[tuple[str, list[Figure | None]]]:
    """(title, its figure in each version), column by column."""
    names = list(dict.fromkeys(name for version in found.versions for name in version.figures))
    return [
        (TITLES.get(name, name.replace("_", " ")), [one.figures.get(name) for one in found.versions])
        for name in names
    ]


@admin.register(RideDailyStats)
class RideDailyStatsAdmin(Daily[RideDailyStats]):
    """Days of rides; ordered as the index on stat_date has them."""

    list_display = ("stat_date", ride, park_of_ride, *RIDE_FIGURES, "coverage", "metrics_version")
    list_filter = ("stat_date", OfVersion, "ride__park")
    figures, day_picture = "ride_figures", "ride-day"
    search_through = "ride"
    ordering = ("-stat_date", "pk")

    def explained(self, row: RideDailyStats) -> Explained | None:
        """From the ride's observations."""
        return explained.of_ride(row.ride_id, row.stat_date) if row.ride_id else None

    def sources(self, row: RideDailyStats, day: dict[str, str]) -> list[tuple[str, str]]:
        """The ride's snapshots."""
        return [
            (list_of("rides.RideStatusSnapshot", ride__exact=row.ride_id, **day), "the day's ride snapshots")
        ]


@admin.register(ParkDailyStats)
class ParkDailyStatsAdmin(Daily[ParkDailyStats]):
    """Days of parks; ordered as the index on stat_date has them."""

    list_display = ("stat_date", park, *PARK_FIGURES, "shame_score", "coverage", "metrics_version")
    list_filter = ("stat_date", OfVersion, "park")
    figures, day_picture = "park_figures", "park-day"
    search_through = "park"
    ordering = ("-stat_date", "pk")

    def explained(self, row: ParkDailyStats) -> Explained | None:
        """From the observations of the park and its rides."""
        return explained.of_park(row.park_id, row.stat_date) if row.park_id else None

    def sources(self, row: ParkDailyStats, day: dict[str, str]) -> list[tuple[str, str]]:
        """The park's snapshots, and the daily rows of its rides."""
        rides = {"ride__park__park_id__exact": row.park_id, "stat_date__exact": row.stat_date}
        return [
            (
                list_of("parks.ParkActivitySnapshot", park__exact=row.park_id, **day),
                "the day's park snapshots",
            ),
            (list_of("stats.RideDailyStats", **rides), "the day's rides"),
        ]


@admin.register(RideWeeklyStats)
class RideWeeklyStatsAdmin(Big[RideWeeklyStats]):
    """ISO weeks of rides."""

    list_display = (
        "year",
        "week_number",
        ride,
        park_of_ride,
        *RIDE_FIGURES,
        "trend_vs_previous_week",
    )
    list_filter = ("year", "ride__park")
    search_through = "ride"
    ordering = ("-year", "-week_number", "pk")


@admin.register(ParkWeeklyStats)
class ParkWeeklyStatsAdmin(Big[ParkWeeklyStats]):
    """ISO weeks of parks."""

    list_display = ("year", "week_number", park, *PARK_FIGURES, "trend_vs_previous_week")
    list_filter = ("year", "park")
    search_through = "park"
    ordering = ("-year", "-week_number", "pk")


@admin.register(RideMonthlyStats)
class RideMonthlyStatsAdmin(Big[RideMonthlyStats]):
    """Months of rides."""

    list_display = ("year", "month", ride, park_of_ride, *RIDE_FIGURES, "trend_vs_previous_month")
    list_filter = ("year", "month", "ride__park")
    search_through = "ride"
    ordering = ("-year", "-month", "pk")


@admin.register(ParkMonthlyStats)
class ParkMonthlyStatsAdmin(Big[ParkMonthlyStats]):
    """Months of parks."""

    list_display = ("year", "month", park, *PARK_FIGURES, "trend_vs_previous_month")
    list_filter = ("year", "month", "park")
    search_through = "park"
    ordering = ("-year", "-month", "pk")


@admin.register(RideYearlyStats)
class RideYearlyStatsAdmin(Big[RideYearlyStats]):
    """Years of rides."""

    list_display = ("year", ride, park_of_ride, *RIDE_FIGURES, "trend_vs_previous_year")
    list_filter = ("year", "ride__park")
    search_through = "ride"
    ordering = ("-year", "pk")


@admin.register(ParkYearlyStats)
class ParkYearlyStatsAdmin(Big[ParkYearlyStats]):
    """Years of parks."""

    list_display = ("year", park, *PARK_FIGURES, "trend_vs_previous_year")
    list_filter = ("year", "park")
    search_through = "park"
    ordering = ("-year", "pk")


@admin.register(ParkLiveRanking, ParkLiveRankingStaging)
class ParkLiveRankingAdmin(ReadOnly[Any]):
    """Parks as of the last collection; one row each."""

    list_display = (
        park,
        "park_is_open",
        "shame_score",
        "rides_down",
        "total_rides",
        "total_downtime_hours",
        "weighted_downtime_hours",
        "total_park_weight",
        "calculated_at",
    )
    list_display_links = ("calculated_at",)
    list_filter = ("park_is_open", "is_disney", "is_universal")
    list_select_related = ("park",)
    search_fields = ("park_name", "=park__park_id")
    ordering = ("-shame_score", "pk")
    actions = (refresh_live,)


@admin.register(RideLiveRanking, RideLiveRankingStaging)
class RideLiveRankingAdmin(ReadOnly[Any]):
    """Troubled rides as of the last collection; one row each."""

    list_display = (
        ride,
        park,
        "is_down",
        "current_status",
        "current_wait_time",
        "downtime_hours",
        "downtime_incidents",
        "tier",
        "last_status_change",
        "calculated_at",
    )
    list_display_links = ("calculated_at",)
    list_filter = ("is_down", "current_status", "is_disney", "is_universal", "tier")
    list_select_related = ("ride", "park")
    search_fields = ("ride_name", "park_name", "=ride__ride_id")
    ordering = ("-downtime_hours", "pk")
    actions = (refresh_live,)
