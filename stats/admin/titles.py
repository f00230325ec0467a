"""What columns and fields are called where people see them: in plain words, with their unit."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import admin
from django.db.models import BooleanField, Model

TITLES: Final = {
    "apparent_temperature_c": "feels like (°C)",
    "apparent_temperature_f": "feels like (°F)",
    "avg_uptime_percentage": "mean uptime (%)",
    "avg_wait_time": "mean wait (min)",
    "cloud_cover_percent": "clouds (%)",
    "computed_is_open": "running",
    "current_wait_time": "wait (min)",
    "data_age_minutes": "age of the data (min)",
    "downtime_hours": "down (h)",
    "downtime_minutes": "down (min)",
    "duration_in_previous_status": "state before lasted (min)",
    "expected_collections": "collections expected",
    "humidity_percent": "humidity (%)",
    "is_open": "reported open",
    "last_updated_api": "updated by its source",
    "latitude": "latitude (°)",
    "longest_downtime_minutes": "longest down (min)",
    "longest_ms": "longest (ms)",
    "longitude": "longitude (°)",
    "max_wait_time": "longest wait (min)",
    "min_wait_time": "shortest wait (min)",
    "new_status": "running now",
    "new_status_enum": "state now",
    "observed_collections": "collections seen",
    "operating_hours_minutes": "park open (min)",
    "operating_minutes": "open (min)",
    "peak_wait_time": "peak wait (min)",
    "precipitation_mm": "precipitation (mm)",
    "precipitation_probability": "precipitation (%)",
    "pressure_hpa": "pressure (hPa)",
    "previous_status": "running before",
    "previous_status_enum": "state before",
    "queue_times_id": "id at Queue-Times",
    "rain_mm": "rain (mm)",
    "row_count": "rows",
    "session_date": "day",
    "session_end_utc": "closed",
    "session_start_utc": "opened",
    "shame_score": "score",
    "snowfall_mm": "snow (mm)",
    "stat_date": "day",
    "temperature_c": "temperature (°C)",
    "temperature_f": "temperature (°F)",
    "themeparks_wiki_id": "id at ThemeParks.wiki",
    "timezone": "time zone",
    "total_downtime_hours": "down, all rides (h)",
    "total_ms": "all runs (ms)",
    "total_rides": "rides",
    "total_rides_tracked": "rides",
    "trend_vs_previous_month": "downtime against the month before (%)",
    "trend_vs_previous_week": "downtime against the week before (%)",
    "trend_vs_previous_year": "downtime against the year before (%)",
    "uptime_minutes": "up (min)",
    "uptime_percentage": "uptime (%)",
    "visibility_meters": "visibility (m)",
    "wait_time": "wait (min)",
    "wait_time_at_change": "wait (min)",
    "weighted_downtime_hours": "down, weighted by tier (h)",
    "wind_direction_degrees": "wind from (°)",
    "wind_gusts_kmh": "gusts (km/h)",
    "wind_gusts_mph": "gusts (mph)",
    "wind_speed_kmh": "wind (km/h)",
    "wind_speed_mph": "wind (mph)",
}
"""Field name -> title; the others are called as they are named. Moments say their zone (formats)."""


def titled(model: type[Model], name: Any) -> Any:
    """A column of a list of a model under its title; shown and sorted as the field."""
    if name not in TITLES:
        return name
    is_boolean = isinstance(model._meta.get_field(name), BooleanField)

    @admin.display(description=TITLES[name], ordering=name, boolean=is_boolean)
    def column(row: Any) -> Any:
        chosen = getattr(row, f"get_{name}_display", None)
        return chosen() if chosen else getattr(row, name)

    column.__name__ = name
    return column
