"""What people changed by hand in tables that processes keep in memory (docs/design.md D15)."""

from __future__ import annotations

from typing import Final

from django.core.exceptions import ValidationError
from django.db import models

from parkstats_project.db.fields import CurrentTimestamp, SecondsField

LONGEST_NOTE: Final = 255


class Correction(models.Model):
    """Rows of the span [starts_at, ends_at) were changed: every process reads them again within seconds."""

    correction_id = models.BigAutoField(primary_key=True)
    starts_at = SecondsField()
    ends_at = SecondsField()
    announced_at = SecondsField(db_default=CurrentTimestamp(), editable=False)
    note = models.CharField(
        max_length=LONGEST_NOTE, blank=True, db_default="", help_text="what was changed, and why"
    )

    class Meta:
        db_table = "observation_corrections"
        indexes = [
            # stats.frames.revisions: corrections of the hours and days that are kept.
            models.Index(fields=["ends_at", "starts_at"], name="oc_span"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M} to {self.ends_at:%Y-%m-%d %H:%M} UTC"

    def clean(self) -> None:
        """A span has a length."""
        if self.starts_at is not None and self.ends_at is not None and self.starts_at >= self.ends_at:
            raise ValidationError("The end must be after the start.")
