"""What a code of the weather is called (docs/data.md 1.3)."""

from __future__ import annotations

from collections import Counter

from weather.codes import UNKNOWN, kind


def test_every_code_that_open_meteo_documents_has_a_kind_and_no_other():
    used = [0, 1, 2, 3, 45, 48, 51, 53, 55, 56, 57, 61, 63, 65, 66, 67, 71, 73, 75, 77]
    used += [80, 81, 82, 85, 86, 95, 96, 99]
    assert Counter(map(kind, used)) == {
        "clear": 2,
        "cloudy": 2,
        "fog": 2,
        "drizzle": 5,
        "rain": 8,
        "snow": 6,
        "thunderstorm": 3,
    }
    assert {kind(code) for code in (-1, 4, 44, 50, 60, 79, 90, 100)} == {UNKNOWN}
