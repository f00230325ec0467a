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


class WeatherObservation(models.Model):
    """The weather at a park in one hour (docs/contract/jobs.md 4)."""

    observation_id = models.BigAutoField(primary_key=True)
    park = LegacyForeignKey(
        "parks.Park",
        on_delete=models.CASCADE,
        constraint="weather_observations_ibfk_1",
        db_column="park_id",
        related_name="weather_observations",
    )
    observation_time = TimestampField()
    collected_at = TimestampField(null=True, blank=True, db_default=CurrentTimestamp())
    temperature_c = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    temperature_f = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    apparent_temperature_c = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    apparent_temperature_f = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    wind_speed_kmh = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    wind_speed_mph = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    wind_gusts_kmh = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    wind_gusts_mph = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    wind_direction_degrees = models.SmallIntegerField(null=True, blank=True)
    precipitation_mm = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    precipitation_probability = TinyIntegerField(null=True, blank=True)
    rain_mm = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    snowfall_mm = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    cloud_cover_percent = TinyIntegerField(null=True, blank=True)
    visibility_meters = models.IntegerField(null=True, blank=True)
    humidity_percent = TinyIntegerField(null=True, blank=True)
    pressure_hpa = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    weather_code = models.SmallIntegerField(null=True, blank=True)

    class Meta:
        db_table = "weather_observations"
        constraints = [
            models.UniqueConstraint(fields=["park", "observation_time"], name="unique_observation"),
            models.CheckConstraint(
                condition=models.Q(cloud_cover_percent__isnull=True)
                | models.Q(cloud_cover_percent__range=(0, 100)),
                name="chk_obs_cloud_cover",
            ),
            models.CheckConstraint(
                condition=models.Q(humidity_percent__isnull=True)
                | models.Q(humidity_percent__range=(0, 100)),
                name="chk_obs_humidity",
            ),
            models.CheckConstraint(
                condition=models.Q(precipitation_probability__isnull=True)
                | models.Q(precipitation_probability__range=(0, 100)),
                name="chk_obs_precip_prob",
            ),
            models.CheckConstraint(
                condition=models.Q(weather_code__isnull=True) | models.Q(weather_code__range=(0, 99)),
                name="chk_obs_weather_code",
            ),
            models.CheckConstraint(
                condition=models.Q(wind_direction_degrees__isnull=True)
                | models.Q(wind_direction_degrees__range=(0, 360)),
                name="chk_obs_wind_direction",
            ),
        ]
        indexes = [
            LegacyIndex(
                fields=["observation_time"], name="wo_observation_time", db_name="idx_observation_time"
            ),
            LegacyIndex(fields=["park", "observation_time"], name="wo_park_time", db_name="idx_park_time"),
            LegacyIndex(fields=["weather_code"], name="wo_weather_code", db_name="idx_weather_code"),
        ]


class WeatherForecast(models.Model):
    """A forecast of the weather at a park for one hour (docs/contract/jobs.md 4)."""

    forecast_id = models.BigAutoField(primary_key=True)
    park = LegacyForeignKey(
        "parks.Park",
        on_delete=models.CASCADE,
        constraint="weather_forecasts_ibfk_1",
        db_column="park_id",
        related_name="weather_forecasts",
    )
    issued_at = TimestampField()
    forecast_time = TimestampField()
    temperature_c = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    temperature_f = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    apparent_temperature_c = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    apparent_temperature_f = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    wind_speed_kmh = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    wind_speed_mph = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    wind_gusts_kmh = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    wind_gusts_mph = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    wind_direction_degrees = models.SmallIntegerField(null=True, blank=True)
    precipitation_mm = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    precipitation_probability = TinyIntegerField(null=True, blank=True)
    rain_mm = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    snowfall_mm = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    cloud_cover_percent = TinyIntegerField(null=True, blank=True)
    visibility_meters = models.IntegerField(null=True, blank=True)
    humidity_percent = TinyIntegerField(null=True, blank=True)
    pressure_hpa = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    weather_code = models.SmallIntegerField(null=True, blank=True)

    class Meta:
        db_table = "weather_forecasts"
        constraints = [
            models.UniqueConstraint(fields=["park", "issued_at", "forecast_time"], name="unique_forecast"),
            models.CheckConstraint(
                condition=models.Q(cloud_cover_percent__isnull=True)
                | models.Q(cloud_cover_percent__range=(0, 100)),
                name="chk_fcst_cloud_cover",
            ),
            models.CheckConstraint(
                condition=models.Q(humidity_percent__isnull=True)
                | models.Q(humidity_percent__range=(0, 100)),
                name="chk_fcst_humidity",
            ),
            models.CheckConstraint(
                condition=models.Q(precipitation_probability__isnull=True)
                | models.Q(precipitation_probability__range=(0, 100)),
                name="chk_fcst_precip_prob",
            ),
            models.CheckConstraint(
                condition=models.Q(weather_code__isnull=True) | models.Q(weather_code__range=(0, 99)),
                name="chk_fcst_weather_code",
            ),
            models.CheckConstraint(
                condition=models.Q(wind_direction_degrees__isnull=True)
                | models.Q(wind_direction_degrees__range=(0, 360)),
                name="chk_fcst_wind_direction",
            ),
        ]
        indexes = [
            LegacyIndex(fields=["issued_at"], name="wf_issued_at", db_name="idx_issued_at"),
            LegacyIndex(
                fields=["park", "forecast_time"],
                name="wf_park_forecast_time",
                db_name="idx_park_forecast_time",
            ),
            LegacyIndex(fields=["park", "issued_at"], name="wf_park_issued", db_name="idx_park_issued"),
            LegacyIndex(fields=["weather_code"], name="wf_weather_code", db_name="idx_weather_code"),
        ]
