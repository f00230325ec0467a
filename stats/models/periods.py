"""Weekly, monthly and yearly statistics, rolled up from daily ones."""

from __future__ import annotations

from decimal import Decimal

from django.db import models

from parkstats_project.db.fields import CurrentTimestamp, LegacyForeignKey, LegacyIndex, TimestampField


class RideWeeklyStats(models.Model):
    """One ride in one ISO week (docs/contract/daily-aggregation.md 6)."""

    stat_id = models.AutoField(primary_key=True)
    ride = LegacyForeignKey(
        "rides.Ride",
        on_delete=models.SET_NULL,
        constraint="ride_weekly_stats_ibfk_1",
        db_on_delete="SET NULL",
        null=True,
        blank=True,
        db_column="ride_id",
        related_name="weekly_stats",
    )
    year = models.IntegerField()
    week_number = models.IntegerField()
    week_start_date = models.DateField()
    uptime_minutes = models.IntegerField(db_default=0)
    downtime_minutes = models.IntegerField(db_default=0)
    uptime_percentage = models.DecimalField(max_digits=5, decimal_places=2, db_default=Decimal("0.00"))
    operating_hours_minutes = models.IntegerField(db_default=0)
    avg_wait_time = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    peak_wait_time = models.IntegerField(null=True, blank=True)
    status_changes = models.IntegerField(db_default=0)
    trend_vs_previous_week = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    created_at = TimestampField(db_default=CurrentTimestamp())

    class Meta:
        db_table = "ride_weekly_stats"
        constraints = [
            models.UniqueConstraint(fields=["ride", "year", "week_number"], name="unique_ride_week"),
        ]
        indexes = [
            LegacyIndex(
                fields=["ride", "-year", "-week_number"], name="rws_ride_week", db_name="idx_ride_week"
            ),
            LegacyIndex(
                fields=["-year", "-week_number", "-downtime_minutes"],
                name="rws_ride_weekly_ranking",
                db_name="idx_ride_weekly_ranking",
            ),
            LegacyIndex(fields=["-year", "-week_number"], name="rws_week", db_name="idx_week"),
        ]


class ParkWeeklyStats(models.Model):
    """One park in one ISO week (docs/contract/daily-aggregation.md 6)."""

    stat_id = models.AutoField(primary_key=True)
    park = LegacyForeignKey(
        "parks.Park",
        on_delete=models.SET_NULL,
        constraint="park_weekly_stats_ibfk_1",
        db_on_delete="SET NULL",
        null=True,
        blank=True,
        db_column="park_id",
        related_name="weekly_stats",
    )
    year = models.IntegerField()
    week_number = models.IntegerField()
    week_start_date = models.DateField()
    total_rides_tracked = models.IntegerField(db_default=0)
    avg_uptime_percentage = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    total_downtime_hours = models.DecimalField(max_digits=8, decimal_places=2, db_default=Decimal("0.00"))
    rides_with_downtime = models.IntegerField(db_default=0)
    avg_wait_time = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    peak_wait_time = models.IntegerField(null=True, blank=True)
    trend_vs_previous_week = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    created_at = TimestampField(db_default=CurrentTimestamp())

    class Meta:
        db_table = "park_weekly_stats"
        constraints = [
            models.UniqueConstraint(fields=["park", "year", "week_number"], name="unique_park_week"),
        ]
        indexes = [
            LegacyIndex(
                fields=["park", "-year", "-week_number"], name="pws_park_week", db_name="idx_park_week"
            ),
            LegacyIndex(
                fields=["-year", "-week_number", "-total_downtime_hours"],
                name="pws_park_weekly_ranking",
                db_name="idx_park_weekly_ranking",
            ),
            LegacyIndex(fields=["-year", "-week_number"], name="pws_week", db_name="idx_week"),
        ]


class RideMonthlyStats(models.Model):
    """One ride in one month (docs/contract/daily-aggregation.md 6)."""

    stat_id = models.AutoField(primary_key=True)
    ride = LegacyForeignKey(
        "rides.Ride",
        on_delete=models.SET_NULL,
        constraint="ride_monthly_stats_ibfk_1",
        db_on_delete="SET NULL",
        null=True,
        blank=True,
        db_column="ride_id",
        related_name="monthly_stats",
    )
    year = models.IntegerField()
    month = models.IntegerField()
    uptime_minutes = models.IntegerField(db_default=0)
    downtime_minutes = models.IntegerField(db_default=0)
    uptime_percentage = models.DecimalField(max_digits=5, decimal_places=2, db_default=Decimal("0.00"))
    operating_hours_minutes = models.IntegerField(db_default=0)
    avg_wait_time = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    peak_wait_time = models.IntegerField(null=True, blank=True)
    status_changes = models.IntegerField(db_default=0)
    trend_vs_previous_month = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    created_at = TimestampField(db_default=CurrentTimestamp())

    class Meta:
        db_table = "ride_monthly_stats"
        constraints = [
            models.UniqueConstraint(fields=["ride", "year", "month"], name="unique_ride_month"),
        ]
        indexes = [
            LegacyIndex(fields=["-year", "-month"], name="rms_month", db_name="idx_month"),
            LegacyIndex(fields=["ride", "-year", "-month"], name="rms_ride_month", db_name="idx_ride_month"),
        ]


