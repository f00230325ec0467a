"""Rebuild the daily statistics of any range of Pacific dates (docs/operation.md, Jobs)."""

from __future__ import annotations

import sys
import time
from datetime import date
from typing import Any, Final

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from tqdm import tqdm

from parkstats_project.base import clock
from parkstats_project.base.exit_codes import FAILED, INCOMPLETE
from stats.jobs import compare_versions, recompute
from stats.jobs.day_outcome import DayOutcome
from stats.management.arguments import (
    add_dates,
    finishing_on_signal,
    known_parks,
    known_version,
    positive,
    span_of,
)
from stats.management.job import Job

UNSEEN: Final = "there are no observations of"
KEPT: Final = "rows that saw more stayed on"
BELOW: Final = "less than the day was seen on"


class Tally:
    """What a run has done so far; the outcomes themselves hold too much to be kept for every day."""

    def __init__(self) -> None:
        self.started = time.monotonic()
        self.days = self.observed = self.rows = 0
        self.incomplete = 0
        self.lacking: dict[str, list[date]] = {UNSEEN: [], KEPT: [], BELOW: []}

    def add(self, outcome: DayOutcome) -> None:
        self.days += 1
        self.observed += outcome.observed
        self.rows += sum(change.number for change in (outcome.rides, outcome.parks) if change is not None)
        if outcome.complete:
            return
        self.incomplete += 1
        for what, there in ((UNSEEN, outcome.missing), (KEPT, outcome.kept), (BELOW, outcome.below)):
            if there:
                self.lacking[what].append(outcome.day)

    @property
    def gaps(self) -> str:
        """What the days lacked, each with its dates."""
        said = ((what, ", ".join(map(str, days))) for what, days in self.lacking.items())
        return "; ".join(f"{what} {days}" for what, days in said if days)

    @property
    def seconds(self) -> float:
        """Time since the start, never zero."""
        return max(time.monotonic() - self.started, 0.001)


class Command(Job):
    help = (
        "Recompute daily statistics from raw or archived observations. Exit codes: 0 done, 1 failed, "
        "2 bad arguments, 3 another run is at work, 4 done, but there are no observations of a day, rows "
        "that saw more stayed, or less than 95 percent of a day was seen."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add_dates(parser)
        parser.add_argument(
            "--metrics-version", type=positive, default=settings.PARKSTATS_METRICS_VERSION, metavar="V"
        )
        parser.add_argument("--park", type=positive, action="append", metavar="ID", help="repeatable")
        parser.add_argument("--dry-run", action="store_true", help="print what would change")
        parser.add_argument(
            "--compare", type=positive, nargs=2, metavar=("V1", "V2"), help="differences between two versions"
        )
        parser.add_argument(
            "--allow-gaps",
            action="store_true",
            help="also replace rows that saw more of their day; never by nothing",
        )
        parser.add_argument("--no-progress", action="store_true", help="no bar, also on a terminal")

    def handle(self, *args: Any, **options: Any) -> None:
        span = span_of(options, today=clock.pacific_date(clock.now()))
        parks = known_parks(options["park"])
        if options["compare"]:
            first, second = map(known_version, options["compare"])
            for line in compare_versions.report(span, first, second, parks=parks):
                self.stdout.write(line)
            return
        version = known_version(options["metrics_version"])
        choice = {"version": version, "parks": parks, "allow_gaps": options["allow_gaps"]}
        days = span.days()
        tally = Tally()
        with finishing_on_signal() as stop, self._bar(days, options) as bar:
            steps = recompute.recompute(days, **choice, stop=stop)
            if options["dry_run"]:
                steps = (recompute.preview_day(day, **choice) for day in days if not stop())
            for outcome in steps:
                tally.add(outcome)
                self._show(outcome, bar, tally)
        self._conclude(days, tally, dry_run=options["dry_run"])

    def _bar(self, days: list[date], options: dict[str, Any]) -> tqdm[Any]:
        quiet = options["no_progress"] or options["dry_run"] or not sys.stderr.isatty()
        return tqdm(total=len(days), unit="day", disable=quiet)

    def _show(self, outcome: DayOutcome, bar: tqdm[Any], tally: Tally) -> None:
        bar.update()
        bar.set_postfix_str(f"{tally.observed / tally.seconds:,.0f} rows/s")
        if bar.disable or not outcome.complete:
            with bar.external_write_mode():
                self.stdout.write(line_of(outcome))

    def _conclude(self, days: list[date], tally: Tally, *, dry_run: bool) -> None:
        self.stdout.write(
            f"{tally.days} of {len(days)} days, {tally.observed:,} observations, {tally.rows:,} rows "
            f"{'would change' if dry_run else 'changed'}, {tally.incomplete} days with gaps, "
            f"{tally.seconds:.1f} s"
        )
        if tally.days < len(days):
            raise CommandError(f"stopped before {days[tally.days]}", returncode=FAILED)
        if tally.incomplete:
            raise CommandError(tally.gaps, returncode=INCOMPLETE)


def line_of(outcome: DayOutcome) -> str:
    """One line about a day."""
    parts = []
    for name, change in (("rides", outcome.rides), ("parks", outcome.parks)):
        if change is not None:
            parts.append(
                f"{name} {change.inserted.height} new, {change.updated.height} changed, "
                f"{len(change.removed)} removed, {change.unchanged} as before"
            )
            if change.by_column:
                parts.append(", ".join(f"{column} {number}" for column, number in change.by_column.items()))
    source = "archive" if outcome.archived else "raw rows"
    notes = [f"{outcome.observed:,} observations ({source})", *parts, outcome.note()]
    if outcome.redone:
        notes.append("an earlier run of this day had died")
    return f"{outcome.day} v{outcome.version}: " + "; ".join(note for note in notes if note)
