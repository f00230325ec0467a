"""What the discovery proposes.

Locks nothing but parks and rides, for an instant. Can be killed and run again at any point.
"""

import django.db.models.deletion
from django.db import migrations, models

import parkstats_project.db.create_table
import parkstats_project.db.fields


class Migration(migrations.Migration):
    atomic = False
    resumable = ("forwards", "backwards")

    dependencies = [
        ("parks", "0004_names_and_comments"),
        ("rides", "0005_ride_moves"),
        ("stats", "0012_coverage"),
    ]

    operations = [
        parkstats_project.db.create_table.CreateTable(
            name="Proposal",
            fields=[
                ("proposal_id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("new_park", "New park"),
                            ("new_ride", "New ride"),
                            ("same_park", "Known park at a second source"),
                            ("same_ride", "Known ride at a second source"),
                            ("renamed", "Renamed"),
                            ("moved", "Moved"),
                            ("vanished", "Vanished"),
                            ("returned", "Returned"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("applied", "Applied"),
                            ("rejected", "Rejected"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="open",
                        max_length=20,
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[("themeparks_wiki", "Themeparks Wiki"), ("queue_times", "Queue Times")],
                        max_length=20,
                    ),
                ),
                ("source_id", models.CharField(db_comment="its id at the source", max_length=40)),
                ("name", models.CharField(max_length=255)),
                (
                    "values",
                    models.JSONField(db_comment="column -> value that would be written", default=dict),
                ),
                ("evidence", models.JSONField(db_comment="sentences", default=list)),
                ("made_at", parkstats_project.db.fields.SecondsField()),
                ("decided_at", parkstats_project.db.fields.SecondsField(blank=True, null=True)),
                ("decided_by", models.CharField(blank=True, db_default="", max_length=150)),
                (
                    "park",
                    parkstats_project.db.fields.LegacyForeignKey(
                        blank=True,
                        constraint="discovery_proposals_ibfk_1",
                        db_column="park_id",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="proposals",
                        to="parks.park",
                    ),
                ),
                (
                    "ride",
                    parkstats_project.db.fields.LegacyForeignKey(
                        blank=True,
                        constraint="discovery_proposals_ibfk_2",
                        db_column="ride_id",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="proposals",
                        to="rides.ride",
                    ),
                ),
            ],
            options={
                "verbose_name": "proposal of the discovery",
                "verbose_name_plural": "proposals of the discovery",
                "db_table": "discovery_proposals",
                "ordering": ["-proposal_id"],
                "indexes": [
                    models.Index(fields=["source", "source_id", "kind"], name="dp_entity"),
                    models.Index(fields=["state", "made_at"], name="dp_state_made"),
                    models.Index(fields=["park"], name="dp_park"),
                    models.Index(fields=["ride"], name="dp_ride"),
                ],
            },
        ),
    ]
