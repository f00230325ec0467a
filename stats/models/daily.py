"""Daily statistics."""

from __future__ import annotations

from decimal import Decimal

from django.db import models

from parkstats_project.db.fields import CurrentTimestamp, LegacyForeignKey, LegacyIndex, TimestampField


class RideDailyStats(models.Model):
    """One ride on one Pacific day (docs/contract/daily-aggregation.md 3)."""

    stat_id = models.AutoField(primary_key=True)
    ride = LegacyForeignKey(
        "rides.Ride",
        on_delete=models.SET_NULL,
        constraint="ride_daily_stats_ibfk_1",
        db_on_delete="SET NULL",
        null=True,
        blank=True,
        db_column="ride_id",
        related_name="daily_stats",
    )
    stat_date = models.DateField()
    uptime_minutes = models.IntegerField(db_default=0)
    downtime_minutes = models.IntegerField(db_default=0)
    uptime_percentage = models.DecimalField(max_digits=5, decimal_places=2, db_default=Decimal("0.00"))
    operating_hours_minutes = models.IntegerField(db_default=0)
    avg_wait_time = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    min_wait_time = models.IntegerField(null=True, blank=True)
    max_wait_time = models.IntegerField(null=True, blank=True)
    peak_wait_time = models.IntegerField(null=True, blank=True)
    status_changes = models.IntegerField(db_default=0)
    longest_downtime_minutes = models.IntegerField(null=True, blank=True)
    created_at = TimestampField(db_default=CurrentTimestamp())
    metrics_version = models.IntegerField(db_default=1)

    class Meta:
        db_table = "ride_daily_stats"
        constraints = [
            models.UniqueConstraint(fields=["ride", "stat_date", "metrics_version"], name="unique_ride_date"),
        ]
        indexes = [
            LegacyIndex(
                fields=["-downtime_minutes", "-stat_date"], name="rds_downtime", db_name="idx_downtime"
            ),
            LegacyIndex(
                fields=["-stat_date", "-downtime_minutes"],
                name="rds_ride_daily_ranking",
                db_name="idx_ride_daily_ranking",
            ),
            LegacyIndex(fields=["ride", "-stat_date"], name="rds_ride_date", db_name="idx_ride_date"),
            LegacyIndex(fields=["-stat_date"], name="rds_stat_date", db_name="idx_stat_date"),
        ]


class ParkDailyStats(models.Model):
    """One park on one Pacific day (docs/contract/daily-aggregation.md 3)."""

    stat_id = models.AutoField(primary_key=True)
    park = LegacyForeignKey(
        "parks.Park",
        on_delete=models.SET_NULL,
        constraint="park_daily_stats_ibfk_1",
        db_on_delete="SET NULL",
        null=True,
        blank=True,
        db_column="park_id",
        related_name="daily_stats",
    )
    stat_date = models.DateField()
    total_rides_tracked = models.IntegerField(db_default=0)
    avg_uptime_percentage = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    shame_score = models.DecimalField(max_digits=6, decimal_places=3, null=True, blank=True)
    total_downtime_hours = models.DecimalField(max_digits=8, decimal_places=2, db_default=Decimal("0.00"))
    rides_with_downtime = models.IntegerField(db_default=0)
    avg_wait_time = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    peak_wait_time = models.IntegerField(null=True, blank=True)
    operating_hours_minutes = models.IntegerField(db_default=0)
    created_at = TimestampField(db_default=CurrentTimestamp())
    metrics_version = models.IntegerField(db_default=1)

    class Meta:
        db_table = "park_daily_stats"
        constraints = [
            models.UniqueConstraint(fields=["park", "stat_date", "metrics_version"], name="unique_park_date"),
        ]
        indexes = [
            LegacyIndex(
                fields=["-total_downtime_hours", "-stat_date"], name="pds_downtime", db_name="idx_downtime"
            ),
            LegacyIndex(
                fields=["-stat_date", "-total_downtime_hours"],
                name="pds_park_daily_ranking",
                db_name="idx_park_daily_ranking",
            ),
            LegacyIndex(fields=["park", "-stat_date"], name="pds_park_date", db_name="idx_park_date"),
            LegacyIndex(fields=["-stat_date"], name="pds_stat_date", db_name="idx_stat_date"),
        ]
