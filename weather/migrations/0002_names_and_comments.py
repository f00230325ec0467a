"""What people call the tables, and what their columns hold, said in the database.

Locks: each table for an instant (one second of waiting at most, then again); nothing is copied, whatever its
size. Can be killed and run again at any point.
"""

from django.db import migrations

from parkstats_project.db.comments import DescribeColumns


class Migration(migrations.Migration):
    atomic = False
    resumable = ("forwards", "backwards")

    dependencies = [("weather", "0001_initial")]

    operations = [
        migrations.AlterModelOptions(
            "WeatherForecast", {"verbose_name": "weather forecast", "get_latest_by": "issued_at"}
        ),
        migrations.AlterModelOptions(
            "WeatherObservation",
            {
                "verbose_name": "observed weather",
                "verbose_name_plural": "observed weather",
                "get_latest_by": "observation_time",
            },
        ),
        DescribeColumns(
            "WeatherObservation",
            {
                "apparent_temperature_c": "as it feels",
                "apparent_temperature_f": "as it feels",
                "wind_direction_degrees": "0 is north",
                "precipitation_mm": "of the hour before",
                "precipitation_probability": "percent",
                "rain_mm": "of the hour before",
                "snowfall_mm": "depth of snow of the hour before",
                "pressure_hpa": "at the surface",
                "weather_code": "WMO 4677",
                "observation_time": "hour, UTC",
                "collected_at": "when it was first stored, UTC",
            },
        ),
        DescribeColumns(
            "WeatherForecast",
            {
                "apparent_temperature_c": "as it feels",
                "apparent_temperature_f": "as it feels",
                "wind_direction_degrees": "0 is north",
                "precipitation_mm": "of the hour before",
                "precipitation_probability": "percent",
                "rain_mm": "of the hour before",
                "snowfall_mm": "depth of snow of the hour before",
                "pressure_hpa": "at the surface",
                "weather_code": "WMO 4677",
                "issued_at": "when the forecast was made, UTC",
                "forecast_time": "hour it is for, UTC",
            },
        ),
    ]
