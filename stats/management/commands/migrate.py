"""Django's `migrate`, able to run again after it was killed, whether it goes on or goes back.

The schema check does not hold it up: it is what puts a half-migrated schema right.
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import AmbiguityError

from parkstats_project.base.exit_codes import FAILED
from parkstats_project.db import conditions, engine
from parkstats_project.db.checks import switched_off
from parkstats_project.db.interrupted import planned_for, settle
from stats.management.job import Job

_ONLY_LOOKS = ("plan", "check_unapplied", "prune")
_ONLY_LOOKS_OR_RECORDS = (*_ONLY_LOOKS, "fake")


class Command(Job, migrate.Command):
    """As Django's, but a step that was killed half-way, forwards or backwards, can always be run again."""

    def check(self, *args: Any, **kwargs: Any) -> None:
        with switched_off():
            super().check(*args, **kwargs)

    def handle(self, *args: Any, **options: Any) -> None:
        if not any(options[name] for name in _ONLY_LOOKS):
            _refuse_other_default(connections[options["database"]])
        if not any(options[name] for name in _ONLY_LOOKS_OR_RECORDS):
            connection = connections[options["database"]]
            connection.prepare_database()
            try:
                planned = planned_for(connection, options["app_label"], options["migration_name"])
            except (AmbiguityError, KeyError):
                pass  # Django says what is wrong with the name.
            else:
                settle(connection, planned=planned)
        super().handle(*args, **options)


def _refuse_other_default(connection: BaseDatabaseWrapper) -> None:
    """Tables that Django makes take the character set of the database."""
    if engine.is_server(connection) and (other := conditions.other_default(connection)):
        raise CommandError(f"{other[0]}; run: {other[1]}", returncode=FAILED)
