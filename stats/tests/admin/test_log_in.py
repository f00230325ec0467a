"""Whoever guesses passwords is told to wait; somebody else, or from elsewhere, is not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from freezegun import freeze_time

from stats.tests.observed import NOW

pytestmark = pytest.mark.django_db


def log_in(password: str, *, name: str = "ann", address: str = "10.0.0.1") -> int:
    """The status of a log-in at the admin: 302 if it is one."""
    asked = {"username": name, "password": password}
    return Client(REMOTE_ADDR=address).post("/admin/login/?next=/admin/", asked).status_code


def test_after_ten_failures_even_the_right_password_has_to_wait():
    for name in ("ann", "bob"):
        User.objects.create_superuser(name, password="right")
    guesses = [log_in(f"wrong {number}") for number in range(settings.AXES_FAILURE_LIMIT)]
    assert guesses[:-1] == [200] * (settings.AXES_FAILURE_LIMIT - 1) and guesses[-1] == 429
    assert log_in("right") == 429
    assert log_in("right", address="10.0.0.2") == 302
    assert log_in("right", name="bob") == 302


def test_a_right_password_forgets_the_failures_before():
    User.objects.create_superuser("ann", password="right")
    for _ in range(2):
        assert [log_in("wrong") for _ in range(settings.AXES_FAILURE_LIMIT - 1)][-1] == 200
        assert log_in("right") == 302


def test_whoever_has_to_wait_is_told_until_when_and_what_to_do():
    User.objects.create_superuser("ann", password="right")
    with freeze_time(NOW) as now:
        for number in range(settings.AXES_FAILURE_LIMIT):
            log_in(f"wrong {number}")
        now.tick(settings.AXES_COOLOFF_TIME / 3)
        client = Client(REMOTE_ADDR="10.0.0.1")
        reply = client.post("/admin/login/?next=/admin/", {"username": "ann", "password": "right"})
        page = reply.content.decode()
        assert (reply.status_code, reply.headers["Retry-After"]) == (429, "900")
        assert 'id="header"' in page and "Too many failed log-ins" in page
        assert "2025-12-20 22:55 UTC" in page, "each attempt counts anew"
        now.tick(settings.AXES_COOLOFF_TIME - timedelta(seconds=1))
        assert log_in("right") == 429
        now.tick(settings.AXES_COOLOFF_TIME + timedelta(seconds=1))
        assert log_in("right") == 302
