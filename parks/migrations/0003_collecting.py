"""What collecting needs: several openings a day of one kind, and snapshots that say they were rebuilt.

A writer that does not know the longer key of park_schedules (its `ON DUPLICATE KEY UPDATE` finds the row only
while the opening stays the same) leaves an announced opening that was moved beside the new one.

Locks: each table for an instant (one second of waiting at most, then again). Can be killed and run again at
any point. The way back refuses while a date has two openings of one kind.
"""

from typing import Any

from django.core.management import CommandError
from django.db import migrations, models
from django.db.models import Count

from parkstats_project.db.online_ddl import OnlineChange


def refuse_to_lose_openings(apps: Any, schema_editor: Any) -> None:
    """With the shorter key only one opening of a kind fits on a date."""
    schedules = apps.get_model("parks", "ParkSchedule").objects
    twice = (
        schedules.values("park_id", "schedule_date", "schedule_type").annotate(n=Count("pk")).filter(n__gt=1)
    )
    if number := twice.count():
        raise CommandError(
            f"{number} dates have several openings of one kind. Delete all but one first, or stay."
        )


class Migration(migrations.Migration):
    atomic = False
    resumable = ("forwards", "backwards")

    dependencies = [("parks", "0002_snapshot_indexes")]

    operations = [
        OnlineChange(
            "ParkActivitySnapshot",
            [migrations.AddField("ParkActivitySnapshot", "rebuilt", models.BooleanField(db_default=False))],
        ),
        OnlineChange(
            "ParkSchedule",
            [
                migrations.RemoveConstraint("ParkSchedule", "uk_park_date_type"),
                migrations.AddConstraint(
                    "ParkSchedule",
                    models.UniqueConstraint(
                        fields=["park", "schedule_date", "schedule_type", "opening_time"],
                        name="uk_park_date_type",
                    ),
                ),
            ],
        ),
        # Last, so that it comes first on the way back.
        migrations.RunPython(migrations.RunPython.noop, refuse_to_lose_openings),
    ]
