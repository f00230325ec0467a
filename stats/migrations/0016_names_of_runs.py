"""Two lists of the admin that were called alike: what each job did last, and the daily runs by date.

Locks: nothing; no table is touched.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("stats", "0015_comments_by_version")]

    operations = [
        migrations.AlterModelOptions(
            "AggregationLog",
            {"verbose_name": "daily run", "ordering": ["-log_id"], "get_latest_by": "started_at"},
        ),
        migrations.AlterModelOptions(
            "JobRun",
            {
                "verbose_name": "last run of a job",
                "verbose_name_plural": "last runs of jobs",
                "permissions": [("operate_jobs", "Can start jobs")],
            },
        ),
    ]