class ParkMonthlyStats(models.Model):
    """One park in one month (docs/contract/daily-aggregation.md 6)."""

    stat_id = models.AutoField(primary_key=True)
    park = LegacyForeignKey(
        "parks.Park",
        on_delete=models.SET_NULL,
        constraint="park_monthly_stats_ibfk_1",
        db_on_delete="SET NULL",
        null=True,
        blank=True,
        db_column="park_id",
        related_name="monthly_stats",
    )
    year = models.IntegerField()
    month = models.IntegerField()
    total_rides_tracked = models.IntegerField(db_default=0)
    avg_uptime_percentage = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    total_downtime_hours = models.DecimalField(max_digits=8, decimal_places=2, db_default=Decimal("0.00"))
    rides_with_downtime = models.IntegerField(db_default=0)
    avg_wait_time = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    peak_wait_time = models.IntegerField(null=True, blank=True)
    trend_vs_previous_month = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    created_at = TimestampField(db_default=CurrentTimestamp())

    class Meta:
        db_table = "park_monthly_stats"
        constraints = [
            models.UniqueConstraint(fields=["park", "year", "month"], name="unique_park_month"),
        ]
        indexes = [
            LegacyIndex(fields=["-year", "-month"], name="pms_month", db_name="idx_month"),
            LegacyIndex(fields=["park", "-year", "-month"], name="pms_park_month", db_name="idx_park_month"),
            LegacyIndex(
                fields=["-year", "-month", "-total_downtime_hours"],
                name="pms_park_monthly_ranking",
                db_name="idx_park_monthly_ranking",
            ),
        ]


class RideYearlyStats(models.Model):
    """One ride in one year."""

    stat_id = models.AutoField(primary_key=True)
    ride = LegacyForeignKey(
        "rides.Ride",
        on_delete=models.SET_NULL,
        constraint="ride_yearly_stats_ibfk_1",
        db_on_delete="SET NULL",
        null=True,
        blank=True,
        db_column="ride_id",
        related_name="yearly_stats",
    )
    year = models.IntegerField()
    uptime_minutes = models.IntegerField(db_default=0)
    downtime_minutes = models.IntegerField(db_default=0)
    uptime_percentage = models.DecimalField(max_digits=5, decimal_places=2, db_default=Decimal("0.00"))
    operating_hours_minutes = models.IntegerField(db_default=0)
    avg_wait_time = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    peak_wait_time = models.IntegerField(null=True, blank=True)
    status_changes = models.IntegerField(db_default=0)
    trend_vs_previous_year = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    created_at = TimestampField(db_default=CurrentTimestamp())

    class Meta:
        db_table = "ride_yearly_stats"
        constraints = [
            models.UniqueConstraint(fields=["ride", "year"], name="unique_ride_year"),
        ]
        indexes = [
            LegacyIndex(fields=["ride", "-year"], name="rys_ride_year", db_name="idx_ride_year"),
            LegacyIndex(fields=["-year"], name="rys_year", db_name="idx_year"),
        ]


class ParkYearlyStats(models.Model):
    """One park in one year."""

    stat_id = models.AutoField(primary_key=True)
    park = LegacyForeignKey(
        "parks.Park",
        on_delete=models.SET_NULL,
        constraint="park_yearly_stats_ibfk_1",
        db_on_delete="SET NULL",
        null=True,
        blank=True,
        db_column="park_id",
        related_name="yearly_stats",
    )
    year = models.IntegerField()
    total_rides_tracked = models.IntegerField(db_default=0)
    avg_uptime_percentage = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    total_downtime_hours = models.DecimalField(max_digits=8, decimal_places=2, db_default=Decimal("0.00"))
    rides_with_downtime = models.IntegerField(db_default=0)
    avg_wait_time = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    peak_wait_time = models.IntegerField(null=True, blank=True)
    trend_vs_previous_year = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    created_at = TimestampField(db_default=CurrentTimestamp())

    class Meta:
        db_table = "park_yearly_stats"
        constraints = [
            models.UniqueConstraint(fields=["park", "year"], name="unique_park_year"),
        ]
        indexes = [
            LegacyIndex(fields=["park", "-year"], name="pys_park_year", db_name="idx_park_year"),
            LegacyIndex(fields=["-year"], name="pys_year", db_name="idx_year"),
        ]
