"""The table of slow statements (`stats.jobs.slow_statements`). Locks nothing; can be killed and run again."""

from django.db import migrations, models

import parkstats_project.db.create_table
import parkstats_project.db.fields


class Migration(migrations.Migration):
    atomic = False
    resumable = ("forwards", "backwards")

    dependencies = [("stats", "0010_names_and_comments")]

    operations = [
        parkstats_project.db.create_table.CreateTable(
            name="SlowStatement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        primary_key=True, serialize=False, verbose_name="ID", auto_created=True
                    ),
                ),
                ("day", models.DateField()),
                ("fingerprint", parkstats_project.db.fields.FixedCharField(max_length=12)),
                ("times", models.IntegerField()),
                ("total_ms", models.BigIntegerField()),
                ("longest_ms", models.IntegerField()),
                ("work", models.CharField(max_length=200)),
                ("statement", parkstats_project.db.fields.PlainTextField()),
                ("plan", parkstats_project.db.fields.PlainTextField(blank=True)),
            ],
            options={
                "db_table": "slow_statement",
                "constraints": [
                    models.UniqueConstraint(fields=["day", "fingerprint"], name="unique_slow_statement")
                ],
            },
        ),
    ]
