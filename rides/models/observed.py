"""What was observed of rides."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models

from parks.models.parks import parks_that_report_down
from parkstats_project.db.fields import (
    EnumField,
    LegacyForeignKey,
    LegacyIndex,
    TimestampField,
)
from rides import status as rules
from rides.choices import RideStatus
from rides.conditions import Condition, Reported


class StatusQuerySet(models.QuerySet["RideStatusSnapshot"]):
    """Questions to what was observed of rides."""

    def between(self, start: datetime, end: datetime) -> Self:
        """Snapshots from `start` on, before `end`."""
        return self.filter(recorded_at__gte=start, recorded_at__lt=end)

    def operating(self) -> Self:
        """**operating** (docs/contract/rules.md 3)."""
        return self.filter(rules.operating(Reported(), Condition(computed_is_open=True)))

    def down(self) -> Self:
        """**down, park-type aware** (docs/contract/rules.md 3)."""
        at = Condition(parks_that_report_down("ride__park__"))
        return self.filter(rules.down_at_park(Reported(), Condition(computed_is_open=True), at))


class RideStatusSnapshot(models.Model):
    """What the collector saw of a ride at one moment (docs/contract/jobs.md 1.3)."""

    snapshot_id = models.BigAutoField(primary_key=True)
    ride = LegacyForeignKey(
        "rides.Ride",
        on_delete=models.CASCADE,
        constraint="ride_status_snapshots_ibfk_1",
        db_column="ride_id",
        related_name="status_snapshots",
    )
    recorded_at = TimestampField(db_comment="start of the park's collection, UTC")
    is_open = models.BooleanField(null=True, blank=True, db_comment="as the source reported it")
    status = EnumField(
        choices=RideStatus.choices,
        null=True,
        blank=True,
        db_comment="as ThemeParks.wiki reported it; NULL from other sources",
    )
    wait_time = models.IntegerField(null=True, blank=True, db_comment="minutes, as reported")
    computed_is_open = models.BooleanField(
        db_comment="it runs: OPERATING, or without a status, open or with a wait"
    )
    last_updated_api = TimestampField(null=True, blank=True, db_comment="last change at the source, UTC")

    objects = StatusQuerySet.as_manager()

    class Meta:
        db_table = "ride_status_snapshots"
        verbose_name = "snapshot of a ride"
        verbose_name_plural = "snapshots of rides"
        get_latest_by = "recorded_at"
        indexes = [
            # frames.observations and frames.archive: all rides in one clock hour, every column from the index
            # alone. jobs.retention: rows before a moment.
            models.Index(
                fields=["recorded_at", "ride", "status", "wait_time", "computed_is_open", "is_open"],
                name="rss_time_covering",
            ),
            # frames.observations: one ride over many days; frames.current: its newest row; the foreign key.
            models.Index(
                fields=["ride", "recorded_at", "status", "wait_time", "computed_is_open"],
                name="rss_ride_covering",
            ),
        ]

    def __str__(self) -> str:
        return f"ride {self.ride_id} at {self.recorded_at}"

    @property
    def is_operating(self) -> bool:
        """**operating** (docs/contract/rules.md 3)."""
        return bool(rules.operating(rules.code_of(self.status), self.computed_is_open))

    @property
    def is_down(self) -> bool:
        """**down, park-type aware** (docs/contract/rules.md 3); reads the ride and its park."""
        code = rules.code_of(self.status)
        return bool(rules.down_at_park(code, self.computed_is_open, self.ride.park.reports_down))


class RideStatusChange(models.Model):
    """A ride going from open to closed or back, as the collector noticed it (docs/contract/jobs.md 1.4)."""

    change_id = models.BigAutoField(primary_key=True)
    ride = LegacyForeignKey(
        "rides.Ride",
        on_delete=models.CASCADE,
        constraint="ride_status_changes_ibfk_1",
        db_column="ride_id",
        related_name="status_changes",
    )
    changed_at = TimestampField(db_comment="when it was noticed, UTC")
    previous_status = models.BooleanField(db_comment="computed_is_open before")
    previous_status_enum = EnumField(
        choices=RideStatus.choices, null=True, blank=True, db_comment="status before, if written"
    )
    new_status = models.BooleanField(db_comment="computed_is_open now")
    new_status_enum = EnumField(
        choices=RideStatus.choices, null=True, blank=True, db_comment="status now, if written"
    )
    duration_in_previous_status = models.IntegerField(
        db_comment="minutes since the snapshot before, not those of an outage"
    )
    wait_time_at_change = models.IntegerField(null=True, blank=True, db_comment="never written")
    status_since = TimestampField(
        null=True, blank=True, db_comment="when the status that ended had begun, UTC"
    )

    class Meta:
        db_table = "ride_status_changes"
        verbose_name = "status change"
        get_latest_by = "changed_at"
        indexes = [
            # frames.observations, frames.archive: all changes of some hours; jobs.retention: before a moment.
            LegacyIndex(fields=["-changed_at"], name="rsc_changed_at", db_name="idx_changed_at"),
            # The legacy system.
            LegacyIndex(
                fields=["ride", "new_status", "changed_at"], name="rsc_downtime", db_name="idx_downtime"
            ),
            # The newest changes of a ride; the foreign key.
            LegacyIndex(fields=["ride", "-changed_at"], name="rsc_ride_changed", db_name="idx_ride_changed"),
        ]

    def __str__(self) -> str:
        return f"ride {self.ride_id} at {self.changed_at}"
