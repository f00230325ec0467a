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
    aggregation_date = models.DateField(db_comment="Pacific date that was worked on")
    aggregation_type = EnumField(choices=AggregationType.choices)
    started_at = TimestampField(db_comment="UTC")
    completed_at = TimestampField(null=True, blank=True, db_comment="UTC; NULL until done")
    status = EnumField(choices=RunStatus.choices, db_default=RunStatus.RUNNING)
    aggregated_until_ts = TimestampField(
        null=True, blank=True, db_comment="end of the date, UTC; NULL in rows of the legacy system"
    )
    error_message = PlainTextField(null=True, blank=True, db_comment="why it failed, or what it covered")
    parks_processed = models.IntegerField(null=True, blank=True, db_default=0, db_comment="parks written")
    rides_processed = models.IntegerField(null=True, blank=True, db_default=0, db_comment="rides written")

    class Meta:
        db_table = "aggregation_log"
        verbose_name = "daily run"
        get_latest_by = "started_at"
        ordering = ["-log_id"]
        indexes = [
            # The legacy system.
            LegacyIndex(
                fields=["aggregated_until_ts"],
                name="al_aggregated_until_ts",
                db_name="idx_aggregated_until_ts",
            ),
            # The legacy system.
            LegacyIndex(
                fields=["aggregation_type", "status", "-aggregated_until_ts"],
                name="al_aggregation_cleanup",
                db_name="idx_aggregation_cleanup",
            ),
            # jobs.runs: the runs of a date; questions.health: the newest.
            LegacyIndex(
                fields=["aggregation_date", "aggregation_type"],
                name="al_aggregation_date_type",
                db_name="idx_aggregation_date_type",
            ),
            # The legacy system.
            LegacyIndex(fields=["-completed_at"], name="al_completed", db_name="idx_completed"),
            # The legacy system.
            LegacyIndex(fields=["status", "aggregation_date"], name="al_status", db_name="idx_status"),
        ]

    def __str__(self) -> str:
        return f"{self.aggregation_type} {self.aggregation_date}: {self.status}"


class DataQualityIssue(models.Model):
    """A doubtful datum of a source, noticed by the collector (docs/contract/jobs.md 5)."""

    issue_id = models.BigAutoField(primary_key=True)
    data_source = EnumField(choices=DataSource.choices)
    issue_type = EnumField(choices=IssueType.choices)
    detected_at = SecondsField(db_default=CurrentTimestamp(), db_comment="UTC")
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
    themeparks_wiki_id = models.CharField(
        max_length=36, null=True, blank=True, db_comment="entity at ThemeParks.wiki"
    )
    queue_times_id = models.IntegerField(null=True, blank=True, db_comment="id at Queue-Times")
    entity_name = models.CharField(max_length=255, null=True, blank=True, db_comment="as the source has it")
    last_updated_api = SecondsField(null=True, blank=True, db_comment="last change at the source, UTC")
    data_age_minutes = models.IntegerField(
        null=True, blank=True, db_comment="age of that change when it was noticed"
    )
    reported_status = models.CharField(
        max_length=50, null=True, blank=True, db_comment="as the source reported it"
    )
    details = PlainTextField(null=True, blank=True, db_comment="for people")
    is_resolved = models.BooleanField(null=True, blank=True, db_default=False)
    resolved_at = SecondsField(null=True, blank=True, db_comment="UTC")

    class Meta:
        db_table = "data_quality_issues"
        verbose_name = "doubtful datum"
        verbose_name_plural = "doubtful data"
        get_latest_by = "detected_at"
        ordering = ["-issue_id"]
        indexes = [
            # questions.audit.data_quality: of the last hours, newest first.
            LegacyIndex(fields=["detected_at"], name="dqi_dqi_detected", db_name="idx_dqi_detected"),
            # The doubts about a park; the foreign key.
            LegacyIndex(fields=["park", "detected_at"], name="dqi_dqi_park", db_name="idx_dqi_park"),
            # The doubts about a ride; the foreign key.
            LegacyIndex(fields=["ride", "detected_at"], name="dqi_dqi_ride", db_name="idx_dqi_ride"),
            # The legacy system.
            LegacyIndex(
                fields=["data_source", "issue_type"], name="dqi_dqi_source", db_name="idx_dqi_source"
            ),
            # questions.audit.data_quality: unresolved ones, newest first.
            LegacyIndex(
                fields=["is_resolved", "detected_at"], name="dqi_dqi_unresolved", db_name="idx_dqi_unresolved"
            ),
            # The collector: was it noticed within the hour?
            LegacyIndex(fields=["themeparks_wiki_id"], name="dqi_dqi_wiki_id", db_name="idx_dqi_wiki_id"),
        ]

    def __str__(self) -> str:
        return f"{self.issue_type} {self.entity_name or ''}".rstrip()
