"""How collecting goes: its runs, the sources of parks, the past days that were rebuilt.

Locks nothing but the parks table, for an instant. Can be killed and run again at any point.
"""

import django.db.models.deletion
from django.db import migrations, models

import parkstats_project.db.create_table
import parkstats_project.db.fields


class Migration(migrations.Migration):
    atomic = False
    resumable = ("forwards", "backwards")

    dependencies = [
        ("parks", "0003_collecting"),
        ("stats", "0006_job_leases"),
    ]

    operations = [
        parkstats_project.db.create_table.CreateTable(
            name="CollectionRun",
            fields=[
                ("run_id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "job",
                    models.CharField(
                        choices=[
                            ("collect", "Collect"),
                            ("weather", "Weather"),
                            ("mend", "Mend"),
                            ("discover", "Discover"),
                        ],
                        max_length=20,
                    ),
                ),
                ("started_at", parkstats_project.db.fields.SecondsField()),
                ("ended_at", parkstats_project.db.fields.SecondsField(blank=True, null=True)),
                (
                    "status",
                    parkstats_project.db.fields.EnumField(
                        choices=[("running", "Running"), ("success", "Success"), ("failed", "Failed")],
                        db_default="running",
                        max_length=7,
                    ),
                ),
                ("parks_written", models.IntegerField(db_default=0)),
                ("rows_written", models.IntegerField(db_default=0)),
                ("items_refused", models.IntegerField(db_default=0)),
                ("faults", models.JSONField(default=dict)),
                ("parks_missing", models.JSONField(default=dict)),
            ],
            options={
                "db_table": "collection_runs",
                "indexes": [models.Index(fields=["job", "started_at"], name="cr_job_started")],
            },
        ),
        parkstats_project.db.create_table.CreateTable(
            name="ParkFeed",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("collected_at", parkstats_project.db.fields.SecondsField(blank=True, null=True)),
                ("failing_since", parkstats_project.db.fields.SecondsField(blank=True, null=True)),
                ("failure", models.CharField(blank=True, db_default="", max_length=255)),
                ("schedule_asked_at", parkstats_project.db.fields.SecondsField(blank=True, null=True)),
                (
                    "park",
                    parkstats_project.db.fields.LegacyOneToOneField(
                        constraint="park_feeds_ibfk_1",
                        db_column="park_id",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="feed",
                        to="parks.park",
                        unique_key="unique_park_feed",
                    ),
                ),
            ],
            options={
                "db_table": "park_feeds",
            },
        ),
        parkstats_project.db.create_table.CreateTable(
            name="MendedDay",
            fields=[
                ("mend_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("local_date", models.DateField()),
                ("asked_at", parkstats_project.db.fields.SecondsField()),
                ("complete", models.BooleanField()),
                ("collections", models.IntegerField()),
                ("ride_rows", models.IntegerField()),
                ("note", models.CharField(blank=True, db_default="", max_length=255)),
                (
                    "park",
                    parkstats_project.db.fields.LegacyForeignKey(
                        constraint="park_mended_days_ibfk_1",
                        db_column="park_id",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mended_days",
                        to="parks.park",
                    ),
                ),
            ],
            options={
                "db_table": "park_mended_days",
                "constraints": [
                    models.UniqueConstraint(fields=("park", "local_date"), name="unique_mended_day")
                ],
            },
        ),
    ]
