"""The four tables about rides, as the existing database has them.

Columns are in the order of the database: do not squash or regenerate this file.
"""

from decimal import Decimal

import django.db.models.deletion
from django.db import migrations, models

import parkstats_project.db.create_table
import parkstats_project.db.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("parks", "0001_initial"),
    ]

    operations = [
        parkstats_project.db.create_table.CreateTable(
            name="Ride",
            fields=[
                ("ride_id", models.AutoField(primary_key=True, serialize=False)),
                ("queue_times_id", models.IntegerField(unique=True)),
                (
                    "themeparks_wiki_id",
                    parkstats_project.db.fields.FixedCharField(blank=True, max_length=36, null=True),
                ),
                (
                    "park",
                    parkstats_project.db.fields.LegacyForeignKey(
                        constraint="rides_ibfk_1",
                        db_column="park_id",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rides",
                        to="parks.park",
                    ),
                ),
                ("name", models.CharField(max_length=255)),
                (
                    "entity_type",
                    parkstats_project.db.fields.EnumField(
                        blank=True,
                        choices=[
                            ("ATTRACTION", "Attraction"),
                            ("SHOW", "Show"),
                            ("RESTAURANT", "Restaurant"),
                        ],
                        db_default="ATTRACTION",
                        max_length=10,
                        null=True,
                    ),
                ),
                ("land_area", models.CharField(blank=True, max_length=100, null=True)),
                ("tier", parkstats_project.db.fields.TinyIntegerField(blank=True, null=True)),
                (
                    "category",
                    parkstats_project.db.fields.EnumField(
                        blank=True,
                        choices=[
                            ("ATTRACTION", "Attraction"),
                            ("MEET_AND_GREET", "Meet And Greet"),
                            ("SHOW", "Show"),
                            ("EXPERIENCE", "Experience"),
                        ],
                        db_default="ATTRACTION",
                        max_length=14,
                        null=True,
                    ),
                ),
                ("is_active", models.BooleanField(db_default=True)),
                ("last_operated_at", parkstats_project.db.fields.SecondsField(blank=True, null=True)),
                (
                    "created_at",
                    parkstats_project.db.fields.TimestampField(
                        db_default=parkstats_project.db.fields.CurrentTimestamp()
                    ),
                ),
                (
                    "updated_at",
                    parkstats_project.db.fields.TimestampField(
                        db_default=parkstats_project.db.fields.CurrentTimestamp(), on_update=True
                    ),
                ),
            ],
            options={
                "db_table": "rides",
                "indexes": [
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_active", fields=["is_active"], name="r_active"
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_entity_type", fields=["entity_type"], name="r_entity_type"
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_park_active", fields=["park", "is_active"], name="r_park_active"
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_park_id", fields=["park"], name="r_park_id"
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_rides_category", fields=["category"], name="r_rides_category"
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_rides_last_operated_at",
                        fields=["last_operated_at"],
                        name="r_rides_last_operated_at",
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_rides_park_tier_active",
                        fields=["park", "tier", "is_active"],
                        name="r_rides_park_tier_active",
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_themeparks_wiki_id",
                        fields=["themeparks_wiki_id"],
                        name="r_themeparks_wiki_id",
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_tier", fields=["tier"], name="r_tier"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("tier__in", (1, 2, 3)), ("tier__isnull", True), _connector="OR"),
                        name="rides_tier",
                    )
                ],
            },
        ),
        parkstats_project.db.create_table.CreateTable(
            name="RideClassification",
            fields=[
                ("classification_id", models.AutoField(primary_key=True, serialize=False)),
                (
                    "ride",
                    parkstats_project.db.fields.LegacyOneToOneField(
                        constraint="ride_classifications_ibfk_1",
                        db_column="ride_id",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="classification",
                        to="rides.ride",
                        unique_key="unique_ride",
                    ),
                ),
                ("tier", parkstats_project.db.fields.TinyIntegerField()),
                ("tier_weight", parkstats_project.db.fields.TinyIntegerField()),
                (
                    "category",
                    parkstats_project.db.fields.EnumField(
                        blank=True,
                        choices=[
                            ("ATTRACTION", "Attraction"),
                            ("MEET_AND_GREET", "Meet And Greet"),
                            ("SHOW", "Show"),
                            ("EXPERIENCE", "Experience"),
                        ],
                        db_default="ATTRACTION",
                        max_length=14,
                        null=True,
                    ),
                ),
                (
                    "classification_method",
                    parkstats_project.db.fields.EnumField(
                        choices=[
                            ("manual_override", "Manual Override"),
                            ("cached_ai", "Cached Ai"),
                            ("pattern_match", "Pattern Match"),
                            ("ai_agent", "Ai Agent"),
                        ],
                        max_length=15,
                    ),
                ),
                (
                    "confidence_score",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=3, null=True),
                ),
                ("reasoning_text", parkstats_project.db.fields.PlainTextField(blank=True, null=True)),
                ("override_reason", models.CharField(blank=True, max_length=500, null=True)),
                ("research_sources", models.JSONField(blank=True, null=True)),
                ("cache_key", models.CharField(blank=True, max_length=50, null=True)),
                ("schema_version", models.CharField(blank=True, db_default="1.0", max_length=10, null=True)),
                (
                    "classified_at",
                    parkstats_project.db.fields.TimestampField(
                        db_default=parkstats_project.db.fields.CurrentTimestamp()
                    ),
                ),
                (
                    "updated_at",
                    parkstats_project.db.fields.TimestampField(
                        db_default=parkstats_project.db.fields.CurrentTimestamp(), on_update=True
                    ),
                ),
            ],
            options={
                "db_table": "ride_classifications",
                "indexes": [
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_cache_key", fields=["cache_key"], name="rc_cache_key"
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_classifications_tier_weight",
                        fields=["ride", "tier", "tier_weight"],
                        name="rc_classifications_tier_weight",
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_confidence", fields=["confidence_score"], name="rc_confidence"
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_method", fields=["classification_method"], name="rc_method"
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_tier", fields=["tier"], name="rc_tier"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("tier__in", (1, 2, 3))), name="ride_classifications_tier"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("tier_weight__in", (1, 2, 3))), name="ride_classifications_weight"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confidence_score__isnull", True),
                            models.Q(
                                ("confidence_score__gte", Decimal("0.00")),
                                ("confidence_score__lte", Decimal("1.00")),
                            ),
                            _connector="OR",
                        ),
                        name="ride_classifications_confidence",
                    ),
                ],
            },
        ),
        parkstats_project.db.create_table.CreateTable(
            name="RideStatusSnapshot",
            fields=[
                ("snapshot_id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "ride",
                    parkstats_project.db.fields.LegacyForeignKey(
                        constraint="ride_status_snapshots_ibfk_1",
                        db_column="ride_id",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="status_snapshots",
                        to="rides.ride",
                    ),
                ),
                ("recorded_at", parkstats_project.db.fields.TimestampField()),
                ("is_open", models.BooleanField(blank=True, null=True)),
                (
                    "status",
                    parkstats_project.db.fields.EnumField(
                        blank=True,
                        choices=[
                            ("OPERATING", "Operating"),
                            ("DOWN", "Down"),
                            ("CLOSED", "Closed"),
                            ("REFURBISHMENT", "Refurbishment"),
                        ],
                        max_length=13,
                        null=True,
                    ),
                ),
                ("wait_time", models.IntegerField(blank=True, null=True)),
                ("computed_is_open", models.BooleanField()),
                ("last_updated_api", parkstats_project.db.fields.TimestampField(blank=True, null=True)),
            ],
            options={
                "db_table": "ride_status_snapshots",
                "indexes": [
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_computed_status",
                        fields=["computed_is_open", "-recorded_at"],
                        name="rss_computed_status",
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_recorded_at", fields=["-recorded_at"], name="rss_recorded_at"
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_ride_recorded", fields=["ride", "-recorded_at"], name="rss_ride_recorded"
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_rss_time_range_covering",
                        fields=["recorded_at", "ride", "computed_is_open", "wait_time"],
                        name="rss_rss_time_range_covering",
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_snapshots_current_status",
                        fields=["ride", "-recorded_at", "wait_time", "computed_is_open"],
                        name="rss_snapshots_current_status",
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_status", fields=["status", "-recorded_at"], name="rss_status"
                    ),
                ],
            },
        ),
        parkstats_project.db.create_table.CreateTable(
            name="RideStatusChange",
            fields=[
                ("change_id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "ride",
                    parkstats_project.db.fields.LegacyForeignKey(
                        constraint="ride_status_changes_ibfk_1",
                        db_column="ride_id",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="status_changes",
                        to="rides.ride",
                    ),
                ),
                ("changed_at", parkstats_project.db.fields.TimestampField()),
                ("previous_status", models.BooleanField()),
                (
                    "previous_status_enum",
                    parkstats_project.db.fields.EnumField(
                        blank=True,
                        choices=[
                            ("OPERATING", "Operating"),
                            ("DOWN", "Down"),
                            ("CLOSED", "Closed"),
                            ("REFURBISHMENT", "Refurbishment"),
                        ],
                        max_length=13,
                        null=True,
                    ),
                ),
                ("new_status", models.BooleanField()),
                (
                    "new_status_enum",
                    parkstats_project.db.fields.EnumField(
                        blank=True,
                        choices=[
                            ("OPERATING", "Operating"),
                            ("DOWN", "Down"),
                            ("CLOSED", "Closed"),
                            ("REFURBISHMENT", "Refurbishment"),
                        ],
                        max_length=13,
                        null=True,
                    ),
                ),
                ("duration_in_previous_status", models.IntegerField()),
                ("wait_time_at_change", models.IntegerField(blank=True, null=True)),
            ],
            options={
                "db_table": "ride_status_changes",
                "indexes": [
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_changed_at", fields=["-changed_at"], name="rsc_changed_at"
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_downtime",
                        fields=["ride", "new_status", "changed_at"],
                        name="rsc_downtime",
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_ride_changed", fields=["ride", "-changed_at"], name="rsc_ride_changed"
                    ),
                ],
            },
        ),
    ]
