"""What a run has to know of parks and rides before it looks at an answer; read once, with few queries."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import F, Max, OuterRef, Subquery

from parks.models import Park
from rides.choices import RideCategory
from rides.models import Ride, RideStatusChange, RideStatusSnapshot
from stats.choices import DataSource
from stats.rules import ROSTER_DAYS, TIER_WEIGHTS, UNCLASSIFIED_TIER


@dataclass(frozen=True)
class ParkFacts:
    """A park to collect, with its ids at the sources."""

    park_id: int
    name: str
    timezone: str
    queue_times_id: int
    themeparks_wiki_id: str | None

    @property
    def source(self) -> DataSource:
        """Which source it is collected from (docs/contract/jobs.md 1.1)."""
        return DataSource.THEMEPARKS_WIKI if self.themeparks_wiki_id else DataSource.QUEUE_TIMES


class RideFacts(NamedTuple):
    """A ride; `weight` is its tier weight, `counts` whether it is an active attraction."""

    ride_id: int
    park_id: int
    category: str | None
    weight: int
    counts: bool
    last_operated: datetime | None
    status_since: datetime | None


class Before(NamedTuple):
    """A ride's newest stored snapshot."""

    at: datetime
    status: str | None
    running: bool


class Facts(NamedTuple):
    """The rides by their ids at the two sources; of two rides with one id the first counts."""

    by_wiki: dict[str, RideFacts]
    by_queue_times: dict[str, RideFacts]
    of_park: dict[int, list[RideFacts]]

    def ride(self, source: DataSource, key: str) -> RideFacts | None:
        """The ride with this id at a source; None if nobody knows it."""
        known = self.by_wiki if source == DataSource.THEMEPARKS_WIKI else self.by_queue_times
        return known.get(key)

    def park_weight(self, park_id: int, *, at: datetime) -> int:
        """**effective park weight (7-day window)** (docs/contract/rules.md 7)."""
        since = at - timedelta(days=ROSTER_DAYS)
        return sum(
            ride.weight
            for ride in self.of_park.get(park_id, ())
            if ride.counts and ride.last_operated is not None and ride.last_operated >= since
        )


def parks_to_collect(chosen: Collection[int] | None = None) -> list[ParkFacts]:
    """The active parks (or those chosen) by name."""
    parks = Park.objects.order_by("name", "park_id")
    parks = parks.filter(is_active=True) if chosen is None else parks.filter(park_id__in=chosen)
    columns = ("park_id", "name", "timezone", "queue_times_id", "themeparks_wiki_id")
    return [ParkFacts(*row) for row in parks.values_list(*columns)]


def rides() -> Facts:
    """Every ride, as it is before a run writes anything."""
    rows = Ride.objects.order_by("ride_id").values_list(
        "ride_id",
        "park_id",
        "category",
        F("classification__tier_weight"),
        "is_active",
        "last_operated_at",
        "status_since",
        "themeparks_wiki_id",
        "queue_times_id",
    )
    facts = Facts({}, {}, {})
    for ride_id, park_id, category, weight, active, operated, since, wiki, queue_times in rows:
        counts = active and category == RideCategory.ATTRACTION
        ride = RideFacts(
            ride_id, park_id, category, weight or TIER_WEIGHTS[UNCLASSIFIED_TIER], counts, operated, since
        )
        facts.of_park.setdefault(park_id, []).append(ride)
        facts.by_queue_times.setdefault(str(queue_times), ride)
        if wiki:
            facts.by_wiki.setdefault(wiki, ride)
    return facts


def newest_snapshots(rides: Collection[int]) -> dict[int, Before]:
    """Each ride's newest stored snapshot, of whatever age; rides without one are left out."""
    newest = RideStatusSnapshot.objects.filter(ride=OuterRef("pk")).order_by("-recorded_at")
    found = Ride.objects.filter(ride_id__in=rides).values_list(Subquery(newest.values("pk")[:1]), flat=True)
    rows = RideStatusSnapshot.objects.filter(pk__in=[key for key in found if key is not None])
    columns = ("ride_id", "recorded_at", "status", "computed_is_open")
    return {ride: Before(*before) for ride, *before in rows.values_list(*columns)}


def began(rides: Iterable[RideFacts]) -> dict[int, datetime]:
    """Since when each ride has had the status it had so far; rides of which nothing is known are left out.

    The ride itself remembers, however old the change is; a newer change of another collector counts more.
    """
    known = {ride.ride_id: ride.status_since for ride in rides}
    changes = (
        RideStatusChange.objects.filter(ride_id__in=known).values_list("ride_id").annotate(Max("changed_at"))
    )
    newest = dict(changes.values_list("ride_id", "changed_at__max"))
    found = {}
    for ride_id, since in known.items():
        moments = [moment for moment in (since, newest.get(ride_id)) if moment is not None]
        if moments:
            found[ride_id] = max(moments)
    return found
