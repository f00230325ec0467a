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
    stat_date = models.DateField()
    kind = EnumField(choices=ArchiveKind.choices)
    row_count = models.IntegerField()
    # The rides inside, as `,12,57,`: a ride that has moved since is found under the park it had.
    ride_ids = PlainTextField()
    checksum = FixedCharField(max_length=64)
    payload = models.BinaryField()
    created_at = TimestampField(db_default=CurrentTimestamp())

    class Meta:
        db_table = "park_day_archive"
        constraints = [
            # frames.archive: all parks of a span of days, and which days are archived; one row per park.
            models.UniqueConstraint(fields=["stat_date", "kind", "park"], name="unique_archive_day"),
        ]
        indexes = [
            # frames.archive: some parks over a span of days; also what the foreign key needs.
            models.Index(fields=["park", "kind", "stat_date"], name="pda_park_kind_date"),
        ]
