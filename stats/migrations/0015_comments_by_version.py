"""Columns whose meaning depends on the metrics version say so (docs/data.md 6).

Locks: each table for an instant (one second of waiting at most, then again); nothing is copied, whatever its
size. Can be killed and run again at any point, forwards and backwards.
"""

from django.db import migrations

from parkstats_project.db.comments import DescribeColumns

DOWNTIME = (
    "10 for each snapshot in which it was down while the park was open; metrics version 1: reported down, or "
    "silent; 2: what counts as down depends on the kind of park"
)
LONGEST = (
    "metrics version 1: longest duration_in_previous_status of an opening; 2: longest outage that an opening "
    "ended"
)


class Migration(migrations.Migration):
    atomic = False
    resumable = ("forwards", "backwards")

    dependencies = [("stats", "0014_job_runs")]

    operations = [
        DescribeColumns(
            "RideDailyStats", {"downtime_minutes": DOWNTIME, "longest_downtime_minutes": LONGEST}
        ),
        DescribeColumns("RideWeeklyStats", {"downtime_minutes": DOWNTIME}),
        DescribeColumns("RideMonthlyStats", {"downtime_minutes": DOWNTIME}),
        DescribeColumns("RideYearlyStats", {"downtime_minutes": DOWNTIME}),
    ]
