"""Parks, their announced hours and what was observed of them."""

from parks.models.observed import ParkActivitySnapshot, ParkOperatingSession
from parks.models.parks import Park, ParkSchedule

__all__ = ["Park", "ParkActivitySnapshot", "ParkOperatingSession", "ParkSchedule"]
