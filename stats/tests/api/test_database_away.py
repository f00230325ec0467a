"""The database goes away and comes back, under a running application."""

from __future__ import annotations

import json
import socket

import pytest
from django.contrib.auth.models import User
from django.db import connections
from django.test import Client

from parkstats_project.tests import asking
from parkstats_project.tests.plugin import forget_everything
from stats.api.urls import urlpatterns

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db(transaction=True)]

FAILURE = {"error": "Internal server error", "success": False}
# `/` needs no database, these two have bodies of their own.
OTHERWISE = {"/", "/api/health", "/api/search/index"}
QUERIES = {
    "/api/trends": "category=parks-improving",
    "/api/trends/heatmap-data": "period=today&type=parks",
}


def ask(path, query="", **headers):
    return asking.ask(path, query, own_connection=True, **headers)


def closed_port():
    """A port of this machine that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


class Server:
    """The tests' database server as this process sees it: there, or gone with its open connection."""

    def __init__(self):
        self.settings = connections.settings["default"]
        self.reachable = {name: self.settings[name] for name in ("HOST", "PORT")}

    def goes(self):
        """The open connection dies, and no new one is accepted."""
        django = connections["default"]
        if django.connection is not None:
            thread = django.connection.thread_id()
            killer = django.copy()
            with killer.cursor() as cursor:
                cursor.execute(f"KILL {thread}")
            killer.close()
        self.settings |= {"HOST": "127.0.0.1", "PORT": closed_port()}

    def comes_back(self):
        """As before."""
        self.settings |= self.reachable


@pytest.fixture
def server():
    """A server that can go and come back."""
    server = Server()
    yield server
    server.comes_back()
    connections["default"].close()
    forget_everything()


def paths():
    for pattern in urlpatterns:
        view = getattr(pattern.callback, "view_class", None)
        # The description, which needs no database, does not describe itself.
        if hasattr(view, "get") and view.schema is not None:
            path = "/" + str(pattern.pattern).replace("<id:park_id>", "1").replace("<id:ride_id>", "1")
            if path not in OTHERWISE:
                yield path


def test_health_says_so_with_a_503_and_recovers_without_a_restart(server):
    assert ask("/api/health").status == 200
    server.goes()
    for _ in range(2):
        reply = ask("/api/health")
        assert reply.status == 503
        payload = reply.json()
        assert payload["status"] == "unhealthy"
        assert payload["api_version"] == "1.0.0"
        assert payload["checks"] == {
            "database": {"message": "Database connection failed", "status": "unhealthy"}
        }
    server.comes_back()
    assert ask("/api/health").status == 200


def test_the_search_index_keeps_its_shape(server):
    server.goes()
    reply = ask("/api/search/index")
    assert reply.status == 500
    assert (reply.json()["parks"], reply.json()["success"]) == ([], False)
    server.comes_back()
    assert ask("/api/search/index").status == 200


def test_root_and_the_description_need_no_database(server):
    server.goes()
    assert [ask(path).status for path in ("/", "/api/schema", "/api/docs")] == [200, 200, 200]


def statuses():
    """Status by path; routes that ask for more than these requests have need not be asked further."""
    found = {path: ask(path, QUERIES.get(path, "")).status for path in paths()}
    return {path: status for path, status in found.items() if status != 400}


@pytest.mark.whole
def test_every_other_route_answers_500_in_its_own_body_and_recovers(server):
    before = statuses()
    assert set(before.values()) == {200, 404}
    assert len(before) >= 18
    forget_everything()
    server.goes()
    for path in before:
        reply = ask(path, QUERIES.get(path, ""))
        assert (path, reply.status, reply.json()) == (path, 500, FAILURE)
    server.comes_back()
    assert statuses() == before


def test_the_cause_is_logged_in_one_line_and_not_told(server, caplog):
    server.goes()
    reply = ask("/api/parks/1/rides")
    assert json.loads(reply.body) == FAILURE
    assert "GET /api/parks/<id:park_id>/rides failed: (2" in caplog.text
    assert "Traceback" not in caplog.text and "/api/parks/1" not in caplog.text


PUBLIC = {
    "/status": ("text/html; charset=utf-8", "The database cannot be reached at the moment."),
    "/status/parks/1.svg": ("image/svg+xml", "uptime: unknown"),
    "/status/parks/1.atom": ("text/plain; charset=utf-8", "The database cannot be reached at the moment."),
    "/status/rides/1.atom": ("text/plain; charset=utf-8", "The database cannot be reached at the moment."),
    "/admin/": ("text/html; charset=utf-8", "The database cannot be reached at the moment."),
}


@pytest.fixture
def signed_in(settings):
    """Of somebody who would see the overview; the public pages are wanted, too."""
    settings.PARKSTATS_STATUS_PAGE = True
    client = Client()
    client.force_login(User.objects.create_superuser("ann"))
    return client.cookies["sessionid"].value


def test_what_is_made_for_people_says_so_in_its_own_form(server, signed_in, caplog):
    cookie = {"HTTP_COOKIE": f"sessionid={signed_in}"}
    assert ask("/status").status == ask("/admin/", **cookie).status == 200
    forget_everything()
    server.goes()
    for path, (kind, sentence) in PUBLIC.items():
        reply = ask(path, **cookie)
        assert (path, reply.status, reply.headers["Content-Type"]) == (path, 503, kind)
        assert sentence in reply.body.decode(), path
        assert reply.headers["Cache-Control"] == "no-store"
    logged = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert len(logged) == len(PUBLIC)
    assert logged[0].startswith("GET /status failed: (2")
    assert "Traceback" not in caplog.text and "1.svg" not in caplog.text
    server.comes_back()
    assert ask("/status").status == ask("/admin/", **cookie).status == 200


def test_nobody_logs_in_without_a_database(server):
    server.goes()
    reply = ask("/admin/login/", HTTP_COOKIE="sessionid=of-somebody")
    assert reply.status == 503
    assert b"The database cannot be reached at the moment." in reply.body
