"""Daily statistics (docs/contract/daily-aggregation.md 3)."""

from __future__ import annotations

from django.db import models

from parkstats_project.db.fields import LegacyForeignKey, LegacyIndex
from stats.models.figures import ParkFigures, RideFigures


class RideDailyStats(RideFigures):
    """One ride on one Pacific day."""

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
    stat_date = models.DateField(db_comment="Pacific date")
    min_wait_time = models.IntegerField(
        null=True, blank=True, db_comment="shortest wait in minutes while it ran"
    )
    max_wait_time = models.IntegerField(
        null=True, blank=True, db_comment="longest wait in minutes while it ran"
    )
    longest_downtime_minutes = models.IntegerField(
        null=True,
        blank=True,
        db_comment="metrics version 1: longest duration_in_previous_status of an opening; "
        "2: longest outage that an opening ended",
    )
    metrics_version = models.IntegerField(db_default=1, db_comment="which calculation made the row")
    observed_collections = models.IntegerField(
        null=True, blank=True, db_comment="collections that the figures saw; NULL: unknown"
    )
    expected_collections = models.IntegerField(
        null=True, blank=True, db_comment="collections that the day should have had"
    )

    class Meta:
        db_table = "ride_daily_stats"
        verbose_name = "day of a ride"
        verbose_name_plural = "rides by day"
        get_latest_by = "stat_date"
        constraints = [
            # jobs.upsert: one row for each ride, day and calculation. No query asks for a version alone, each
            # also has dates or a ride, so no index begins with metrics_version.
            models.UniqueConstraint(fields=["ride", "stat_date", "metrics_version"], name="unique_ride_date"),
        ]
        indexes = [
            # The legacy system: rides by downtime of any day.
            LegacyIndex(
                fields=["-downtime_minutes", "-stat_date"], name="rds_downtime", db_name="idx_downtime"
            ),
            # frames.daily_rows: all rides over some days; questions.rides.downtime: yesterday's, worst first.
            LegacyIndex(
                fields=["-stat_date", "-downtime_minutes"],
                name="rds_ride_daily_ranking",
                db_name="idx_ride_daily_ranking",
            ),
            # frames.roster: the last day of a ride; the foreign key.
            LegacyIndex(fields=["ride", "-stat_date"], name="rds_ride_date", db_name="idx_ride_date"),
            # frames.daily_rows: all rides over some days.
            LegacyIndex(fields=["-stat_date"], name="rds_stat_date", db_name="idx_stat_date"),
        ]

    def __str__(self) -> str:
        return f"ride {self.ride_id} on {self.stat_date}"


class ParkDailyStats(ParkFigures):
    """One park on one Pacific day."""

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
    stat_date = models.DateField(db_comment="Pacific date")
    shame_score = models.DecimalField(
        max_digits=6,
        decimal_places=3,
        null=True,
        blank=True,
        db_comment="weighted downtime hours / weight of rides that ran, x 10; not in version 1",
    )
    operating_hours_minutes = models.IntegerField(db_default=0, db_comment="mean over the rides")
    metrics_version = models.IntegerField(db_default=1, db_comment="which calculation made the row")
    observed_collections = models.IntegerField(
        null=True, blank=True, db_comment="collections that the figures saw; NULL: unknown"
    )
    expected_collections = models.IntegerField(
        null=True, blank=True, db_comment="collections that the day should have had"
    )

    class Meta:
        db_table = "park_daily_stats"
        verbose_name = "day of a park"
        verbose_name_plural = "parks by day"
        get_latest_by = "stat_date"
        constraints = [
            # jobs.upsert: one row for each park, day and calculation; see above.
            models.UniqueConstraint(fields=["park", "stat_date", "metrics_version"], name="unique_park_date"),
        ]
        indexes = [
            # The legacy system: parks by downtime of any day.
            LegacyIndex(
                fields=["-total_downtime_hours", "-stat_date"], name="pds_downtime", db_name="idx_downtime"
            ),
            # frames.daily_rows: all parks over some days.
            LegacyIndex(
                fields=["-stat_date", "-total_downtime_hours"],
                name="pds_park_daily_ranking",
                db_name="idx_park_daily_ranking",
            ),
            # frames.roster: the last day of a park; the foreign key.
            LegacyIndex(fields=["park", "-stat_date"], name="pds_park_date", db_name="idx_park_date"),
            # frames.daily_rows: all parks over some days.
            LegacyIndex(fields=["-stat_date"], name="pds_stat_date", db_name="idx_stat_date"),
        ]

    def __str__(self) -> str:
        return f"park {self.park_id} on {self.stat_date}"
