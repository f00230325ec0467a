"""Weather at the parks of the demo, as the weather job stores it in its hourly mode.

See docs/contract/jobs.md 4.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from parkstats_project.base.clock import DAY, HOUR
from parkstats_project.db.statements import insert
from stats.demo.noise import Salt, chance
from stats.demo.text import moment
from weather.models import WeatherForecast, WeatherObservation

_MEASURES = (
    "temperature_c", "temperature_f", "apparent_temperature_c", "apparent_temperature_f", "wind_speed_kmh",
    "wind_speed_mph", "wind_gusts_kmh", "wind_gusts_mph", "wind_direction_degrees", "precipitation_mm",
    "precipitation_probability", "rain_mm", "snowfall_mm", "cloud_cover_percent", "visibility_meters",
    "humidity_percent", "pressure_hpa", "weather_code",
)  # fmt: skip
_FORECAST_HOURS = range(0, 48, 3)
_Cell = int | str | None


def fill(parks: list[tuple[int, int]], *, start: int, end: int, seed: int) -> None:
    """Observations of every hour in [start, end), and the forecasts issued at each UTC midnight in it.

    `parks` are pairs of park id and a number that identifies the park; times are epoch seconds.
    """
    hours = range(start + -start % HOUR, end, HOUR)
    insert(
        WeatherObservation,
        ("park_id", "observation_time", "collected_at", *_MEASURES),
        (
            (park_id, moment(hour), moment(hour + 1), *_measures(number, hour, seed))
            for hour in hours
            for park_id, number in parks
        ),
    )
    insert(
        WeatherForecast,
        ("park_id", "issued_at", "forecast_time", *_MEASURES),
        (
            (park_id, moment(hour), moment(ahead), *_measures(number, ahead, seed + 1))
            for hour in hours
            if hour % DAY == 0
            for park_id, number in parks
            for ahead in (hour + HOUR * n for n in _FORECAST_HOURS)
        ),
    )


def _measures(number: int, hour: int, seed: int) -> Iterator[_Cell]:
    luck = chance(seed, Salt.WEATHER, number, hour)
    day = chance(seed, Salt.WEATHER, number, hour // DAY, 1)
    # Warmest at 21:00 UTC, coldest at 9:00, which is right for the American parks.
    warmth = 12 - abs(hour // HOUR % 24 - 21 if hour // HOUR % 24 >= 9 else hour // HOUR % 24 + 3)
    fahrenheit = Decimal(3500 + day % 4000 + 120 * warmth + luck % 300) / 100
    felt = fahrenheit - luck % 6
    wind, gusts = Decimal(luck // 7 % 2000) / 100, Decimal(luck // 7 % 2000 + luck % 1000) / 100
    wet = day % 5 == 0 and luck // 11 % 3 == 0
    snows = wet and fahrenheit < 32
    inches = Decimal(luck % 30) / 100 if wet else Decimal(0)
    fallen = _two(inches * Decimal("25.4"))
    yield from (_celsius(fahrenheit), _two(fahrenheit), _celsius(felt), _two(felt))
    yield from (_kmh(wind), _two(wind), _kmh(gusts), _two(gusts), luck % 361, fallen)
    yield from (
        60 + luck % 41 if wet else luck % 30,
        "0.00" if snows else fallen,
        fallen if snows else "0.00",
    )
    yield from (80 + luck % 21 if wet else luck % 101, 8200 if wet else 24140, 30 + luck // 13 % 70)
    yield from (_two(Decimal(99000 + day % 4000) / 100), (71 if snows else 61) if wet else luck % 4)


def _celsius(fahrenheit: Decimal) -> str:
    return _two((fahrenheit - 32) * 5 / 9)


def _kmh(mph: Decimal) -> str:
    return _two(mph * Decimal("1.60934"))


def _two(value: Decimal) -> str:
    return str(value.quantize(Decimal("0.01")))
