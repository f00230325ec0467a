"""A park's time zone is checked where it is typed."""

from __future__ import annotations

import pytest
from django.contrib.admin import site
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.test import RequestFactory

from parks.models import Park

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("zone", ["Mars/Base", "America", "EST5EDT\n", "../etc/passwd", "localtime"])
def test_a_time_zone_that_does_not_exist_is_refused(zone):
    park = Park(queue_times_id=1, name="Olympus", city="Base", country="MA", timezone=zone)
    with pytest.raises(ValidationError) as refused:
        park.full_clean()
    assert "timezone" in refused.value.message_dict


@pytest.mark.parametrize(("zone", "fits"), [("Europe/Paris", True), ("Europe/Pariss", False)])
def test_the_form_of_the_admin_says_so_at_the_field(zone, fits):
    request = RequestFactory().get("/")
    request.user = User(is_superuser=True, is_active=True, is_staff=True)
    fields = {"queue_times_id": 1, "name": "Olympus", "city": "Base", "country": "FR", "timezone": zone}
    form = site._registry[Park].get_form(request)({**fields, "is_active": "on"})
    assert form.is_valid() is fits
    assert ("timezone" in form.errors) is not fits


def test_the_default_time_zone_needs_not_be_typed():
    Park(queue_times_id=1, name="Olympus", city="Base", country="US").full_clean()
