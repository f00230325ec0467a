"""What is done from a list: all that was chosen, and it stands in the history."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import OperationalError
from django.test import Client
from freezegun import freeze_time
from model_bakery import baker

from rides.models import Ride
from stats.jobs import live
from stats.jobs.lease import LeaseHeld, LeaseLost
from stats.models import DataQualityIssue, ParkLiveRanking, Proposal, RideDailyStats
from stats.tests.observed import NOW, a_park, a_ride, ride_day

pytestmark = pytest.mark.django_db

HIDDEN = re.compile('<input type="hidden" name="([^"]*)" value="([^"]*)">')


def confirm(client: Client, page: str, **sent: Any) -> tuple[str, str]:
    """What is asked before an action, and what is said after what was asked was confirmed."""
    asked = client.post(page, sent).content.decode()
    form: dict[str, list[str]] = {}
    for name, value in HIDDEN.findall(asked):
        form.setdefault(name, []).append(value)
    return asked, b"".join(client.post(page, form)).decode()


@freeze_time(NOW)
def test_all_issues_are_resolved_if_all_were_chosen_although_one_page_shows_some(admin_client):
    baker.make(DataQualityIssue, 101, issue_type="STALE_DATA", detected_at=NOW, is_resolved=False)
    page = "/admin/stats/dataqualityissue/"
    shown = [issue.pk for issue in admin_client.get(page).context["cl"].result_list]
    assert len(shown) == 100
    asked, said = confirm(
        admin_client, page, action="resolve_issues", select_across="1", _selected_action=shown
    )
    assert "101 open issues" in asked
    assert "101 issues marked as resolved" in said
    assert not DataQualityIssue.objects.filter(is_resolved=False).exists()


@freeze_time(NOW)
def test_proposals_are_applied_one_by_one_and_who_did_it_is_kept(admin_client):
    ride = a_ride(a_park(), name="Big Dipper")
    made = {"kind": "renamed", "source": "queue_times", "made_at": NOW, "values": {"name": "Bigger Dipper"}}
    good = Proposal.objects.create(ride=ride, source_id="5", name="Big Dipper", **made)
    outdated = Proposal.objects.create(source_id="6", name="Gone", **made)
    page, chosen = "/admin/stats/proposal/", [good.pk, outdated.pk]
    asked, said = confirm(admin_client, page, action="apply_chosen", _selected_action=chosen)
    assert "Bigger Dipper" in asked
    assert "Big Dipper: applied" in said and "Gone: its ride is gone" in said
    assert Ride.objects.get().name == "Bigger Dipper"
    asked, said = confirm(admin_client, page, action="reject_chosen", _selected_action=chosen)
    assert "Big Dipper" not in asked
    assert "Gone: rejected" in said
    done = LogEntry.objects.order_by("pk").values_list("object_id", "change_message")
    assert list(done) == [(str(good.pk), "Applied"), (str(outdated.pk), "Rejected")]
    asked, _ = confirm(admin_client, page, action="apply_chosen", _selected_action=chosen)
    assert "none of the chosen is open" in asked


@freeze_time(NOW)
def test_days_are_recomputed_with_a_line_for_each_and_more_than_a_month_is_not_for_a_page(admin_client):
    ride = a_ride(a_park())
    for number in range(33):
        ride_day(ride, NOW.date() - timedelta(days=number + 1), minutes=10)
    page, rows = "/admin/stats/ridedailystats/", RideDailyStats.objects.order_by("-stat_date")
    chosen = [row.pk for row in rows]
    answer = admin_client.post(page, {"action": "recompute_days", "_selected_action": chosen}, follow=True)
    assert "33 days are too many for a page" in answer.content.decode()
    asked, said = confirm(admin_client, page, action="recompute_days", _selected_action=chosen[:2])
    for day in ("2025-12-18", "2025-12-19"):
        assert f"{day}, all parks and rides, metrics version 1" in asked
        assert re.search(f'<li class="error">{day} v1: .*no observations', said)
    assert RideDailyStats.objects.count() == 33


@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        (LeaseHeld("recompute_daily_stats"), "Another run is at work; nothing more was done."),
        (LeaseLost("recompute_daily_stats"), "Stopped: "),
        (
            OperationalError(2013, "Lost connection to server"),
            "Stopped: the database failed: Lost connection",
        ),
    ],
)
@freeze_time(NOW)
def test_an_action_that_fails_half_way_says_so_in_a_line(admin_client, monkeypatch, problem, sentence):
    def fail(**_: object) -> None:
        raise problem

    monkeypatch.setattr(live, "refresh", fail)
    ride_day(a_ride(a_park()), NOW.date() - timedelta(days=1), minutes=10)
    baker.make(ParkLiveRanking, park=a_park())
    chosen = [ParkLiveRanking.objects.get().pk]
    _, said = confirm(
        admin_client, "/admin/stats/parkliveranking/", action="refresh_live", _selected_action=chosen
    )
    assert f'<li class="error">{sentence}' in said
    assert "Traceback" not in said
