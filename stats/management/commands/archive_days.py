"""Archive the observations of Pacific days; the nightly job does the same for yesterday.

See docs/operation.md, Jobs.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import CommandError, CommandParser

from parkstats_project.base import clock
from parkstats_project.base.clock import DateSpan
from parkstats_project.base.exit_codes import BAD_ARGUMENTS, FAILED, INCOMPLETE
from stats.frames import archive
from stats.jobs import nightly, recompute
from stats.jobs.lease import lease
from stats.management.arguments import (
    finishing_on_signal,
    iso_date,
)
from stats.management.job import Job


class Command(Job):
    help = (
        "Archive the observations of Pacific days, verified by reading them back; a day that is archived and "
        "did not change is left alone. Exit codes: 0 done, 1 failed or stopped, 2 bad arguments, 3 another "
        "run is at work, 4 some days were left out since their raw rows do not go back to their start."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--from", type=iso_date, dest="first", metavar="D", help="default: oldest raw row"
        )
        parser.add_argument("--to", type=iso_date, dest="last", metavar="D", help="default: yesterday")

    def handle(self, *args: Any, **options: Any) -> None:
        yesterday = clock.pacific_date(clock.now()) - timedelta(days=1)
        oldest = nightly.oldest_raw()
        first = options["first"] or (yesterday if oldest is None else clock.pacific_date(oldest))
        span = DateSpan(first, options["last"] or yesterday)
        if span.end > yesterday:
            raise CommandError(f"{span.end} is not over yet (Pacific time)", returncode=BAD_ARGUMENTS)
        if options["last"] is not None and span.start > span.end:
            raise CommandError(f"{span.start} is after {span.end}", returncode=BAD_ARGUMENTS)
        incomplete = []
        # The nightly job archives, too.
        with finishing_on_signal() as stop, lease(recompute.JOB) as renew:
            for day in span.days():
                if stop():
                    raise CommandError(f"stopped before {day}", returncode=FAILED)
                renew()
                summary = archive.write_day(day)
                incomplete += [] if summary.complete else [str(day)]
                self.stdout.write(_line_of(summary))
        if incomplete:
            raise CommandError(f"left out: {', '.join(incomplete)}", returncode=INCOMPLETE)


def _line_of(summary: archive.DaySummary) -> str:
    if not summary.complete:
        return f"{summary.day}: not archived, the raw rows do not go back to its start"
    return (
        f"{summary.day}: {summary.rows:,} rows of {summary.parks} parks in {summary.size:,} bytes, "
        f"{summary.written} parks written"
    )
