"""Collect parks and rides from the public sources, once or in a rhythm (docs/operation.md)."""

from __future__ import annotations

import re
import time
from argparse import ArgumentTypeError
from collections.abc import Callable
from typing import Any, Final

from django.core.management.base import CommandError, CommandParser
from django.db import Error, close_old_connections

from parkstats_project.base import clock
from parkstats_project.base.exit_codes import BUDGET_SPENT, FAILED, INCOMPLETE
from parkstats_project.db.checks import explained
from stats.frames import coverage
from stats.jobs.collect import compare
from stats.jobs.collect.log import STOPPED
from stats.jobs.collect.run import Outcome, collect, look
from stats.jobs.lease import LeaseHeld, LeaseLost
from stats.management.arguments import finishing_on_signal, known_parks, positive
from stats.management.job import Job

ENDS_BEFORE: Final = 60
"""A run ends so many seconds before the next one begins."""


def seconds(text: str) -> int:
    """`10m`, `600s` or `1h` in seconds, as argparse wants it; at least two minutes, at most a day."""
    found = re.fullmatch(r"(\d{1,5})([smh])", text, re.ASCII)
    value = int(found[1]) * {"s": 1, "m": 60, "h": 3600}[found[2]] if found else 0
    if not 2 * ENDS_BEFORE <= value <= 86_400:
        raise ArgumentTypeError(f"{text!r} is not a time from 2m to 24h, like 10m")
    return value


class Command(Job):
    help = (
        "Collect parks and rides from ThemeParks.wiki and Queue-Times, then rebuild the live tables. Exit "
        "codes: 0 done, 1 failed, 2 bad arguments, 3 another run is at work, 4 done except for parks that "
        "are named, 75 a source's budget is spent."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--once", action="store_true", help="one collection (the default)")
        how.add_argument("--every", type=seconds, metavar="10m", help="go on in this rhythm until a signal")
        how.add_argument("--dry-run", action="store_true", help="ask and count, write nothing")
        how.add_argument(
            "--compare",
            action="store_true",
            help="write nothing; say where the rows differ from those another collector has just written",
        )
        parser.add_argument("--parks", type=positive, nargs="+", metavar="ID", help="only these parks")

    def handle(self, *args: Any, **options: Any) -> None:
        parks = known_parks(options["parks"])
        until = time.monotonic() + coverage.interval() - ENDS_BEFORE
        if options["dry_run"]:
            self._dry_run(parks, until)
        elif options["compare"]:
            self._compare(parks, until)
        else:
            with finishing_on_signal() as stop:
                if options["every"] is None:
                    self._conclude(self._collect(parks, until, stop))
                else:
                    self._go_on(parks, options["every"], stop)

    def _collect(self, parks: list[int] | None, until: float, stop: Callable[[], bool]) -> Outcome:
        started = time.monotonic()
        outcome = collect(parks=parks, until=until, stop=stop)
        self.stdout.write(
            f"{clock.now():%Y-%m-%d %H:%M:%S} {summary(outcome)}, {time.monotonic() - started:.1f} s"
        )
        for line in details(outcome):
            self.stdout.write(line)
        return outcome

    def _go_on(self, parks: list[int] | None, every: int, stop: Callable[[], bool]) -> None:
        """Runs begin on whole multiples of the rhythm, however long the one before took."""
        first = True
        while not stop():
            close_old_connections()
            try:
                self._collect(parks, time.monotonic() + every - ENDS_BEFORE, stop)
            except (LeaseHeld, LeaseLost, Error) as error:
                if first:
                    raise
                why = explained(error) if isinstance(error, Error) else str(error) or "another run is at work"
                self.stderr.write(f"{clock.now():%Y-%m-%d %H:%M:%S} no collection: {why}")
            first = False
            _sleep_until_next(every, stop)

    def _conclude(self, outcome: Outcome) -> None:
        named = ", ".join(f"{park.park_id} ({park.name})" for park in outcome.missing)
        if outcome.spent:
            spent = " and ".join(sorted(source.label for source in outcome.spent))
            raise CommandError(f"{spent} wants a longer rest; without park {named}", returncode=BUDGET_SPENT)
        if STOPPED in outcome.missing.values():
            raise CommandError(f"stopped; without park {named}", returncode=FAILED)
        if outcome.missing and not outcome.parks:
            raise CommandError(f"no park was collected: {named}", returncode=FAILED)
        if outcome.missing:
            raise CommandError(f"without park {named}", returncode=INCOMPLETE)

    def _dry_run(self, parks: list[int] | None, until: float) -> None:
        outcome = Outcome()
        for _ in look(outcome, parks=parks, until=until):
            pass
        self.stdout.write(f"would write {summary(outcome)}")
        self._conclude(outcome)

    def _compare(self, parks: list[int] | None, until: float) -> None:
        outcome, number = Outcome(), 0
        for line in compare.differences(outcome, parks=parks, until=until):
            self.stdout.write(line)
            number += 1
        self.stdout.write(f"{number} differences")
        self._conclude(outcome)


def summary(outcome: Outcome) -> str:
    """One line about a run."""
    return (
        f"{outcome.parks} parks, {outcome.rides} rides, {outcome.changes} status changes, "
        f"{outcome.hours} parks' hours, {outcome.refused} refused, {outcome.unmapped} unknown, "
        f"{sum(outcome.faults.values())} faults"
    )


def details(outcome: Outcome) -> list[str]:
    """Faults by kind, and parks that are missing."""
    counted = [f"  {fault}: {number}" for fault, number in sorted(outcome.faults.items())]
    missing = [f"  park {park.park_id} ({park.name}): {why}" for park, why in outcome.missing.items()]
    return counted + missing


def _sleep_until_next(every: int, stop: Callable[[], bool]) -> None:
    seconds = clock.epoch(clock.now())
    wake = seconds - seconds % every + every
    while not stop() and clock.epoch(clock.now()) < wake:
        time.sleep(1)
