"""What a server's process reads before it takes requests."""

from __future__ import annotations

import pytest
from django.db import OperationalError, connections
from freezegun import freeze_time

from parkstats_project import server
from parkstats_project.tests.asking import ask
from stats.frames import observations
from stats.jobs import warm
from stats.tests.observed import NOW, RUNNING, a_park, a_ride, at, raw_rows_since, ride_day, saw

pytestmark = pytest.mark.django_db


class Worker:
    """Of gunicorn."""

    def __init__(self) -> None:
        self.signs_of_life = 0

    def notify(self) -> None:
        self.signs_of_life += 1


@pytest.fixture(autouse=True)
def same_connection(monkeypatch):
    monkeypatch.setattr(connections, "close_all", lambda: None)
    monkeypatch.setattr(warm, "stay", lambda: None)


@freeze_time(NOW)
def test_the_first_request_finds_hours_days_weeks_and_the_roster_read(settings, django_assert_num_queries):
    settings.PARKSTATS_RESULT_CACHE_SECONDS = 0
    raw_rows_since(at(0, day=15))
    park = a_park(is_disney=True)
    ride = a_ride(park)
    ride_day(ride, at(0, day=19).date(), minutes=20)
    for moment in (at(21, 10), at(22, 30)):
        saw(park, moment, {ride: RUNNING})
    worker = Worker()
    server.post_worker_init(worker)
    assert observations.hours_kept() > 40
    assert worker.signs_of_life > 20
    with django_assert_num_queries(0):
        for path, query in (
            ("/api/parks/downtime", "period=today"),
            ("/api/rides/downtime", "period=last_month"),
            ("/api/trends/least-reliable", "period=yesterday"),
            ("/api/trends", "category=rides-improving"),
            ("/api/search/index", ""),
        ):
            assert ask(path, query).status == 200


def test_a_database_that_is_away_stops_no_start(monkeypatch, caplog):
    def away(**_: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(warm.current, "status_summary", away)
    warm.up(lambda: None)
    assert "not everything was read" in caplog.text


@freeze_time(NOW)
def test_reading_ends_when_it_takes_too_long(monkeypatch, caplog):
    monkeypatch.setattr(warm, "LONGEST", -1.0)
    warm.up(lambda: None)
    assert "it takes too long" in caplog.text
    assert observations.hours_kept() == 0
