"""Statements of requests, and only they, have an end."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.backends.signals import connection_created
from django.urls import include, path
from model_bakery import baker

from parks.models import Park
from parkstats_project.db import engine
from parkstats_project.db import statements as db_statements
from parkstats_project.tests.asking import ask
from stats.api.wire import statements
from stats.api.wire.endpoint import endpoint

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

TOO_LONG = {
    "error": "Service Unavailable",
    "message": "The database took too long to answer. Please try again later.",
}


def sleep():
    with connection.cursor() as cursor:
        # In WHERE: MySQL ends a plain SELECT SLEEP early, but without an error.
        cursor.execute("SELECT COUNT(*) FROM information_schema.schemata WHERE SLEEP(5)")


@endpoint("GET", answer=dict)
def endless(asked, now):
    sleep()


def endless_page(request):
    sleep()


urlpatterns = [
    path("endless", endless),
    path("endless-page", endless_page),
    path("", include("parkstats_project.urls")),
]


@pytest.fixture
def limited():
    db_statements.limit_statements(connection, 0.05)
    yield
    db_statements.limit_statements(connection, 0)


def test_statements_that_differ_in_values_alone_share_a_fingerprint():
    one = db_statements.shape("SELECT a FROM t1 WHERE b IN (%s, %s) AND c = 'it''s' LIMIT 10")
    other = db_statements.shape("SELECT a  FROM t1\nWHERE b IN (%s, %s, %s) AND c = 'x' LIMIT 200")
    assert one == other == "SELECT a FROM t1 WHERE b IN (?, ...) AND c = ? LIMIT ?"
    assert db_statements.fingerprint(one) == db_statements.fingerprint(other)
    assert db_statements.fingerprint(one) != db_statements.fingerprint(one.replace("LIMIT", "OFFSET"))


@pytest.mark.mariadb
@pytest.mark.parametrize("route", ["/endless", "/endless-page"])
def test_a_statement_without_end_is_answered_with_503(limited, route):
    reply = ask(route)
    assert (reply.status, reply.json()) == (503, TOO_LONG)
    assert reply.headers["Content-Type"] == "application/json"


@pytest.mark.mariadb
def test_the_search_index_does_not_call_it_a_failure_of_its_own(limited, monkeypatch):
    baker.make(Park)
    monkeypatch.setattr("stats.questions.search.index", lambda now: sleep())
    assert ask("/api/search/index").status == 503


@pytest.mark.mariadb
@pytest.mark.django_db(transaction=True)
def test_connections_are_limited_in_a_server_only(settings):
    settings.PARKSTATS_STATEMENT_TIMEOUT_SECONDS = 7.5

    def limit():
        connection.close()
        with connection.cursor() as cursor:
            named = "max_statement_time" if engine.is_mariadb(connection) else "max_execution_time / 1000"
            cursor.execute(f"SELECT @@{named}")
            return float(cursor.fetchone()[0])

    assert limit() == 0
    statements.limit_connections()
    try:
        assert limit() == 7.5
    finally:
        connection_created.disconnect(dispatch_uid="parkstats.statements")
        connection.close()
