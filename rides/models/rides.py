"""Rides, where they belonged, and their tiers."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Self

from django.db import models, transaction
from django.db.models import Count, Exists, ExpressionWrapper, F, OuterRef
from django.db.models.functions import TruncMinute

from parks.models import Park, ParkActivitySnapshot
from parkstats_project.base.arithmetic import divide
from parkstats_project.base.clock import Window, live_window
from parkstats_project.db.fields import (
    CurrentTimestamp,
    EnumField,
    FixedCharField,
    LegacyForeignKey,
    LegacyIndex,
    LegacyOneToOneField,
    PlainTextField,
    SecondsField,
    TimestampField,
    TinyIntegerField,
)
from rides import status as rules
from rides.choices import ClassificationMethod, EntityType, RideCategory
from rides.models.observed import RideStatusSnapshot

MINUTE = timedelta(minutes=1)


class RideQuerySet(models.QuerySet["Ride"]):
    """Questions to rides."""

    def active(self) -> Self:
        """**active attraction** (docs/contract/rules.md 9)."""
        return self.filter(is_active=True, category=RideCategory.ATTRACTION, park__is_active=True)

    def that_operated(self, window: Window) -> Self:
        """**operated, any** in a window of raw rows (docs/contract/rules.md 6), active or not."""
        minute = TruncMinute("recorded_at")
        end = ExpressionWrapper(OuterRef("minute") + MINUTE, output_field=models.DateTimeField())
        open_parks = ParkActivitySnapshot.objects.open().filter(
            park=OuterRef("ride__park"), recorded_at__gte=OuterRef("minute"), recorded_at__lt=end
        )
        ran = RideStatusSnapshot.objects.operating().between(*window).annotate(minute=minute)
        return self.filter(Exists(ran.filter(Exists(open_parks), ride=OuterRef("pk"))))


class Ride(models.Model):
    """A ride, show or other experience of a park."""

    ride_id = models.AutoField(primary_key=True)
    queue_times_id = models.IntegerField(unique=True, db_comment="id at Queue-Times")
    themeparks_wiki_id = FixedCharField(
        max_length=36, null=True, blank=True, db_comment="entity at ThemeParks.wiki"
    )
    park = LegacyForeignKey(
        "parks.Park",
        on_delete=models.CASCADE,
        constraint="rides_ibfk_1",
        db_column="park_id",
        related_name="rides",
    )
    name = models.CharField(max_length=255)
    entity_type = EnumField(
        choices=EntityType.choices,
        null=True,
        blank=True,
        db_default=EntityType.ATTRACTION,
        db_comment="as at ThemeParks.wiki",
    )
    land_area = models.CharField(max_length=100, null=True, blank=True, db_comment="part of the park")
    tier = TinyIntegerField(
        null=True, blank=True, db_comment="1, 2 or 3; what counts is in ride_classifications"
    )
    category = EnumField(
        choices=RideCategory.choices,
        null=True,
        blank=True,
        db_default=RideCategory.ATTRACTION,
        db_comment="rankings list ATTRACTION alone",
    )
    is_active = models.BooleanField(db_default=True, db_comment="collected and shown")
    last_operated_at = SecondsField(null=True, blank=True, db_comment="when it was last seen running, UTC")
    created_at = TimestampField(db_default=CurrentTimestamp())
    updated_at = TimestampField(db_default=CurrentTimestamp(), on_update=True)
    status_since = SecondsField(
        null=True, blank=True, db_comment="when its present status began, as far as is known, UTC"
    )

    objects = RideQuerySet.as_manager()

    class Meta:
        db_table = "rides"
        constraints = [
            # As in the legacy schema.
            models.CheckConstraint(
                condition=models.Q(tier__in=(1, 2, 3)) | models.Q(tier__isnull=True), name="rides_tier"
            ),
        ]
        indexes = [
            # The legacy system; here the roster is read whole.
            LegacyIndex(fields=["is_active"], name="r_active", db_name="idx_active"),
            # The legacy system.
            LegacyIndex(fields=["entity_type"], name="r_entity_type", db_name="idx_entity_type"),
            # The collector: the rides of a park.
            LegacyIndex(fields=["park", "is_active"], name="r_park_active", db_name="idx_park_active"),
            # The foreign key.
            LegacyIndex(fields=["park"], name="r_park_id", db_name="idx_park_id"),
            # The legacy system.
            LegacyIndex(fields=["category"], name="r_rides_category", db_name="idx_rides_category"),
            # The legacy system.
            LegacyIndex(
                fields=["last_operated_at"],
                name="r_rides_last_operated_at",
                db_name="idx_rides_last_operated_at",
            ),
            # The legacy system.
            LegacyIndex(
                fields=["park", "tier", "is_active"],
                name="r_rides_park_tier_active",
                db_name="idx_rides_park_tier_active",
            ),
            # The collector and discovery: the ride of an entity.
            LegacyIndex(
                fields=["themeparks_wiki_id"], name="r_themeparks_wiki_id", db_name="idx_themeparks_wiki_id"
            ),
            # The legacy system.
            LegacyIndex(fields=["tier"], name="r_tier", db_name="idx_tier"),
        ]

    def __str__(self) -> str:
        return self.name

    def current_status(self, now: datetime) -> str | None:
        """What the ride shows at the moment (aware): a status, PARK_CLOSED, or None if not seen lately.

        CUR-STATUS of docs/contract/README.md 10, for one ride; two queries. `frames.current` has all.
        """
        window = live_window(now)
        order = ("-recorded_at", "-snapshot_id")
        seen = self.status_snapshots.between(*window).order_by(*order).first()
        if seen is None:
            return None
        park_seen = (
            ParkActivitySnapshot.objects.between(*window).filter(park=self.park_id).order_by(*order).first()
        )
        if park_seen is not None and not park_seen.park_appears_open:
            return rules.PARK_CLOSED
        return rules.displayed(seen.status, seen.computed_is_open)

    def calculate_uptime(self, window: Window) -> Decimal | None:
        """Percent of the snapshots while the park was open in which the ride ran, two places, for a window.

        `uptime_percentage` of docs/contract/daily-aggregation.md 3, for any window of raw rows; None if the
        park was never seen open. One query.
        """
        partner = "ride__park__activity_snapshots"
        seen = self.status_snapshots.between(*window).filter(
            **{f"{partner}__recorded_at": F("recorded_at"), f"{partner}__park_appears_open": True}
        )
        counted = seen.aggregate(
            open=Count("snapshot_id"), ran=Count("snapshot_id", filter=models.Q(computed_is_open=True))
        )
        return divide(100 * counted["ran"], counted["open"], scale=2) if counted["open"] else None

    def move_to(self, park: Park, now: datetime) -> None:
        """Let the ride belong to another park from now on (docs/design.md D14)."""
        with transaction.atomic():
            RideMove.objects.create(ride=self, from_park_id=self.park_id, moved_at=now.replace(microsecond=0))
            self.park = park
            self.save(update_fields=["park"])


class RideMove(models.Model):
    """A ride that went to another park: up to then it belonged to `from_park` (docs/design.md D14)."""

    move_id = models.BigAutoField(primary_key=True)
    ride = LegacyForeignKey(
        "rides.Ride",
        on_delete=models.CASCADE,
        constraint="ride_moves_ibfk_1",
        db_column="ride_id",
        related_name="moves",
    )
    from_park = LegacyForeignKey(
        "parks.Park",
        on_delete=models.CASCADE,
        constraint="ride_moves_ibfk_2",
        db_column="from_park_id",
        related_name="+",
    )
    moved_at = TimestampField(db_comment="UTC")

    class Meta:
        db_table = "ride_moves"
        verbose_name = "move of a ride"
        verbose_name_plural = "moves of rides"
        indexes = [
            # The moves of a ride in order; its foreign key.
            models.Index(fields=["ride", "moved_at"], name="rm_ride_time"),
            # The foreign key of the park.
            models.Index(fields=["from_park"], name="rm_from_park"),
        ]

    def __str__(self) -> str:
        return f"ride {self.ride_id} left park {self.from_park_id} on {self.moved_at:%Y-%m-%d %H:%M}"


class RideClassification(models.Model):
    """The tier of a ride: 1 to 3, with its weight (docs/contract/rules.md 7)."""

    classification_id = models.AutoField(primary_key=True)
    ride = LegacyOneToOneField(
        "rides.Ride",
        on_delete=models.CASCADE,
        constraint="ride_classifications_ibfk_1",
        unique_key="unique_ride",
        db_column="ride_id",
        related_name="classification",
    )
    tier = TinyIntegerField(db_comment="1 major, 2 standard, 3 minor")
    tier_weight = TinyIntegerField(db_comment="weight in scores: 3, 2 or 1")
    category = EnumField(
        choices=RideCategory.choices, null=True, blank=True, db_default=RideCategory.ATTRACTION
    )
    classification_method = EnumField(
        choices=ClassificationMethod.choices, db_comment="who or what chose the tier"
    )
    confidence_score = models.DecimalField(
        max_digits=3, decimal_places=2, null=True, blank=True, db_comment="0.00 to 1.00"
    )
    reasoning_text = PlainTextField(null=True, blank=True, db_comment="why this tier")
    override_reason = models.CharField(
        max_length=500, null=True, blank=True, db_comment="why a person chose it"
    )
    research_sources = models.JSONField(null=True, blank=True)
    cache_key = models.CharField(
        max_length=50, null=True, blank=True, db_comment="park and ride in a cache of the legacy system"
    )
    schema_version = models.CharField(
        max_length=10,
        null=True,
        blank=True,
        db_default="1.0",
        db_comment="of the legacy system's classification",
    )
    classified_at = TimestampField(db_default=CurrentTimestamp())
    updated_at = TimestampField(db_default=CurrentTimestamp(), on_update=True)

    class Meta:
        db_table = "ride_classifications"
        verbose_name = "tier of a ride"
        verbose_name_plural = "tiers of rides"
        constraints = [
            # As in the legacy schema.
            models.CheckConstraint(condition=models.Q(tier__in=(1, 2, 3)), name="ride_classifications_tier"),
            # As in the legacy schema.
            models.CheckConstraint(
                condition=models.Q(tier_weight__in=(1, 2, 3)), name="ride_classifications_weight"
            ),
            # As in the legacy schema.
            models.CheckConstraint(
                condition=models.Q(confidence_score__isnull=True)
                | models.Q(confidence_score__gte=Decimal("0.00"), confidence_score__lte=Decimal("1.00")),
                name="ride_classifications_confidence",
            ),
        ]
        indexes = [
            # The legacy system; here the tiers are read with the roster.
            LegacyIndex(fields=["cache_key"], name="rc_cache_key", db_name="idx_cache_key"),
            # The legacy system.
            LegacyIndex(
                fields=["ride", "tier", "tier_weight"],
                name="rc_classifications_tier_weight",
                db_name="idx_classifications_tier_weight",
            ),
            # The legacy system.
            LegacyIndex(fields=["confidence_score"], name="rc_confidence", db_name="idx_confidence"),
            # The legacy system.
            LegacyIndex(fields=["classification_method"], name="rc_method", db_name="idx_method"),
            # The legacy system.
            LegacyIndex(fields=["tier"], name="rc_tier", db_name="idx_tier"),
        ]

    def __str__(self) -> str:
        return f"ride {self.ride_id}: tier {self.tier}"
