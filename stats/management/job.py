"""How every command ends: done, or with one sentence and an exit code (docs/operation.md, Exit codes)."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from parkstats_project.base import clock
from parkstats_project.base.exit_codes import DONE, FAILED, LOCKED
from parkstats_project.db.errors import sentence
from stats.frames.archive import ArchiveError
from stats.jobs import history
from stats.jobs.lease import LeaseHeld, LeaseLost
from stats.jobs.recompute import DayFailed


class Job(BaseCommand):
    """A command that works on the database: away, read-only or gone half-way, it says so in one sentence."""

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
            raise CommandError(f"the database failed: {sentence(problem)}", returncode=FAILED) from problem
