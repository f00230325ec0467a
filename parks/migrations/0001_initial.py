"""The four tables about parks, as the existing database has them.

Columns are in the order of the database: do not squash or regenerate this file.
"""

import django.db.models.deletion
from django.db import migrations, models

import parkstats_project.db.create_table
import parkstats_project.db.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        parkstats_project.db.create_table.CreateTable(
            name="Park",
            fields=[
                ("park_id", models.AutoField(primary_key=True, serialize=False)),
                ("queue_times_id", models.IntegerField(unique=True)),
                (
                    "themeparks_wiki_id",
                    parkstats_project.db.fields.FixedCharField(blank=True, max_length=36, null=True),
                ),
                ("name", models.CharField(max_length=255)),
                ("city", models.CharField(max_length=100)),
                ("state_province", models.CharField(blank=True, max_length=100, null=True)),
                ("country", models.CharField(max_length=2)),
                ("latitude", models.DecimalField(blank=True, decimal_places=8, max_digits=10, null=True)),
                ("longitude", models.DecimalField(blank=True, decimal_places=8, max_digits=11, null=True)),
                ("timezone", models.CharField(db_default="America/New_York", max_length=50)),
                ("operator", models.CharField(blank=True, max_length=100, null=True)),
                ("is_disney", models.BooleanField(db_default=False)),
                ("is_universal", models.BooleanField(db_default=False)),
                ("is_active", models.BooleanField(db_default=True)),
                (
                    "created_at",
                    parkstats_project.db.fields.TimestampField(
                        db_default=parkstats_project.db.fields.CurrentTimestamp()
                    ),
                ),
                (
                    "updated_at",
                    parkstats_project.db.fields.TimestampField(
                        db_default=parkstats_project.db.fields.CurrentTimestamp(), on_update=True
                    ),
                ),
            ],
            options={
                "db_table": "parks",
                "indexes": [
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_active", fields=["is_active"], name="p_active"
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_country", fields=["country"], name="p_country"
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_disney_universal",
                        fields=["is_disney", "is_universal"],
                        name="p_disney_universal",
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_operator", fields=["operator"], name="p_operator"
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_parks_filter_active",
                        fields=["is_disney", "is_universal", "is_active"],
                        name="p_parks_filter_active",
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_themeparks_wiki_id",
                        fields=["themeparks_wiki_id"],
                        name="p_themeparks_wiki_id",
                    ),
                ],
            },
        ),
        parkstats_project.db.create_table.CreateTable(
            name="ParkSchedule",
            fields=[
                ("schedule_id", models.AutoField(primary_key=True, serialize=False)),
                (
                    "park",
                    parkstats_project.db.fields.LegacyForeignKey(
                        constraint="fk_park_schedules_park",
                        db_column="park_id",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="schedules",
                        to="parks.park",
                    ),
                ),
                ("schedule_date", models.DateField()),
                ("opening_time", parkstats_project.db.fields.SecondsField(blank=True, null=True)),
                ("closing_time", parkstats_project.db.fields.SecondsField(blank=True, null=True)),
                (
                    "schedule_type",
                    parkstats_project.db.fields.EnumField(
                        blank=True,
                        choices=[
                            ("OPERATING", "Operating"),
                            ("TICKETED_EVENT", "Ticketed Event"),
                            ("PRIVATE_EVENT", "Private Event"),
                            ("EXTRA_HOURS", "Extra Hours"),
                            ("INFO", "Info"),
                        ],
                        db_default="OPERATING",
                        max_length=14,
                        null=True,
                    ),
                ),
                (
                    "fetched_at",
                    parkstats_project.db.fields.SecondsField(
                        db_default=parkstats_project.db.fields.CurrentTimestamp()
                    ),
                ),
                (
                    "created_at",
                    parkstats_project.db.fields.SecondsField(
                        blank=True, db_default=parkstats_project.db.fields.CurrentTimestamp(), null=True
                    ),
                ),
                (
                    "updated_at",
                    parkstats_project.db.fields.SecondsField(
                        blank=True,
                        db_default=parkstats_project.db.fields.CurrentTimestamp(),
                        null=True,
                        on_update=True,
                    ),
                ),
            ],
            options={
                "db_table": "park_schedules",
                "indexes": [
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_ps_date", fields=["schedule_date"], name="ps_ps_date"
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_ps_fetched", fields=["fetched_at"], name="ps_ps_fetched"
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_ps_park_date", fields=["park", "schedule_date"], name="ps_ps_park_date"
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_ps_type", fields=["schedule_type"], name="ps_ps_type"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("park", "schedule_date", "schedule_type"), name="uk_park_date_type"
                    )
                ],
            },
        ),
        parkstats_project.db.create_table.CreateTable(
            name="ParkOperatingSession",
            fields=[
                ("session_id", models.AutoField(primary_key=True, serialize=False)),
                (
                    "park",
                    parkstats_project.db.fields.LegacyForeignKey(
                        blank=True,
                        constraint="park_operating_sessions_ibfk_1",
                        db_column="park_id",
                        db_on_delete="SET NULL",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="operating_sessions",
                        to="parks.park",
                    ),
                ),
                ("session_date", models.DateField()),
                ("session_start_utc", parkstats_project.db.fields.TimestampField(blank=True, null=True)),
                ("session_end_utc", parkstats_project.db.fields.TimestampField(blank=True, null=True)),
                ("operating_minutes", models.IntegerField(blank=True, null=True)),
                (
                    "created_at",
                    parkstats_project.db.fields.TimestampField(
                        db_default=parkstats_project.db.fields.CurrentTimestamp()
                    ),
                ),
                (
                    "updated_at",
                    parkstats_project.db.fields.TimestampField(
                        db_default=parkstats_project.db.fields.CurrentTimestamp(), on_update=True
                    ),
                ),
            ],
            options={
                "db_table": "park_operating_sessions",
                "indexes": [
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_park_date", fields=["park", "-session_date"], name="pos_park_date"
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_session_date", fields=["-session_date"], name="pos_session_date"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("park", "session_date"), name="unique_park_session")
                ],
            },
        ),
        parkstats_project.db.create_table.CreateTable(
            name="ParkActivitySnapshot",
            fields=[
                ("snapshot_id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "park",
                    parkstats_project.db.fields.LegacyForeignKey(
                        constraint="park_activity_snapshots_ibfk_1",
                        db_column="park_id",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="activity_snapshots",
                        to="parks.park",
                    ),
                ),
                ("recorded_at", parkstats_project.db.fields.TimestampField()),
                ("total_rides_tracked", models.IntegerField(db_default=0)),
                ("rides_open", models.IntegerField(db_default=0)),
                ("rides_closed", models.IntegerField(db_default=0)),
                ("avg_wait_time", models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
                ("max_wait_time", models.IntegerField(blank=True, null=True)),
                ("park_appears_open", models.BooleanField()),
                ("shame_score", models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True)),
            ],
            options={
                "db_table": "park_activity_snapshots",
                "indexes": [
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_park_activity_detection",
                        fields=["park", "park_appears_open", "-recorded_at"],
                        name="pas_park_activity_detection",
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_park_open",
                        fields=["park", "park_appears_open", "recorded_at"],
                        name="pas_park_open",
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_park_recorded", fields=["park", "-recorded_at"], name="pas_park_recorded"
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_pas_shame_score",
                        fields=["park", "recorded_at", "shame_score"],
                        name="pas_pas_shame_score",
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_pas_time_range_covering",
                        fields=["recorded_at", "park", "park_appears_open"],
                        name="pas_pas_time_range_covering",
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_recorded_at", fields=["-recorded_at"], name="pas_recorded_at"
                    ),
                ],
            },
        ),
    ]
