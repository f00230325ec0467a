"""The hourly tables of the legacy system, until the migration that archives and drops them."""

from __future__ import annotations

from django.db import models

from parks.columns import CurrentTimestamp, LegacyForeignKey, LegacyIndex, SecondsField, TimestampField


class RideHourlyStats(models.Model):
    """One ride in one hour (contract/hourly.md 3)."""

    id = models.BigAutoField(primary_key=True)
    ride = LegacyForeignKey(
        "rides.Ride",
        on_delete=models.CASCADE,
        constraint="ride_hourly_stats_ibfk_1",
        db_column="ride_id",
        related_name="hourly_stats",
    )
    park = LegacyForeignKey(
        "parks.Park",
        on_delete=models.CASCADE,
        constraint="ride_hourly_stats_ibfk_2",
        db_column="park_id",
        related_name="ride_hourly_stats",
    )
    hour_start_utc = SecondsField()
    avg_wait_time_minutes = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    operating_snapshots = models.IntegerField(null=True, blank=True)
    down_snapshots = models.IntegerField(null=True, blank=True)
    downtime_hours = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    uptime_percentage = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    snapshot_count = models.IntegerField()
    ride_operated = models.BooleanField()
    created_at = TimestampField(null=True, blank=True, db_default=CurrentTimestamp())
    updated_at = TimestampField(null=True, blank=True, db_default=CurrentTimestamp(), on_update=True)

    class Meta:
        db_table = "ride_hourly_stats"
        constraints = [
            models.UniqueConstraint(fields=["ride", "hour_start_utc"], name="unique_ride_hour"),
        ]
        indexes = [
            LegacyIndex(fields=["hour_start_utc"], name="rhs_hour_start", db_name="idx_hour_start"),
            LegacyIndex(fields=["park", "hour_start_utc"], name="rhs_park_hour", db_name="idx_park_hour"),
            LegacyIndex(fields=["ride", "hour_start_utc"], name="rhs_ride_hour", db_name="idx_ride_hour"),
        ]


class ParkHourlyStats(models.Model):
    """One park in one hour (contract/hourly.md 5)."""

    id = models.BigAutoField(primary_key=True)
    park = LegacyForeignKey(
        "parks.Park",
        on_delete=models.CASCADE,
        constraint="park_hourly_stats_ibfk_1",
        db_column="park_id",
        related_name="hourly_stats",
    )
    hour_start_utc = SecondsField()
    shame_score = models.DecimalField(max_digits=3, decimal_places=1, null=True, blank=True)
    avg_wait_time_minutes = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    rides_operating = models.IntegerField(null=True, blank=True)
    rides_down = models.IntegerField(null=True, blank=True)
    total_downtime_hours = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    weighted_downtime_hours = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    effective_park_weight = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    snapshot_count = models.IntegerField()
    park_was_open = models.BooleanField()
    created_at = TimestampField(null=True, blank=True, db_default=CurrentTimestamp())
    updated_at = TimestampField(null=True, blank=True, db_default=CurrentTimestamp(), on_update=True)

    class Meta:
        db_table = "park_hourly_stats"
        constraints = [
            models.UniqueConstraint(fields=["park", "hour_start_utc"], name="unique_park_hour"),
        ]
        indexes = [
            LegacyIndex(fields=["hour_start_utc"], name="phs_hour_start", db_name="idx_hour_start"),
            LegacyIndex(fields=["park", "hour_start_utc"], name="phs_park_hour", db_name="idx_park_hour"),
        ]
