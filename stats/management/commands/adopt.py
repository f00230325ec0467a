"""`manage.py adopt`: take over the database of the system being replaced, without touching a row."""

from __future__ import annotations

import sys
from typing import Any

from django.core.checks import ERROR
from django.core.management import call_command
from django.core.management.base import CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from parks.models import ParkActivitySnapshot
from parkstats_project.base import clock
from parkstats_project.base.exit_codes import BAD_ARGUMENTS, FAILED
from parkstats_project.db import adoption, conditions, engine, events
from parkstats_project.db.checks import database_messages, session_errors
from parkstats_project.db.findings import HARMLESS, Finding, Kind
from stats.jobs import monitor
from stats.management.job import Job


class Command(Job):
    """Preflight, missing tables, clean-up events, migrations, schema check, what to do with the old jobs."""

    help = (
        "Takes over a database of the old system: names what is missing or different, ends the three "
        "clean-up events, runs the migrations (the first ones are only recorded) and says which old jobs "
        "must stop. Exit codes: 0 adopted, 1 refused and nothing changed, or the schema check or the "
        "database failed, 2 not a database of MySQL or MariaDB."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--create-missing", action="store_true", help="create tables that are missing")
        parser.add_argument("--dry-run", action="store_true", help="only look: the preflight and the jobs")
        parser.add_argument(
            "--no-input", action="store_true", help="ask nothing: refuse what needs an answer"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[DEFAULT_DB_ALIAS]
        if not engine.is_server(connection):
            raise CommandError(
                "Only MySQL and MariaDB databases are adopted; DATABASE_URL names another.",
                returncode=BAD_ARGUMENTS,
            )
        self._adopt(connection, options)

    def _adopt(self, connection: BaseDatabaseWrapper, options: dict[str, Any]) -> None:
        name = connection.settings_dict["NAME"]
        wanted = adoption.models_to_find(connection)
        found = adoption.preflight(wanted, connection)
        missing = [finding for finding in found if finding.kind is Kind.TABLE]
        if adoption.begun(connection):
            self.stdout.write(f"The adoption of database {name} has begun before; going on with it.")
        elif len(missing) == len(wanted):
            raise CommandError(
                f"Database {name} has no table of the old system; for a new one run `manage.py migrate`.",
                returncode=FAILED,
            )
        self._look(found, connection)
        if missing:
            self._ask_to_create([finding.table for finding in missing], options)
        if options["dry_run"]:
            self._say_jobs()
            return
        for table in adoption.create_missing(wanted, missing, connection):
            self.stdout.write(f"Created table {table}.")
        with connection.schema_editor(atomic=False) as editor:
            # A migration does so, too, but later than need be.
            for event in events.end(editor):
                self.stdout.write(f"Ended event {event} of the old retention.")
        call_command(
            "migrate",
            fake_initial=True,
            interactive=not options["no_input"],
            verbosity=options["verbosity"],
        )
        self._check(connection)
        self._say_jobs()
        self.stdout.write(self.style.SUCCESS(f"Database {name} is adopted."))

    def _look(self, found: list[Finding], connection: BaseDatabaseWrapper) -> None:
        """Name all that is not as it should be; refuse what has to be put right first."""
        missing = [item for item in found if item.kind is Kind.TABLE]
        notes = [(item.text, item.hint) for item in found if item.kind in HARMLESS]
        problems = [
            *((item.text, item.hint) for item in found if item.kind not in {*HARMLESS, Kind.TABLE}),
            *((error.msg, str(error.hint)) for error in session_errors(connection)),
            *adoption.obstacles(connection),
        ]
        if "parks" not in {item.table for item in missing} and (
            parks := conditions.parks_without_zone(connection)
        ):
            notes.append((f"the time zones of parks {', '.join(parks)} do not exist", "Correct them there."))
        if ParkActivitySnapshot._meta.db_table not in {item.table for item in missing} and (
            sentence := monitor.rhythm(now=clock.now())
        ):
            notes.append((sentence, "Set it to what the collector does."))
        notes += events.on_raw_tables(connection)
        absent = [(item.text, item.hint) for item in missing]
        for label, items in (("note", notes), ("problem", [*absent, *problems])):
            for text, hint in items:
                self.stdout.write(f"{label}: {text}\n    {hint}")
        if not found:
            self.stdout.write("Preflight: every table, column, type and index is as expected.")
        if problems:
            raise CommandError(
                f"Put right what is listed above ({len(absent) + len(problems)}) and run again; "
                "nothing was changed.",
                returncode=FAILED,
            )

    def _ask_to_create(self, tables: list[str], options: dict[str, Any]) -> None:
        if options["create_missing"]:
            return
        answer = ""
        if not (options["no_input"] or options["dry_run"]) and sys.stdin.isatty():
            answer = input(f"Create {', '.join(tables)}, without rows? [y/N] ")
        if answer.lower() != "y":
            raise CommandError(
                f"Missing: {', '.join(tables)}; --create-missing creates them. Nothing was changed.",
                returncode=FAILED,
            )

    def _check(self, connection: BaseDatabaseWrapper) -> None:
        messages = list(database_messages(connection))
        for message in messages:
            self.stderr.write(f"{message.id} {message.msg}" + (f" - {message.hint}" if message.hint else ""))
        if errors := [message for message in messages if message.level >= ERROR]:
            raise CommandError(
                f"Migrated, but the schema check found errors ({len(errors)}).", returncode=FAILED
            )

    def _say_jobs(self) -> None:
        self.stdout.write("Lines of the old crontab that must stop:")
        for line, reason in adoption.CRON_TO_STOP.items():
            self.stdout.write(f"  {line}: {reason}")
        self.stdout.write("Lines that may go on:")
        for line, reason in adoption.CRON_TO_KEEP.items():
            self.stdout.write(f"  {line}: {reason}")
