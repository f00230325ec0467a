"""What an operator keeps for people with an account (docs/operation.md, Settings)."""

from __future__ import annotations

import base64

import pytest
from django.contrib.auth.models import User
from django.test import Client

pytestmark = pytest.mark.django_db

ROUTE = "/api/analytics/buckets"


@pytest.fixture(autouse=True)
def closed(settings) -> None:
    settings.PARKSTATS_ANALYTICS_LOGIN = True


def basic(name: str, password: str) -> dict[str, str]:
    return {"HTTP_AUTHORIZATION": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


def test_without_the_setting_nobody_is_asked(settings):
    settings.PARKSTATS_ANALYTICS_LOGIN = False
    assert Client().get(ROUTE).status_code == 400  # a parameter is missing


def test_nobody_is_refused_in_json():
    answer = Client().get(ROUTE)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Basic realm")
    assert answer.json() == {"error": "Unauthorized", "message": "This route asks for a login."}


def test_who_is_logged_in_to_the_admin_passes():
    client = Client()
    client.force_login(User.objects.create(username="ann"))
    assert client.get(ROUTE).status_code == 400


def test_a_program_sends_name_and_password():
    User.objects.create_user("ann", password="secret")
    assert Client().get(ROUTE, **basic("ann", "secret")).status_code == 400


@pytest.mark.parametrize("header", [basic("ann", "wrong"), {"HTTP_AUTHORIZATION": "Basic ?"}])
def test_a_wrong_password_is_refused(header):
    User.objects.create_user("ann", password="secret")
    assert Client().get(ROUTE, **header).status_code == 401


def test_the_old_routes_ask_nobody():
    assert Client().get("/api/search/index").status_code == 200
