"""Two calculations of one day can stand side by side: `metrics_version` in the unique keys of daily rows.

A writer that does not know the column writes version 1, and its `ON DUPLICATE KEY UPDATE` finds the row of
version 1. Locks: each table for an instant (one second of waiting at most, then again); nothing while the key
is built, a second for a million rows. Can be killed and run again at any point.
"""

from typing import Any

from django.core.management import CommandError
from django.db import migrations, models

from parkstats_project.db.online_ddl import OnlineChange
from parkstats_project.db.table_changes import columns


def refuse_to_lose_versions(apps: Any, schema_editor: Any) -> None:
    """Without the column only one row per day fits; which one is for people to say."""
    for name in ("RideDailyStats", "ParkDailyStats"):
        model = apps.get_model("stats", name)
        if "metrics_version" not in columns(schema_editor, model):
            continue  # A run that was killed has come that far.
        others = model.objects.exclude(metrics_version=1)
        if count := others.count():
            raise CommandError(
                f"{name}: {count} rows have a metrics version other than 1, and the older schema cannot hold "
                "them. Delete them first, or stay."
            )


def with_version(model: str, entity: str, key: str) -> list[OnlineChange]:
    """First the column, which is instant, then the key: one statement for both would copy the table."""
    return [
        OnlineChange(
            model, [migrations.AddField(model, "metrics_version", models.IntegerField(db_default=1))]
        ),
        OnlineChange(
            model,
            [
                migrations.RemoveConstraint(model, key),
                migrations.AddConstraint(
                    model,
                    models.UniqueConstraint(fields=[entity, "stat_date", "metrics_version"], name=key),
                ),
            ],
        ),
    ]


class Migration(migrations.Migration):
    atomic = False
    resumable = ("forwards", "backwards")

    dependencies = [("stats", "0001_initial")]

    operations = [
        *with_version("RideDailyStats", "ride", "unique_ride_date"),
        *with_version("ParkDailyStats", "park", "unique_park_date"),
        # Last, so that it comes first on the way back.
        migrations.RunPython(migrations.RunPython.noop, refuse_to_lose_versions),
    ]
