"""Fixed values of the ride tables."""

from django.db import models


class RideStatus(models.TextChoices):
    """Status of a ride as its source reports it; NULL for sources that know only open and closed."""

    OPERATING = "OPERATING"
    DOWN = "DOWN"
    CLOSED = "CLOSED"
    REFURBISHMENT = "REFURBISHMENT"


class EntityType(models.TextChoices):
    """What the source calls the entity."""

    ATTRACTION = "ATTRACTION"
    SHOW = "SHOW"
    RESTAURANT = "RESTAURANT"


class RideCategory(models.TextChoices):
    """What the entity is to a visitor; rankings list attractions only."""

    ATTRACTION = "ATTRACTION"
    MEET_AND_GREET = "MEET_AND_GREET"
    SHOW = "SHOW"
    EXPERIENCE = "EXPERIENCE"


class ClassificationMethod(models.TextChoices):
    """How a ride got its tier."""

    MANUAL_OVERRIDE = "manual_override"
    CACHED_AI = "cached_ai"
    PATTERN_MATCH = "pattern_match"
    AI_AGENT = "ai_agent"
