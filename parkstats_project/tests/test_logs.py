"""A line of the log says what happened, and holds nothing that somebody gave."""

from __future__ import annotations

import json
import logging
import sys

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.test import Client

from parkstats_project.base import logs


def line_of(error: Exception, formatter: logging.Formatter, name: str = "test") -> str:
    try:
        raise error
    except Exception:
        return formatter.format(
            logging.LogRecord(name, logging.ERROR, "", 1, "it failed", (), sys.exc_info())
        )


@pytest.mark.parametrize(
    "error",
    [
        ValidationError("“ann@example.org” is no address"),
        IntegrityError(1062, "Duplicate entry 'ann@example.org' for key 'email'"),
        ValueError('what is "ann@example.org"?'),
    ],
)
@pytest.mark.parametrize("formatter", [logs.JsonLine(), logs.TextLine()])
def test_what_stands_in_quotes_in_an_exception_is_left_out(error, formatter):
    line = line_of(error, formatter)
    assert "ann@example.org" not in line
    assert type(error).__name__ in line and __file__ in line


def test_names_of_the_code_stay():
    assert "no_such_name" in line_of(KeyError("no_such_name"), logs.JsonLine())


def test_the_causes_of_an_exception_are_told_first():
    try:
        try:
            raise KeyError("first")
        except KeyError as cause:
            raise RuntimeError("second") from cause
    except RuntimeError:
        record = logging.LogRecord("test", logging.ERROR, "", 1, "it failed", (), sys.exc_info())
    told = json.loads(logs.JsonLine().format(record))["exception"]
    assert told.index("first") < told.index("second")


@pytest.mark.django_db
def test_a_wrong_host_is_one_line_without_a_traceback(caplog):
    assert Client(headers={"host": "evil.example.org"}).get("/admin/login/").status_code == 400
    (record,) = [one for one in caplog.records if one.name.startswith("django.security")]
    line = json.loads(logs.JsonLine().format(record))
    assert "exception" not in line and "evil.example.org" in line["message"]


@pytest.mark.django_db
def test_a_password_reaches_no_line(caplog):
    caplog.set_level(logging.DEBUG)
    User.objects.create_superuser("ann", password="correct horse battery")
    Client().post("/admin/login/", {"username": "ann", "password": "wrong staple", "next": "/admin/"})
    client = Client()
    client.post("/admin/login/", {"username": "ann", "password": "correct horse battery", "next": "/admin/"})
    text = "\n".join(
        logs.JsonLine().format(record) for record in caplog.records if record.name != "django.db.backends"
    )
    assert "answered" in text and "staple" not in text and "horse" not in text


def test_a_line_is_json_where_no_terminal_is(monkeypatch):
    record = logging.LogRecord("test", logging.INFO, "", 1, "done", (), None)
    record.fields = {"rows": 3}
    with logs.working_on(lambda: "manage.py x") as work:
        line = json.loads(logs.Line().format(record))
    assert (line["message"], line["rows"], line["work"], line["id"]) == ("done", 3, "manage.py x", work.id)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert logs.Line().format(record).endswith("INFO test: done rows=3")
