"""Every page that shows data credits the sources that are used (docs/data.md 1)."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client
from model_bakery import baker

from parks.models import Park
from rides.models import Ride
from stats.questions import credits
from weather.models import WeatherObservation

pytestmark = pytest.mark.django_db


def park(wiki_id: str | None, *, is_active: bool = True) -> Park:
    return baker.make(Park, themeparks_wiki_id=wiki_id, is_active=is_active)


def test_a_source_is_credited_if_a_park_is_collected_from_it():
    park("a" * 36)
    assert credits.used() == [credits.THEMEPARKS_WIKI]


def test_parks_without_an_id_of_the_wiki_come_from_queue_times():
    park("a" * 36)
    park(None)
    park("", is_active=False)
    assert credits.used() == [credits.THEMEPARKS_WIKI, credits.QUEUE_TIMES]


def test_weather_is_credited_where_there_is_any():
    here = park(None)
    baker.make(WeatherObservation, park=here, wind_direction_degrees=1, weather_code=1)
    assert credits.used() == [credits.QUEUE_TIMES, credits.OPEN_METEO]


def test_what_is_shown_to_everybody_names_the_source_of_its_figures(settings):
    settings.PARKSTATS_STATUS_PAGE = True
    here = park(None)
    ride = baker.make(Ride, park=here)
    baker.make(WeatherObservation, park=here, wind_direction_degrees=1, weather_code=1)
    shown = {
        url: Client().get(url).content.decode()
        for url in (
            "/status",
            f"/status/parks/{here.pk}.svg",
            f"/status/parks/{here.pk}.atom",
            f"/status/rides/{ride.pk}.atom",
        )
    }
    page = shown.pop("/status")
    assert '<a href="https://queue-times.com/">Powered by Queue-Times.com</a>' in page
    for url, text in shown.items():
        assert ">Powered by Queue-Times.com (https://queue-times.com/)</" in text, url
    # None of them shows weather, and no park is of the other source.
    for text in (page, *shown.values()):
        assert "Open-Meteo" not in text and "ThemeParks.wiki" not in text


def test_the_page_of_the_api_credits_what_is_used_and_its_description_is_the_same_for_all():
    before = Client().get("/api/schema").content
    park(None)
    page = Client().get("/api/docs").content.decode()
    assert '<a href="https://queue-times.com/">Powered by Queue-Times.com</a>' in page
    assert "ThemeParks.wiki" not in page and "Open-Meteo" not in page
    after = Client().get("/api/schema").content
    assert before == after
    assert all(name in after.decode() for name in ("ThemeParks.wiki", "Queue-Times.com", "Open-Meteo.com"))
    assert "Powered by" not in after.decode()


def test_every_page_of_the_admin_ends_with_the_credits():
    park("a" * 36)
    client = Client()
    client.force_login(User.objects.create(username="admin", is_staff=True, is_superuser=True))
    for page in ("/admin/", "/admin/parks/park/"):
        text = client.get(page).content.decode()
        assert '<a href="https://themeparks.wiki">Powered by ThemeParks.wiki</a>' in text
        assert "Queue-Times" not in text
