"""What was observed of parks."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models

from parkstats_project.db.fields import (
    CurrentTimestamp,
    LegacyForeignKey,
    LegacyIndex,
    TimestampField,
)


class ActivityQuerySet(models.QuerySet["ParkActivitySnapshot"]):
    """Questions to what was observed of parks."""

    def between(self, start: datetime, end: datetime) -> Self:
        """Snapshots from `start` on, before `end`."""
        return self.filter(recorded_at__gte=start, recorded_at__lt=end)

    def open(self, *, fallback: bool = False) -> Self:
        """**park open, strict**, or **park open, with fallback** (docs/contract/rules.md 4)."""
        strict = models.Q(park_appears_open=True)
        return self.filter(strict | models.Q(rides_open__gt=0) if fallback else strict)


class ParkOperatingSession(models.Model):
    """The observed first and last snapshot of a park's local day (docs/contract/daily-aggregation.md 6)."""

    session_id = models.AutoField(primary_key=True)
    park = LegacyForeignKey(
        "parks.Park",
        on_delete=models.SET_NULL,
        constraint="park_operating_sessions_ibfk_1",
        db_on_delete="SET NULL",
        null=True,
        blank=True,
        db_column="park_id",
        related_name="operating_sessions",
    )
    session_date = models.DateField(db_comment="date in the park's own zone")
    session_start_utc = TimestampField(null=True, blank=True, db_comment="first snapshot of the date")
    session_end_utc = TimestampField(null=True, blank=True, db_comment="last snapshot of the date")
    operating_minutes = models.IntegerField(
        null=True, blank=True, db_comment="whole minutes from first to last"
    )
    created_at = TimestampField(db_default=CurrentTimestamp())
    updated_at = TimestampField(db_default=CurrentTimestamp(), on_update=True)

    class Meta:
        db_table = "park_operating_sessions"
        verbose_name = "operating session"
        get_latest_by = "session_date"
        constraints = [
            # The legacy system: one session for each park and date.
            models.UniqueConstraint(fields=["park", "session_date"], name="unique_park_session"),
        ]
        indexes = [
            # questions.parks.details: the last sessions of a park; the foreign key.
            LegacyIndex(fields=["park", "-session_date"], name="pos_park_date", db_name="idx_park_date"),
            # The legacy system.
            LegacyIndex(fields=["-session_date"], name="pos_session_date", db_name="idx_session_date"),
        ]

    def __str__(self) -> str:
        return f"park {self.park_id} on {self.session_date}"


class ParkActivitySnapshot(models.Model):
    """What the collector saw of a park as a whole at one moment (docs/contract/jobs.md 1.2)."""

    snapshot_id = models.BigAutoField(primary_key=True)
    park = LegacyForeignKey(
        "parks.Park",
        on_delete=models.CASCADE,
        constraint="park_activity_snapshots_ibfk_1",
        db_column="park_id",
        related_name="activity_snapshots",
    )
    recorded_at = TimestampField(db_comment="start of the park's collection, UTC")
    total_rides_tracked = models.IntegerField(db_default=0, db_comment="items that the source listed")
    rides_open = models.IntegerField(db_default=0, db_comment="items that are open")
    rides_closed = models.IntegerField(db_default=0, db_comment="items that are not open")
    avg_wait_time = models.DecimalField(
        max_digits=5, decimal_places=2, null=True, blank=True, db_comment="minutes, over open items"
    )
    max_wait_time = models.IntegerField(null=True, blank=True, db_comment="minutes")
    park_appears_open = models.BooleanField(db_comment="by the announced hours, whatever rides do")
    shame_score = models.DecimalField(
        max_digits=4,
        decimal_places=1,
        null=True,
        blank=True,
        db_comment="weight of rides down / of rides that ran in 7 days, x 10; may exceed 10",
    )
    rebuilt = models.BooleanField(
        db_default=False, db_comment="this row and its rides' are from the source's history"
    )

    objects = ActivityQuerySet.as_manager()

    class Meta:
        db_table = "park_activity_snapshots"
        verbose_name = "snapshot of a park"
        verbose_name_plural = "snapshots of parks"
        get_latest_by = "recorded_at"
        indexes = [
            # frames.observations: all parks in one clock hour, and the fingerprint of each hour (from the
            # index alone). jobs.retention: rows before a moment.
            models.Index(
                fields=["recorded_at", "park", "park_appears_open", "rides_open"], name="pas_time_covering"
            ),
            # frames.observations: one park over many days; frames.current: its newest row; the foreign key.
            models.Index(
                fields=["park", "recorded_at", "park_appears_open", "rides_open"], name="pas_park_covering"
            ),
        ]

    def __str__(self) -> str:
        return f"park {self.park_id} at {self.recorded_at}"

    @property
    def is_within_operating_hours(self) -> bool:
        """Whether it was taken within the park's announced hours; one query (and one for the park)."""
        return self.park.is_within_operating_hours(self.recorded_at)
