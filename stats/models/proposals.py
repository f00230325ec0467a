"""What the discovery found and somebody may have to decide (docs/data.md 7)."""

from __future__ import annotations

from django.db import models

from parkstats_project.db.fields import LegacyForeignKey, SecondsField
from stats.choices import DataSource, ProposalKind, ProposalState


class Proposal(models.Model):
    """A change of parks or rides: what would be written, and what speaks for it."""

    proposal_id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=20, choices=ProposalKind.choices)
    state = models.CharField(max_length=20, choices=ProposalState.choices, default=ProposalState.OPEN)
    source = models.CharField(max_length=20, choices=DataSource.choices)
    source_id = models.CharField(max_length=40, db_comment="its id at the source")
    name = models.CharField(max_length=255)
    # The park it is of, or concerns; the ride it concerns.
    park = LegacyForeignKey(
        "parks.Park",
        on_delete=models.CASCADE,
        constraint="discovery_proposals_ibfk_1",
        null=True,
        blank=True,
        db_column="park_id",
        related_name="proposals",
    )
    ride = LegacyForeignKey(
        "rides.Ride",
        on_delete=models.CASCADE,
        constraint="discovery_proposals_ibfk_2",
        null=True,
        blank=True,
        db_column="ride_id",
        related_name="proposals",
    )
    values = models.JSONField(default=dict, db_comment="column -> value that would be written")
    evidence = models.JSONField(default=list, db_comment="sentences")
    made_at = SecondsField()
    decided_at = SecondsField(null=True, blank=True)
    decided_by = models.CharField(max_length=150, blank=True, db_default="")

    class Meta:
        db_table = "discovery_proposals"
        verbose_name = "proposal of the discovery"
        verbose_name_plural = "proposals of the discovery"
        ordering = ["-proposal_id"]
        indexes = [
            # stats.jobs.discover: what was proposed of an entity before.
            models.Index(fields=["source", "source_id", "kind"], name="dp_entity"),
            # stats.admin: what is to be decided, newest first.
            models.Index(fields=["state", "made_at"], name="dp_state_made"),
            # The foreign key of the park.
            models.Index(fields=["park"], name="dp_park"),
            # The foreign key of the ride.
            models.Index(fields=["ride"], name="dp_ride"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.name}"
