"""Drop the two hourly tables, of which every row is archived; the way back restores them row for row.

Refuses, and names the rows, if the legacy job wrote some after they were archived. Locks each table for two
instants (renaming and dropping; one second of waiting at most, then again). Can be killed and run again at
any point, forwards and backwards.
"""

from django.db import migrations

from stats.migrations._retirement import RetireTable


class Migration(migrations.Migration):
    atomic = False
    resumable = ("forwards", "backwards")

    dependencies = [("stats", "0004_archive_hours")]

    operations = [RetireTable("ParkHourlyStats"), RetireTable("RideHourlyStats")]
