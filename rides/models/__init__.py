"""Rides, their tiers and what was observed of them."""

from rides.models.observed import RideStatusChange, RideStatusSnapshot
from rides.models.rides import Ride, RideClassification, RideMove

__all__ = ["Ride", "RideClassification", "RideMove", "RideStatusChange", "RideStatusSnapshot"]
