"""Two indexes for the two ways in which ride snapshots are read: by time, and by ride.

Locks: the table for an instant at the start and at the end (one second of waiting at most, then again);
nothing while the indexes are built, half a minute for ten million rows. Can be killed and run again at any
point.
"""

from django.db import migrations, models

from parkstats_project.db.online_ddl import OnlineChange


class Migration(migrations.Migration):
    atomic = False
    resumable = ("forwards", "backwards")

    dependencies = [("rides", "0001_initial")]

    operations = [
        OnlineChange(
            "RideStatusSnapshot",
            [
                migrations.AddIndex(
                    "RideStatusSnapshot",
                    models.Index(
                        fields=["recorded_at", "ride", "status", "wait_time", "computed_is_open", "is_open"],
                        name="rss_time_covering",
                    ),
                ),
                migrations.AddIndex(
                    "RideStatusSnapshot",
                    models.Index(
                        fields=["ride", "recorded_at", "status", "wait_time", "computed_is_open"],
                        name="rss_ride_covering",
                    ),
                ),
                # Beginning of rss_time_covering.
                migrations.RemoveIndex("RideStatusSnapshot", "rss_recorded_at"),
                # Led by the same columns, but without the status, so it covers no query.
                migrations.RemoveIndex("RideStatusSnapshot", "rss_rss_time_range_covering"),
                # Beginning of rss_ride_covering, which serves both directions of time.
                migrations.RemoveIndex("RideStatusSnapshot", "rss_ride_recorded"),
                # Led by the same columns, but without the status, so it covers no query.
                migrations.RemoveIndex("RideStatusSnapshot", "rss_snapshots_current_status"),
                # No query asks for a status without bounds of time, and half of all rows have the same one.
                migrations.RemoveIndex("RideStatusSnapshot", "rss_status"),
                migrations.RemoveIndex("RideStatusSnapshot", "rss_computed_status"),
            ],
        )
    ]
