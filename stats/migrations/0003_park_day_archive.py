"""The table of archived days (docs/design.md D4).

Locks nothing but the parks table, for an instant. Can be killed and run again at any point. The way back
refuses while the archive holds observations whose raw rows are gone.
"""

import django.db.models.deletion
from django.db import migrations, models

import parkstats_project.db.create_table
import parkstats_project.db.fields
from stats.migrations._retirement import refuse_to_lose_observations


class Migration(migrations.Migration):
    atomic = False
    resumable = ("forwards", "backwards")

    dependencies = [
        ("parks", "0002_snapshot_indexes"),
        ("rides", "0002_snapshot_indexes"),
        ("stats", "0002_metrics_version"),
    ]

    operations = [
        parkstats_project.db.create_table.CreateTable(
            name="ParkDayArchive",
            fields=[
                ("archive_id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "park",
                    parkstats_project.db.fields.LegacyForeignKey(
                        constraint="park_day_archive_ibfk_1",
                        db_column="park_id",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="archived_days",
                        to="parks.park",
                    ),
                ),
                ("stat_date", models.DateField()),
                (
                    "kind",
                    parkstats_project.db.fields.EnumField(
                        choices=[
                            ("observations", "Observations"),
                            ("ride_hours", "Ride Hours"),
                            ("park_hours", "Park Hours"),
                        ],
                        max_length=12,
                    ),
                ),
                ("row_count", models.IntegerField()),
                ("ride_ids", parkstats_project.db.fields.PlainTextField()),
                ("checksum", parkstats_project.db.fields.FixedCharField(max_length=64)),
                ("payload", models.BinaryField()),
                (
                    "created_at",
                    parkstats_project.db.fields.TimestampField(
                        db_default=parkstats_project.db.fields.CurrentTimestamp()
                    ),
                ),
            ],
            options={
                "db_table": "park_day_archive",
                "indexes": [
                    models.Index(fields=["park", "kind", "stat_date"], name="pda_park_kind_date"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("stat_date", "kind", "park"), name="unique_archive_day"),
                ],
            },
        ),
        # Last, so that it comes first on the way back.
        migrations.RunPython(migrations.RunPython.noop, refuse_to_lose_observations),
    ]
