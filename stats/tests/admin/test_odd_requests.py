"""What no link or form of the admin sends is refused in words, on every list."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.sites import site
from django.contrib.auth.models import User
from django.db.models import DateField, Model
from django.test import Client
from django.urls import reverse

from stats.admin.lists import Editable

pytestmark = pytest.mark.django_db

WITH_CSV = [model for model, shown in site._registry.items() if isinstance(shown, Editable)]
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
