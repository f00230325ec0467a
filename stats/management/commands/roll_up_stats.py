"""Weekly, monthly and yearly statistics from daily rows (docs/operation.md, Jobs)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from parkstats_project.base import clock
from stats.jobs import rollup
from stats.management.arguments import add_dates, known_version, positive, span_of
from stats.management.job import Job


class Command(Job):
    help = (
        "Rebuild every week, month and year that has one of the dates (default: yesterday) from the daily "
        "rows of the active metrics version. Exit codes: 0 done, 1 failed, 2 bad arguments, 3 another run "
        "is at work."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add_dates(parser)
        parser.add_argument(
            "--metrics-version", type=positive, default=settings.PARKSTATS_METRICS_VERSION, metavar="V"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        span = span_of(options, today=clock.pacific_date(now))
        version = known_version(options["metrics_version"])
        for period, rides, parks in rollup.roll_up(span, version=version, now=now):
            self.stdout.write(
                f"{period.grain.name.lower()} {period.span.start} to {period.span.end}: "
                f"{rides.number} of {rides.number + rides.unchanged} ride rows and "
                f"{parks.number} of {parks.number + parks.unchanged} park rows changed"
            )
