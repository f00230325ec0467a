"""The table of what each job did last.

Locks nothing. Can be killed and run again at any point.
"""

from django.db import migrations, models

import parkstats_project.db.create_table


class Migration(migrations.Migration):
    atomic = False
    resumable = ("forwards", "backwards")

    dependencies = [("stats", "0013_discovery")]

    operations = [
        parkstats_project.db.create_table.CreateTable(
            name="JobRun",
            fields=[
                ("job", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField()),
                ("exit_code", models.SmallIntegerField()),
                ("message", models.CharField(blank=True, max_length=255)),
                ("succeeded_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "db_table": "job_runs",
                "permissions": [("operate_jobs", "Can start jobs")],
            },
        ),
    ]
