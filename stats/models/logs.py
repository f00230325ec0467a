"""What jobs and the collector report about themselves."""

from __future__ import annotations

from django.db import models

from parkstats_project.db.fields import (
    CurrentTimestamp,
    EnumField,
    LegacyForeignKey,
    LegacyIndex,
    PlainTextField,
    SecondsField,
    TimestampField,
)
from stats.choices import AggregationType, DataSource, IssueType, RunStatus


class AggregationLog(models.Model):
    """One run of a job over one date (docs/contract/daily-aggregation.md 4)."""

    log_id = models.AutoField(primary_key=True)
    aggregation_date = models.DateField()
    aggregation_type = EnumField(choices=AggregationType.choices)
    started_at = TimestampField()
    completed_at = TimestampField(null=True, blank=True)
    status = EnumField(choices=RunStatus.choices, db_default=RunStatus.RUNNING)
    aggregated_until_ts = TimestampField(null=True, blank=True)
    error_message = PlainTextField(null=True, blank=True)
    parks_processed = models.IntegerField(null=True, blank=True, db_default=0)
    rides_processed = models.IntegerField(null=True, blank=True, db_default=0)

    class Meta:
        db_table = "aggregation_log"
        indexes = [
            LegacyIndex(
                fields=["aggregated_until_ts"],
                name="al_aggregated_until_ts",
                db_name="idx_aggregated_until_ts",
            ),
            LegacyIndex(
                fields=["aggregation_type", "status", "-aggregated_until_ts"],
                name="al_aggregation_cleanup",
                db_name="idx_aggregation_cleanup",
            ),
            LegacyIndex(
                fields=["aggregation_date", "aggregation_type"],
                name="al_aggregation_date_type",
                db_name="idx_aggregation_date_type",
            ),
            LegacyIndex(fields=["-completed_at"], name="al_completed", db_name="idx_completed"),
            LegacyIndex(fields=["status", "aggregation_date"], name="al_status", db_name="idx_status"),
        ]


class DataQualityIssue(models.Model):
    """A doubtful datum of a source, noticed by the collector (docs/contract/jobs.md 5)."""

    issue_id = models.BigAutoField(primary_key=True)
    data_source = EnumField(choices=DataSource.choices)
    issue_type = EnumField(choices=IssueType.choices)
    detected_at = SecondsField(db_default=CurrentTimestamp())
    park = LegacyForeignKey(
        "parks.Park",
        on_delete=models.SET_NULL,
        constraint="fk_dqi_park",
        db_on_delete="SET NULL",
        null=True,
        blank=True,
        db_column="park_id",
        related_name="data_quality_issues",
    )
    ride = LegacyForeignKey(
        "rides.Ride",
        on_delete=models.SET_NULL,
        constraint="fk_dqi_ride",
        db_on_delete="SET NULL",
        null=True,
        blank=True,
        db_column="ride_id",
        related_name="data_quality_issues",
    )
    themeparks_wiki_id = models.CharField(max_length=36, null=True, blank=True)
    queue_times_id = models.IntegerField(null=True, blank=True)
    entity_name = models.CharField(max_length=255, null=True, blank=True)
    last_updated_api = SecondsField(null=True, blank=True)
    data_age_minutes = models.IntegerField(null=True, blank=True)
    reported_status = models.CharField(max_length=50, null=True, blank=True)
    details = PlainTextField(null=True, blank=True)
    is_resolved = models.BooleanField(null=True, blank=True, db_default=False)
    resolved_at = SecondsField(null=True, blank=True)

    class Meta:
        db_table = "data_quality_issues"
        indexes = [
            LegacyIndex(fields=["detected_at"], name="dqi_dqi_detected", db_name="idx_dqi_detected"),
            LegacyIndex(fields=["park", "detected_at"], name="dqi_dqi_park", db_name="idx_dqi_park"),
            LegacyIndex(fields=["ride", "detected_at"], name="dqi_dqi_ride", db_name="idx_dqi_ride"),
            LegacyIndex(
                fields=["data_source", "issue_type"], name="dqi_dqi_source", db_name="idx_dqi_source"
            ),
            LegacyIndex(
                fields=["is_resolved", "detected_at"], name="dqi_dqi_unresolved", db_name="idx_dqi_unresolved"
            ),
            LegacyIndex(fields=["themeparks_wiki_id"], name="dqi_dqi_wiki_id", db_name="idx_dqi_wiki_id"),
        ]
