"""What people call the tables, and what their columns hold, said in the database.

Locks: each table for an instant (one second of waiting at most, then again); nothing is copied, whatever its
size. Can be killed and run again at any point.
"""

from django.db import migrations

from parkstats_project.db.comments import DescribeColumns


class Migration(migrations.Migration):
    atomic = False
    resumable = ("forwards", "backwards")

    dependencies = [("parks", "0003_collecting")]

    operations = [
        migrations.AlterModelOptions(
            "ParkActivitySnapshot",
            {
                "verbose_name": "snapshot of a park",
                "verbose_name_plural": "snapshots of parks",
                "get_latest_by": "recorded_at",
            },
        ),
        migrations.AlterModelOptions(
            "ParkOperatingSession", {"verbose_name": "operating session", "get_latest_by": "session_date"}
        ),
        migrations.AlterModelOptions(
            "ParkSchedule",
            {
                "verbose_name": "announced hours",
                "verbose_name_plural": "announced hours",
                "get_latest_by": "schedule_date",
            },
        ),
        DescribeColumns(
            "Park",
            {
                "queue_times_id": "id at Queue-Times",
                "themeparks_wiki_id": "entity at ThemeParks.wiki",
                "state_province": "as is usual in the country, abbreviated or not",
                "country": "ISO 3166-1 alpha-2",
                "timezone": "IANA name of the park's own zone",
                "operator": "company, as far as known",
                "is_disney": "in the filter disney-universal; its source reports DOWN",
                "is_universal": "in the filter disney-universal; its source reports DOWN",
                "is_active": "collected and shown",
            },
        ),
        DescribeColumns(
            "ParkSchedule",
            {
                "schedule_date": "date in the park's own zone",
                "opening_time": "UTC",
                "closing_time": "UTC, may be on the next date",
                "schedule_type": "as at ThemeParks.wiki; OPERATING alone opens the park",
                "fetched_at": "when the source was read, UTC",
            },
        ),
        DescribeColumns(
            "ParkOperatingSession",
            {
                "session_date": "date in the park's own zone",
                "session_start_utc": "first snapshot of the date",
                "session_end_utc": "last snapshot of the date",
                "operating_minutes": "whole minutes from first to last",
            },
        ),
        DescribeColumns(
            "ParkActivitySnapshot",
            {
                "recorded_at": "start of the park's collection, UTC",
                "total_rides_tracked": "items that the source listed",
                "rides_open": "items that are open",
                "rides_closed": "items that are not open",
                "avg_wait_time": "minutes, over open items",
                "max_wait_time": "minutes",
                "park_appears_open": "by the announced hours, whatever rides do",
                "shame_score": "weight of rides down / of rides that ran in 7 days, x 10; may exceed 10",
                "rebuilt": "this row and its rides' are from the source's history",
            },
        ),
    ]
