"""What people call the tables, and what their columns hold, said in the database.

Locks: each table for an instant (one second of waiting at most, then again); nothing is copied, whatever its
size. Can be killed and run again at any point.
"""

from django.db import migrations

from parkstats_project.db.comments import DescribeColumns


class Migration(migrations.Migration):
    atomic = False
    resumable = ("forwards", "backwards")

    dependencies = [("rides", "0003_status_since")]

    operations = [
        migrations.AlterModelOptions(
            "RideClassification", {"verbose_name": "tier of a ride", "verbose_name_plural": "tiers of rides"}
        ),
        migrations.AlterModelOptions(
            "RideStatusChange", {"verbose_name": "status change", "get_latest_by": "changed_at"}
        ),
        migrations.AlterModelOptions(
            "RideStatusSnapshot",
            {
                "verbose_name": "snapshot of a ride",
                "verbose_name_plural": "snapshots of rides",
                "get_latest_by": "recorded_at",
            },
        ),
        DescribeColumns(
            "Ride",
            {
                "queue_times_id": "id at Queue-Times",
                "themeparks_wiki_id": "entity at ThemeParks.wiki",
                "entity_type": "as at ThemeParks.wiki",
                "land_area": "part of the park",
                "tier": "1, 2 or 3; what counts is in ride_classifications",
                "category": "rankings list ATTRACTION alone",
                "is_active": "collected and shown",
                "last_operated_at": "when it was last seen running, UTC",
                "status_since": "when its present status began, as far as is known, UTC",
            },
        ),
        DescribeColumns(
            "RideClassification",
            {
                "tier": "1 major, 2 standard, 3 minor",
                "tier_weight": "weight in scores: 3, 2 or 1",
                "classification_method": "who or what chose the tier",
                "confidence_score": "0.00 to 1.00",
                "reasoning_text": "why this tier",
                "override_reason": "why a person chose it",
                "cache_key": "park and ride in a cache of the legacy system",
                "schema_version": "of the legacy system's classification",
            },
        ),
        DescribeColumns(
            "RideStatusSnapshot",
            {
                "recorded_at": "start of the park's collection, UTC",
                "is_open": "as the source reported it",
                "status": "as ThemeParks.wiki reported it; NULL from other sources",
                "wait_time": "minutes, as reported",
                "computed_is_open": "it runs: OPERATING, or without a status, open or with a wait",
                "last_updated_api": "last change at the source, UTC",
            },
        ),
        DescribeColumns(
            "RideStatusChange",
            {
                "changed_at": "when it was noticed, UTC",
                "previous_status": "computed_is_open before",
                "previous_status_enum": "status before, if written",
                "new_status": "computed_is_open now",
                "new_status_enum": "status now, if written",
                "duration_in_previous_status": "minutes since the snapshot before, not those of an outage",
                "wait_time_at_change": "never written",
                "status_since": "when the status that ended had begun, UTC",
            },
        ),
    ]
