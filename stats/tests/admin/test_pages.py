"""The admin on a small demo world: every page opens, big tables are never counted, jobs' rows stay untouched.

scripts/test runs this file on SQLite, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.sites import site
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from freezegun import freeze_time

from parks.models import Park, ParkActivitySnapshot, ParkOperatingSession, ParkSchedule
from parkstats_project.base.clock import pacific_date
from rides.models import Ride, RideClassification, RideMove, RideStatusChange, RideStatusSnapshot
from stats import models
from stats.admin.lists import Big, Editable
from stats.frames import archive
from stats.models import Correction, DataQualityIssue, ParkDailyStats, ParkDayArchive, RideDailyStats
from stats.tests.admin.forms import form_of
from weather.models import WeatherForecast, WeatherObservation

pytestmark = pytest.mark.django_db

MOMENT = datetime(2026, 7, 18, 21, 0, tzinfo=UTC)

EDITED = (Park, Ride, RideClassification, ParkSchedule, DataQualityIssue, Correction, models.Proposal)
OWN = [model for model in site._registry if model._meta.app_label in ("parks", "rides", "stats", "weather")]
LOOKED_AT = [model for model in OWN if model not in EDITED]
BIG = [model for model in OWN if isinstance(site._registry[model], Big)]

# Session, user, rows with their rides and parks; one more to look for a next page, one for each choice that
# comes from a table, and those of a date hierarchy.
LIST_QUERIES = 10
# Session, user and the row; what the choices of its fields need.
PAGE_QUERIES = 12
# Besides, what a daily row was computed from, if the hours of its day are kept.
EXPLAINED_QUERIES = 20


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Three parks, their collections of three days, and what the jobs made of them."""
    with django_db_blocker.unblock(), freeze_time(MOMENT):
        load = {"parks": "3", "rides": "24", "days": "3", "daily_days": "40", "no_progress": True}
        call_command("load_demo", until=MOMENT.isoformat(), verbosity=0, **load)
        with suppress(CommandError):  # a demo day may have gaps; its rows are not what is tested
            call_command("aggregate_daily", days=2, verbosity=0)
        call_command("roll_up_stats")
        call_command("refresh_live_rankings", verbosity=0)
        park = Park.objects.order_by("pk")[0]
        yesterday = pacific_date(MOMENT).replace(day=17)
        ParkOperatingSession.objects.create(park=park, session_date=yesterday)
        DataQualityIssue.objects.create(
            data_source="themeparks_wiki", issue_type="STALE_DATA", park=park, detected_at=MOMENT
        )
        models.SlowStatement.objects.create(
            day=yesterday, fingerprint="f" * 12, times=1, total_ms=2, longest_ms=2, statement="SELECT ?"
        )
        archive.write_day(yesterday)
        ride = Ride.objects.order_by("pk")[0]
        RideMove.objects.create(ride=ride, from_park=Park.objects.order_by("pk")[1], moved_at=MOMENT)
        models.CollectionRun.objects.create(job="collect", started_at=MOMENT, faults={"stale": 2})
        models.Proposal.objects.create(
            kind="renamed", source="queue_times", source_id="5", name="Big Dipper", park=park, made_at=MOMENT
        )
        RideMove.objects.create(ride=Ride.objects.order_by("pk")[0], from_park=park, moved_at=MOMENT)
        models.ParkFeed.objects.create(park=park, collected_at=MOMENT)
        models.MendedDay.objects.create(
            park=park, local_date=yesterday, asked_at=MOMENT, complete=True, collections=3, ride_rows=9
        )
        Correction.objects.create(starts_at=MOMENT.replace(hour=1), ends_at=MOMENT.replace(hour=2))
        for table in (models.ParkLiveRankingStaging, models.RideLiveRankingStaging):
            live = table.__name__.removesuffix("Staging")
            row = getattr(models, live).objects.values()[0]
            table.objects.create(**row)
        yield
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture(autouse=True)
def short_pages(monkeypatch):
    """A page of a hundred rows takes ten times as long."""
    monkeypatch.setattr(Editable, "list_per_page", 10)


