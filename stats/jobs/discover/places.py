"""Where parks are: distances, countries, operators (docs/data.md 7)."""

from __future__ import annotations

import zoneinfo
from decimal import Decimal
from functools import cache
from math import asin, cos, radians, sin, sqrt
from pathlib import Path
from typing import Final, NamedTuple

EARTH_KM: Final = 6371.0
NEAR_KM: Final = 5.0
"""Two parks of one name that are this near may be one; resorts are about as large."""

COUNTRIES: Final = {
    "Australia": "AU",
    "Austria": "AT",
    "Belgium": "BE",
    "Brazil": "BR",
    "Canada": "CA",
    "China": "CN",
    "Denmark": "DK",
    "England": "GB",
    "Finland": "FI",
    "France": "FR",
    "Germany": "DE",
    "Hong Kong": "HK",
    "Italy": "IT",
    "Japan": "JP",
    "Mexico": "MX",
    "Netherlands": "NL",
    "Norway": "NO",
    "Poland": "PL",
    "Singapore": "SG",
    "South Korea": "KR",
    "Spain": "ES",
    "Sweden": "SE",
    "Switzerland": "CH",
    "United Kingdom": "GB",
    "United States": "US",
}
OPERATORS: Final = (
    ("Disney", ("disney",)),
    ("Universal", ("universal",)),
    ("Cedar Fair", ("cedar fair", "cedar point", "king's island", "kings island", "carowinds")),
    ("Six Flags", ("six flags",)),
    ("SeaWorld", ("seaworld", "busch gardens")),
    ("Merlin", ("merlin", "legoland")),
)


class Spot(NamedTuple):
    """Coordinates in degrees."""

    latitude: Decimal
    longitude: Decimal


def distance_km(one: Spot | None, other: Spot | None) -> float | None:
    """Kilometres between two spots; None if one of them is unknown."""
    if one is None or other is None:
        return None
    north, south = radians(float(one.latitude)), radians(float(other.latitude))
    east = radians(float(other.longitude - one.longitude))
    chord = sin((south - north) / 2) ** 2 + cos(north) * cos(south) * sin(east / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(min(chord, 1.0)))


def spot(latitude: Decimal | None, longitude: Decimal | None, *, country: str = "") -> Spot | None:
    """A place; Queue-Times sometimes loses the sign of a longitude in the Americas."""
    if latitude is None or longitude is None:
        return None
    return Spot(latitude, -abs(longitude) if country in ("US", "CA", "MX", "BR") else longitude)


def country_code(name: str) -> str:
    """The two letters of a country's English name; empty if it is not known."""
    return COUNTRIES.get(name, "")


def country_of_zone(zone: str) -> str:
    """The country that a time zone is of; empty if this machine has no table of them."""
    return _zones().get(zone, "")


def operator(*names: str) -> str | None:
    """Who runs a park, by the names of its group and its own; None if they do not say."""
    text = " ".join(names).casefold().replace("\u2019", "'")
    return next((group for group, words in OPERATORS if any(word in text for word in words)), None)


@cache
def _zones() -> dict[str, str]:
    for folder in zoneinfo.TZPATH:
        table = Path(folder).joinpath("zone.tab")
        if table.is_file():
            rows = (line.split("\t") for line in table.read_text(encoding="utf-8").splitlines())
            return {row[2]: row[0] for row in rows if len(row) > 2 and not row[0].startswith("#")}
    return {}
