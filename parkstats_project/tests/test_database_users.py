"""The users of `deploy/database` can do what their part of parkstats does, and nothing else."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import StringIO
from itertools import product
from pathlib import Path

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import OperationalError, ProgrammingError, connection
from django.test import Client, RequestFactory
from model_bakery import baker

from parks.models import Park
from parkstats_project.base.clock import pacific_date
from parkstats_project.tests.asking import ask
from rides.models import RideStatusSnapshot
from stats.models import ParkDailyStats
from stats.tests.observed import observe, two_parks

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db(transaction=True)]

STATEMENTS = Path(__file__).resolve().parents[2] / "deploy/database"
DAY = pacific_date(datetime(2025, 12, 19, 20, tzinfo=UTC))
PASSWORD = "a-password-of-a-test"
# Written by the service itself.
NOTED = {"slow_statement", "ride_moves"}
# Written by the jobs that people start in the admin.
STARTED = {
    *product(("ride_daily_stats", "park_daily_stats", "aggregation_log", "job_leases"), ("INSERT", "UPDATE")),
    *product(("ride_live_rankings", "park_live_rankings"), ("INSERT", "DELETE")),
}
DENIED = (OperationalError, ProgrammingError)


def name_of(user: str) -> str:
    """Users are the server's, which several tests share."""
    return f"p{zlib.crc32(connection.settings_dict['NAME'].encode()):08x}_{user}"


def run(name: str) -> None:
    database = connection.settings_dict["NAME"]
    text = (STATEMENTS / name).read_text().replace("'parkstats_", f"'{name_of('')}")
    for word in ("WEB", "JOBS", "BACKUP", "MIGRATIONS"):
        text = text.replace(f"@{word}@", PASSWORD)
    text = text.replace("@DATABASE@", database).replace("@PATTERN@", database.replace("_", r"\_"))
    lines = [line for line in text.replace("@FROM@", "%").splitlines() if not line.startswith("--")]
    with connection.cursor() as cursor:
        for statement in "\n".join(lines).split(";"):
            if statement.strip():
                cursor.execute(statement.replace("%", "%%"), [])


@pytest.fixture
def users(transactional_db) -> Iterator[None]:
    run("users.sql")
    run("grants.sql")
    yield
    with connection.cursor() as cursor:
        for user in ("web", "jobs", "backup", "migrations"):
            cursor.execute("DROP USER IF EXISTS %s@'%%'", [name_of(user)])


@contextmanager
def connected_as(user: str) -> Iterator[None]:
    before = {name: connection.settings_dict[name] for name in ("USER", "PASSWORD")}
    connection.close()
    connection.settings_dict.update(USER=name_of(user), PASSWORD=PASSWORD)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_they_can_be_made_twice(users):
    run("users.sql")
    run("grants.sql")
    with connected_as("web"):
        execute("SELECT 1")


def test_the_web_user_answers_the_api_and_finds_the_schema_as_it_must_be(users):
    two_parks()
    with connected_as("web"):
        assert ask("/api/search/index").status == 200
        assert ask("/api/parks/downtime", query="period=today").status == 200
        call_command("check", databases=["default"], stderr=StringIO())


def test_the_web_user_may_write_exactly_what_the_admin_lets_people_write(users):
    request = RequestFactory().get("/")
    request.user = User(is_superuser=True, is_active=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, privilege_type FROM information_schema.table_privileges "
            "WHERE table_schema = DATABASE() AND grantee LIKE %s",
            [f"'{name_of('web')}'%"],
        )
        granted = {(table, kind) for table, kind in cursor.fetchall() if kind != "SELECT"}
    of_admin = set()
    for model, page in admin.site._registry.items():
        for kind, allowed in {
            "INSERT": page.has_add_permission(request),
            "UPDATE": page.has_change_permission(request),
            "DELETE": page.has_delete_permission(request),
        }.items():
            if allowed:
                of_admin.add((model._meta.db_table, kind))
    assert granted >= STARTED
    own = STARTED | {
        pair for pair in granted if pair[0].startswith(("auth_", "axes_", "django_")) or pair[0] in NOTED
    }
    assert of_admin - own <= granted
    assert granted - own == {
        pair for pair in of_admin if not pair[0].startswith(("auth_", "axes_", "django_"))
    }


