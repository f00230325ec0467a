"""How collecting goes: its runs, what is known of each park's source, the past days that were rebuilt."""

from __future__ import annotations

from django.db import models

from parkstats_project.db.fields import EnumField, LegacyForeignKey, LegacyOneToOneField, SecondsField
from stats.choices import CollectingJob, RunStatus


class CollectionRun(models.Model):
    """One run of a job that asks the sources; without an end it is at work, or was killed."""

    run_id = models.BigAutoField(primary_key=True)
    job = models.CharField(max_length=20, choices=CollectingJob.choices)
    started_at = SecondsField()
    ended_at = SecondsField(null=True, blank=True)
    status = EnumField(choices=RunStatus.choices, db_default=RunStatus.RUNNING)
    parks_written = models.IntegerField(db_default=0)
    rows_written = models.IntegerField(db_default=0)
    items_refused = models.IntegerField(db_default=0)
    # Fault -> how often: of items, of answers, of parks.
    faults = models.JSONField(default=dict)
    # Park -> why it was not written.
    parks_missing = models.JSONField(default=dict)

    class Meta:
        db_table = "collection_runs"
        indexes = [
            # stats.jobs.collect: runs of a job that never ended; stats.jobs.monitor: its newest ones.
            models.Index(fields=["job", "started_at"], name="cr_job_started"),
        ]

    def __str__(self) -> str:
        return f"{self.job} {self.started_at}: {self.status}"


class ParkFeed(models.Model):
    """What is known of a park's source: when it last answered, since when it fails."""

    park = LegacyOneToOneField(
        "parks.Park",
        on_delete=models.CASCADE,
        constraint="park_feeds_ibfk_1",
        unique_key="unique_park_feed",
        db_column="park_id",
        related_name="feed",
    )
    collected_at = SecondsField(null=True, blank=True)
    failing_since = SecondsField(null=True, blank=True)
    failure = models.CharField(max_length=255, blank=True, db_default="")
    schedule_asked_at = SecondsField(null=True, blank=True)

    class Meta:
        db_table = "park_feeds"

    def __str__(self) -> str:
        return f"feed of park {self.park_id}"


class MendedDay(models.Model):
    """A date of a park's own calendar whose gaps were filled from its source's history, or could not be."""

    mend_id = models.BigAutoField(primary_key=True)
    park = LegacyForeignKey(
        "parks.Park",
        on_delete=models.CASCADE,
        constraint="park_mended_days_ibfk_1",
        db_column="park_id",
        related_name="mended_days",
    )
    local_date = models.DateField()
    asked_at = SecondsField()
    complete = models.BooleanField()
    collections = models.IntegerField()
    ride_rows = models.IntegerField()
    note = models.CharField(max_length=255, blank=True, db_default="")

    class Meta:
        db_table = "park_mended_days"
        constraints = [
            # stats.jobs.collect.mend: what was asked already; one row for each day.
            models.UniqueConstraint(fields=["park", "local_date"], name="unique_mended_day"),
        ]

    def __str__(self) -> str:
        return f"park {self.park_id} on {self.local_date}"
