"""Who sees and starts what: three groups, a history of what was done, a log-in that is throttled."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.test import Client
from model_bakery import baker

from stats.admin.titles import TITLES
from stats.models import Correction, DataQualityIssue
from stats.tests.observed import NOW, YESTERDAY, a_park, a_ride, at, ride_day, saw_park

pytestmark = pytest.mark.django_db

UNITS = {
    "_minutes": "(min)",
    "_hours": "(h)",
    "_percentage": "(%)",
    "_percent": "(%)",
    "_ms": "(ms)",
    "_mm": "(mm)",
    "_kmh": "(km/h)",
    "wait_time": "(min)",
}


def somebody(*groups: str) -> Client:
    user = User.objects.create(username=" ".join(groups) or "nobody", is_staff=True)
    user.groups.set(Group.objects.filter(name__in=groups))
    client = Client()
    client.force_login(user)
    return client


def offered(client: Client, address: str) -> set[str]:
    """The actions of a list."""
    form = client.get(address).context["action_form"]
    return {name for name, _ in form.fields["action"].choices if name} if form else set()


def test_who_looks_sees_everything_and_no_button():
    ride = a_ride(a_park())
    ride_day(ride, YESTERDAY, minutes=10)
    client = somebody("look")
    assert offered(client, "/admin/stats/ridedailystats/") == set()
    row = client.get(f"/admin/stats/ridedailystats/{ride.daily_stats.get().pk}/change/").content.decode()
    assert "How was this computed?" in row
    assert "Recompute" not in row
    assert client.get(f"/admin/parks/park/{ride.park_id}/change/").status_code == 200
    assert 'name="_save"' not in client.get(f"/admin/parks/park/{ride.park_id}/change/").content.decode()
    assert client.get("/admin/auth/user/").status_code == 403


def test_who_operates_starts_jobs_and_resolves_issues():
    client = somebody("look", "operate")
    baker.make(DataQualityIssue, issue_type="STALE_DATA", detected_at=NOW, is_resolved=False, park=a_park())
    ride_day(a_ride(a_park()), YESTERDAY, minutes=10)
    wanted = {"recompute_days", "recompute_days_in_all_versions"}
    assert offered(client, "/admin/stats/ridedailystats/") == wanted
    assert offered(client, "/admin/stats/dataqualityissue/") == {"resolve_issues"}
    assert client.get("/admin/parks/park/add/").status_code == 403


def test_who_sees_no_statistics_gets_no_overview():
    assert "To do" in somebody("look").get("/admin/").content.decode()
    page = somebody().get("/admin/").content.decode()
    assert "To do" not in page
    assert somebody("none").get("/admin/performance").status_code == 403


def test_what_is_announced_from_a_list_is_in_the_history():
    park = a_park()
    saw_park(park, at(20, 0))
    client = somebody("look", "administer")
    row = park.activity_snapshots.get().pk
    chosen = {"action": "announce_correction", "_selected_action": [row]}
    asked = client.post("/admin/parks/parkactivitysnapshot/", chosen)
    assert "2025-12-20 20:00 to 2025-12-20 21:00 UTC" in asked.content.decode()
    assert not LogEntry.objects.exists()
    done = client.post("/admin/parks/parkactivitysnapshot/", chosen | {"confirmed": "yes"})
    assert b"announced" in b"".join(done)
    entry = LogEntry.objects.get()
    assert (entry.object_id, entry.change_message) == (
        str(Correction.objects.get().pk),
        "Announced from a list of snapshots",
    )


def test_ten_wrong_passwords_lock_a_name_out(settings):
    User.objects.create_superuser("ann", password="a right one of a test")
    client = Client()
    for _ in range(10):
        client.post("/admin/login/", {"username": "ann", "password": "wrong"})
    reply = client.post("/admin/login/", {"username": "ann", "password": "a right one of a test"})
    assert reply.status_code == 429


def test_a_title_has_the_unit_of_its_figure():
    for name, title in TITLES.items():
        for ending, unit in UNITS.items():
            if name.endswith(ending):
                assert unit in title, name