def test_the_web_user_logs_people_in_and_saves_what_they_change(users):
    User.objects.create_superuser("ann", password=PASSWORD)
    park = baker.make(Park, name="Before", timezone="America/Los_Angeles", country="US")
    with connected_as("web"):
        client = Client()
        # Through the page: the throttle wants to know the address.
        client.post("/admin/login/", {"username": "ann", "password": PASSWORD, "next": "/admin/"})
        page = client.get(f"/admin/parks/park/{park.pk}/change/")
        form = page.context["adminform"].form
        values = {name: "" if (value := form[name].value()) is None else value for name in form.fields}
        sent = {name: value for name, value in values.items() if value is not False} | {"name": "After"}
        assert client.post(f"/admin/parks/park/{park.pk}/change/", sent).status_code == 302
    park.refresh_from_db()
    assert park.name == "After"


def test_the_web_user_runs_the_jobs_that_people_start_in_the_admin(users):
    observe(DAY, two_parks())
    call_command("aggregate_daily", "--date", str(DAY), stdout=StringIO())
    row = ParkDailyStats.objects.order_by("pk")[0]
    ParkDailyStats.objects.filter(pk=row.pk).update(total_rides_tracked=99)
    client = Client()
    client.force_login(User.objects.create(username="ann", is_staff=True, is_superuser=True))
    chosen = {"_selected_action": [row.pk], "confirmed": "yes"}
    with connected_as("web"):
        for action in ("recompute_days", "recompute_days_in_all_versions"):
            reply = client.post("/admin/stats/parkdailystats/", chosen | {"action": action})
            said = b"".join(reply.streaming_content).decode()
            assert f"{DAY} v1: done" in said, said
        call_command("refresh_live_rankings", stdout=StringIO())
    row.refresh_from_db()
    assert row.total_rides_tracked < 99
    assert ParkDailyStats.objects.filter(park=row.park_id, metrics_version=2).exists()


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM parks",
        "DELETE FROM ride_status_snapshots",
        "UPDATE ride_status_snapshots SET wait_time = 0",
        "DELETE FROM park_daily_stats",
        "DELETE FROM park_day_archive",
        "DROP TABLE parks",
        "CREATE TABLE another (id INT)",
        "SELECT * FROM mysql.user",
    ],
)
def test_the_web_user_destroys_nothing(users, statement):
    with connected_as("web"), pytest.raises(DENIED, match="denied"):
        execute(statement)


def test_the_user_of_jobs_runs_them(users):
    observe(DAY, two_parks())
    with connected_as("jobs"):
        call_command("aggregate_daily", "--date", str(DAY), stdout=StringIO())
        call_command("roll_up_stats", "--date", str(DAY), stdout=StringIO())
        call_command("refresh_live_rankings", stdout=StringIO())
        call_command("prune_raw_data", stdout=StringIO())
    assert ParkDailyStats.objects.exists()
    assert not RideStatusSnapshot.objects.exists()


@pytest.mark.parametrize("user", ["jobs", "backup"])
def test_the_schema_is_changed_by_nobody_but_migrations(users, user):
    with connected_as(user), pytest.raises(DENIED, match="denied"):
        execute("ALTER TABLE parks ADD COLUMN another INT")
    with connected_as("migrations"):
        execute("ALTER TABLE parks ADD COLUMN another INT")
        execute("ALTER TABLE parks DROP COLUMN another")


@pytest.mark.whole
def test_the_user_of_backups_backs_up_and_writes_nothing(users, tmp_path):
    two_parks()
    with connected_as("backup"):
        call_command("backup", tmp_path, stdout=StringIO(), stderr=StringIO())
        with pytest.raises(DENIED, match="denied"):
            execute("DELETE FROM rides")
    assert list(tmp_path.glob("*.sql.zst"))
