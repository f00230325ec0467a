"""Since when a ride has its status, and had the one that ended with a change.

Locks: each table for an instant (one second of waiting at most, then again). Can be killed and run again at
any point.
"""

from django.db import migrations

from parkstats_project.db.fields import SecondsField, TimestampField
from parkstats_project.db.online_ddl import OnlineChange


class Migration(migrations.Migration):
    atomic = False
    resumable = ("forwards", "backwards")

    dependencies = [("rides", "0002_snapshot_indexes")]

    operations = [
        OnlineChange(
            "Ride", [migrations.AddField("Ride", "status_since", SecondsField(null=True, blank=True))]
        ),
        OnlineChange(
            "RideStatusChange",
            [migrations.AddField("RideStatusChange", "status_since", TimestampField(null=True, blank=True))],
        ),
    ]
