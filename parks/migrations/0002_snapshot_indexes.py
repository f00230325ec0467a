"""Two indexes for the two ways in which park snapshots are read: by time, and by park.

Locks: the table for an instant at the start and at the end (one second of waiting at most, then again);
nothing while the indexes are built, 2 s for a million rows. Can be killed and run again at any point.
"""

from django.db import migrations, models

from parkstats_project.db.online_ddl import OnlineChange


class Migration(migrations.Migration):
    atomic = False
    resumable = ("forwards", "backwards")

    dependencies = [("parks", "0001_initial")]

    operations = [
        OnlineChange(
            "ParkActivitySnapshot",
            [
                migrations.AddIndex(
                    "ParkActivitySnapshot",
                    models.Index(
                        fields=["recorded_at", "park", "park_appears_open", "rides_open"],
                        name="pas_time_covering",
                    ),
                ),
                migrations.AddIndex(
                    "ParkActivitySnapshot",
                    models.Index(
                        fields=["park", "recorded_at", "park_appears_open", "rides_open"],
                        name="pas_park_covering",
                    ),
                ),
                # Beginnings of pas_time_covering, which also has the columns that the legacy added to one.
                migrations.RemoveIndex("ParkActivitySnapshot", "pas_recorded_at"),
                migrations.RemoveIndex("ParkActivitySnapshot", "pas_pas_time_range_covering"),
                # Beginning of pas_park_covering, which serves both directions of time.
                migrations.RemoveIndex("ParkActivitySnapshot", "pas_park_recorded"),
                # Differs from it by the score, which no query filters by and none reads for a park alone.
                migrations.RemoveIndex("ParkActivitySnapshot", "pas_pas_shame_score"),
                # One park's open snapshots: pas_park_covering has the flag, and whole spans are read.
                migrations.RemoveIndex("ParkActivitySnapshot", "pas_park_open"),
                # The same columns once more, only the time runs downwards.
                migrations.RemoveIndex("ParkActivitySnapshot", "pas_park_activity_detection"),
            ],
        )
    ]
