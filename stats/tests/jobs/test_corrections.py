"""Announcing a correction: at the command line and in the admin (docs/design.md D15)."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from freezegun import freeze_time

from parkstats_project.base.cache import CHECK_SECONDS
from parkstats_project.base.clock import Window
from rides.models import RideStatusSnapshot
from stats.frames import observations
from stats.models import Correction
from stats.tests.observed import NOW, RUNNING, a_park, a_ride, at, raw_rows_since, saw

pytestmark = pytest.mark.django_db
DAY = date(2025, 12, 18)


def announced() -> list[tuple[datetime, datetime]]:
    return list(Correction.objects.order_by("pk").values_list("starts_at", "ends_at"))


def run(**options: Any) -> str:
    out = io.StringIO()
    call_command("announce_correction", stdout=out, **options)
    return out.getvalue()


# ------------------------------------------------------------------------------------- command line


@pytest.mark.parametrize(
    ("given", "span"),
    [
        (
            {"date": DAY},
            (datetime(2025, 12, 18, 8, tzinfo=UTC), datetime(2025, 12, 19, 8, tzinfo=UTC)),
        ),
        (
            {
                "start": datetime(2025, 12, 20, 20, 0, 0, 5, tzinfo=UTC),
                "end": at(20, 30) + timedelta.resolution,
            },
            (at(20), at(20, 30, 1)),
        ),
    ],
)
def test_a_pacific_date_or_a_span_is_announced(
    given: dict[str, Any], span: tuple[datetime, datetime]
) -> None:
    assert run(note="waits of 999", **given).startswith("announced: ")
    assert announced() == [span]
    assert Correction.objects.get().note == "waits of 999"


def test_moments_are_given_as_text_with_an_offset() -> None:
    call_command(
        "announce_correction", "--from", "2025-12-20T12:00:00-08:00", "--to", "2025-12-20T21:00Z",
        stdout=io.StringIO(),
    )  # fmt: skip
    assert announced() == [(at(20), at(21))]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--date", "2025-12-18", "--from", "2025-12-18T00:00Z", "--to", "2025-12-19T00:00Z"],
        ["--from", "2025-12-18T00:00Z"],
        ["--from", "2025-12-18T00:00", "--to", "2025-12-19T00:00"],
        ["--from", "2025-12-19T00:00Z", "--to", "2025-12-18T00:00Z"],
        ["--from", "2025-12-18T00:00Z", "--to", "9999-12-31T23:59-08:00"],
        ["--date", "1969-12-31"],
        ["--date", "2099-01-01"],
        ["--from", "2099-12-18T00:00Z", "--to", "2099-12-19T00:00Z"],
        ["--date", "2025-12-18", "--note", "x" * 256],
    ],
)
def test_arguments_that_make_no_sense_are_refused(arguments: list[str]) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("announce_correction", *arguments)
    assert refused.value.returncode in (1, 2)
    assert not announced()


# ------------------------------------------------------------------------------------- admin


@pytest.fixture
def snapshots() -> list[int]:
    """A ride seen in four hours, of which two follow each other."""
    raw_rows_since(at(8))
    park = a_park()
    ride = a_ride(park)
    for hour in (12, 13, 18, 20):
        saw(park, at(hour, 10), {ride: RUNNING})
    rows = RideStatusSnapshot.objects.filter(ride=ride).order_by("recorded_at")
    return list(rows.values_list("pk", flat=True))


def person(*permissions: str) -> Client:
    user = User.objects.create(username="someone", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


LIST = "admin:rides_ridestatussnapshot_changelist"


def test_the_hours_of_chosen_snapshots_are_announced(snapshots: list[int]) -> None:
    browser = person("view_ridestatussnapshot", "add_correction")
    page = reverse(LIST)
    assert "announce_correction" in browser.get(page).content.decode()
    chosen = {"action": "announce_correction", "_selected_action": snapshots[:3]}
    assert "Do it" in browser.post(page, chosen).content.decode()
    assert not announced()
    assert b"announced" in b"".join(browser.post(page, chosen | {"confirmed": "yes"}))
    assert announced() == [(at(12), at(14)), (at(18), at(19))]


def test_who_may_only_look_announces_nothing(snapshots: list[int]) -> None:
    browser = person("view_ridestatussnapshot", "view_correction")
    page = reverse(LIST)
    assert "announce_correction" not in browser.get(page).content.decode()
    browser.post(page, {"action": "announce_correction", "_selected_action": snapshots})
    assert browser.post(reverse("admin:stats_correction_add"), {}).status_code == 403
    assert not announced()


def test_a_span_is_announced_by_adding_it(snapshots: list[int]) -> None:
    browser = person("add_correction", "view_correction")
    page = reverse("admin:stats_correction_add")
    span = {"starts_at_0": "2025-12-20", "starts_at_1": "20:00", "ends_at_0": "2025-12-20"}
    assert browser.post(page, span | {"ends_at_1": "20:00"}).status_code == 200
    assert not announced()
    with freeze_time(NOW) as time:
        assert observations.rides(Window(at(20), at(21)))["wait"].to_list() == [20]
        RideStatusSnapshot.objects.filter(pk=snapshots[-1]).update(wait_time=30)
        assert browser.post(page, span | {"ends_at_1": "21:00", "note": "seen"}).status_code == 302
        time.tick(timedelta(seconds=CHECK_SECONDS + 1))
        assert observations.rides(Window(at(20), at(21)))["wait"].to_list() == [30]
    assert announced() == [(at(20), at(21))]
    row = Correction.objects.get()
    assert browser.post(reverse("admin:stats_correction_change", args=[row.pk]), {}).status_code == 403
    assert browser.post(reverse("admin:stats_correction_delete", args=[row.pk])).status_code == 403
