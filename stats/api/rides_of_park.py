"""`/api/parks/<id>/rides` (docs/contract/parks.md 3)."""

from __future__ import annotations

from datetime import datetime

from stats.api.shapes import answers
from stats.api.wire.endpoint import Payload, endpoint
from stats.api.wire.renderer import not_found
from stats.questions.parks import rides as park_rides


@endpoint("GET", answer=answers.ParkRides)
def rides(asked: None, now: datetime, park_id: int) -> Payload:
    """The rides that count towards the park's score, and those that do not."""
    found = park_rides.of_park(park_id, now=now)
    if found is None:
        raise not_found(f"Park with ID {park_id} not found")
    return {**found, "success": True}
