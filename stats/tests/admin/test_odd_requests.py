"""What no link or form of the admin sends is refused in words, on every list."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.admin.sites import site
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import DateField, Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from model_bakery import baker

from rides.models import Ride, RideStatusSnapshot
from stats.admin.lists import Editable
from stats.tests.observed import RUNNING, a_park, a_ride, at, saw

pytestmark = pytest.mark.django_db

LISTS = list(site._registry)
WITH_CSV = [model for model in LISTS if isinstance(site._registry[model], Editable)]
ASKED_WRONGLY = ("x=1", "after=x", "pk=x", "q=1&x=1", "x__y__z=1", "o=x", "p=x", "e=1&x=1")


@pytest.fixture
def browser() -> Client:
    """Somebody who may do everything."""
    client = Client(raise_request_exception=True)
    client.force_login(User.objects.create(username="admin", is_staff=True, is_superuser=True))
    return client


def names(models: list[type[Model]]) -> list[str]:
    return [model.__name__ for model in models]


def address(model: type[Model], kind: str) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{kind}")


def of_dates(model: type[Model]) -> list[str]:
    """A filter that is no date, for each date of a table."""
    return [f"{field.name}__gte=foo" for field in model._meta.fields if isinstance(field, DateField)]


@pytest.mark.parametrize("model", WITH_CSV, ids=names(WITH_CSV))
def test_a_csv_refuses_what_its_list_refuses(browser, model):
    page, refused = address(model, "changelist"), 0
    for asked in (*ASKED_WRONGLY, *of_dates(model)):
        of_list: Any = browser.get(f"{page}?{asked}")
        of_csv: Any = browser.get(f"{address(model, 'csv')}?{asked}")
        if of_list.status_code == 302 or "e=1" in asked:
            assert (of_csv.status_code, of_csv.headers["Location"]) == (302, f"{page}?e=1"), asked
            assert browser.get(of_csv.headers["Location"]).status_code == 200
            refused += 1
        else:
            assert of_csv.status_code == of_list.status_code, asked
            assert b"".join(of_csv)
    assert refused


@pytest.mark.parametrize("model", LISTS, ids=names(LISTS))
def test_an_action_on_what_is_no_row_is_refused_in_words(browser, model):
    page = address(model, "changelist")
    request = browser.get(page).wsgi_request
    for action in site._registry[model].get_actions(request):
        for chosen in (["zzz"], ["9" * 30], ["-1"], [""], ["zzz", "1"]):
            sent = {"action": action, "_selected_action": chosen, "confirmed": "yes", "post": "yes"}
            reply = browser.post(page, sent, follow=True)
            assert reply.redirect_chain == [(page, 302)], (action, chosen)
            assert "nothing was done" in reply.content.decode()
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize("model", LISTS, ids=names(LISTS))
def test_an_action_asks_before_it_does_anything(browser, model):
    page = address(model, "changelist")
    actions = list(site._registry[model].get_actions(browser.get(page).wsgi_request))
    row = baker.make(model).pk if actions else None
    for action in actions:
        with CaptureQueriesContext(connection) as queries:
            reply = browser.post(page, {"action": action, "_selected_action": [row]})
        asked = reply.content.decode()
        assert reply.status_code == 200 and ("Do it" in asked or "Are you sure" in asked), action
        statements = [query["sql"] for query in queries]
        assert not [sql for sql in statements if sql.startswith(("INSERT", "UPDATE", "DELETE"))]


def test_a_csv_has_names_as_they_are(browser):
    park = a_park(name="Pier & <Co>")
    ride = a_ride(park, name="=1+1 <b>")
    saw(park, at(20), {ride: RUNNING})
    for model in (Ride, RideStatusSnapshot):
        said = b"".join(browser.get(address(model, "csv"))).decode()
        (row,) = csv.DictReader(StringIO(said))
        assert row["park"] == "Pier & <Co>"
        assert row["name" if model is Ride else "ride"] == "'=1+1 <b>"
