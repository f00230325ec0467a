"""How every command ends: done, or with one sentence and an exit code (docs/operation.md, Exit codes)."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from parkstats_project.base.exit_codes import FAILED, LOCKED
from parkstats_project.db.errors import sentence
from stats.frames.archive import ArchiveError
from stats.jobs.lease import LeaseHeld, LeaseLost
from stats.jobs.recompute import DayFailed


class Job(BaseCommand):
    """A command that works on the database: away, read-only or gone half-way, it says so in one sentence."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        """As Django's, with the errors that may happen to any job as CommandError."""
        try:
            return super().execute(*args, **options)
        except LeaseHeld:
            raise CommandError("another run is at work on this database", returncode=LOCKED) from None
        except (DayFailed, LeaseLost, ArchiveError) as problem:
            raise CommandError(f"failed: {problem}", returncode=FAILED) from problem
        except Error as problem:
            raise CommandError(f"the database failed: {sentence(problem)}", returncode=FAILED) from problem
