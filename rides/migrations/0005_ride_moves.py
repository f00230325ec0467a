"""The table of rides that went to another park (docs/design.md D14).

Locks nothing but the tables of parks and rides, for an instant. Can be killed and run again at any point.
"""

import django.db.models.deletion
from django.db import migrations, models

from parkstats_project.db.create_table import CreateTable
from parkstats_project.db.fields import LegacyForeignKey, TimestampField


class Migration(migrations.Migration):
    atomic = False
    resumable = ("forwards", "backwards")

    dependencies = [("parks", "0002_snapshot_indexes"), ("rides", "0004_names_and_comments")]

    operations = [
        CreateTable(
            name="RideMove",
            fields=[
                ("move_id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "ride",
                    LegacyForeignKey(
                        constraint="ride_moves_ibfk_1",
                        db_column="ride_id",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="moves",
                        to="rides.ride",
                    ),
                ),
                (
                    "from_park",
                    LegacyForeignKey(
                        constraint="ride_moves_ibfk_2",
                        db_column="from_park_id",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="parks.park",
                    ),
                ),
                ("moved_at", TimestampField(db_comment="UTC")),
            ],
            options={
                "db_table": "ride_moves",
                "verbose_name": "move of a ride",
                "verbose_name_plural": "moves of rides",
                "indexes": [
                    models.Index(fields=["ride", "moved_at"], name="rm_ride_time"),
                    models.Index(fields=["from_park"], name="rm_from_park"),
                ],
            },
        ),
    ]
