"""What is done from a list: all that was chosen, and it stands in the history."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from freezegun import freeze_time
from model_bakery import baker

from rides.models import Ride
from stats.models import DataQualityIssue, Proposal
from stats.tests.observed import NOW, a_park, a_ride

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
