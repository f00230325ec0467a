"""The table in which a change by hand is announced (docs/design.md D15).

Locks nothing. Can be killed and run again at any point; the way back forgets the announcements.
"""

from django.db import migrations, models

from parkstats_project.db.create_table import CreateTable
from parkstats_project.db.fields import CurrentTimestamp, SecondsField


class Migration(migrations.Migration):
    atomic = False
    resumable = ("forwards", "backwards")

    dependencies = [("stats", "0007_collecting")]

    operations = [
        CreateTable(
            name="Correction",
            fields=[
                ("correction_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("starts_at", SecondsField()),
                ("ends_at", SecondsField()),
                (
                    "announced_at",
                    SecondsField(db_default=CurrentTimestamp(), editable=False),
                ),
                (
                    "note",
                    models.CharField(
                        blank=True, db_default="", help_text="what was changed, and why", max_length=255
                    ),
                ),
            ],
            options={
                "db_table": "observation_corrections",
                "indexes": [models.Index(fields=["ends_at", "starts_at"], name="oc_span")],
            },
        ),
    ]
