"""Delete raw rows that are aggregated and archived (docs/operation.md, Jobs)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from parkstats_project.base import clock
from parkstats_project.base.exit_codes import BAD_ARGUMENTS
from stats.jobs import retention
from stats.management.arguments import finishing_on_signal, positive
from stats.management.job import Job


class Command(Job):
    help = (
        "Delete raw snapshots and status changes older than 48 hours, but nothing of a day that is not both "
        "aggregated and archived; weather and forecasts that are older than the settings say. Exit codes: 0 "
        "done (or out of time: the rest goes next time), 1 failed, 2 bad arguments, 3 another run is at work."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only count")
        parser.add_argument("--keep-hours", type=positive, default=retention.KEEP_HOURS, metavar="N")
        parser.add_argument(
            "--max-seconds", type=positive, default=600, metavar="N", help="stop after so long (default: 600)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["keep_hours"] > retention.MOST_HOURS:
            raise CommandError("--keep-hours is too large", returncode=BAD_ARGUMENTS)
        with finishing_on_signal() as stop:
            result = retention.prune(
                now=clock.now(),
                version=settings.PARKSTATS_METRICS_VERSION,
                keep_hours=options["keep_hours"],
                max_seconds=options["max_seconds"],
                dry_run=options["dry_run"],
                stop=stop,
            )
        counts = ", ".join(f"{number:,} {table}" for table, number in result.rows.items()) or "nothing"
        verb = "would delete" if options["dry_run"] else "deleted"
        self.stdout.write(f"{verb} before {result.before:%Y-%m-%d %H:%M} UTC: {counts}")
        if result.blocked_by is not None:
            self.stdout.write(
                self.style.WARNING(f"{result.blocked_by} is not aggregated and archived: its rows stay")
            )
        if not result.finished:
            self.stdout.write(self.style.WARNING("out of time; the rest goes next time"))
