"""What tests of several routes ask for by name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from freezegun import freeze_time

from stats.tests.observed import NOW


@pytest.fixture
def frozen() -> Iterator[None]:
    """It is NOW."""
    with freeze_time(NOW):
        yield


@pytest.fixture
def uncached(settings: Any) -> None:
    """No answer comes from the result cache."""
    settings.PARKSTATS_RESULT_CACHE_SECONDS = 0
