"""The table of leases (docs/design.md D16), which jobs use from now on instead of locks of the server.

Locks nothing. Can be killed and run again at any point.
"""

from django.db import migrations, models

import parkstats_project.db.create_table


class Migration(migrations.Migration):
    atomic = False
    resumable = ("forwards", "backwards")

    dependencies = [("stats", "0005_drop_hourly_tables")]

    operations = [
        parkstats_project.db.create_table.CreateTable(
            name="JobLease",
            fields=[
                ("name", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("owner", models.CharField(blank=True, max_length=100)),
                ("until", models.DateTimeField()),
            ],
            options={"db_table": "job_leases"},
        ),
    ]
