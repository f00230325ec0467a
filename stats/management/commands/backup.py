"""A backup that was proved by loading it (docs/operation.md, Backups)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import connection
from tqdm import tqdm

from parkstats_project.base import clock
from parkstats_project.base.exit_codes import BAD_ARGUMENTS, FAILED
from parkstats_project.db import engine
from stats.jobs import backup
from stats.management.arguments import positive, takes_files
from stats.management.job import Job


class Command(Job):
    help = (
        "Dump the whole database into a folder, load the dump into a second database (NAME_verify), compare "
        "rows and checksums, print the file's path. Exit codes: 0 done, 1 failed (no file is left), 2 bad "
        "arguments."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="where backups are kept")
        parser.add_argument(
            "--keep", type=positive, default=14, metavar="N", help="delete older ones (default: 14)"
        )
        parser.add_argument("--no-progress", action="store_true", help="no progress bar")

    def handle(self, *args: Any, **options: Any) -> None:
        if not engine.is_server(connection):
            raise CommandError("backups are for MariaDB and MySQL", returncode=BAD_ARGUMENTS)
        takes_files(options["folder"])
        hidden = options["no_progress"] or not self.stderr.isatty()
        with tqdm(unit="B", unit_scale=True, disable=hidden) as bar:
            try:
                made = backup.back_up(
                    options["folder"],
                    now=clock.now(),
                    say=lambda text: self.stderr.write(text) if hidden else bar.set_description(text),
                    progress=bar.update,
                )
            except backup.BackupFailed as error:
                raise CommandError(f"no backup: {error}", returncode=FAILED) from error
        rows = sum(content.rows for content in made.tables.values())
        self.stderr.write(f"{len(made.tables)} tables, {rows:,} rows, {made.size:,} bytes")
        for gone in backup.keep_newest(options["folder"], options["keep"]):
            self.stderr.write(f"{gone.name} was deleted")
        self.stdout.write(str(made.path))
