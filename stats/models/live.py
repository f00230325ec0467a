"""The live ranking tables."""

from __future__ import annotations

from decimal import Decimal

from django.db import models

from parkstats_project.db.fields import LegacyForeignKey, LegacyIndex, SecondsField


class ParkLiveRanking(models.Model):
    """The state of a park as of the last collection (docs/contract/live.md 2.1)."""

    park = models.OneToOneField(
        "parks.Park",
        on_delete=models.CASCADE,
        primary_key=True,
        db_column="park_id",
        db_constraint=False,
        related_name="live_ranking",
    )
    queue_times_id = models.IntegerField(null=True, blank=True)
    park_name = models.CharField(max_length=255)
    location = models.CharField(max_length=255, null=True, blank=True)
    timezone = models.CharField(max_length=50, null=True, blank=True)
    is_disney = models.BooleanField(null=True, blank=True, db_default=False)
    is_universal = models.BooleanField(null=True, blank=True, db_default=False)
    rides_down = models.IntegerField(null=True, blank=True, db_default=0)
    total_rides = models.IntegerField(null=True, blank=True, db_default=0)
    shame_score = models.DecimalField(
        max_digits=4, decimal_places=1, null=True, blank=True, db_default=Decimal("0.0")
    )
    park_is_open = models.BooleanField(null=True, blank=True, db_default=False)
    total_downtime_hours = models.DecimalField(
        max_digits=6, decimal_places=2, null=True, blank=True, db_default=Decimal("0.00")
    )
    weighted_downtime_hours = models.DecimalField(
        max_digits=6, decimal_places=2, null=True, blank=True, db_default=Decimal("0.00")
    )
    total_park_weight = models.DecimalField(
        max_digits=8, decimal_places=2, null=True, blank=True, db_default=Decimal("0.00")
    )
    calculated_at = SecondsField()

    class Meta:
        db_table = "park_live_rankings"
        indexes = [
            LegacyIndex(fields=["calculated_at"], name="plr_calculated_at", db_name="idx_calculated_at"),
            LegacyIndex(
                fields=["is_disney", "is_universal"],
                name="plr_disney_universal",
                db_name="idx_disney_universal",
            ),
            LegacyIndex(fields=["-rides_down"], name="plr_rides_down", db_name="idx_rides_down"),
            LegacyIndex(fields=["-shame_score"], name="plr_shame_score", db_name="idx_shame_score"),
        ]


class ParkLiveRankingStaging(models.Model):
    """Where the legacy collector builds the next park_live_rankings before the exchange."""

    park = models.OneToOneField(
        "parks.Park",
        on_delete=models.CASCADE,
        primary_key=True,
        db_column="park_id",
        db_constraint=False,
        related_name="live_rankings_staging",
    )
    queue_times_id = models.IntegerField(null=True, blank=True)
    park_name = models.CharField(max_length=255)
    location = models.CharField(max_length=255, null=True, blank=True)
    timezone = models.CharField(max_length=50, null=True, blank=True)
    is_disney = models.BooleanField(null=True, blank=True, db_default=False)
    is_universal = models.BooleanField(null=True, blank=True, db_default=False)
    rides_down = models.IntegerField(null=True, blank=True, db_default=0)
    total_rides = models.IntegerField(null=True, blank=True, db_default=0)
    shame_score = models.DecimalField(
        max_digits=4, decimal_places=1, null=True, blank=True, db_default=Decimal("0.0")
    )
    park_is_open = models.BooleanField(null=True, blank=True, db_default=False)
    total_downtime_hours = models.DecimalField(
        max_digits=6, decimal_places=2, null=True, blank=True, db_default=Decimal("0.00")
    )
    weighted_downtime_hours = models.DecimalField(
        max_digits=6, decimal_places=2, null=True, blank=True, db_default=Decimal("0.00")
    )
    total_park_weight = models.DecimalField(
        max_digits=8, decimal_places=2, null=True, blank=True, db_default=Decimal("0.00")
    )
    calculated_at = SecondsField()

    class Meta:
        db_table = "park_live_rankings_staging"
        indexes = [
            LegacyIndex(fields=["calculated_at"], name="pls_calculated_at", db_name="idx_calculated_at"),
            LegacyIndex(
                fields=["is_disney", "is_universal"],
                name="pls_disney_universal",
                db_name="idx_disney_universal",
            ),
            LegacyIndex(fields=["-rides_down"], name="pls_rides_down", db_name="idx_rides_down"),
            LegacyIndex(fields=["-shame_score"], name="pls_shame_score", db_name="idx_shame_score"),
        ]


