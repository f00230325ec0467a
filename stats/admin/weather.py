"""Admin of the weather: shown only."""

from __future__ import annotations

from django.contrib import admin

from stats.admin.lists import Big, park
from weather.models import WeatherForecast, WeatherObservation


@admin.register(WeatherObservation)
class WeatherObservationAdmin(Big[WeatherObservation]):
    """Weather as it was, newest first."""

    list_display = (
        "observation_time",
        park,
        "temperature_c",
        "precipitation_mm",
        "wind_speed_kmh",
        "wind_gusts_kmh",
        "cloud_cover_percent",
        "weather_code",
    )
    list_filter = ("observation_time", "park")
    search_through = "park"


@admin.register(WeatherForecast)
class WeatherForecastAdmin(Big[WeatherForecast]):
    """Weather as it was forecast, newest first."""

    list_display = (
        "forecast_time",
        "issued_at",
        park,
        "temperature_c",
        "precipitation_mm",
        "precipitation_probability",
        "wind_gusts_kmh",
        "weather_code",
    )
    list_filter = ("issued_at", "forecast_time", "park")
    search_through = "park"
