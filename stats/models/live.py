"""The live ranking tables (docs/contract/live.md 2), and where the legacy collector builds the next ones."""

from __future__ import annotations

from decimal import Decimal

from django.db import models

from parkstats_project.db.fields import LegacyForeignKey, LegacyIndex, SecondsField

ZERO = Decimal("0.00")


class ParkState(models.Model):
    """The state of a park as of a collection."""

    queue_times_id = models.IntegerField(null=True, blank=True, db_comment="id of the park at Queue-Times")
    park_name = models.CharField(max_length=255)
    location = models.CharField(
        max_length=255, null=True, blank=True, db_comment="city, state; NULL without a state"
    )
    timezone = models.CharField(max_length=50, null=True, blank=True)
    is_disney = models.BooleanField(null=True, blank=True, db_default=False)
    is_universal = models.BooleanField(null=True, blank=True, db_default=False)
    rides_down = models.IntegerField(
        null=True, blank=True, db_default=0, db_comment="rides that are down now"
    )
    total_rides = models.IntegerField(
        null=True, blank=True, db_default=0, db_comment="rides that ran within 7 days"
    )
    shame_score = models.DecimalField(
        max_digits=4,
        decimal_places=1,
        null=True,
        blank=True,
        db_default=Decimal("0.0"),
        db_comment="of the newest snapshot, as the collector stored it",
    )
    park_is_open = models.BooleanField(
        null=True, blank=True, db_default=False, db_comment="by schedule, else by the newest snapshot"
    )
    total_downtime_hours = models.DecimalField(
        max_digits=6,
        decimal_places=2,
        null=True,
        blank=True,
        db_default=ZERO,
        db_comment="of today, 5 minutes for each snapshot",
    )
    weighted_downtime_hours = models.DecimalField(
        max_digits=6,
        decimal_places=2,
        null=True,
        blank=True,
        db_default=ZERO,
        db_comment="the same, each ride by its tier weight",
    )
    total_park_weight = models.DecimalField(
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
        db_default=ZERO,
        db_comment="tier weights of the rides that ran within 7 days",
    )
    calculated_at = SecondsField(db_comment="UTC")

    class Meta:
        abstract = True


class RideState(models.Model):
    """The state of a troubled ride as of a collection."""

    queue_times_id = models.IntegerField(null=True, blank=True, db_comment="id of the ride at Queue-Times")
    ride_name = models.CharField(max_length=255)
    park_name = models.CharField(max_length=255)
    tier = models.IntegerField(null=True, blank=True, db_default=3, db_comment="3 if unclassified")
    tier_weight = models.DecimalField(
        max_digits=3,
        decimal_places=1,
        null=True,
        blank=True,
        db_default=Decimal("2.0"),
        db_comment="2.0 if unclassified",
    )
    category = models.CharField(max_length=50, null=True, blank=True, db_default="ATTRACTION")
    is_disney = models.BooleanField(null=True, blank=True, db_default=False)
    is_universal = models.BooleanField(null=True, blank=True, db_default=False)
    is_down = models.BooleanField(null=True, blank=True, db_default=False, db_comment="down now")
    current_status = models.CharField(
        max_length=50, null=True, blank=True, db_comment="as reported, within the last two hours"
    )
    current_wait_time = models.IntegerField(null=True, blank=True, db_comment="minutes")
    last_status_change = SecondsField(null=True, blank=True, db_comment="of today, UTC")
    downtime_hours = models.DecimalField(
        max_digits=6,
        decimal_places=2,
        null=True,
        blank=True,
        db_default=ZERO,
        db_comment="of today, 5 minutes for each snapshot",
    )
    downtime_incidents = models.IntegerField(null=True, blank=True, db_default=0, db_comment="always 0")
    avg_wait_time = models.DecimalField(
        max_digits=5, decimal_places=1, null=True, blank=True, db_comment="of today, minutes"
    )
    max_wait_time = models.IntegerField(null=True, blank=True, db_comment="of today, minutes")
    calculated_at = SecondsField(db_comment="UTC")

    class Meta:
        abstract = True


