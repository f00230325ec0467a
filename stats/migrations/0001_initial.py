"""The sixteen tables of statistics and logs, as the existing database has them.

Columns are in the order of the database: do not squash or regenerate this file.
"""

from decimal import Decimal

import django.db.models.deletion
from django.db import migrations, models

import parkstats_project.db.create_table
import parkstats_project.db.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("parks", "0001_initial"),
        ("rides", "0001_initial"),
    ]

    operations = [
        parkstats_project.db.create_table.CreateTable(
            name="AggregationLog",
            fields=[
                ("log_id", models.AutoField(primary_key=True, serialize=False)),
                ("aggregation_date", models.DateField()),
                (
                    "aggregation_type",
                    parkstats_project.db.fields.EnumField(
                        choices=[
                            ("daily", "Daily"),
                            ("weekly", "Weekly"),
                            ("monthly", "Monthly"),
                            ("yearly", "Yearly"),
                            ("hourly", "Hourly"),
                        ],
                        max_length=7,
                    ),
                ),
                ("started_at", parkstats_project.db.fields.TimestampField()),
                ("completed_at", parkstats_project.db.fields.TimestampField(blank=True, null=True)),
                (
                    "status",
                    parkstats_project.db.fields.EnumField(
                        choices=[("running", "Running"), ("success", "Success"), ("failed", "Failed")],
                        db_default="running",
                        max_length=7,
                    ),
                ),
                ("aggregated_until_ts", parkstats_project.db.fields.TimestampField(blank=True, null=True)),
                ("error_message", parkstats_project.db.fields.PlainTextField(blank=True, null=True)),
                ("parks_processed", models.IntegerField(blank=True, db_default=0, null=True)),
                ("rides_processed", models.IntegerField(blank=True, db_default=0, null=True)),
            ],
            options={
                "db_table": "aggregation_log",
                "indexes": [
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_aggregated_until_ts",
                        fields=["aggregated_until_ts"],
                        name="al_aggregated_until_ts",
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_aggregation_cleanup",
                        fields=["aggregation_type", "status", "-aggregated_until_ts"],
                        name="al_aggregation_cleanup",
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_aggregation_date_type",
                        fields=["aggregation_date", "aggregation_type"],
                        name="al_aggregation_date_type",
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_completed", fields=["-completed_at"], name="al_completed"
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_status", fields=["status", "aggregation_date"], name="al_status"
                    ),
                ],
            },
        ),
        parkstats_project.db.create_table.CreateTable(
            name="DataQualityIssue",
            fields=[
                ("issue_id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "data_source",
                    parkstats_project.db.fields.EnumField(
                        choices=[("themeparks_wiki", "Themeparks Wiki"), ("queue_times", "Queue Times")],
                        max_length=15,
                    ),
                ),
                (
                    "issue_type",
                    parkstats_project.db.fields.EnumField(
                        choices=[
                            ("STALE_DATA", "Stale Data"),
                            ("MISSING_DATA", "Missing Data"),
                            ("INVALID_STATUS", "Invalid Status"),
                            ("INCONSISTENT_DATA", "Inconsistent Data"),
                        ],
                        max_length=17,
                    ),
                ),
                (
                    "detected_at",
                    parkstats_project.db.fields.SecondsField(
                        db_default=parkstats_project.db.fields.CurrentTimestamp()
                    ),
                ),
                (
                    "park",
                    parkstats_project.db.fields.LegacyForeignKey(
                        blank=True,
                        constraint="fk_dqi_park",
                        db_column="park_id",
                        db_on_delete="SET NULL",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="data_quality_issues",
                        to="parks.park",
                    ),
                ),
                (
                    "ride",
                    parkstats_project.db.fields.LegacyForeignKey(
                        blank=True,
                        constraint="fk_dqi_ride",
                        db_column="ride_id",
                        db_on_delete="SET NULL",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="data_quality_issues",
                        to="rides.ride",
                    ),
                ),
                ("themeparks_wiki_id", models.CharField(blank=True, max_length=36, null=True)),
                ("queue_times_id", models.IntegerField(blank=True, null=True)),
                ("entity_name", models.CharField(blank=True, max_length=255, null=True)),
                ("last_updated_api", parkstats_project.db.fields.SecondsField(blank=True, null=True)),
                ("data_age_minutes", models.IntegerField(blank=True, null=True)),
                ("reported_status", models.CharField(blank=True, max_length=50, null=True)),
                ("details", parkstats_project.db.fields.PlainTextField(blank=True, null=True)),
                ("is_resolved", models.BooleanField(blank=True, db_default=False, null=True)),
                ("resolved_at", parkstats_project.db.fields.SecondsField(blank=True, null=True)),
            ],
            options={
                "db_table": "data_quality_issues",
                "indexes": [
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_dqi_detected", fields=["detected_at"], name="dqi_dqi_detected"
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_dqi_park", fields=["park", "detected_at"], name="dqi_dqi_park"
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_dqi_ride", fields=["ride", "detected_at"], name="dqi_dqi_ride"
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_dqi_source", fields=["data_source", "issue_type"], name="dqi_dqi_source"
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_dqi_unresolved",
                        fields=["is_resolved", "detected_at"],
                        name="dqi_dqi_unresolved",
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_dqi_wiki_id", fields=["themeparks_wiki_id"], name="dqi_dqi_wiki_id"
                    ),
                ],
            },
        ),
        parkstats_project.db.create_table.CreateTable(
            name="RideDailyStats",
            fields=[
                ("stat_id", models.AutoField(primary_key=True, serialize=False)),
                (
                    "ride",
                    parkstats_project.db.fields.LegacyForeignKey(
                        blank=True,
                        constraint="ride_daily_stats_ibfk_1",
                        db_column="ride_id",
                        db_on_delete="SET NULL",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="daily_stats",
                        to="rides.ride",
                    ),
                ),
                ("stat_date", models.DateField()),
                ("uptime_minutes", models.IntegerField(db_default=0)),
                ("downtime_minutes", models.IntegerField(db_default=0)),
                (
                    "uptime_percentage",
                    models.DecimalField(db_default=Decimal("0.00"), decimal_places=2, max_digits=5),
                ),
                ("operating_hours_minutes", models.IntegerField(db_default=0)),
                ("avg_wait_time", models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
                ("min_wait_time", models.IntegerField(blank=True, null=True)),
                ("max_wait_time", models.IntegerField(blank=True, null=True)),
                ("peak_wait_time", models.IntegerField(blank=True, null=True)),
                ("status_changes", models.IntegerField(db_default=0)),
                ("longest_downtime_minutes", models.IntegerField(blank=True, null=True)),
                (
                    "created_at",
                    parkstats_project.db.fields.TimestampField(
                        db_default=parkstats_project.db.fields.CurrentTimestamp()
                    ),
                ),
            ],
            options={
                "db_table": "ride_daily_stats",
                "indexes": [
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_downtime",
                        fields=["-downtime_minutes", "-stat_date"],
                        name="rds_downtime",
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_ride_daily_ranking",
                        fields=["-stat_date", "-downtime_minutes"],
                        name="rds_ride_daily_ranking",
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_ride_date", fields=["ride", "-stat_date"], name="rds_ride_date"
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_stat_date", fields=["-stat_date"], name="rds_stat_date"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("ride", "stat_date"), name="unique_ride_date")
                ],
            },
        ),
        parkstats_project.db.create_table.CreateTable(
            name="ParkDailyStats",
            fields=[
                ("stat_id", models.AutoField(primary_key=True, serialize=False)),
                (
                    "park",
                    parkstats_project.db.fields.LegacyForeignKey(
                        blank=True,
                        constraint="park_daily_stats_ibfk_1",
                        db_column="park_id",
                        db_on_delete="SET NULL",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="daily_stats",
                        to="parks.park",
                    ),
                ),
                ("stat_date", models.DateField()),
                ("total_rides_tracked", models.IntegerField(db_default=0)),
                (
                    "avg_uptime_percentage",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True),
                ),
                ("shame_score", models.DecimalField(blank=True, decimal_places=3, max_digits=6, null=True)),
                (
                    "total_downtime_hours",
                    models.DecimalField(db_default=Decimal("0.00"), decimal_places=2, max_digits=8),
                ),
                ("rides_with_downtime", models.IntegerField(db_default=0)),
                ("avg_wait_time", models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
                ("peak_wait_time", models.IntegerField(blank=True, null=True)),
                ("operating_hours_minutes", models.IntegerField(db_default=0)),
                (
                    "created_at",
                    parkstats_project.db.fields.TimestampField(
                        db_default=parkstats_project.db.fields.CurrentTimestamp()
                    ),
                ),
            ],
            options={
                "db_table": "park_daily_stats",
                "indexes": [
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_downtime",
                        fields=["-total_downtime_hours", "-stat_date"],
                        name="pds_downtime",
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_park_daily_ranking",
                        fields=["-stat_date", "-total_downtime_hours"],
                        name="pds_park_daily_ranking",
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_park_date", fields=["park", "-stat_date"], name="pds_park_date"
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_stat_date", fields=["-stat_date"], name="pds_stat_date"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("park", "stat_date"), name="unique_park_date")
                ],
            },
        ),
        parkstats_project.db.create_table.CreateTable(
            name="RideWeeklyStats",
            fields=[
                ("stat_id", models.AutoField(primary_key=True, serialize=False)),
                (
                    "ride",
                    parkstats_project.db.fields.LegacyForeignKey(
                        blank=True,
                        constraint="ride_weekly_stats_ibfk_1",
                        db_column="ride_id",
                        db_on_delete="SET NULL",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="weekly_stats",
                        to="rides.ride",
                    ),
                ),
                ("year", models.IntegerField()),
                ("week_number", models.IntegerField()),
                ("week_start_date", models.DateField()),
                ("uptime_minutes", models.IntegerField(db_default=0)),
                ("downtime_minutes", models.IntegerField(db_default=0)),
                (
                    "uptime_percentage",
                    models.DecimalField(db_default=Decimal("0.00"), decimal_places=2, max_digits=5),
                ),
                ("operating_hours_minutes", models.IntegerField(db_default=0)),
                ("avg_wait_time", models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
                ("peak_wait_time", models.IntegerField(blank=True, null=True)),
                ("status_changes", models.IntegerField(db_default=0)),
                (
                    "trend_vs_previous_week",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True),
                ),
                (
                    "created_at",
                    parkstats_project.db.fields.TimestampField(
                        db_default=parkstats_project.db.fields.CurrentTimestamp()
                    ),
                ),
            ],
            options={
                "db_table": "ride_weekly_stats",
                "indexes": [
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_ride_week",
                        fields=["ride", "-year", "-week_number"],
                        name="rws_ride_week",
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_ride_weekly_ranking",
                        fields=["-year", "-week_number", "-downtime_minutes"],
                        name="rws_ride_weekly_ranking",
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_week", fields=["-year", "-week_number"], name="rws_week"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("ride", "year", "week_number"), name="unique_ride_week")
                ],
            },
        ),
        parkstats_project.db.create_table.CreateTable(
            name="ParkWeeklyStats",
            fields=[
                ("stat_id", models.AutoField(primary_key=True, serialize=False)),
                (
                    "park",
                    parkstats_project.db.fields.LegacyForeignKey(
                        blank=True,
                        constraint="park_weekly_stats_ibfk_1",
                        db_column="park_id",
                        db_on_delete="SET NULL",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="weekly_stats",
                        to="parks.park",
                    ),
                ),
                ("year", models.IntegerField()),
                ("week_number", models.IntegerField()),
                ("week_start_date", models.DateField()),
                ("total_rides_tracked", models.IntegerField(db_default=0)),
                (
                    "avg_uptime_percentage",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True),
                ),
                (
                    "total_downtime_hours",
                    models.DecimalField(db_default=Decimal("0.00"), decimal_places=2, max_digits=8),
                ),
                ("rides_with_downtime", models.IntegerField(db_default=0)),
                ("avg_wait_time", models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
                ("peak_wait_time", models.IntegerField(blank=True, null=True)),
                (
                    "trend_vs_previous_week",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True),
                ),
                (
                    "created_at",
                    parkstats_project.db.fields.TimestampField(
                        db_default=parkstats_project.db.fields.CurrentTimestamp()
                    ),
                ),
            ],
            options={
                "db_table": "park_weekly_stats",
                "indexes": [
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_park_week",
                        fields=["park", "-year", "-week_number"],
                        name="pws_park_week",
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_park_weekly_ranking",
                        fields=["-year", "-week_number", "-total_downtime_hours"],
                        name="pws_park_weekly_ranking",
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_week", fields=["-year", "-week_number"], name="pws_week"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("park", "year", "week_number"), name="unique_park_week")
                ],
            },
        ),
        parkstats_project.db.create_table.CreateTable(
            name="RideMonthlyStats",
            fields=[
                ("stat_id", models.AutoField(primary_key=True, serialize=False)),
                (
                    "ride",
                    parkstats_project.db.fields.LegacyForeignKey(
                        blank=True,
                        constraint="ride_monthly_stats_ibfk_1",
                        db_column="ride_id",
                        db_on_delete="SET NULL",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="monthly_stats",
                        to="rides.ride",
                    ),
                ),
                ("year", models.IntegerField()),
                ("month", models.IntegerField()),
                ("uptime_minutes", models.IntegerField(db_default=0)),
                ("downtime_minutes", models.IntegerField(db_default=0)),
                (
                    "uptime_percentage",
                    models.DecimalField(db_default=Decimal("0.00"), decimal_places=2, max_digits=5),
                ),
                ("operating_hours_minutes", models.IntegerField(db_default=0)),
                ("avg_wait_time", models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
                ("peak_wait_time", models.IntegerField(blank=True, null=True)),
                ("status_changes", models.IntegerField(db_default=0)),
                (
                    "trend_vs_previous_month",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True),
                ),
                (
                    "created_at",
                    parkstats_project.db.fields.TimestampField(
                        db_default=parkstats_project.db.fields.CurrentTimestamp()
                    ),
                ),
            ],
            options={
                "db_table": "ride_monthly_stats",
                "indexes": [
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_month", fields=["-year", "-month"], name="rms_month"
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_ride_month", fields=["ride", "-year", "-month"], name="rms_ride_month"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("ride", "year", "month"), name="unique_ride_month")
                ],
            },
        ),
        parkstats_project.db.create_table.CreateTable(
            name="ParkMonthlyStats",
            fields=[
                ("stat_id", models.AutoField(primary_key=True, serialize=False)),
                (
                    "park",
                    parkstats_project.db.fields.LegacyForeignKey(
                        blank=True,
                        constraint="park_monthly_stats_ibfk_1",
                        db_column="park_id",
                        db_on_delete="SET NULL",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="monthly_stats",
                        to="parks.park",
                    ),
                ),
                ("year", models.IntegerField()),
                ("month", models.IntegerField()),
                ("total_rides_tracked", models.IntegerField(db_default=0)),
                (
                    "avg_uptime_percentage",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True),
                ),
                (
                    "total_downtime_hours",
                    models.DecimalField(db_default=Decimal("0.00"), decimal_places=2, max_digits=8),
                ),
                ("rides_with_downtime", models.IntegerField(db_default=0)),
                ("avg_wait_time", models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
                ("peak_wait_time", models.IntegerField(blank=True, null=True)),
                (
                    "trend_vs_previous_month",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True),
                ),
                (
                    "created_at",
                    parkstats_project.db.fields.TimestampField(
                        db_default=parkstats_project.db.fields.CurrentTimestamp()
                    ),
                ),
            ],
            options={
                "db_table": "park_monthly_stats",
                "indexes": [
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_month", fields=["-year", "-month"], name="pms_month"
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_park_month", fields=["park", "-year", "-month"], name="pms_park_month"
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_park_monthly_ranking",
                        fields=["-year", "-month", "-total_downtime_hours"],
                        name="pms_park_monthly_ranking",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("park", "year", "month"), name="unique_park_month")
                ],
            },
        ),
        parkstats_project.db.create_table.CreateTable(
            name="RideYearlyStats",
            fields=[
                ("stat_id", models.AutoField(primary_key=True, serialize=False)),
                (
                    "ride",
                    parkstats_project.db.fields.LegacyForeignKey(
                        blank=True,
                        constraint="ride_yearly_stats_ibfk_1",
                        db_column="ride_id",
                        db_on_delete="SET NULL",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="yearly_stats",
                        to="rides.ride",
                    ),
                ),
                ("year", models.IntegerField()),
                ("uptime_minutes", models.IntegerField(db_default=0)),
                ("downtime_minutes", models.IntegerField(db_default=0)),
                (
                    "uptime_percentage",
                    models.DecimalField(db_default=Decimal("0.00"), decimal_places=2, max_digits=5),
                ),
                ("operating_hours_minutes", models.IntegerField(db_default=0)),
                ("avg_wait_time", models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
                ("peak_wait_time", models.IntegerField(blank=True, null=True)),
                ("status_changes", models.IntegerField(db_default=0)),
                (
                    "trend_vs_previous_year",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True),
                ),
                (
                    "created_at",
                    parkstats_project.db.fields.TimestampField(
                        db_default=parkstats_project.db.fields.CurrentTimestamp()
                    ),
                ),
            ],
            options={
                "db_table": "ride_yearly_stats",
                "indexes": [
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_ride_year", fields=["ride", "-year"], name="rys_ride_year"
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_year", fields=["-year"], name="rys_year"
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("ride", "year"), name="unique_ride_year")],
            },
        ),
        parkstats_project.db.create_table.CreateTable(
            name="ParkYearlyStats",
            fields=[
                ("stat_id", models.AutoField(primary_key=True, serialize=False)),
                (
                    "park",
                    parkstats_project.db.fields.LegacyForeignKey(
                        blank=True,
                        constraint="park_yearly_stats_ibfk_1",
                        db_column="park_id",
                        db_on_delete="SET NULL",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="yearly_stats",
                        to="parks.park",
                    ),
                ),
                ("year", models.IntegerField()),
                ("total_rides_tracked", models.IntegerField(db_default=0)),
                (
                    "avg_uptime_percentage",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True),
                ),
                (
                    "total_downtime_hours",
                    models.DecimalField(db_default=Decimal("0.00"), decimal_places=2, max_digits=8),
                ),
                ("rides_with_downtime", models.IntegerField(db_default=0)),
                ("avg_wait_time", models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
                ("peak_wait_time", models.IntegerField(blank=True, null=True)),
                (
                    "trend_vs_previous_year",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True),
                ),
                (
                    "created_at",
                    parkstats_project.db.fields.TimestampField(
                        db_default=parkstats_project.db.fields.CurrentTimestamp()
                    ),
                ),
            ],
            options={
                "db_table": "park_yearly_stats",
                "indexes": [
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_park_year", fields=["park", "-year"], name="pys_park_year"
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_year", fields=["-year"], name="pys_year"
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("park", "year"), name="unique_park_year")],
            },
        ),
        parkstats_project.db.create_table.CreateTable(
            name="RideHourlyStats",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "ride",
                    parkstats_project.db.fields.LegacyForeignKey(
                        constraint="ride_hourly_stats_ibfk_1",
                        db_column="ride_id",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="hourly_stats",
                        to="rides.ride",
                    ),
                ),
                (
                    "park",
                    parkstats_project.db.fields.LegacyForeignKey(
                        constraint="ride_hourly_stats_ibfk_2",
                        db_column="park_id",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ride_hourly_stats",
                        to="parks.park",
                    ),
                ),
                ("hour_start_utc", parkstats_project.db.fields.SecondsField()),
                (
                    "avg_wait_time_minutes",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True),
                ),
                ("operating_snapshots", models.IntegerField(blank=True, null=True)),
                ("down_snapshots", models.IntegerField(blank=True, null=True)),
                (
                    "downtime_hours",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True),
                ),
                (
                    "uptime_percentage",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True),
                ),
                ("snapshot_count", models.IntegerField()),
                ("ride_operated", models.BooleanField()),
                (
                    "created_at",
                    parkstats_project.db.fields.TimestampField(
                        blank=True, db_default=parkstats_project.db.fields.CurrentTimestamp(), null=True
                    ),
                ),
                (
                    "updated_at",
                    parkstats_project.db.fields.TimestampField(
                        blank=True,
                        db_default=parkstats_project.db.fields.CurrentTimestamp(),
                        null=True,
                        on_update=True,
                    ),
                ),
            ],
            options={
                "db_table": "ride_hourly_stats",
                "indexes": [
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_hour_start", fields=["hour_start_utc"], name="rhs_hour_start"
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_park_hour", fields=["park", "hour_start_utc"], name="rhs_park_hour"
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_ride_hour", fields=["ride", "hour_start_utc"], name="rhs_ride_hour"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("ride", "hour_start_utc"), name="unique_ride_hour")
                ],
            },
        ),
        parkstats_project.db.create_table.CreateTable(
            name="ParkHourlyStats",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "park",
                    parkstats_project.db.fields.LegacyForeignKey(
                        constraint="park_hourly_stats_ibfk_1",
                        db_column="park_id",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="hourly_stats",
                        to="parks.park",
                    ),
                ),
                ("hour_start_utc", parkstats_project.db.fields.SecondsField()),
                ("shame_score", models.DecimalField(blank=True, decimal_places=1, max_digits=3, null=True)),
                (
                    "avg_wait_time_minutes",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True),
                ),
                ("rides_operating", models.IntegerField(blank=True, null=True)),
                ("rides_down", models.IntegerField(blank=True, null=True)),
                (
                    "total_downtime_hours",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=8, null=True),
                ),
                (
                    "weighted_downtime_hours",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=8, null=True),
                ),
                (
                    "effective_park_weight",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=10, null=True),
                ),
                ("snapshot_count", models.IntegerField()),
                ("park_was_open", models.BooleanField()),
                (
                    "created_at",
                    parkstats_project.db.fields.TimestampField(
                        blank=True, db_default=parkstats_project.db.fields.CurrentTimestamp(), null=True
                    ),
                ),
                (
                    "updated_at",
                    parkstats_project.db.fields.TimestampField(
                        blank=True,
                        db_default=parkstats_project.db.fields.CurrentTimestamp(),
                        null=True,
                        on_update=True,
                    ),
                ),
            ],
            options={
                "db_table": "park_hourly_stats",
                "indexes": [
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_hour_start", fields=["hour_start_utc"], name="phs_hour_start"
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_park_hour", fields=["park", "hour_start_utc"], name="phs_park_hour"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("park", "hour_start_utc"), name="unique_park_hour")
                ],
            },
        ),
        parkstats_project.db.create_table.CreateTable(
            name="ParkLiveRanking",
            fields=[
                (
                    "park",
                    models.OneToOneField(
                        db_column="park_id",
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="live_ranking",
                        serialize=False,
                        to="parks.park",
                    ),
                ),
                ("queue_times_id", models.IntegerField(blank=True, null=True)),
                ("park_name", models.CharField(max_length=255)),
                ("location", models.CharField(blank=True, max_length=255, null=True)),
                ("timezone", models.CharField(blank=True, max_length=50, null=True)),
                ("is_disney", models.BooleanField(blank=True, db_default=False, null=True)),
                ("is_universal", models.BooleanField(blank=True, db_default=False, null=True)),
                ("rides_down", models.IntegerField(blank=True, db_default=0, null=True)),
                ("total_rides", models.IntegerField(blank=True, db_default=0, null=True)),
                (
                    "shame_score",
                    models.DecimalField(
                        blank=True, db_default=Decimal("0.0"), decimal_places=1, max_digits=4, null=True
                    ),
                ),
                ("park_is_open", models.BooleanField(blank=True, db_default=False, null=True)),
                (
                    "total_downtime_hours",
                    models.DecimalField(
                        blank=True, db_default=Decimal("0.00"), decimal_places=2, max_digits=6, null=True
                    ),
                ),
                (
                    "weighted_downtime_hours",
                    models.DecimalField(
                        blank=True, db_default=Decimal("0.00"), decimal_places=2, max_digits=6, null=True
                    ),
                ),
                (
                    "total_park_weight",
                    models.DecimalField(
                        blank=True, db_default=Decimal("0.00"), decimal_places=2, max_digits=8, null=True
                    ),
                ),
                ("calculated_at", parkstats_project.db.fields.SecondsField()),
            ],
            options={
                "db_table": "park_live_rankings",
                "indexes": [
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_calculated_at", fields=["calculated_at"], name="plr_calculated_at"
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_disney_universal",
                        fields=["is_disney", "is_universal"],
                        name="plr_disney_universal",
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_rides_down", fields=["-rides_down"], name="plr_rides_down"
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_shame_score", fields=["-shame_score"], name="plr_shame_score"
                    ),
                ],
            },
        ),
        parkstats_project.db.create_table.CreateTable(
            name="ParkLiveRankingStaging",
            fields=[
                (
                    "park",
                    models.OneToOneField(
                        db_column="park_id",
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="live_rankings_staging",
                        serialize=False,
                        to="parks.park",
                    ),
                ),
                ("queue_times_id", models.IntegerField(blank=True, null=True)),
                ("park_name", models.CharField(max_length=255)),
                ("location", models.CharField(blank=True, max_length=255, null=True)),
                ("timezone", models.CharField(blank=True, max_length=50, null=True)),
                ("is_disney", models.BooleanField(blank=True, db_default=False, null=True)),
                ("is_universal", models.BooleanField(blank=True, db_default=False, null=True)),
                ("rides_down", models.IntegerField(blank=True, db_default=0, null=True)),
                ("total_rides", models.IntegerField(blank=True, db_default=0, null=True)),
                (
                    "shame_score",
                    models.DecimalField(
                        blank=True, db_default=Decimal("0.0"), decimal_places=1, max_digits=4, null=True
                    ),
                ),
                ("park_is_open", models.BooleanField(blank=True, db_default=False, null=True)),
                (
                    "total_downtime_hours",
                    models.DecimalField(
                        blank=True, db_default=Decimal("0.00"), decimal_places=2, max_digits=6, null=True
                    ),
                ),
                (
                    "weighted_downtime_hours",
                    models.DecimalField(
                        blank=True, db_default=Decimal("0.00"), decimal_places=2, max_digits=6, null=True
                    ),
                ),
                (
                    "total_park_weight",
                    models.DecimalField(
                        blank=True, db_default=Decimal("0.00"), decimal_places=2, max_digits=8, null=True
                    ),
                ),
                ("calculated_at", parkstats_project.db.fields.SecondsField()),
            ],
            options={
                "db_table": "park_live_rankings_staging",
                "indexes": [
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_calculated_at", fields=["calculated_at"], name="pls_calculated_at"
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_disney_universal",
                        fields=["is_disney", "is_universal"],
                        name="pls_disney_universal",
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_rides_down", fields=["-rides_down"], name="pls_rides_down"
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_shame_score", fields=["-shame_score"], name="pls_shame_score"
                    ),
                ],
            },
        ),
        parkstats_project.db.create_table.CreateTable(
            name="RideLiveRanking",
            fields=[
                (
                    "ride",
                    models.OneToOneField(
                        db_column="ride_id",
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="live_ranking",
                        serialize=False,
                        to="rides.ride",
                    ),
                ),
                (
                    "park",
                    parkstats_project.db.fields.LegacyForeignKey(
                        constraint="fk_ride_live_park",
                        db_column="park_id",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ride_live_rankings",
                        to="parks.park",
                    ),
                ),
                ("queue_times_id", models.IntegerField(blank=True, null=True)),
                ("ride_name", models.CharField(max_length=255)),
                ("park_name", models.CharField(max_length=255)),
                ("tier", models.IntegerField(blank=True, db_default=3, null=True)),
                (
                    "tier_weight",
                    models.DecimalField(
                        blank=True, db_default=Decimal("2.0"), decimal_places=1, max_digits=3, null=True
                    ),
                ),
                ("category", models.CharField(blank=True, db_default="ATTRACTION", max_length=50, null=True)),
                ("is_disney", models.BooleanField(blank=True, db_default=False, null=True)),
                ("is_universal", models.BooleanField(blank=True, db_default=False, null=True)),
                ("is_down", models.BooleanField(blank=True, db_default=False, null=True)),
                ("current_status", models.CharField(blank=True, max_length=50, null=True)),
                ("current_wait_time", models.IntegerField(blank=True, null=True)),
                ("last_status_change", parkstats_project.db.fields.SecondsField(blank=True, null=True)),
                (
                    "downtime_hours",
                    models.DecimalField(
                        blank=True, db_default=Decimal("0.00"), decimal_places=2, max_digits=6, null=True
                    ),
                ),
                ("downtime_incidents", models.IntegerField(blank=True, db_default=0, null=True)),
                ("avg_wait_time", models.DecimalField(blank=True, decimal_places=1, max_digits=5, null=True)),
                ("max_wait_time", models.IntegerField(blank=True, null=True)),
                ("calculated_at", parkstats_project.db.fields.SecondsField()),
            ],
            options={
                "db_table": "ride_live_rankings",
                "indexes": [
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_calculated_at", fields=["calculated_at"], name="rlr_calculated_at"
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_disney_universal",
                        fields=["is_disney", "is_universal"],
                        name="rlr_disney_universal",
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_downtime", fields=["-downtime_hours"], name="rlr_downtime"
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_is_down", fields=["is_down", "-downtime_hours"], name="rlr_is_down"
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_park", fields=["park"], name="rlr_park"
                    ),
                ],
            },
        ),
        parkstats_project.db.create_table.CreateTable(
            name="RideLiveRankingStaging",
            fields=[
                (
                    "ride",
                    models.OneToOneField(
                        db_column="ride_id",
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="live_rankings_staging",
                        serialize=False,
                        to="rides.ride",
                    ),
                ),
                (
                    "park",
                    parkstats_project.db.fields.LegacyForeignKey(
                        db_column="park_id",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ride_live_rankings_staging",
                        to="parks.park",
                    ),
                ),
                ("queue_times_id", models.IntegerField(blank=True, null=True)),
                ("ride_name", models.CharField(max_length=255)),
                ("park_name", models.CharField(max_length=255)),
                ("tier", models.IntegerField(blank=True, db_default=3, null=True)),
                (
                    "tier_weight",
                    models.DecimalField(
                        blank=True, db_default=Decimal("2.0"), decimal_places=1, max_digits=3, null=True
                    ),
                ),
                ("category", models.CharField(blank=True, db_default="ATTRACTION", max_length=50, null=True)),
                ("is_disney", models.BooleanField(blank=True, db_default=False, null=True)),
                ("is_universal", models.BooleanField(blank=True, db_default=False, null=True)),
                ("is_down", models.BooleanField(blank=True, db_default=False, null=True)),
                ("current_status", models.CharField(blank=True, max_length=50, null=True)),
                ("current_wait_time", models.IntegerField(blank=True, null=True)),
                ("last_status_change", parkstats_project.db.fields.SecondsField(blank=True, null=True)),
                (
                    "downtime_hours",
                    models.DecimalField(
                        blank=True, db_default=Decimal("0.00"), decimal_places=2, max_digits=6, null=True
                    ),
                ),
                ("downtime_incidents", models.IntegerField(blank=True, db_default=0, null=True)),
                ("avg_wait_time", models.DecimalField(blank=True, decimal_places=1, max_digits=5, null=True)),
                ("max_wait_time", models.IntegerField(blank=True, null=True)),
                ("calculated_at", parkstats_project.db.fields.SecondsField()),
            ],
            options={
                "db_table": "ride_live_rankings_staging",
                "indexes": [
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_calculated_at", fields=["calculated_at"], name="rls_calculated_at"
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_disney_universal",
                        fields=["is_disney", "is_universal"],
                        name="rls_disney_universal",
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_downtime", fields=["-downtime_hours"], name="rls_downtime"
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_is_down", fields=["is_down", "-downtime_hours"], name="rls_is_down"
                    ),
                    parkstats_project.db.fields.LegacyIndex(
                        db_name="idx_park", fields=["park"], name="rls_park"
                    ),
                ],
            },
        ),
    ]
