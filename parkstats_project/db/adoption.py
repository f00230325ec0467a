"""Taking over a database of the system being replaced: what must be there, what has to go.

The tables are looked at as the first migrations describe them, since nothing later has run there yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from parkstats_project.db import catalogue, conditions, privileges
from parkstats_project.db.checks import APPS, own_models, pending_migrations
from parkstats_project.db.create_table import create_table
from parkstats_project.db.findings import Finding, Kind, findings

INITIAL = "0001_initial"

CRON_TO_STOP = {
    "python -m src.scripts.aggregate_hourly": "the hourly tables go; hourly figures are computed on demand",
    "python -m src.scripts.aggregate_daily": "`manage.py aggregate_daily` takes its place",
    "backend/scripts/cleanup_raw_data.py --force": "it knows nothing of the archive; parkstats prunes itself",
    "python -m src.scripts.check_data_collection": "it reads the hourly tables",
}
"""Lines of the old crontab that end with the adoption, and why (docs/contract/daily-aggregation.md 1)."""

CRON_TO_KEEP = {
    "python -m src.scripts.collect_snapshots": "collects; parkstats reads what it writes",
    "python -m src.scripts.collect_weather": "collects the weather",
    "python -m src.scripts.send_data_quality_alert": "reads data_quality_issues only",
}
"""Lines that may go on."""


def begun(connection: BaseDatabaseWrapper) -> bool:
    """Whether the first migration of any of the four apps is on record."""
    return len(_not_adopted(connection)) < len(APPS)


def models_to_find(connection: BaseDatabaseWrapper) -> list[type[models.Model]]:
    """The models the database should match now.

    Those of the first migrations, in the apps where these have yet to be recorded; none while later ones
    are pending (an adoption that was interrupted goes on there); today's once all have run.
    """
    apps_to_adopt = _not_adopted(connection)
    if apps_to_adopt:
        state = MigrationLoader(None).project_state([(app, INITIAL) for app in APPS])
        return [model for app in apps_to_adopt for model in state.apps.get_app_config(app).get_models()]
    return [] if pending_migrations(connection) else list(own_models())


def preflight(wanted: Iterable[type[models.Model]], connection: BaseDatabaseWrapper) -> list[Finding]:
    """What is missing or different; nothing is changed.

    Servers show foreign keys only to users who may do more with their tables than to read them.
    """
    live = catalogue.read(connection)
    found = list(findings(wanted, connection, live))
    others = [finding for finding in found if finding.kind is not Kind.FOREIGN_KEY]
    if others == found or any(table.foreign_keys for table in live.values()):
        return found
    if not privileges.only_reads(connection):
        return found
    unseen = Finding(
        kind=Kind.FOREIGN_KEY,
        table="",
        text="the foreign keys were not looked at: this user, who may only read, is not shown them",
        hint=privileges.grant(connection, ["REFERENCES"]),
    )
    return [*others, unseen]


def obstacles(connection: BaseDatabaseWrapper) -> Iterator[tuple[str, str]]:
    """What, beside tables, stands in the way of the adoption: a sentence, and the statement to run."""
    if missing := privileges.lacking(connection):
        yield f"the database user lacks {', '.join(missing)}", privileges.grant(connection, missing)
    if other := conditions.other_default(connection):
        yield other


def _not_adopted(connection: BaseDatabaseWrapper) -> list[str]:
    applied = MigrationRecorder(connection).applied_migrations()
    return [app for app in APPS if (app, INITIAL) not in applied]


def create_missing(
    wanted: Iterable[type[models.Model]], found: Iterable[Finding], connection: BaseDatabaseWrapper
) -> list[str]:
    """Create the tables that the findings call missing; their names, in the order of creation."""
    missing = {finding.table for finding in found if finding.kind is Kind.TABLE}
    created = []
    for model in wanted:  # in the order of the migrations: a table comes before those that refer to it
        if model._meta.db_table in missing:
            with connection.schema_editor() as editor:
                create_table(model, editor)
            created.append(model._meta.db_table)
    return created
