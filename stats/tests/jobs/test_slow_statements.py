"""Slow statements of requests, jobs and commands are logged and written down, without any value of theirs."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.urls import path
from freezegun import freeze_time

from parks.models import Park
from parkstats_project.base import logs
from parkstats_project.db import watch
from parkstats_project.db.watch import Slow
from parkstats_project.tests.asking import ask
from stats.jobs import slow_statements
from stats.jobs.slow_statements import Notes, write
from stats.models import SlowStatement

DAY = date(2025, 12, 20)
SLOW = Slow(DAY, "0123456789ab", "SELECT ?", 2.0, "GET /a", ["parks: ALL, key None (0), 9 rows"])


def looks(request, number):
    list(Park.objects.filter(name__in=["Hush", "Secret"], park_id=4711))
    return HttpResponse("seen")


urlpatterns = [path("looks/<int:number>", looks)]


@pytest.fixture
def told(monkeypatch, settings):
    """What is told of slow statements, and every statement is slow."""
    settings.PARKSTATS_SLOW_QUERY_SECONDS = -1.0
    found: list[Slow] = []
    monkeypatch.setattr(watch, "_listeners", [found.append])
    monkeypatch.setattr(watch, "_planned", set())
    return found


@pytest.fixture
def lines(caplog):
    """The lines of the log, as a machine reads them."""
    found = []

    class Keep(logging.Handler):
        def emit(self, record):
            found.append(json.loads(logs.JsonLine().format(record)))

    keep = Keep()
    logging.getLogger().addHandler(keep)
    caplog.set_level(logging.INFO)
    yield found
    logging.getLogger().removeHandler(keep)


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_a_statement_of_a_request_is_logged_with_its_route_and_without_values(told, lines):
    ask("/looks/99", HTTP_X_REQUEST_ID="from-the-proxy-7")
    (line,) = [
        one for one in lines if "`name` IN" in one.get("statement", "") and "EXPLAIN" not in one["statement"]
    ]
    assert line["message"] == "slow statement" and line["id"] == "from-the-proxy-7"
    assert line["work"] == "GET /looks/<int:number>"
    assert " IN (?, ...)" in line["statement"]
    assert not [value for value in ("Hush", "Secret", "4711", "99") if value in json.dumps(line["statement"])]


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_a_request_ends_with_a_line_that_says_what_it_took(lines):
    ask("/looks/99", "secret=1", HTTP_X_REQUEST_ID="no good: {}")
    (line,) = [one for one in lines if one["message"] == "answered"]
    assert (line["status"], line["work"], line["statements"]) == (200, "GET /looks/<int:number>", 1)
    assert len(line["id"]) == 32 and "secret" not in json.dumps(line)


@pytest.mark.mariadb
@pytest.mark.django_db
def test_the_plan_is_asked_for_once_a_day(told):
    with freeze_time("2025-12-20 12:00"):
        for _ in range(2):
            list(Park.objects.filter(name="Secret"))
    with freeze_time("2025-12-21 12:00"):
        list(Park.objects.filter(name="Secret"))
    of_parks = [
        slow for slow in told if slow.statement.startswith("SELECT") and "FROM `parks`" in slow.statement
    ]
    assert [bool(slow.plan) for slow in of_parks] == [True, False, True]
    assert of_parks[0].plan[0].startswith("parks: ALL")
    assert "Secret" not in repr(told)


@pytest.mark.mariadb
@pytest.mark.django_db
def test_a_quick_statement_is_nobodys_business(told, lines, settings):
    settings.PARKSTATS_SLOW_QUERY_SECONDS = 1.0
    list(Park.objects.all())
    assert not told and not lines


@pytest.mark.mariadb
@pytest.mark.django_db(transaction=True)
def test_a_statement_within_a_transaction_that_fails_is_written_down_all_the_same(monkeypatch, settings):
    settings.PARKSTATS_SLOW_QUERY_SECONDS = 0.0
    notes = Notes(write)
    monkeypatch.setattr(watch, "_listeners", [lambda slow: notes.add(slow, moment=0.0)])
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        list(Park.objects.filter(name="x"))
        raise ZeroDivisionError
    settings.PARKSTATS_SLOW_QUERY_SECONDS = 1.0
    for thread in threading.enumerate():
        if thread.name.endswith("(flush)"):
            thread.join()
    notes.flush()
    assert SlowStatement.objects.filter(statement__contains="FROM `parks`", times=1).exists()


@pytest.mark.django_db(transaction=True)
def test_runs_of_one_shape_and_day_are_one_row():
    written: list[slow_statements.Noted] = []
    notes = Notes(written.extend)
    notes._written = 100.0
    for seconds, work in ((2.0, "GET /a"), (5.0, "manage.py b"), (3.0, "GET /c")):
        notes.add(SLOW._replace(seconds=seconds, work=work), moment=101.0)
    notes.flush()
    write(written)
    write(written)
    (row,) = SlowStatement.objects.all()
    assert (row.times, row.total_ms, row.longest_ms, row.work) == (6, 20_000, 5_000, "manage.py b")
    assert row.plan == SLOW.plan[0]


@pytest.mark.django_db(transaction=True)
def test_old_rows_go():
    noted = slow_statements.Noted(SLOW, 1, 2000, 2000, "GET /a", "")
    for age in (90, 91):
        SlowStatement.objects.create(
            day=DAY - timedelta(days=age), fingerprint="f", times=1, total_ms=1, longest_ms=1, statement="s"
        )
    write([noted])
    days = set(SlowStatement.objects.values_list("day", flat=True))
    assert days == {DAY, DAY - timedelta(days=90)}


def test_a_storm_is_written_every_ten_seconds_only(monkeypatch):
    started = []
    monkeypatch.setattr(threading.Thread, "start", lambda thread: started.append(thread))
    notes = Notes(lambda noted: None)
    for moment in (0.0, 1.0, 9.9, 10.0, 12.0):
        notes.add(SLOW, moment=moment)
    assert len(started) == 2


@pytest.mark.mariadb
@pytest.mark.whole
@pytest.mark.django_db(transaction=True)
def test_statements_of_a_command_are_written_down_when_it_ends():
    settings = connection.settings_dict
    given = os.environ | {"PARKSTATS_SLOW_QUERY_SECONDS": "0.000001"}
    given["DATABASE_URL"] = given["DATABASE_URL"].rpartition("/")[0] + f"/{settings['NAME']}"
    ran = subprocess.run(
        [sys.executable, "manage.py", "check_data_collection"],
        env=given,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 1 and "nothing was ever collected" in ran.stderr
    rows = SlowStatement.objects.filter(work="manage.py check_data_collection")
    assert rows.filter(statement__contains="park_activity_snapshots").exclude(plan="").exists()