@pytest.fixture
def browser(demo: None) -> Client:
    """Somebody who may do everything."""
    client = Client(raise_request_exception=True)
    # Without a password: making one takes as long as ten pages.
    client.force_login(User.objects.create(username="admin", is_staff=True, is_superuser=True))
    return client


def address(model: type[Model], kind: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{kind}", args=args)


def names(models: list[type[Model]]) -> list[str]:
    return [model.__name__ for model in models]


def test_every_table_is_registered():
    from django.apps import apps

    own = [
        model
        for app in ("parks", "rides", "stats", "weather")
        for model in apps.get_app_config(app).get_models()
    ]
    assert set(own) == set(OWN)


def test_no_two_lists_are_called_the_same_in_other_words():
    names = [str(model._meta.verbose_name_plural) for model in OWN]
    words = [frozenset(word.rstrip("s") for word in name.lower().split()) - {"of", "the"} for name in names]
    assert len(set(words)) == len(OWN), names


def test_every_snapshot_table_is_known_to_be_big():
    assert {ParkActivitySnapshot, RideStatusSnapshot, RideStatusChange, RideDailyStats} <= set(BIG)
    assert {ParkDayArchive, WeatherForecast, WeatherObservation, ParkDailyStats} <= set(BIG)


@pytest.mark.parametrize("model", OWN, ids=names(OWN))
def test_a_list_opens_with_few_queries(browser, model):
    with CaptureQueriesContext(connection) as queries:
        reply = browser.get(address(model, "changelist"))
    assert reply.status_code == 200
    assert reply.context["cl"].result_list, "the demo has no row of it"
    assert len(queries) <= LIST_QUERIES


@pytest.mark.parametrize("model", OWN, ids=names(OWN))
def test_a_row_opens_with_few_queries(browser, model):
    row = model._default_manager.order_by("pk").values_list("pk", flat=True)[0]
    page, is_explained = address(model, "change", row), model in (RideDailyStats, ParkDailyStats)
    if is_explained:
        browser.get(page)
    with CaptureQueriesContext(connection) as queries:
        reply = browser.get(page)
    assert reply.status_code == 200
    assert len(queries) <= PAGE_QUERIES + is_explained * EXPLAINED_QUERIES


@pytest.mark.parametrize("model", OWN, ids=names(OWN))
def test_every_link_of_a_row_leads_somewhere(browser, model):
    row = model._default_manager.order_by("-pk").values_list("pk", flat=True)[0]
    pages = [browser.get(address(model, "change", row)), browser.get(address(model, "changelist"))]
    own = tuple(f"/admin/{app}/" for app in ("parks", "rides", "stats", "weather"))
    # What stands beside the content is the same on every page: a link to each list.
    found = {
        part.partition('"')[0].replace("&amp;", "&")
        for page in pages
        for part in page.content.decode().partition('id="content"')[2].split('href="')[1:]
    }
    links = sorted(link for link in found if link.startswith(own) and "history" not in link)
    # One of each kind: the same list, however filtered, or a row of the same table.
    kinds = {re.sub("[0-9]+", "", link.partition("?")[0]): link for link in links if link != links[0]}
    assert kinds
    for link in kinds.values():
        assert browser.get(link).status_code == 200, link


@pytest.mark.parametrize("model", BIG, ids=names(BIG))
def test_a_big_table_is_never_counted(browser, model):
    """Neither by the list, nor by its second page, a search or a filter."""
    row = model._default_manager.order_by("pk").values_list("pk", flat=True)[0]
    questions = ["", f"after={row}", "q=a", "q=1", f"q=a&after={row}", *(filters(browser, model)[::2])]
    for question in questions:
        with CaptureQueriesContext(connection) as queries:
            reply = browser.get(f"{address(model, 'changelist')}?{question}")
        assert reply.status_code in (200, 302)
        statements = [query["sql"].upper() for query in queries]
        assert not [sql for sql in statements if "COUNT(" in sql]
        # Before all rows of a short list are read, it is known to be short.
        first = next((sql for sql in statements if sql.startswith(f"SELECT {table(model)}")), "LIMIT")
        assert "LIMIT" in first


@pytest.mark.parametrize("model", BIG, ids=names(BIG))
def test_a_big_table_is_not_joined_to_be_shown(browser, model):
    """MariaDB would begin with the small table and sort the big one: 86 s for a million rows."""
    with CaptureQueriesContext(connection) as queries:
        browser.get(address(model, "changelist"))
    assert not [
        query for query in queries if table(model) in query["sql"].upper() and " JOIN " in query["sql"]
    ]


@pytest.mark.parametrize("model", OWN, ids=names(OWN))
def test_searches_and_filters_answer(browser, model):
    page = address(model, "changelist")
    if site._registry[model].get_search_fields(None):
        for term in ("a", "1", "99999999999999", "%_'\\", "\N{ROLLER COASTER}", "a b"):
            assert browser.get(page, {"q": term}).status_code == 200
    for question in filters(browser, model):
        assert browser.get(f"{page}?{question}").status_code == 200, question


def filters(browser: Client, model: type[Model]) -> list[str]:
    """The query of each choice that a list offers."""
    changelist = browser.get(address(model, "changelist")).context["cl"]
    return [
        choice["query_string"].lstrip("?")
        for spec in changelist.filter_specs
        for choice in list(spec.choices(changelist))[1:3]
    ]


def table(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table).upper()


def test_a_search_finds_rows_of_a_ride_by_name_and_by_id(browser):
    ride = Ride.objects.order_by("pk")[2]
    page = address(RideStatusSnapshot, "changelist")
    for term in (ride.name, str(ride.pk)):
        found = browser.get(page, {"q": term}).context["cl"].result_list
        assert found
        assert {row.ride_id for row in found} == {ride.pk}
    assert not browser.get(page, {"q": "no such ride"}).context["cl"].result_list


@pytest.mark.parametrize("model", [RideStatusSnapshot, RideDailyStats])
def test_pages_of_a_big_table_go_on_to_the_last(browser, monkeypatch, model):
    """Each behind the last row of the one before it, in the order of the list, whatever that is."""
    monkeypatch.setattr(Editable, "list_per_page", 20)
    ride = Ride.objects.order_by("pk")[0].pk
    page, chosen = address(model, "changelist"), f"?q={ride}"
    pages, seen = 0, []
    while chosen:
        changelist = browser.get(page + chosen).context["cl"]
        seen += [row.pk for row in changelist.result_list]
        pages, chosen = pages + 1, changelist.next_page
        assert changelist.goes_on == bool(chosen)
    assert pages > 1
    expected = model.objects.filter(ride=ride).order_by(*site._registry[model].ordering)
    assert seen == list(expected.values_list("pk", flat=True))


@pytest.mark.parametrize("asked", ["p=2000", "p=0", "p=x", "after=0", "after=x", "after=" + "1" * 400])
def test_a_page_that_does_not_exist_is_said_to_be_out_of_reach(browser, asked):
    reply = browser.get(f"{address(RideStatusSnapshot, 'changelist')}?{asked}")
    assert reply.status_code == 200
    assert not reply.context["cl"].result_list
    assert "Out of reach" in reply.content.decode()


def test_all_rows_at_once_cannot_be_asked_for(browser):
    reply = browser.get(address(RideStatusSnapshot, "changelist"), {"all": ""})
    assert len(reply.context["cl"].result_list) == 10


@pytest.mark.parametrize("model", LOOKED_AT, ids=names(LOOKED_AT))
def test_what_jobs_own_cannot_be_added_changed_or_deleted(browser, model):
    row = model._default_manager.order_by("pk").values_list("pk", flat=True)[0]
    before = model._default_manager.filter(pk=row).values().get()
    assert browser.get(address(model, "add")).status_code == 403
    assert browser.post(address(model, "add"), {}).status_code == 403
    assert browser.post(address(model, "change", row), {"park_name": "x"}).status_code == 403
    assert browser.post(address(model, "delete", row), {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [row], "post": "yes"}
    browser.post(address(model, "changelist"), chosen)
    assert model._default_manager.filter(pk=row).values().get() == before


def test_parks_and_rides_are_switched_off_not_deleted(browser):
    for model in (Park, Ride):
        row = model._default_manager.order_by("pk")[0]
        assert browser.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403


def test_the_payload_of_the_archive_is_never_read(browser):
    with CaptureQueriesContext(connection) as queries:
        browser.get(address(ParkDayArchive, "changelist"))
        browser.get(address(ParkDayArchive, "change", ParkDayArchive.objects.only("pk")[0].pk))
    read = [query["sql"] for query in queries if "park_day_archive" in query["sql"]]
    assert read
    assert not [sql for sql in read if "payload" in sql]


def test_an_edited_park_keeps_what_was_not_edited(browser):
    park = Park.objects.order_by("pk")[0]
    before = Park.objects.filter(pk=park.pk).values().get()
    page = address(Park, "change", park.pk)
    sent = form_of(browser.get(page)) | {"city": "Elsewhere"}
    assert browser.post(page, sent).status_code == 302
    after = Park.objects.filter(pk=park.pk).values().get()
    changed = {name for name in after if after[name] != before[name]}
    assert changed <= {"city", "updated_at"}
    assert after["city"] == "Elsewhere"


def test_an_edited_tier_keeps_what_was_not_edited(browser):
    tier = RideClassification.objects.order_by("pk")[0]
    before = RideClassification.objects.filter(pk=tier.pk).values().get()
    page = address(RideClassification, "change", tier.pk)
    sent = form_of(browser.get(page)) | {"tier": 1, "tier_weight": 3, "override_reason": "seen on site"}
    assert browser.post(page, sent).status_code == 302
    after = RideClassification.objects.filter(pk=tier.pk).values().get()
    assert (after["tier"], after["tier_weight"], after["override_reason"]) == (1, 3, "seen on site")
    assert after["classified_at"] == before["classified_at"]


def test_a_new_ride_starts_active(browser):
    park = Park.objects.order_by("pk")[0]
    page = address(Ride, "add")
    sent = form_of(browser.get(page))
    assert sent["is_active"] is True
    sent |= {"queue_times_id": 987_654, "name": "New Ride", "park": park.pk}
    assert browser.post(page, sent).status_code == 302
    assert Ride.objects.get(queue_times_id=987_654).is_active


def test_an_issue_is_resolved_and_nothing_else_of_it_changes(browser):
    issue = DataQualityIssue.objects.filter(is_resolved=False).order_by("pk")[0]
    page = address(DataQualityIssue, "change", issue.pk)
    with freeze_time(MOMENT):
        reply = browser.post(page, {"is_resolved": "true", "entity_name": "x", "data_age_minutes": "1"})
    assert reply.status_code == 302
    after = DataQualityIssue.objects.get(pk=issue.pk)
    assert (after.is_resolved, after.resolved_at) == (True, MOMENT)
    assert (after.entity_name, after.data_age_minutes) == (issue.entity_name, issue.data_age_minutes)
    assert browser.post(page, {"is_resolved": "false"}).status_code == 302
    assert DataQualityIssue.objects.get(pk=issue.pk).resolved_at is None


def test_choices_of_big_tables_are_typed_in_not_listed():
    """A select of 4,200 rides is a page of a megabyte."""
    for model in OWN:
        shown = site._registry[model]
        if isinstance(shown, admin.ModelAdmin) and model in EDITED:
            related = {field.name for field in model._meta.fields if field.is_relation}
            offered = {*shown.autocomplete_fields, *shown.get_readonly_fields(None, None)}
            assert related <= offered, model
