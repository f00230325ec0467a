"""Open-Meteo.com: hours of weather for several places in one call, in metric units (docs/data.md 1.3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit, urlunsplit

from parkstats_project.feeds.answers import Fault, FeedError, listed, mapping
from parkstats_project.feeds.client import Client
from parkstats_project.feeds.http import Json

VARIABLES: Final = {
    "temperature_2m": "°C",
    "apparent_temperature": "°C",
    "precipitation": "mm",
    "precipitation_probability": "%",
    "rain": "mm",
    "snowfall": "cm",
    "weather_code": "wmo code",
    "cloud_cover": "%",
    "wind_speed_10m": "km/h",
    "wind_gusts_10m": "km/h",
    "wind_direction_10m": "°",
    "relative_humidity_2m": "%",
    "surface_pressure": "hPa",
    "visibility": "m",
}
"""Variable -> the unit that is asked for. An answer in another one is refused: numbers alone do not tell."""

FORECAST_DAYS: Final = 7
MOST_PLACES: Final = 50
"""Places of one call: its address stays short enough for every proxy."""


class Place(NamedTuple):
    """Coordinates in degrees."""

    latitude: Decimal
    longitude: Decimal


class Hour(NamedTuple):
    """The weather of one hour that begins at `at` (aware UTC): variable -> value in the unit of VARIABLES."""

    at: datetime
    values: dict[str, Decimal | None]


class OpenMeteo(Client):
    """A client; use it as a context manager. One request at a time, as the free plan wants it."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._path = parts.path
        self._json = Json(urlunsplit((parts.scheme, parts.netloc, "", "", "")))

    def close(self) -> None:
        self._json.close()

    def hours(self, places: Sequence[Place]) -> list[list[Hour]]:
        """For each of at most MOST_PLACES places, in their order, today (UTC) and the days of the forecast.

        Raises FeedError, also for an answer with another number of places, other units or ragged columns.
        """
        body = self._json.get(
            self._path,
            {
                "latitude": ",".join(str(place.latitude) for place in places),
                "longitude": ",".join(str(place.longitude) for place in places),
                "hourly": ",".join(VARIABLES),
                "timezone": "UTC",
                "forecast_days": str(FORECAST_DAYS),
            },
        )
        answers = body if isinstance(body, list) else [body]
        if len(answers) != len(places):
            raise FeedError(Fault.SHAPE, f"{len(answers)} places in the answer, {len(places)} asked for")
        return [_hours(mapping(answer)) for answer in answers]


def _hours(answer: dict[str, Any]) -> list[Hour]:
    hourly, units = mapping(answer.get("hourly")), mapping(answer.get("hourly_units"))
    times = listed(hourly, "time")
    columns = {name: listed(hourly, name) for name in VARIABLES}
    for name, unit in VARIABLES.items():
        if units.get(name) != unit:
            raise FeedError(Fault.SHAPE, f"{name} in {units.get(name)!r}, not in {unit!r}")
        if len(columns[name]) != len(times):
            raise FeedError(Fault.SHAPE, f"{len(columns[name])} values of {name} for {len(times)} hours")
    offset = answer.get("utc_offset_seconds")
    if offset != 0:
        raise FeedError(Fault.SHAPE, f"an offset of {offset} s, asked for UTC")
    return [
        Hour(_at(text), {name: _number(column[index]) for name, column in columns.items()})
        for index, text in enumerate(times)
    ]


def _at(text: Any) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except (ValueError, TypeError):
        raise FeedError(Fault.SHAPE, f"{str(text)[:40]!r} is no time") from None


def _number(value: Any) -> Decimal | None:
    """A number as it is written; what is none, or not finite, is not known."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    read = Decimal(str(value))
    return read if read.is_finite() else None
