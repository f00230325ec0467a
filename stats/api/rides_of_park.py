"""`/api/parks/<id>/rides` (docs/contract/parks.md 3)."""

from __future__ import annotations

from rest_framework.request import Request

from parkstats_project.base import clock
from stats.api.wire.endpoint import Payload, endpoint
from stats.api.wire.renderer import not_found
from stats.questions.parks import rides as park_rides


@endpoint("GET")
def rides(request: Request, park_id: int) -> Payload:
    """The rides that count towards the park's score, and those that do not."""
    found = park_rides.of_park(park_id, now=clock.now())
    if found is None:
        raise not_found(f"Park with ID {park_id} not found")
    return {**found, "success": True}
