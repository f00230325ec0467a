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
from stats.frames import archive, roster
from stats.jobs import nightly, recompute
from stats.jobs.lease import lease
from stats.management.arguments import finishing_on_signal, is_over, iso_date
from stats.management.job import Job


class Command(Job):
    help = (
        "Archive the observations of Pacific days, verified by reading them back; a day that is archived and "
        "did not change is left alone. Exit codes: 0 done, 1 failed or stopped, 2 bad arguments, 3 another "
        "run is at work, 4 some days have no rows, or parks lack those of their rides."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--from", type=iso_date, dest="first", metavar="D", help="default: all days that have raw rows"
        )
        parser.add_argument("--to", type=iso_date, dest="last", metavar="D", help="default: yesterday")

    def handle(self, *args: Any, **options: Any) -> None:
        today = clock.pacific_date(clock.now())
        first, last = options["first"], options["last"] or today - timedelta(days=1)
        for day in (first or last, last):
            is_over(day, today=today)
        if first is None:
            days = list(nightly.days_with_rows(roster.current().since, last))
        elif first > last:
            raise CommandError(f"{first} is after {last}", returncode=BAD_ARGUMENTS)
        else:
            days = DateSpan(first, last).days()
        incomplete = []
        # The nightly job archives, too.
        with finishing_on_signal() as stop, lease(recompute.JOB) as renew:
            for day in days:
                if stop():
                    raise CommandError(f"stopped before {day}", returncode=FAILED)
                renew()
                summary = archive.write_day(day)
                incomplete += [] if summary.rows and not summary.without_rides else [str(day)]
                self.stdout.write(_line_of(summary))
        if incomplete:
            raise CommandError(f"observations are missing on {', '.join(incomplete)}", returncode=INCOMPLETE)


def _line_of(summary: archive.DaySummary) -> str:
    return (
        f"{summary.day}: {summary.rows:,} rows of {summary.parks} parks in {summary.size:,} bytes, "
        f"{summary.written} parks written"
        + (
            f", none of the rides of park {', '.join(map(str, summary.without_rides))}"
            if summary.without_rides
            else ""
        )
    )
