"""Weather observed and forecast at the parks."""

from __future__ import annotations

from django.db import models

from parkstats_project.db.fields import (
    CurrentTimestamp,
    LegacyForeignKey,
    LegacyIndex,
    TimestampField,
    TinyIntegerField,
)


def in_range(prefix: str) -> list[models.CheckConstraint]:
    """The checks of the legacy schema; their names begin with `prefix`."""
    greatest = {
        "cloud_cover": ("cloud_cover_percent", 100),
        "humidity": ("humidity_percent", 100),
        "precip_prob": ("precipitation_probability", 100),
        "weather_code": ("weather_code", 99),
        "wind_direction": ("wind_direction_degrees", 360),
    }
    return [
        models.CheckConstraint(
            condition=models.Q(**{f"{column}__isnull": True}) | models.Q(**{f"{column}__range": (0, most)}),
            name=f"{prefix}_{name}",
        )
        for name, (column, most) in greatest.items()
    ]


class Weather(models.Model):
    """The weather at a place in one hour."""

    temperature_c = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    temperature_f = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    apparent_temperature_c = models.DecimalField(
        max_digits=5, decimal_places=2, null=True, blank=True, db_comment="as it feels"
    )
    apparent_temperature_f = models.DecimalField(
        max_digits=5, decimal_places=2, null=True, blank=True, db_comment="as it feels"
    )
    wind_speed_kmh = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    wind_speed_mph = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    wind_gusts_kmh = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    wind_gusts_mph = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    wind_direction_degrees = models.SmallIntegerField(null=True, blank=True, db_comment="0 is north")
    precipitation_mm = models.DecimalField(
        max_digits=6, decimal_places=2, null=True, blank=True, db_comment="of the hour before"
    )
    precipitation_probability = TinyIntegerField(null=True, blank=True, db_comment="percent")
    rain_mm = models.DecimalField(
        max_digits=6, decimal_places=2, null=True, blank=True, db_comment="of the hour before"
    )
    snowfall_mm = models.DecimalField(
        max_digits=6, decimal_places=2, null=True, blank=True, db_comment="depth of snow of the hour before"
    )
    cloud_cover_percent = TinyIntegerField(null=True, blank=True)
    visibility_meters = models.IntegerField(null=True, blank=True)
    humidity_percent = TinyIntegerField(null=True, blank=True)
    pressure_hpa = models.DecimalField(
        max_digits=6, decimal_places=2, null=True, blank=True, db_comment="at the surface"
    )
    weather_code = models.SmallIntegerField(null=True, blank=True, db_comment="WMO 4677")

    class Meta:
        abstract = True


class WeatherObservation(Weather):
    """The weather at a park in one hour (docs/contract/jobs.md 4)."""

    observation_id = models.BigAutoField(primary_key=True)
    park = LegacyForeignKey(
        "parks.Park",
        on_delete=models.CASCADE,
        constraint="weather_observations_ibfk_1",
        db_column="park_id",
        related_name="weather_observations",
    )
    observation_time = TimestampField(db_comment="hour, UTC")
    collected_at = TimestampField(
        null=True, blank=True, db_default=CurrentTimestamp(), db_comment="when it was first stored, UTC"
    )

    class Meta:
        db_table = "weather_observations"
        verbose_name = "observed weather"
        verbose_name_plural = "observed weather"
        get_latest_by = "observation_time"
        constraints = [
            # The weather collector: an hour is found again when it is read anew.
            models.UniqueConstraint(fields=["park", "observation_time"], name="unique_observation"),
            *in_range("chk_obs"),
        ]
        indexes = [
            # jobs.retention: before a moment.
            LegacyIndex(
                fields=["observation_time"], name="wo_observation_time", db_name="idx_observation_time"
            ),
            # The weather of a park; the foreign key.
            LegacyIndex(fields=["park", "observation_time"], name="wo_park_time", db_name="idx_park_time"),
            # The legacy system.
            LegacyIndex(fields=["weather_code"], name="wo_weather_code", db_name="idx_weather_code"),
        ]

    def __str__(self) -> str:
        return f"park {self.park_id} at {self.observation_time}"


class WeatherForecast(Weather):
    """A forecast of the weather at a park for one hour (docs/contract/jobs.md 4)."""

    forecast_id = models.BigAutoField(primary_key=True)
    park = LegacyForeignKey(
        "parks.Park",
        on_delete=models.CASCADE,
        constraint="weather_forecasts_ibfk_1",
        db_column="park_id",
        related_name="weather_forecasts",
    )
    issued_at = TimestampField(db_comment="when the forecast was made, UTC")
    forecast_time = TimestampField(db_comment="hour it is for, UTC")

    class Meta:
        db_table = "weather_forecasts"
        verbose_name = "weather forecast"
        get_latest_by = "issued_at"
        constraints = [
            # The weather collector: one forecast for each hour and time of issue.
            models.UniqueConstraint(fields=["park", "issued_at", "forecast_time"], name="unique_forecast"),
            *in_range("chk_fcst"),
        ]
        indexes = [
            # The newest forecasts.
            LegacyIndex(fields=["issued_at"], name="wf_issued_at", db_name="idx_issued_at"),
            # The forecasts for an hour; the foreign key.
            LegacyIndex(
                fields=["park", "forecast_time"],
                name="wf_park_forecast_time",
                db_name="idx_park_forecast_time",
            ),
            # The newest forecasts of a park.
            LegacyIndex(fields=["park", "issued_at"], name="wf_park_issued", db_name="idx_park_issued"),
            # The legacy system.
            LegacyIndex(fields=["weather_code"], name="wf_weather_code", db_name="idx_weather_code"),
        ]

    def __str__(self) -> str:
        return f"park {self.park_id} at {self.forecast_time}, as of {self.issued_at}"
