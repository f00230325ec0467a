"""Daily rows say how much they saw: two columns that may be NULL (docs/design.md D13).

A writer that does not know them leaves them NULL. Locks each table for an instant (one second of waiting at
most, then again); no row is touched. Can be killed and run again at any point, forwards and backwards.
"""

from django.db import migrations, models

from parkstats_project.db.online_ddl import OnlineChange

COLUMNS = {
    "observed_collections": "collections that the figures saw; NULL: unknown",
    "expected_collections": "collections that the day should have had",
}


def with_coverage(model: str) -> OnlineChange:
    """Both columns of a table, in one statement."""
    return OnlineChange(
        model,
        [
            migrations.AddField(model, name, models.IntegerField(blank=True, null=True, db_comment=comment))
            for name, comment in COLUMNS.items()
        ],
    )


class Migration(migrations.Migration):
    atomic = False
    resumable = ("forwards", "backwards")

    dependencies = [("stats", "0011_slow_statements")]

    operations = [with_coverage("RideDailyStats"), with_coverage("ParkDailyStats")]
