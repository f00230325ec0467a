"""The answers of Open-Meteo at one simulated time."""

from __future__ import annotations

import hashlib
import json
import math
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from parkstats_project.tests.upstream.wiki import HttpError
from parkstats_project.tests.upstream.world import PARKS, iso_z

VARIABLES = {
    "temperature_2m": ("°C", 47, 1, 2),
    "apparent_temperature": ("°C", 1, 1, 0),
    "precipitation": ("mm", 24, 32, 0),
    "precipitation_probability": ("%", 26, 35, 0),
    "rain": ("mm", 28, 32, 0),
    "snowfall": ("cm", 37, 2, 0),
    "weather_code": ("wmo code", 56, 40, 0),
    "cloud_cover": ("%", 3, 35, 0),
    "wind_speed_10m": ("km/h", 59, 24, 10),
    "wind_gusts_10m": ("km/h", 58, 24, 10),
    "wind_direction_10m": ("°", 57, 5, 10),
    "relative_humidity_2m": ("%", 29, 35, 2),
    "surface_pressure": ("hPa", 45, 16, 0),
    "visibility": ("m", 55, 29, 0),
}
IMPERIAL = {"°C": ("°F", 9), "km/h": ("mp/h", 31), "mm": ("inch", 18), "cm": ("inch", 18), "m": ("ft", 10)}


def weather_value(name: str, lat: float, lon: float, hour: datetime) -> float:
    """Metric, from the place and the hour alone."""
    digest = hashlib.sha256(f"{name}|{lat:.2f}|{lon:.2f}|{iso_z(hour)}".encode()).digest()
    noise = digest[0] / 255
    solar = math.sin((hour.hour + lon / 15 - 8) / 24 * 2 * math.pi)
    warm = (
        18
        - abs(lat - 25) / 3
        + 6 * solar
        - 10 * math.cos((hour.timetuple().tm_yday - 20) / 365 * 2 * math.pi)
    )
    wet = digest[1] > 210
    return {
        "temperature_2m": round(warm + noise, 1),
        "apparent_temperature": round(warm + noise - 1.5, 1),
        "precipitation": round(noise * 4, 2) if wet else 0.0,
        "rain": round(noise * 4, 2) if wet else 0.0,
        "precipitation_probability": int(noise * 100),
        "snowfall": round(noise * 2, 2) if wet and warm < 1 else 0.0,
        "weather_code": 61 if wet else (0, 1, 2, 3, 45)[digest[2] % 5],
        "cloud_cover": int(noise * 100),
        "wind_speed_10m": round(noise * 30, 1),
        "wind_gusts_10m": round(noise * 30 + 9, 1),
        "wind_direction_10m": int(noise * 360),
        "relative_humidity_2m": 30 + int(noise * 70),
        "surface_pressure": round(1005 + noise * 20, 1),
        "visibility": round(5000 + noise * 50000, 0),
    }[name]


def forecast(query: dict, now: datetime, drop: str | None = None) -> tuple[bytes, str]:
    def fail(reason: str) -> HttpError:
        return HttpError(400, {"error": True, "reason": reason})

    try:
        lats = [float(x) for x in query.get("latitude", "").split(",")]
        lons = [float(x) for x in query.get("longitude", "").split(",")]
    except ValueError:
        raise fail("Parameter 'latitude' and 'longitude' must be given as numbers.") from None
    if len(lats) != len(lons):
        raise fail("Parameter 'latitude' and 'longitude' must have the same number of elements")
    if any(not -90 <= x <= 90 for x in lats):
        raise fail(f"Latitude must be in range of -90 to 90°. Given: {lats[0]}.")
    names = [n for n in query.get("hourly", "").split(",") if n]
    current = [n for n in query.get("current", "").split(",") if n]
    for name in names + current:
        if name not in VARIABLES:
            raise fail(
                f"Data corrupted at path ''. Cannot initialize SurfacePressureAndHeightVariable from "
                f"invalid String value {name}."
            )
    days, past = int(query.get("forecast_days", 7)), int(query.get("past_days", 0))
    if not 0 <= days <= 16:
        raise fail(f"Forecast days is invalid. Allowed range 0 to 16. Given {days}.")
    zone_name = query.get("timezone", "GMT")
    if zone_name == "auto":
        zone_name = min(PARKS, key=lambda p: abs(p.lat - lats[0]) + abs(p.lon - lons[0])).zone
    zone = ZoneInfo("UTC" if zone_name in ("GMT", "UTC") else zone_name)
    local_now = now.astimezone(zone)
    offset = int(local_now.utcoffset().total_seconds())
    day0 = local_now.date() - timedelta(days=past)
    # As upstream: one fixed offset for the whole answer, that of now.
    begin = datetime.combine(day0, time(), tzinfo=UTC) - timedelta(seconds=offset)
    hours = [begin + timedelta(hours=n) for n in range(24 * (days + past))]
    inch = query.get("precipitation_unit") == "inch"
    wanted = {
        "°C": query.get("temperature_unit") == "fahrenheit",
        "km/h": query.get("wind_speed_unit") == "mph",
        "mm": inch,
        "cm": inch,
        "m": inch,
    }

    def unit(name: str) -> tuple[str, int]:
        metric, _, code, _ = VARIABLES[name]
        return IMPERIAL[metric] if wanted.get(metric) else (metric, code)

    def value(name: str, lat: float, lon: float, hour: datetime) -> float | None:
        if drop == name:
            return None
        raw, metric = weather_value(name, lat, lon, hour), VARIABLES[name][0]
        if not wanted.get(metric):
            return raw
        convert = {
            "°C": lambda v: round(v * 9 / 5 + 32, 1),
            "km/h": lambda v: round(v / 1.609344, 1),
            "mm": lambda v: round(v / 25.4, 3),
            "cm": lambda v: round(v / 2.54, 3),
            "m": lambda v: round(v / 0.3048, 3),
        }
        return convert[metric](raw)

    def stamp(moment: datetime) -> str | int:
        if query.get("timeformat") == "unixtime":
            return int(moment.timestamp())
        return (moment + timedelta(seconds=offset)).strftime("%Y-%m-%dT%H:%M")

    answers = []
    for number, (lat, lon) in enumerate(zip(lats, lons, strict=False)):
        body = {
            "latitude": round(lat, 4),
            "longitude": round(lon, 4),
            "generationtime_ms": 0.25,
            "utc_offset_seconds": offset,
            "timezone": zone_name,
            "timezone_abbreviation": "GMT" if offset == 0 else f"GMT{offset // 3600:+d}",
            "elevation": 30.0,
        }
        if number:
            body["location_id"] = number
        times = "unixtime" if query.get("timeformat") == "unixtime" else "iso8601"
        if current:
            quarter = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
            body["current_units"] = {"time": times, "interval": "seconds", **{n: unit(n)[0] for n in current}}
            body["current"] = {
                "time": stamp(quarter),
                "interval": 900,
                **{n: value(n, lat, lon, now.replace(minute=0, second=0)) for n in current},
            }
        if names:
            body["hourly_units"] = {"time": times, **{n: unit(n)[0] for n in names}}
            body["hourly"] = {
                "time": [stamp(h) for h in hours],
                **{n: [value(n, lat, lon, h) for h in hours] for n in names},
            }
        answers.append(body)
    return json.dumps(
        answers[0] if len(answers) == 1 else answers
    ).encode(), "application/json; charset=utf-8"
