"""Archive every row of the two hourly tables: verbatim, with ids and timestamps (docs/design.md D4).

Locks nothing: it reads a Pacific day at a time (100,000 rows and about 3 s at 4,200 rides), writes one
archive row per park, reads them back and compares row count and column checksums with the table's. Can be
killed and run again at any point: days that are archived already are only compared.
"""

from django.db import migrations

from stats.migrations._retirement import archive_rows, forget_rows


class Migration(migrations.Migration):
    atomic = False
    # Not forwards: rows written since shall stop the next migration, not slip into the archive.
    resumable = ("backwards",)

    dependencies = [("stats", "0003_park_day_archive")]

    operations = [migrations.RunPython(archive_rows, forget_rows)]
