"""The two tables about the weather, as the existing database has them.

Columns are in the order of the database: do not squash or regenerate this file.
"""

import django.db.models.deletion
from django.db import migrations, models

import parkstats_project.db.create_table
import parkstats_project.db.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("parks", "0001_initial"),
    ]

    operations = [
        parkstats_project.db.create_table.CreateTable(
            name="WeatherObservation",
            fields=[
                ("observation_id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "park",
                    parkstats_project.db.fields.LegacyForeignKey(
                        constraint="weather_observations_ibfk_1",
                        db_column="park_id",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="weather_observations",
                        to="parks.park",
                    ),
                ),
                ("observation_time", parkstats_project.db.fields.TimestampField()),
                (
                    "collected_at",
                    parkstats_project.db.fields.TimestampField(
                        blank=True, db_default=parkstats_project.db.fields.CurrentTimestamp(), null=True
                    ),
                ),
                ("temperature_c", models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
                ("temperature_f", models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
                (
                    "apparent_temperature_c",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True),
                ),
                (
                    "apparent_temperature_f",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True),
                ),
                (
                    "wind_speed_kmh",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True),
                ),
                (
                    "wind_speed_mph",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True),
                ),
                (
                    "wind_gusts_kmh",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True),
                ),
                (
                    "wind_gusts_mph",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True),
                ),
                ("wind_direction_degrees", models.SmallIntegerField(blank=True, null=True)),
                (
                    "precipitation_mm",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True),
                ),
                (
                    "precipitation_probability",
                    parkstats_project.db.fields.TinyIntegerField(blank=True, null=True),
                ),
                ("rain_mm", models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True)),
                ("snowfall_mm", models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True)),
                ("cloud_cover_percent", parkstats_project.db.fields.TinyIntegerField(blank=True, null=True)),
                ("visibility_meters", models.IntegerField(blank=True, null=True)),
                ("humidity_percent", parkstats_project.db.fields.TinyIntegerField(blank=True, null=True)),
                ("pressure_hpa", models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True)),
                ("weather_code", models.SmallIntegerField(blank=True, null=True)),
            ],
            options={
                "db_table": "weather_observations",
                "indexes": [
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_observation_time",
                        fields=["observation_time"],
                        name="wo_observation_time",
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_park_time", fields=["park", "observation_time"], name="wo_park_time"
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_weather_code", fields=["weather_code"], name="wo_weather_code"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("park", "observation_time"), name="unique_observation"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("cloud_cover_percent__isnull", True),
                            ("cloud_cover_percent__range", (0, 100)),
                            _connector="OR",
                        ),
                        name="chk_obs_cloud_cover",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("humidity_percent__isnull", True),
                            ("humidity_percent__range", (0, 100)),
                            _connector="OR",
                        ),
                        name="chk_obs_humidity",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("precipitation_probability__isnull", True),
                            ("precipitation_probability__range", (0, 100)),
                            _connector="OR",
                        ),
                        name="chk_obs_precip_prob",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("weather_code__isnull", True), ("weather_code__range", (0, 99)), _connector="OR"
                        ),
                        name="chk_obs_weather_code",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("wind_direction_degrees__isnull", True),
                            ("wind_direction_degrees__range", (0, 360)),
                            _connector="OR",
                        ),
                        name="chk_obs_wind_direction",
                    ),
                ],
            },
        ),
        parkstats_project.db.create_table.CreateTable(
            name="WeatherForecast",
            fields=[
                ("forecast_id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "park",
                    parkstats_project.db.fields.LegacyForeignKey(
                        constraint="weather_forecasts_ibfk_1",
                        db_column="park_id",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="weather_forecasts",
                        to="parks.park",
                    ),
                ),
                ("issued_at", parkstats_project.db.fields.TimestampField()),
                ("forecast_time", parkstats_project.db.fields.TimestampField()),
                ("temperature_c", models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
                ("temperature_f", models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
                (
                    "apparent_temperature_c",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True),
                ),
                (
                    "apparent_temperature_f",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True),
                ),
                (
                    "wind_speed_kmh",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True),
                ),
                (
                    "wind_speed_mph",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True),
                ),
                (
                    "wind_gusts_kmh",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True),
                ),
                (
                    "wind_gusts_mph",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True),
                ),
                ("wind_direction_degrees", models.SmallIntegerField(blank=True, null=True)),
                (
                    "precipitation_mm",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True),
                ),
                (
                    "precipitation_probability",
                    parkstats_project.db.fields.TinyIntegerField(blank=True, null=True),
                ),
                ("rain_mm", models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True)),
                ("snowfall_mm", models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True)),
                ("cloud_cover_percent", parkstats_project.db.fields.TinyIntegerField(blank=True, null=True)),
                ("visibility_meters", models.IntegerField(blank=True, null=True)),
                ("humidity_percent", parkstats_project.db.fields.TinyIntegerField(blank=True, null=True)),
                ("pressure_hpa", models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True)),
                ("weather_code", models.SmallIntegerField(blank=True, null=True)),
            ],
            options={
                "db_table": "weather_forecasts",
                "indexes": [
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_issued_at", fields=["issued_at"], name="wf_issued_at"
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_park_forecast_time",
                        fields=["park", "forecast_time"],
                        name="wf_park_forecast_time",
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_park_issued", fields=["park", "issued_at"], name="wf_park_issued"
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_weather_code", fields=["weather_code"], name="wf_weather_code"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("park", "issued_at", "forecast_time"), name="unique_forecast"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("cloud_cover_percent__isnull", True),
                            ("cloud_cover_percent__range", (0, 100)),
                            _connector="OR",
                        ),
                        name="chk_fcst_cloud_cover",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("humidity_percent__isnull", True),
                            ("humidity_percent__range", (0, 100)),
                            _connector="OR",
                        ),
                        name="chk_fcst_humidity",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("precipitation_probability__isnull", True),
                            ("precipitation_probability__range", (0, 100)),
                            _connector="OR",
                        ),
                        name="chk_fcst_precip_prob",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("weather_code__isnull", True), ("weather_code__range", (0, 99)), _connector="OR"
                        ),
                        name="chk_fcst_weather_code",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("wind_direction_degrees__isnull", True),
                            ("wind_direction_degrees__range", (0, 360)),
                            _connector="OR",
                        ),
                        name="chk_fcst_wind_direction",
                    ),
                ],
            },
        ),
    ]
