"""Fixed values of the statistics tables."""

from django.db import models


class AggregationType(models.TextChoices):
    """What a run in aggregation_log computed."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    YEARLY = "yearly"
    HOURLY = "hourly"


class RunStatus(models.TextChoices):
    """How far a run in aggregation_log came."""

    RUNNING = "running"
    SUCCESS = "success"
    FAILED = "failed"


class DataSource(models.TextChoices):
    """Where a doubtful datum came from."""

    THEMEPARKS_WIKI = "themeparks_wiki"
    QUEUE_TIMES = "queue_times"


class IssueType(models.TextChoices):
    """What is doubtful about it."""

    STALE_DATA = "STALE_DATA"
    MISSING_DATA = "MISSING_DATA"
    INVALID_STATUS = "INVALID_STATUS"
    INCONSISTENT_DATA = "INCONSISTENT_DATA"


class ArchiveKind(models.TextChoices):
    """What an archived park day holds."""

    OBSERVATIONS = "observations"
    RIDE_HOURS = "ride_hours"
    PARK_HOURS = "park_hours"


class CollectingJob(models.TextChoices):
    """Which job asked the sources."""

    COLLECT = "collect"
    WEATHER = "weather"
    MEND = "mend"
    DISCOVER = "discover"


class ProposalKind(models.TextChoices):
    """What the discovery found."""

    NEW_PARK = "new_park", "New park"
    NEW_RIDE = "new_ride", "New ride"
    SAME_PARK = "same_park", "Known park at a second source"
    SAME_RIDE = "same_ride", "Known ride at a second source"
    RENAMED = "renamed", "Renamed"
    MOVED = "moved", "Moved"
    VANISHED = "vanished", "Vanished"
    RETURNED = "returned", "Returned"


class ProposalState(models.TextChoices):
    """What became of a proposal."""

    OPEN = "open"
    APPLIED = "applied"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