class RideLiveRanking(models.Model):
    """The state of a troubled ride as of the last collection (docs/contract/live.md 2.2)."""

    ride = models.OneToOneField(
        "rides.Ride",
        on_delete=models.CASCADE,
        primary_key=True,
        db_column="ride_id",
        db_constraint=False,
        related_name="live_ranking",
    )
    park = LegacyForeignKey(
        "parks.Park",
        on_delete=models.CASCADE,
        constraint="fk_ride_live_park",
        db_column="park_id",
        related_name="ride_live_rankings",
    )
    queue_times_id = models.IntegerField(null=True, blank=True)
    ride_name = models.CharField(max_length=255)
    park_name = models.CharField(max_length=255)
    tier = models.IntegerField(null=True, blank=True, db_default=3)
    tier_weight = models.DecimalField(
        max_digits=3, decimal_places=1, null=True, blank=True, db_default=Decimal("2.0")
    )
    category = models.CharField(max_length=50, null=True, blank=True, db_default="ATTRACTION")
    is_disney = models.BooleanField(null=True, blank=True, db_default=False)
    is_universal = models.BooleanField(null=True, blank=True, db_default=False)
    is_down = models.BooleanField(null=True, blank=True, db_default=False)
    current_status = models.CharField(max_length=50, null=True, blank=True)
    current_wait_time = models.IntegerField(null=True, blank=True)
    last_status_change = SecondsField(null=True, blank=True)
    downtime_hours = models.DecimalField(
        max_digits=6, decimal_places=2, null=True, blank=True, db_default=Decimal("0.00")
    )
    downtime_incidents = models.IntegerField(null=True, blank=True, db_default=0)
    avg_wait_time = models.DecimalField(max_digits=5, decimal_places=1, null=True, blank=True)
    max_wait_time = models.IntegerField(null=True, blank=True)
    calculated_at = SecondsField()

    class Meta:
        db_table = "ride_live_rankings"
        indexes = [
            LegacyIndex(fields=["calculated_at"], name="rlr_calculated_at", db_name="idx_calculated_at"),
            LegacyIndex(
                fields=["is_disney", "is_universal"],
                name="rlr_disney_universal",
                db_name="idx_disney_universal",
            ),
            LegacyIndex(fields=["-downtime_hours"], name="rlr_downtime", db_name="idx_downtime"),
            LegacyIndex(fields=["is_down", "-downtime_hours"], name="rlr_is_down", db_name="idx_is_down"),
            LegacyIndex(fields=["park"], name="rlr_park", db_name="idx_park"),
        ]


class RideLiveRankingStaging(models.Model):
    """Where the legacy collector builds the next ride_live_rankings before the exchange."""

    ride = models.OneToOneField(
        "rides.Ride",
        on_delete=models.CASCADE,
        primary_key=True,
        db_column="ride_id",
        db_constraint=False,
        related_name="live_rankings_staging",
    )
    park = LegacyForeignKey(
        "parks.Park", on_delete=models.CASCADE, db_column="park_id", related_name="ride_live_rankings_staging"
    )
    queue_times_id = models.IntegerField(null=True, blank=True)
    ride_name = models.CharField(max_length=255)
    park_name = models.CharField(max_length=255)
    tier = models.IntegerField(null=True, blank=True, db_default=3)
    tier_weight = models.DecimalField(
        max_digits=3, decimal_places=1, null=True, blank=True, db_default=Decimal("2.0")
    )
    category = models.CharField(max_length=50, null=True, blank=True, db_default="ATTRACTION")
    is_disney = models.BooleanField(null=True, blank=True, db_default=False)
    is_universal = models.BooleanField(null=True, blank=True, db_default=False)
    is_down = models.BooleanField(null=True, blank=True, db_default=False)
    current_status = models.CharField(max_length=50, null=True, blank=True)
    current_wait_time = models.IntegerField(null=True, blank=True)
    last_status_change = SecondsField(null=True, blank=True)
    downtime_hours = models.DecimalField(
        max_digits=6, decimal_places=2, null=True, blank=True, db_default=Decimal("0.00")
    )
    downtime_incidents = models.IntegerField(null=True, blank=True, db_default=0)
    avg_wait_time = models.DecimalField(max_digits=5, decimal_places=1, null=True, blank=True)
    max_wait_time = models.IntegerField(null=True, blank=True)
    calculated_at = SecondsField()

    class Meta:
        db_table = "ride_live_rankings_staging"
        indexes = [
            LegacyIndex(fields=["calculated_at"], name="rls_calculated_at", db_name="idx_calculated_at"),
            LegacyIndex(
                fields=["is_disney", "is_universal"],
                name="rls_disney_universal",
                db_name="idx_disney_universal",
            ),
            LegacyIndex(fields=["-downtime_hours"], name="rls_downtime", db_name="idx_downtime"),
            LegacyIndex(fields=["is_down", "-downtime_hours"], name="rls_is_down", db_name="idx_is_down"),
            LegacyIndex(fields=["park"], name="rls_park", db_name="idx_park"),
        ]
