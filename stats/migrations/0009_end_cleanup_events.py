"""End the three clean-up events of the old retention, which delete raw rows that are not archived yet.

Locks nothing. Can be killed and run again at any point; the way back enables the events that were ended.
Refuses, with the statement to run, if the user may not see events.
"""

from django.db import migrations

from parkstats_project.db.events import EndEvents


class Migration(migrations.Migration):
    atomic = False
    resumable = ("forwards", "backwards")

    dependencies = [("stats", "0008_corrections")]

    operations = [EndEvents()]
