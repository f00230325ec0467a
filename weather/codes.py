"""What a code of the weather (WMO 4677, as Open-Meteo uses it) says, in a word (docs/data.md 1.3)."""

from __future__ import annotations

from typing import Final

UNKNOWN: Final = "unknown"

KINDS: Final = {
    "clear": range(2),
    "cloudy": range(2, 4),
    "fog": range(45, 49),
    "drizzle": range(51, 58),
    "rain": (*range(61, 68), *range(80, 83)),
    "snow": (*range(71, 78), *range(85, 87)),
    "thunderstorm": range(95, 100),
}


def kind(code: int) -> str:
    """The kind of weather of a code; `unknown` for one that Open-Meteo does not use."""
    return next((name for name, codes in KINDS.items() if code in codes), UNKNOWN)
