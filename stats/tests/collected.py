"""The simulated upstream's parks and rides as rows, for tests of collecting."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from unittest.mock import patch

from django.test import override_settings
from freezegun import freeze_time
from model_bakery import baker

from parks.models import Park
from parkstats_project.tests.upstream import FakeUpstream
from parkstats_project.tests.upstream.world import ONLY_QUEUE_TIMES, PARKS, PLACES, utc
from rides.models import Ride


def make_world(*parks: str) -> dict[str, Park]:
    """Parks (all, or those with these keys; "qt" is only in Queue-Times) with their attractions."""
    made = {}
    for number, place in enumerate(PARKS, start=1):
        if parks and place.key not in parks:
            continue
        made[place.key] = baker.make(
            Park,
            name=place.name,
            queue_times_id=place.queue_times or 900 + number,
            themeparks_wiki_id=place.id,
            timezone=place.zone,
            latitude=str(place.lat),
            longitude=str(place.lon),
            is_disney=place.key in ("p1", "p4"),
            is_universal=place.key == "p2",
            is_active=True,
        )
    for number, ride in enumerate(PLACES):
        if ride.type == "ATTRACTION" and ride.parent and ride.parent.key in made:
            baker.make(
                Ride,
                name=ride.name[:255],
                park=made[ride.parent.key],
                queue_times_id=ride.queue_times or 20_000 + number,
                themeparks_wiki_id=ride.id,
                category="ATTRACTION",
                is_active=True,
                tier=None,
                last_operated_at=None,
                status_since=None,
            )
    if not parks or "qt" in parks:
        made["qt"] = park = baker.make(
            Park, name="Cedar Bluff", queue_times_id=50, themeparks_wiki_id=None, timezone="America/New_York"
        )
        for number, name in enumerate(list(ONLY_QUEUE_TIMES["rides"])):
            baker.make(
                Ride,
                name=name,
                park=park,
                queue_times_id=9000 + number,
                themeparks_wiki_id=None,
                category="ATTRACTION",
                is_active=True,
                tier=None,
                last_operated_at=None,
                status_since=None,
            )
    return made


def addresses(server: FakeUpstream) -> override_settings:
    """Settings that lead to the simulated upstream."""
    return override_settings(
        PARKSTATS_THEMEPARKS_URL=server.wiki_url,
        PARKSTATS_QUEUE_TIMES_URL=server.queue_times_url,
        PARKSTATS_OPEN_METEO_URL=server.weather_url,
    )


@contextmanager
def upstream_at(server: FakeUpstream, moment: str | datetime) -> Iterator[FakeUpstream]:
    """Both clocks, the simulated upstream's and ours, at one moment; addresses in the settings.

    Nobody waits between two attempts.
    """
    server.at(moment)
    with (
        freeze_time(utc(moment) if isinstance(moment, str) else moment),
        addresses(server),
        patch("themeparks._transport._backoff", lambda attempt: 0.0),
    ):
        yield server
