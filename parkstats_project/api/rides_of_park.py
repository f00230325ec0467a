"""`/api/parks/<id>/rides` (contract/parks.md 3)."""

from __future__ import annotations

from rest_framework.request import Request

from parkstats_project.api.endpoint import Payload, endpoint
from parkstats_project.api.wire import not_found
from stats import park_rides, periods


@endpoint("GET")
def rides(request: Request, park_id: int) -> Payload:
    """The rides that count towards the park's score, and those that do not."""
    found = park_rides.of_park(park_id, now=periods.now())
    if found is None:
        raise not_found(f"Park with ID {park_id} not found")
    return {**found, "success": True}
