"""When a park is open, as it announced it: the one home of that rule (contract/rules.md 4)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, Self

from django.db import models

from parks.choices import ScheduleType

if TYPE_CHECKING:
    from parks.models import ParkSchedule  # noqa: F401  (in the type below)


class OperatingHours(NamedTuple):
    """Announced first and last moment of a park's day, aware UTC; the last may be on the next UTC date."""

    opening: datetime
    closing: datetime


class ScheduleQuerySet(models.QuerySet["ParkSchedule"]):
    """Questions to announced hours."""

    def operating(self) -> Self:
        """Rows that make a park open: of the kind OPERATING, with both times."""
        return self.filter(
            schedule_type=ScheduleType.OPERATING, opening_time__isnull=False, closing_time__isnull=False
        )

    def open_at(self, moment: datetime) -> Self:
        """Rows whose hours contain the second of the moment, both ends included."""
        second = moment.replace(microsecond=0)
        return self.operating().filter(opening_time__lte=second, closing_time__gte=second)
