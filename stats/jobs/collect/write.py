"""One park of one run, in one transaction: whoever reads sees all of it or nothing (docs/design.md D18)."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

from parks.models import ParkActivitySnapshot
from parkstats_project.db.statements import insert
from rides.models import Ride, RideStatusChange, RideStatusSnapshot
from stats.jobs.collect.issues import Issues
from stats.jobs.collect.rows import ParkRows
from stats.models import ParkFeed

SECONDS = "%Y-%m-%d %H:%M:%S"


def write(rows: ParkRows, issues: Issues, *, renew: Callable[[], None]) -> None:
    """Everything that a park's answer becomes; undone if another collector has taken over meanwhile."""
    sighting = rows.sighting
    at = sighting.at.strftime(SECONDS)
    with transaction.atomic():
        insert(
            ParkActivitySnapshot,
            (
                "park_id",
                "recorded_at",
                "total_rides_tracked",
                "rides_open",
                "rides_closed",
                "avg_wait_time",
                "max_wait_time",
                "park_appears_open",
                "shame_score",
            ),
            [
                (
                    rows.park.park_id,
                    at,
                    sighting.tracked,
                    sighting.rides_open,
                    sighting.rides_closed,
                    None if sighting.average_wait is None else str(sighting.average_wait),
                    sighting.longest_wait,
                    int(rows.appears_open),
                    str(rows.shame),
                )
            ],
        )
        _write_rides(rows, at)
        _write_changes(rows, at)
        settled = issues.write(rows)
        ParkFeed.objects.update_or_create(
            park_id=rows.park.park_id,
            defaults={"collected_at": sighting.at, "failing_since": None, "failure": ""},
        )
        renew()
    issues.settle(settled)


def _write_rides(rows: ParkRows, at: str) -> None:
    insert(
        RideStatusSnapshot,
        (
            "ride_id",
            "recorded_at",
            "is_open",
            "status",
            "wait_time",
            "computed_is_open",
            "last_updated_api",
        ),
        [
            (
                row.ride.ride_id,
                at,
                int(row.item.is_open),
                row.item.status,
                row.item.stored_wait,
                int(row.item.running),
                at if row.item.updated is None else row.item.updated.strftime(SECONDS),
            )
            for row in rows.rides
        ],
    )
    Ride.objects.filter(ride_id__in=rows.operating).update(last_operated_at=rows.sighting.at)


def _write_changes(rows: ParkRows, at: str) -> None:
    if not rows.changes:
        return
    insert(
        RideStatusChange,
        (
            "ride_id",
            "changed_at",
            "previous_status",
            "new_status",
            "duration_in_previous_status",
            "status_since",
        ),
        [
            (
                change.ride_id,
                at,
                int(change.was_running),
                int(change.running),
                change.minutes,
                None if change.since is None else change.since.strftime(SECONDS),
            )
            for change in rows.changes
        ],
    )
    changed = [change.ride_id for change in rows.changes]
    Ride.objects.filter(ride_id__in=changed).update(status_since=rows.sighting.at)
