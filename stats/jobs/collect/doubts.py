"""What makes a park's answer doubtful as a whole, or a ride over hours (docs/data.md 2.1)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, F, Max, Min, Q

from parks.models import ParkActivitySnapshot, ParkSchedule
from parkstats_project.feeds.answers import Concern, Doubt
from rides.models import RideStatusSnapshot
from stats.frames import coverage
from stats.jobs.collect.seen import Sighting, age_minutes

FROZEN_HOURS: Final = 12
"""A ride whose status and wait did not change for so many open hours of its park is frozen."""

AFTER_CLOSING: Final = timedelta(hours=2)
"""A park that reports most rides open so long after closing, and before opening, is doubtful."""


def of_park(park_id: int, sighting: Sighting, *, appears_open: bool) -> list[Doubt]:
    """Most rides are reported open in the middle of the night; at most two queries."""
    if appears_open or 2 * sighting.rides_open <= sighting.tracked:
        return []
    at = sighting.at
    announced = ParkSchedule.objects.operating().filter(park_id=park_id)
    near = (at - timedelta(days=1), at + AFTER_CLOSING)
    if announced.filter(opening_time__gt=at, opening_time__lte=near[1]).exists():
        return []
    closed = announced.filter(closing_time__range=near).aggregate(at=Max("closing_time"))["at"]
    if closed is None or at - closed < AFTER_CLOSING:
        return []
    detail = (
        f"{sighting.rides_open} of {sighting.tracked} rides reported open "
        f"{age_minutes(closed, at)} minutes after closing"
    )
    return [Doubt(Concern.INCONSISTENT_DATA, "open at night", detail)]


def frozen(park_id: int, waiting: list[int], *, at: datetime) -> dict[int, Doubt]:
    """Of rides that run with a wait, those that have shown the same for FROZEN_HOURS open hours; two queries.

    Walk-throughs without a wait show the same for good reason and are not asked about.
    """
    since = _open_hours_ago(park_id, at)
    if since is None or not waiting:
        return {}
    shown = RideStatusSnapshot.objects.filter(ride_id__in=waiting, recorded_at__gte=since, recorded_at__lt=at)
    same = (
        shown.values("ride_id")
        .annotate(
            first=Min("recorded_at"),
            number=Count("pk"),
            waits=Count("wait_time"),
            least=Min("wait_time"),
            most=Max("wait_time"),
            running=Count("pk", filter=Q(computed_is_open=True)),
        )
        .filter(first=since, number=F("waits"), least=F("most"), running=F("number"))
        .values_list("ride_id", "most")
    )
    return {
        ride: Doubt(
            Concern.INCONSISTENT_DATA, "frozen", f"{wait} minutes since {since:%Y-%m-%d %H:%M} UTC or longer"
        )
        for ride, wait in same
    }


def _open_hours_ago(park_id: int, at: datetime) -> datetime | None:
    """When the last FROZEN_HOURS hours began in which the park was open; None if less is known."""
    number = FROZEN_HOURS * 3600 // coverage.interval()
    opened = ParkActivitySnapshot.objects.filter(park_id=park_id, park_appears_open=True, recorded_at__lt=at)
    moments = opened.order_by("-recorded_at").values_list("recorded_at", flat=True)
    return next(iter(moments[number - 1 : number]), None)
