"""Weather at the parks: the running hour as observed, the days to come as forecast (docs/data.md 1.3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Final

from django.conf import settings
from django.db import transaction

from parks.models import Park
from parkstats_project.base import clock
from parkstats_project.base.arithmetic import divide
from parkstats_project.db import errors
from parkstats_project.db.statements import upsert
from parkstats_project.feeds.answers import BudgetSpent, FeedError
from parkstats_project.feeds.open_meteo import MOST_PLACES, Hour, OpenMeteo, Place
from stats.choices import CollectingJob
from stats.jobs.collect.log import STOPPED, logged
from stats.jobs.collect.write import SECONDS
from stats.jobs.lease import lease
from weather.models import WeatherForecast, WeatherObservation

JOB: Final = "weather"
FORECAST_EVERY: Final = timedelta(hours=6)
"""The models behind the forecasts are run every six hours; one in between would repeat the last."""

MPH: Final = Decimal("1.609344")
COLUMNS: Final = (
    "temperature_c",
    "temperature_f",
    "apparent_temperature_c",
    "apparent_temperature_f",
    "wind_speed_kmh",
    "wind_speed_mph",
    "wind_gusts_kmh",
    "wind_gusts_mph",
    "wind_direction_degrees",
    "precipitation_mm",
    "precipitation_probability",
    "rain_mm",
    "snowfall_mm",
    "cloud_cover_percent",
    "visibility_meters",
    "humidity_percent",
    "pressure_hpa",
    "weather_code",
)
RANGES: Final = {
    "precipitation_probability": (0, 100),
    "cloud_cover": (0, 100),
    "relative_humidity_2m": (0, 100),
    "wind_direction_10m": (0, 360),
    "weather_code": (0, 99),
    "visibility": (0, 2**31 - 1),
    "precipitation": (0, 9999),
    "rain": (0, 9999),
    "snowfall": (0, 999),
    "surface_pressure": (0, 9999),
    "temperature_2m": (-150, 150),
    "apparent_temperature": (-150, 150),
    "wind_speed_10m": (0, 600),
    "wind_gusts_10m": (0, 600),
}
"""What the columns hold and the checks allow; a value outside is not known, and counted."""


@dataclass
class Outcome:
    """What a run did; `missing`: parks without an answer, and why."""

    parks: int = 0
    forecasts: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    missing: dict[int, str] = field(default_factory=dict)
    spent: bool = False


def collect_weather(*, stop: Callable[[], bool] = lambda: False) -> Outcome:
    """Store the running hour of every active park that has coordinates, and forecasts if they are due.

    Raises LeaseHeld if another run is at work, LeaseLost if one has taken over.
    """
    now = clock.now()
    outcome = Outcome()
    located = Park.objects.filter(is_active=True, latitude__isnull=False, longitude__isnull=False)
    parks = [
        (park_id, Place(latitude, longitude))
        for park_id, latitude, longitude in located.order_by("park_id").values_list(
            "park_id", "latitude", "longitude"
        )
        if latitude is not None and longitude is not None
    ]
    with (
        lease(JOB) as renew,
        logged(CollectingJob.WEATHER) as run,
        OpenMeteo(settings.PARKSTATS_OPEN_METEO_URL) as client,
    ):
        for first in range(0, len(parks), MOST_PLACES):
            part = parks[first : first + MOST_PLACES]
            renew()
            if stop() or outcome.spent:
                reason = "not asked" if outcome.spent else STOPPED
                outcome.missing |= dict.fromkeys((park for park, _ in part), reason)
                continue
            try:
                answers = client.hours([place for _, place in part])
            except FeedError as error:
                outcome.missing |= dict.fromkeys((park for park, _ in part), str(error))
                outcome.faults[error.fault] += 1
                outcome.spent = isinstance(error, BudgetSpent)
                continue
            found = dict(zip((park for park, _ in part), answers, strict=True))
            errors.retried(partial(_write, found, outcome, now=now, renew=renew))
        run.parks_written, run.rows_written = outcome.parks, outcome.parks + outcome.forecasts
        run.faults = dict(outcome.faults)
        run.parks_missing = {str(park): reason for park, reason in outcome.missing.items()}
    return outcome


def _write(
    found: dict[int, list[Hour]], outcome: Outcome, *, now: datetime, renew: Callable[[], None]
) -> None:
    hour = now.replace(minute=0, second=0, microsecond=0)
    lately = _issued_lately(found, now=now)
    forecasts = [park for park in found if park not in lately]
    faults: Counter[str] = Counter()
    collected = now.strftime(SECONDS)
    observed = [
        (park, one.at.strftime(SECONDS), collected, *row(one, faults))
        for park, hours in found.items()
        for one in hours
        if one.at == hour
    ]
    ahead = [
        (park, hour.strftime(SECONDS), one.at.strftime(SECONDS), *row(one, faults))
        for park in forecasts
        for one in found[park]
        if one.at >= hour
    ]
    with transaction.atomic():
        key = ("park_id", "observation_time")
        columns = (*key, "collected_at", *COLUMNS)
        upsert(WeatherObservation, columns, observed, update=columns[2:], unique=key)
        issued = ("park_id", "issued_at", "forecast_time")
        upsert(WeatherForecast, (*issued, *COLUMNS), ahead, update=COLUMNS, unique=issued)
        renew()
    outcome.parks += len(observed)
    outcome.forecasts += len(ahead)
    outcome.faults.update(faults)
    without = found.keys() - {one[0] for one in observed}
    outcome.missing |= dict.fromkeys(without, "no weather of this hour")


def _issued_lately(parks: Collection[int], *, now: datetime) -> set[int]:
    recent = WeatherForecast.objects.filter(park_id__in=list(parks), issued_at__gt=now - FORECAST_EVERY)
    return set(recent.values_list("park_id", flat=True).distinct())


def row(hour: Hour, faults: Counter[str]) -> Iterator[int | str | None]:
    """The values of COLUMNS: what came in metric units, and the legacy's imperial ones beside them."""
    values = {name: _possible(name, value, faults) for name, value in hour.values.items()}
    for name in ("temperature_2m", "apparent_temperature"):
        celsius = values[name]
        yield _text(celsius)
        yield None if celsius is None else str(divide(9 * celsius + 160, 5, scale=2))
    for name in ("wind_speed_10m", "wind_gusts_10m"):
        speed = values[name]
        yield _text(speed)
        yield None if speed is None else str(divide(speed, MPH, scale=2))
    yield _whole(values["wind_direction_10m"])
    yield _text(values["precipitation"])
    yield _whole(values["precipitation_probability"])
    yield _text(values["rain"])
    snow = values["snowfall"]
    yield _text(None if snow is None else 10 * snow)
    for name in ("cloud_cover", "visibility", "relative_humidity_2m"):
        yield _whole(values[name])
    yield _text(values["surface_pressure"])
    yield _whole(values["weather_code"])


def _possible(name: str, value: Decimal | None, faults: Counter[str]) -> Decimal | None:
    least, most = RANGES[name]
    if value is None or least <= value <= most:
        return value
    faults[f"impossible {name}"] += 1
    return None


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(divide(value, scale=2))


def _whole(value: Decimal | None) -> int | None:
    return None if value is None else int(divide(value, scale=0))
