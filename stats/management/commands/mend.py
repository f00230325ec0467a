"""Fill gaps of the last days from the history of ThemeParks.wiki (docs/operation.md)."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from parkstats_project.base import clock
from parkstats_project.base.exit_codes import BAD_ARGUMENTS, BUDGET_SPENT, FAILED, INCOMPLETE
from parkstats_project.feeds.answers import BudgetSpent
from stats.jobs.collect.mend import Mended, mend, reach
from stats.management.arguments import finishing_on_signal, iso_date, known_parks, positive
from stats.management.job import Job


class Command(Job):
    help = (
        "Rebuild missing collections from the source's history, then compute and archive the days. Exit "
        "codes: 0 done, 1 failed, 2 bad arguments, 3 another run is at work, 4 done except for parks and "
        "days that are named, 75 the source's hourly budget is spent: the next run goes on."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--days", type=positive, metavar="N", help="the last N days (all in reach)")
        which.add_argument("--date", type=iso_date, metavar="D", help="one date of the parks' own calendars")
        parser.add_argument("--park", type=positive, action="append", metavar="ID", help="repeatable")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["days"] is not None and options["date"] is not None:
            raise CommandError("use one of --days and --date", returncode=BAD_ARGUMENTS)
        if options["date"] is not None:
            within = reach(clock.now())
            if options["date"] > within.end:
                raise CommandError(f"{options['date']} is still to come", returncode=BAD_ARGUMENTS)
            if options["date"] < within.start:
                raise CommandError(
                    f"the history of the source reaches back to {within.start}", returncode=BAD_ARGUMENTS
                )
        parks = known_parks(options["park"])
        failed: list[str] = []
        number = 0
        with finishing_on_signal() as stop:
            try:
                for mended in mend(days=options["days"], day=options["date"], parks=parks, stop=stop):
                    self.stdout.write(line_of(mended))
                    number += 1
                    if mended.failed:
                        failed.append(f"park {mended.park.park_id} on {mended.day}")
            except BudgetSpent as error:
                raise CommandError(f"{number} days asked for; {error}", returncode=BUDGET_SPENT) from None
            if stop():
                raise CommandError(f"stopped after {number} days of parks", returncode=FAILED)
        self.stdout.write(f"{number} days of parks asked for")
        if failed:
            code = INCOMPLETE if len(failed) < number else FAILED
            raise CommandError(f"without {', '.join(failed)}", returncode=code)


def line_of(mended: Mended) -> str:
    """One line about a day of a park."""
    rows = f"{mended.collections} collections, {mended.rides} ride rows"
    about = f"{mended.day} park {mended.park.park_id} ({mended.park.name})"
    return f"{about}: {mended.note if mended.failed else rows + (mended.note and '; ' + mended.note)}"
