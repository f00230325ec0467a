"""Days kept for good, compressed, after the rows they were made from are gone (docs/design.md D4)."""

from __future__ import annotations

from django.db import models

from parkstats_project.db.fields import (
    CurrentTimestamp,
    EnumField,
    FixedCharField,
    LegacyForeignKey,
    PlainTextField,
    TimestampField,
)
from stats.choices import ArchiveKind


class ParkDayArchive(models.Model):
    """One kind of rows of one park on one Pacific day; `stats.payload` describes the payload."""

    archive_id = models.BigAutoField(primary_key=True)
    park = LegacyForeignKey(
        "parks.Park",
        on_delete=models.CASCADE,
        constraint="park_day_archive_ibfk_1",
        db_column="park_id",
        related_name="archived_days",
    )
    stat_date = models.DateField(db_comment="Pacific date")
    kind = EnumField(choices=ArchiveKind.choices, db_comment="what the rows are")
    row_count = models.IntegerField(db_comment="rows in the payload")
    # The rides inside, as `,12,57,`: a ride that has moved since is found under the park it had.
    ride_ids = PlainTextField(db_comment="rides in the payload, as ,12,57,")
    checksum = FixedCharField(max_length=64, db_comment="SHA-256 of the payload")
    payload = models.BinaryField(db_comment="compressed Parquet")
    created_at = TimestampField(db_default=CurrentTimestamp())

    class Meta:
        db_table = "park_day_archive"
        verbose_name = "archived day of a park"
        verbose_name_plural = "archived days of parks"
        get_latest_by = "stat_date"
        constraints = [
            # frames.archive: all parks of a span of days, and which days are archived; one row per park.
            models.UniqueConstraint(fields=["stat_date", "kind", "park"], name="unique_archive_day"),
        ]
        indexes = [
            # frames.archive: some parks over a span of days; also what the foreign key needs.
            models.Index(fields=["park", "kind", "stat_date"], name="pda_park_kind_date"),
        ]

    def __str__(self) -> str:
        return f"park {self.park_id} on {self.stat_date}: {self.kind}"
