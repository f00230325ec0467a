"""Fixed values of the park tables."""

from typing import Final

from django.db import models


class ScheduleType(models.TextChoices):
    """Kind of an announced opening; only OPERATING makes a park open."""

    OPERATING = "OPERATING"
    TICKETED_EVENT = "TICKETED_EVENT"
    PRIVATE_EVENT = "PRIVATE_EVENT"
    EXTRA_HOURS = "EXTRA_HOURS"
    INFO = "INFO"


DOWN_REPORTING_PARK: Final = "Dollywood"
"""The one park outside Disney and Universal whose source reports DOWN (docs/contract/rules.md 3)."""


def reports_down(name: str, *, is_disney: bool, is_universal: bool) -> bool:
    """Whether a park's source tells DOWN from CLOSED (docs/contract/rules.md 3); case makes no difference."""
    return is_disney or is_universal or name.rstrip(" ").lower() == DOWN_REPORTING_PARK.lower()