class ParkLiveRanking(ParkState):
    """A park in the live ranking."""

    park = models.OneToOneField(
        "parks.Park",
        on_delete=models.CASCADE,
        primary_key=True,
        db_column="park_id",
        db_constraint=False,
        related_name="live_ranking",
    )

    class Meta:
        db_table = "park_live_rankings"
        verbose_name = "park in the live ranking"
        verbose_name_plural = "live ranking of parks"
        get_latest_by = "calculated_at"
        indexes = [
            # The legacy system: is the table fresh?
            LegacyIndex(fields=["calculated_at"], name="plr_calculated_at", db_name="idx_calculated_at"),
            # The legacy system: the filter disney-universal.
            LegacyIndex(
                fields=["is_disney", "is_universal"],
                name="plr_disney_universal",
                db_name="idx_disney_universal",
            ),
            # The legacy system: parks by rides down.
            LegacyIndex(fields=["-rides_down"], name="plr_rides_down", db_name="idx_rides_down"),
            # questions.parks.downtime: the ranking, live.
            LegacyIndex(fields=["-shame_score"], name="plr_shame_score", db_name="idx_shame_score"),
        ]

    def __str__(self) -> str:
        return self.park_name


class ParkLiveRankingStaging(ParkState):
    """A park in the next live ranking, until the legacy collector exchanges the tables."""

    park = models.OneToOneField(
        "parks.Park",
        on_delete=models.CASCADE,
        primary_key=True,
        db_column="park_id",
        db_constraint=False,
        related_name="live_rankings_staging",
    )

    class Meta:
        db_table = "park_live_rankings_staging"
        verbose_name = "park in the next live ranking"
        verbose_name_plural = "next live ranking of parks"
        get_latest_by = "calculated_at"
        # Those of the table that it is exchanged with.
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

    def __str__(self) -> str:
        return self.park_name


class RideLiveRanking(RideState):
    """A ride in the live ranking."""

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

    class Meta:
        db_table = "ride_live_rankings"
        verbose_name = "ride in the live ranking"
        verbose_name_plural = "live ranking of rides"
        get_latest_by = "calculated_at"
        indexes = [
            # questions.rides.downtime: is the table fresh?
            LegacyIndex(fields=["calculated_at"], name="rlr_calculated_at", db_name="idx_calculated_at"),
            # The legacy system: the filter disney-universal.
            LegacyIndex(
                fields=["is_disney", "is_universal"],
                name="rlr_disney_universal",
                db_name="idx_disney_universal",
            ),
            # questions.rides.downtime: the ranking, live.
            LegacyIndex(fields=["-downtime_hours"], name="rlr_downtime", db_name="idx_downtime"),
            # The legacy system: rides that are down.
            LegacyIndex(fields=["is_down", "-downtime_hours"], name="rlr_is_down", db_name="idx_is_down"),
            # questions.parks.breakdown: the rides of a park; the foreign key.
            LegacyIndex(fields=["park"], name="rlr_park", db_name="idx_park"),
        ]

    def __str__(self) -> str:
        return self.ride_name


class RideLiveRankingStaging(RideState):
    """A ride in the next live ranking, until the legacy collector exchanges the tables."""

    ride = models.OneToOneField(
        "rides.Ride",
        on_delete=models.CASCADE,
        primary_key=True,
        db_column="ride_id",
        db_constraint=False,
        related_name="live_rankings_staging",
    )
    park = LegacyForeignKey(
        "parks.Park",
        on_delete=models.CASCADE,
        db_column="park_id",
        related_name="ride_live_rankings_staging",
    )

    class Meta:
        db_table = "ride_live_rankings_staging"
        verbose_name = "ride in the next live ranking"
        verbose_name_plural = "next live ranking of rides"
        get_latest_by = "calculated_at"
        # Those of the table that it is exchanged with.
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

    def __str__(self) -> str:
        return self.ride_name
