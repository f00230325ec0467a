"""The figures that rides and parks have of a day, week, month or year."""

from __future__ import annotations

from decimal import Decimal

from django.db import models

from parkstats_project.db.fields import CurrentTimestamp, TimestampField


class RideFigures(models.Model):
    """Columns of every statistic of a ride (docs/contract/daily-aggregation.md 3 and 6)."""

    stat_id = models.AutoField(primary_key=True)
    uptime_minutes = models.IntegerField(
        db_default=0, db_comment="10 for each snapshot in which it ran while the park was open"
    )
    downtime_minutes = models.IntegerField(
        db_default=0,
        db_comment="10 for each snapshot in which it was down while the park was open; metrics version 1: "
        "reported down, or silent; 2: what counts as down depends on the kind of park",
    )
    uptime_percentage = models.DecimalField(
        max_digits=5,
        decimal_places=2,
        db_default=Decimal("0.00"),
        db_comment="share of the time the park was open in which it ran; 0 if it never did",
    )
    operating_hours_minutes = models.IntegerField(
        db_default=0, db_comment="10 for each snapshot while the park was open"
    )
    avg_wait_time = models.DecimalField(
        max_digits=5, decimal_places=2, null=True, blank=True, db_comment="minutes, while it ran"
    )
    peak_wait_time = models.IntegerField(
        null=True, blank=True, db_comment="longest wait in minutes, whether it ran or not"
    )
    status_changes = models.IntegerField(db_default=0, db_comment="changes between open and closed")
    created_at = TimestampField(db_default=CurrentTimestamp())

    class Meta:
        abstract = True


class ParkFigures(models.Model):
    """Columns of every statistic of a park (docs/contract/daily-aggregation.md 3 and 6)."""

    stat_id = models.AutoField(primary_key=True)
    total_rides_tracked = models.IntegerField(db_default=0, db_comment="rides with a row of the same time")
    avg_uptime_percentage = models.DecimalField(
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        db_comment="mean over the rides; one that never ran counts as 0",
    )
    total_downtime_hours = models.DecimalField(
        max_digits=8, decimal_places=2, db_default=Decimal("0.00"), db_comment="sum over the rides"
    )
    rides_with_downtime = models.IntegerField(db_default=0)
    avg_wait_time = models.DecimalField(
        max_digits=5, decimal_places=2, null=True, blank=True, db_comment="minutes, over the rides' averages"
    )
    peak_wait_time = models.IntegerField(null=True, blank=True, db_comment="longest wait in minutes")
    created_at = TimestampField(db_default=CurrentTimestamp())

    class Meta:
        abstract = True
