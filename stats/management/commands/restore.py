"""The database as it was in a backup, or an archived day's raw rows (docs/operation.md, Backups)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import connection
from tqdm import tqdm

from parkstats_project.base import clock
from parkstats_project.base.exit_codes import BAD_ARGUMENTS, FAILED, INCOMPLETE
from parkstats_project.db import engine
from stats.jobs import backup, raw_rows
from stats.management.arguments import is_over, iso_date, positive
from stats.management.job import Job


class Command(Job):
    help = (
        "Put the whole database back to a backup (with --replace: what is there is dropped first), or with "
        "--raw-day the raw rows of an archived day into the raw tables. Exit codes: 0 done, 1 failed, 2 bad "
        "arguments or a damaged file (nothing was changed), 4 nothing is archived of that day."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", help="a backup: parkstats-....sql.zst")
        parser.add_argument("--replace", action="store_true", help="drop the tables that are there")
        parser.add_argument("--raw-day", type=iso_date, metavar="D", help="a Pacific date")
        parser.add_argument(
            "--park", type=positive, action="append", metavar="ID", help="with --raw-day; repeatable"
        )
        parser.add_argument("--no-progress", action="store_true", help="no progress bar")

    def handle(self, *args: Any, **options: Any) -> None:
        if (options["file"] is None) == (options["raw_day"] is None):
            raise CommandError("name a backup, or a day with --raw-day", returncode=BAD_ARGUMENTS)
        if options["file"] is None and options["replace"]:
            raise CommandError("--replace goes with a backup", returncode=BAD_ARGUMENTS)
        if options["file"] is not None and options["park"]:
            raise CommandError("--park goes with --raw-day", returncode=BAD_ARGUMENTS)
        if options["raw_day"] is not None:
            is_over(options["raw_day"], today=clock.pacific_date(clock.now()))
            self._day(options)
        else:
            self._whole(options)

    def _whole(self, options: dict[str, Any]) -> None:
        if not engine.is_server(connection):
            raise CommandError("backups are for MariaDB and MySQL", returncode=BAD_ARGUMENTS)
        hidden = options["no_progress"] or not self.stderr.isatty()
        with tqdm(unit="B", unit_scale=True, disable=hidden) as bar:
            try:
                tables = backup.restore(
                    options["file"],
                    replace=options["replace"],
                    say=lambda text: self.stderr.write(text) if hidden else bar.set_description(text),
                    progress=bar.update,
                )
            except backup.NoBackup as error:
                raise CommandError(str(error), returncode=BAD_ARGUMENTS) from error
            except backup.BackupFailed as error:
                raise CommandError(str(error), returncode=FAILED) from error
        self.stdout.write(f"{tables} tables are as in {options['file'].name}")

    def _day(self, options: dict[str, Any]) -> None:
        try:
            restored = raw_rows.restore(options["raw_day"], parks=options["park"])
        except raw_rows.NotEnoughSpace as error:
            raise CommandError(str(error), returncode=FAILED) from error
        if restored is None:
            raise CommandError(f"nothing is archived of {options['raw_day']}", returncode=INCOMPLETE)
        self.stdout.write(
            f"{options['raw_day']}: {restored.rides:,} ride rows, {restored.parks:,} park rows and "
            f"{restored.changes:,} changes are back; {restored.there:,} rows were there already"
        )
