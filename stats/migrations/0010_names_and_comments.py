"""What people call the tables, and what their columns hold, said in the database.

Locks: each table for an instant (one second of waiting at most, then again); nothing is copied, whatever its
size. Can be killed and run again at any point.
"""

from django.db import migrations

from parkstats_project.db.comments import DescribeColumns


class Migration(migrations.Migration):
    atomic = False
    resumable = ("forwards", "backwards")

    dependencies = [("stats", "0009_end_cleanup_events")]

    operations = [
        migrations.AlterModelOptions(
            "AggregationLog",
            {
                "verbose_name": "run of a job",
                "verbose_name_plural": "runs of jobs",
                "ordering": ["-log_id"],
                "get_latest_by": "started_at",
            },
        ),
        migrations.AlterModelOptions(
            "DataQualityIssue",
            {
                "verbose_name": "doubtful datum",
                "verbose_name_plural": "doubtful data",
                "ordering": ["-issue_id"],
                "get_latest_by": "detected_at",
            },
        ),
        migrations.AlterModelOptions(
            "ParkDailyStats",
            {
                "verbose_name": "day of a park",
                "verbose_name_plural": "parks by day",
                "get_latest_by": "stat_date",
            },
        ),
        migrations.AlterModelOptions(
            "ParkDayArchive",
            {
                "verbose_name": "archived day of a park",
                "verbose_name_plural": "archived days of parks",
                "get_latest_by": "stat_date",
            },
        ),
        migrations.AlterModelOptions(
            "ParkLiveRanking",
            {
                "verbose_name": "park in the live ranking",
                "verbose_name_plural": "live ranking of parks",
                "get_latest_by": "calculated_at",
            },
        ),
        migrations.AlterModelOptions(
            "ParkLiveRankingStaging",
            {
                "verbose_name": "park in the next live ranking",
                "verbose_name_plural": "next live ranking of parks",
                "get_latest_by": "calculated_at",
            },
        ),
        migrations.AlterModelOptions(
            "ParkMonthlyStats",
            {
                "verbose_name": "month of a park",
                "verbose_name_plural": "parks by month",
                "get_latest_by": ["year", "month"],
            },
        ),
        migrations.AlterModelOptions(
            "ParkWeeklyStats",
            {
                "verbose_name": "week of a park",
                "verbose_name_plural": "parks by week",
                "get_latest_by": ["year", "week_number"],
            },
        ),
        migrations.AlterModelOptions(
            "ParkYearlyStats",
            {
                "verbose_name": "year of a park",
                "verbose_name_plural": "parks by year",
                "get_latest_by": ["year"],
            },
        ),
        migrations.AlterModelOptions(
            "RideDailyStats",
            {
                "verbose_name": "day of a ride",
                "verbose_name_plural": "rides by day",
                "get_latest_by": "stat_date",
            },
        ),
        migrations.AlterModelOptions(
            "RideLiveRanking",
            {
                "verbose_name": "ride in the live ranking",
                "verbose_name_plural": "live ranking of rides",
                "get_latest_by": "calculated_at",
            },
        ),
        migrations.AlterModelOptions(
            "RideLiveRankingStaging",
            {
                "verbose_name": "ride in the next live ranking",
                "verbose_name_plural": "next live ranking of rides",
                "get_latest_by": "calculated_at",
            },
        ),
        migrations.AlterModelOptions(
            "RideMonthlyStats",
            {
                "verbose_name": "month of a ride",
                "verbose_name_plural": "rides by month",
                "get_latest_by": ["year", "month"],
            },
        ),
        migrations.AlterModelOptions(
            "RideWeeklyStats",
            {
                "verbose_name": "week of a ride",
                "verbose_name_plural": "rides by week",
                "get_latest_by": ["year", "week_number"],
            },
        ),
        migrations.AlterModelOptions(
            "RideYearlyStats",
            {
                "verbose_name": "year of a ride",
                "verbose_name_plural": "rides by year",
                "get_latest_by": ["year"],
            },
        ),
        DescribeColumns(
            "ParkDayArchive",
            {
                "stat_date": "Pacific date",
                "kind": "what the rows are",
                "row_count": "rows in the payload",
                "ride_ids": "rides in the payload, as ,12,57,",
                "checksum": "SHA-256 of the payload",
                "payload": "compressed Parquet",
            },
        ),
        DescribeColumns(
            "RideDailyStats",
            {
                "uptime_minutes": "10 for each snapshot in which it ran while the park was open",
                "downtime_minutes": "10 for each snapshot in which it was down while the park was open",
                "uptime_percentage": "share of the time the park was open in which it ran; 0 if it never did",
                "operating_hours_minutes": "10 for each snapshot while the park was open",
                "avg_wait_time": "minutes, while it ran",
                "peak_wait_time": "longest wait in minutes, whether it ran or not",
                "status_changes": "changes between open and closed",
                "stat_date": "Pacific date",
                "min_wait_time": "shortest wait in minutes while it ran",
                "max_wait_time": "longest wait in minutes while it ran",
                "longest_downtime_minutes": "longest duration_in_previous_status of an opening",
                "metrics_version": "which calculation made the row",
            },
        ),
        DescribeColumns(
            "ParkDailyStats",
            {
                "total_rides_tracked": "rides with a row of the same time",
                "avg_uptime_percentage": "mean over the rides; one that never ran counts as 0",
                "total_downtime_hours": "sum over the rides",
                "avg_wait_time": "minutes, over the rides' averages",
                "peak_wait_time": "longest wait in minutes",
                "stat_date": "Pacific date",
                "shame_score": "weighted downtime hours / weight of rides that ran, x 10; not in version 1",
                "operating_hours_minutes": "mean over the rides",
                "metrics_version": "which calculation made the row",
            },
        ),
        DescribeColumns(
            "ParkLiveRanking",
            {
                "queue_times_id": "id of the park at Queue-Times",
                "location": "city, state; NULL without a state",
                "rides_down": "rides that are down now",
                "total_rides": "rides that ran within 7 days",
                "shame_score": "of the newest snapshot, as the collector stored it",
                "park_is_open": "by schedule, else by the newest snapshot",
                "total_downtime_hours": "of today, 5 minutes for each snapshot",
                "weighted_downtime_hours": "the same, each ride by its tier weight",
                "total_park_weight": "tier weights of the rides that ran within 7 days",
                "calculated_at": "UTC",
            },
        ),
        DescribeColumns(
            "ParkLiveRankingStaging",
            {
                "queue_times_id": "id of the park at Queue-Times",
                "location": "city, state; NULL without a state",
                "rides_down": "rides that are down now",
                "total_rides": "rides that ran within 7 days",
                "shame_score": "of the newest snapshot, as the collector stored it",
                "park_is_open": "by schedule, else by the newest snapshot",
                "total_downtime_hours": "of today, 5 minutes for each snapshot",
                "weighted_downtime_hours": "the same, each ride by its tier weight",
                "total_park_weight": "tier weights of the rides that ran within 7 days",
                "calculated_at": "UTC",
            },
        ),
        DescribeColumns(
            "RideLiveRanking",
            {
                "queue_times_id": "id of the ride at Queue-Times",
                "tier": "3 if unclassified",
                "tier_weight": "2.0 if unclassified",
                "is_down": "down now",
                "current_status": "as reported, within the last two hours",
                "current_wait_time": "minutes",
                "last_status_change": "of today, UTC",
                "downtime_hours": "of today, 5 minutes for each snapshot",
                "downtime_incidents": "always 0",
                "avg_wait_time": "of today, minutes",
                "max_wait_time": "of today, minutes",
                "calculated_at": "UTC",
            },
        ),
        DescribeColumns(
            "RideLiveRankingStaging",
            {
                "queue_times_id": "id of the ride at Queue-Times",
                "tier": "3 if unclassified",
                "tier_weight": "2.0 if unclassified",
                "is_down": "down now",
                "current_status": "as reported, within the last two hours",
                "current_wait_time": "minutes",
                "last_status_change": "of today, UTC",
                "downtime_hours": "of today, 5 minutes for each snapshot",
                "downtime_incidents": "always 0",
                "avg_wait_time": "of today, minutes",
                "max_wait_time": "of today, minutes",
                "calculated_at": "UTC",
            },
        ),
        DescribeColumns(
            "AggregationLog",
            {
                "aggregation_date": "Pacific date that was worked on",
                "started_at": "UTC",
                "completed_at": "UTC; NULL until done",
                "aggregated_until_ts": "end of the date, UTC; NULL in rows of the legacy system",
                "error_message": "why it failed, or what it covered",
                "parks_processed": "parks written",
                "rides_processed": "rides written",
            },
        ),
        DescribeColumns(
            "DataQualityIssue",
            {
                "detected_at": "UTC",
                "themeparks_wiki_id": "entity at ThemeParks.wiki",
                "queue_times_id": "id at Queue-Times",
                "entity_name": "as the source has it",
                "last_updated_api": "last change at the source, UTC",
                "data_age_minutes": "age of that change when it was noticed",
                "reported_status": "as the source reported it",
                "details": "for people",
                "resolved_at": "UTC",
            },
        ),
        DescribeColumns(
            "RideWeeklyStats",
            {
                "uptime_minutes": "10 for each snapshot in which it ran while the park was open",
                "downtime_minutes": "10 for each snapshot in which it was down while the park was open",
                "uptime_percentage": "share of the time the park was open in which it ran; 0 if it never did",
                "operating_hours_minutes": "10 for each snapshot while the park was open",
                "avg_wait_time": "minutes, while it ran",
                "peak_wait_time": "longest wait in minutes, whether it ran or not",
                "status_changes": "changes between open and closed",
                "year": "ISO year",
                "week_number": "ISO week",
                "week_start_date": "Monday of the week",
                "trend_vs_previous_week": "change of downtime against the week before, in percent",
            },
        ),
        DescribeColumns(
            "ParkWeeklyStats",
            {
                "total_rides_tracked": "rides with a row of the same time",
                "avg_uptime_percentage": "mean over the rides; one that never ran counts as 0",
                "total_downtime_hours": "sum over the rides",
                "avg_wait_time": "minutes, over the rides' averages",
                "peak_wait_time": "longest wait in minutes",
                "year": "ISO year",
                "week_number": "ISO week",
                "week_start_date": "Monday of the week",
                "trend_vs_previous_week": "change of downtime against the week before, in percent",
            },
        ),
        DescribeColumns(
            "RideMonthlyStats",
            {
                "uptime_minutes": "10 for each snapshot in which it ran while the park was open",
                "downtime_minutes": "10 for each snapshot in which it was down while the park was open",
                "uptime_percentage": "share of the time the park was open in which it ran; 0 if it never did",
                "operating_hours_minutes": "10 for each snapshot while the park was open",
                "avg_wait_time": "minutes, while it ran",
                "peak_wait_time": "longest wait in minutes, whether it ran or not",
                "status_changes": "changes between open and closed",
                "trend_vs_previous_month": "change of downtime against the month before, in percent",
            },
        ),
        DescribeColumns(
            "ParkMonthlyStats",
            {
                "total_rides_tracked": "rides with a row of the same time",
                "avg_uptime_percentage": "mean over the rides; one that never ran counts as 0",
                "total_downtime_hours": "sum over the rides",
                "avg_wait_time": "minutes, over the rides' averages",
                "peak_wait_time": "longest wait in minutes",
                "trend_vs_previous_month": "change of downtime against the month before, in percent",
            },
        ),
        DescribeColumns(
            "RideYearlyStats",
            {
                "uptime_minutes": "10 for each snapshot in which it ran while the park was open",
                "downtime_minutes": "10 for each snapshot in which it was down while the park was open",
                "uptime_percentage": "share of the time the park was open in which it ran; 0 if it never did",
                "operating_hours_minutes": "10 for each snapshot while the park was open",
                "avg_wait_time": "minutes, while it ran",
                "peak_wait_time": "longest wait in minutes, whether it ran or not",
                "status_changes": "changes between open and closed",
                "trend_vs_previous_year": "change of downtime against the year before, in percent",
            },
        ),
        DescribeColumns(
            "ParkYearlyStats",
            {
                "total_rides_tracked": "rides with a row of the same time",
                "avg_uptime_percentage": "mean over the rides; one that never ran counts as 0",
                "total_downtime_hours": "sum over the rides",
                "avg_wait_time": "minutes, over the rides' averages",
                "peak_wait_time": "longest wait in minutes",
                "trend_vs_previous_year": "change of downtime against the year before, in percent",
            },
        ),
    ]
