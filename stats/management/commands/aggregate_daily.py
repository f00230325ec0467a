"""The nightly job: daily statistics, then the archive of the day's observations (docs/operation.md, Jobs)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from parkstats_project.base import clock
from parkstats_project.base.exit_codes import FAILED, INCOMPLETE
from stats.jobs import nightly
from stats.management.arguments import (
    add_dates,
    finishing_on_signal,
    known_version,
    positive,
    span_of,
)
from stats.management.commands.recompute_daily_stats import line_of
from stats.management.job import Job


class Command(Job):
    help = (
        "Write the daily statistics of Pacific yesterday and archive its observations; without dates, "
        "what of this was not done before, also of earlier days that still have raw rows. Exit codes: 0 "
        "done, 1 failed, 2 bad arguments, 3 another run is at work, 4 done, but observations are missing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add_dates(parser)
        parser.add_argument(
            "--metrics-version", type=positive, default=settings.PARKSTATS_METRICS_VERSION, metavar="V"
        )
        parser.add_argument(
            "--allow-gaps",
            action="store_true",
            help="also replace rows that saw more of their day; never by nothing",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        version = known_version(options["metrics_version"])
        days = span_of(options, today=clock.pacific_date(now)).days()
        asked_for = any(options[name] is not None for name in ("date", "start_date", "days"))
        if not asked_for:
            days = nightly.days_due(version=version, now=now)
        done, incomplete = 0, []
        with finishing_on_signal() as stop:
            for night in nightly.run(
                days, version=version, allow_gaps=options["allow_gaps"], redo=asked_for, stop=stop
            ):
                done += 1
                incomplete += [] if night.complete else [str(night.day)]
                self.stdout.write(_line_of(night))
        if done < len(days):
            raise CommandError(f"stopped before {days[done]}", returncode=FAILED)
        if incomplete:
            raise CommandError("missing observations on " + ", ".join(incomplete), returncode=INCOMPLETE)


def _line_of(night: nightly.Night) -> str:
    """One line about a day."""
    archived = night.archived
    kept = f"{archived.rows:,} observations of {archived.parks} parks in {archived.size:,} bytes"
    if archived.without_rides:
        kept += f", none of the rides of park {', '.join(map(str, archived.without_rides))}"
    written = f"{night.day}: aggregated before" if night.outcome is None else line_of(night.outcome)
    return f"{written}; archive: {kept}"
