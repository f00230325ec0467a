"""Whom what is shown comes from: the sources in use, with the words they ask for (docs/data.md 1)."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from django.core.cache import cache
from django.http import HttpRequest

from parks.models import Park
from weather.models import WeatherObservation

KEPT_SECONDS: Final = 600
KEY: Final = "credits"


class Credit(NamedTuple):
    """A line of text and where it links to."""

    text: str
    url: str

    def __str__(self) -> str:
        """Where nothing can be a link."""
        return f"{self.text} ({self.url})"


THEMEPARKS_WIKI: Final = Credit("Powered by ThemeParks.wiki", "https://themeparks.wiki")
QUEUE_TIMES: Final = Credit("Powered by Queue-Times.com", "https://queue-times.com/")
OPEN_METEO: Final = Credit("Weather data by Open-Meteo.com", "https://open-meteo.com/")


def used(*, weather: bool = True) -> list[Credit]:
    """The credits of the sources that active parks are collected from, and of the weather if there is any.

    Without `weather` of what shows none. Two queries, at most every ten minutes.
    """
    found: list[Credit] | None = cache.get(KEY)
    if found is None:
        mapped = Park.objects.filter(is_active=True).values_list("themeparks_wiki_id", flat=True)
        ids = set(mapped)
        found = [
            credit
            for credit, shown in (
                (THEMEPARKS_WIKI, any(ids)),
                (QUEUE_TIMES, None in ids or "" in ids),
                (OPEN_METEO, WeatherObservation.objects.exists()),
            )
            if shown
        ]
        cache.set(KEY, found, KEPT_SECONDS)
    return [credit for credit in found if weather or credit != OPEN_METEO]


def context(request: HttpRequest) -> dict[str, Any]:
    """For templates: `credits`, read only by those that show them."""
    return {"credits": used}
