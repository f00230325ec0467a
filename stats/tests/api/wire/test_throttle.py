"""One client asks only as much as is set; by default as much as it likes."""

from __future__ import annotations

import pytest
from freezegun import freeze_time

from parkstats_project.tests.asking import ask

pytestmark = pytest.mark.django_db


def statuses(number, **headers):
    return [ask("/api/search/index", **headers).status for _ in range(number)]


def test_nobody_is_held_up_by_default():
    assert set(statuses(50)) == {200}


@pytest.fixture
def five_a_minute(settings):
    settings.PARKSTATS_THROTTLE = "5/min"


def test_more_than_is_set_is_a_429_that_says_when_to_come_again(five_a_minute):
    with freeze_time("2025-12-20 12:00") as clock:
        assert statuses(6) == [200] * 5 + [429]
        refused = ask("/api/health")
        assert refused.json()["error"] == "Too Many Requests"
        assert 0 < int(refused.headers["Retry-After"]) <= 60
        clock.tick(61)
        assert statuses(1) == [200]


def test_clients_are_counted_by_their_address(five_a_minute):
    assert statuses(6, REMOTE_ADDR="10.0.0.1")[-1] == 429
    assert statuses(1, REMOTE_ADDR="10.0.0.2") == [200]


def test_without_a_proxy_nobody_chooses_the_address(five_a_minute):
    for number in range(5):
        statuses(1, REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=f"10.9.9.{number}")
    assert statuses(1, REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="10.9.9.9") == [429]


def test_behind_a_proxy_the_address_is_the_one_that_it_saw(five_a_minute, settings):
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"NUM_PROXIES": 1}
    proxy = {"REMOTE_ADDR": "127.0.0.1"}
    for number in range(5):
        statuses(1, HTTP_X_FORWARDED_FOR=f"10.9.9.{number}, 10.0.0.1", **proxy)
    assert statuses(1, HTTP_X_FORWARDED_FOR="10.9.9.9, 10.0.0.1", **proxy) == [429]
    assert statuses(1, HTTP_X_FORWARDED_FOR="10.0.0.1, 10.0.0.2", **proxy) == [200]
