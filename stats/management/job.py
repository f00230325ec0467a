"""How every command ends: done, or with one sentence and an exit code (docs/operation.md, Exit codes)."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error

from parkstats_project.base import clock
from parkstats_project.base.exit_codes import BAD_ARGUMENTS, DONE, FAILED, LOCKED
from parkstats_project.db.checks import explained
from stats.frames.archive import ArchiveError
from stats.jobs import history
from stats.jobs.lease import LeaseHeld, LeaseLost
from stats.jobs.recompute import DayFailed


class OneLine(CommandParser):
    """Refuses arguments in one line at the command line, without the page of usage."""

    def error(self, message: str) -> Any:
        """End the process; CommandError where Python has called the command."""
        if self.called_from_command_line:
            self.exit(BAD_ARGUMENTS, f"{self.prog}: error: {' '.join(message.split())} (--help says more)\n")
        return super().error(message)


class Job(BaseCommand):
    """A command that works on the database: away, read-only or gone half-way, it says so in one sentence."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """As Django's, which leaves no choice of the class."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.__class__ = OneLine
        return parser

    def execute(self, *args: Any, **options: Any) -> str | None:
        """As Django's, with the errors that may happen to any job as CommandError."""
        job, started = type(self).__module__.rpartition(".")[2], clock.now()
        try:
            said = self._execute(*args, **options)
        except CommandError as problem:
            # A run that found another one at work is none.
            if job in history.SCHEDULED and problem.returncode != LOCKED:
                ended = {"started": started, "ended": clock.now()}
                history.note(job, **ended, exit_code=problem.returncode, message=str(problem))
            raise
        if job in history.SCHEDULED:
            history.note(job, started=started, ended=clock.now(), exit_code=DONE)
        return said

    def _execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return super().execute(*args, **options)
        except LeaseHeld:
            raise CommandError("another run is at work on this database", returncode=LOCKED) from None
        except (DayFailed, LeaseLost, ArchiveError) as problem:
            raise CommandError(f"failed: {problem}", returncode=FAILED) from problem
        except Error as problem:
            raise CommandError(f"the database failed: {explained(problem)}", returncode=FAILED) from problem
