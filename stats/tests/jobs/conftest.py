"""What tests of the recomputation ask for by name."""

from __future__ import annotations

from typing import Any

import pytest
from freezegun import freeze_time

from rides.models import Ride
from stats.tests.observed import an_earlier_row, observe, two_parks
from stats.tests.recomputed import DAY, LATER


@pytest.fixture
def later() -> Any:
    with freeze_time(LATER):
        yield


@pytest.fixture
def rides() -> list[Ride]:
    """Rides of two parks, observed on DAY in full."""
    made = two_parks()
    an_earlier_row(DAY, made[0])
    observe(DAY, made)
    return made
