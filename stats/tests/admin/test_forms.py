"""What forms refuse, and what they do beside what was typed in (docs/admin.md)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from freezegun import freeze_time

from parks.models import Park
from rides.models import Ride, RideClassification, RideMove
from stats.tests.admin.forms import form_of
from stats.tests.observed import NOW, a_park, a_ride

pytestmark = pytest.mark.django_db


def send(client: Client, page: str, **changed: Any) -> str:
    """What comes of a form with some fields changed: where it leads, or what it says is wrong."""
    answer = client.post(page, form_of(client.get(page)) | changed)
    if answer.status_code == 302:
        return "saved"
    return str(answer.context["adminform"].form.errors)


def test_a_changed_tier_needs_a_reason_brings_its_weight_and_is_by_hand(admin_client):
    tier = RideClassification.objects.get(ride=a_ride(a_park(), tier=3))
    page = f"/admin/rides/rideclassification/{tier.pk}/change/"
    assert "Say why the tier was changed" in send(admin_client, page, tier=1, override_reason=" ")
    tier.refresh_from_db()
    assert tier.tier == 3
    assert send(admin_client, page, tier=1, override_reason="seen on site") == "saved"
    tier.refresh_from_db()
    assert (tier.tier, tier.tier_weight, tier.classification_method) == (1, 3, "manual_override")


def test_a_park_that_was_changed_by_mistake_moves_no_ride(admin_client):
    old, new = a_park(), a_park()
    ride = a_ride(old)
    page = f"/admin/rides/ride/{ride.pk}/change/"
    with freeze_time(NOW):
        said = send(admin_client, page, park=new.pk)
        assert "keep the park they had" in said
        assert Ride.objects.get(pk=ride.pk).park_id == old.pk
        assert not RideMove.objects.exists()
        assert send(admin_client, page, park=new.pk, moves="on") == "saved"
    assert Ride.objects.get(pk=ride.pk).park_id == new.pk
    assert list(RideMove.objects.values_list("ride", "from_park", "moved_at")) == [
        (ride.pk, old.pk, NOW.replace(microsecond=0))
    ]


@pytest.mark.parametrize("zone", ["America/Tampa", "", "UTC+5"])
def test_a_time_zone_that_does_not_exist_is_not_saved(admin_client, zone):
    park = a_park()
    assert "timezone" in send(admin_client, f"/admin/parks/park/{park.pk}/change/", timezone=zone)
    assert Park.objects.get().timezone == "America/New_York"


@pytest.mark.parametrize("kind", ["parks", "rides"])
@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("tomorrow", "no date"),
        ("2025-12-21", "out of reach"),
        ("0001-01-01", "out of reach"),
    ],
)
@freeze_time(NOW)
def test_a_picture_of_a_day_that_is_none_is_refused_in_json(admin_client, kind, day, said):
    entity = a_park() if kind == "parks" else a_ride(a_park())
    answer = admin_client.get(f"/admin/pictures/{kind}/{entity.pk}?day={day}")
    assert answer.status_code == 400
    assert said in answer.json()["error"]


@pytest.mark.parametrize("kind", ["parks", "rides"])
@freeze_time(NOW)
def test_pictures_of_nobody_are_not_found_and_need_the_right_to_look(admin_client, django_user_model, kind):
    assert admin_client.get(f"/admin/pictures/{kind}/999999").status_code == 404
    client = Client()
    client.force_login(django_user_model.objects.create(username="guest", is_staff=True))
    assert client.get(f"/admin/pictures/{kind}/1").status_code == 403
