"""Find parks and rides at the public sources (docs/operation.md)."""

from __future__ import annotations

import re
from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import CommandError, CommandParser

from parkstats_project.base.exit_codes import FAILED, INCOMPLETE
from stats.jobs.discover.run import discover
from stats.management.arguments import finishing_on_signal
from stats.management.job import Job


def two_letters(text: str) -> str:
    """A country's code, as argparse wants it."""
    if not re.fullmatch("[A-Za-z]{2}", text):
        raise ArgumentTypeError(f"{text!r} is not a country of two letters")
    return text.upper()


class Command(Job):
    help = (
        "Find new, renamed, moved, vanished and returned parks and rides. What leaves no doubt is applied, "
        "the rest is proposed in the admin. Exit codes: 0 done, 1 failed, 2 bad arguments, 3 another run is "
        "at work, 4 done except for lists that are named."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--country", type=two_letters, metavar="US", help="only parks of this country")
        parser.add_argument("--dry-run", action="store_true", help="print what would be proposed")

    def handle(self, *args: Any, **options: Any) -> None:
        with finishing_on_signal() as stop:
            outcome = discover(country=options["country"], dry_run=options["dry_run"], stop=stop)
            stopped = stop()
        for finding, state in outcome.findings:
            about = f" of park {finding.park_id}" if finding.park_id else ""
            self.stdout.write(
                f"{state}: {finding.kind.label}{about}: {finding.name} ({'; '.join(finding.evidence)})"
            )
        counts = ", ".join(f"{number} {state}" for state, number in sorted(outcome.states.items()) if number)
        left = f"{outcome.unclassified} rides without a tier, {outcome.nowhere} parks without a city"
        self.stdout.write(f"{counts or 'nothing new'}; {left}")
        if stopped:
            raise CommandError("stopped; not all parks were asked for their rides", returncode=FAILED)
        if outcome.faults:
            named = "; ".join(f"{what}: {why}" for what, why in outcome.faults.items())
            code = INCOMPLETE if outcome.findings or len(outcome.faults) == 1 else FAILED
            raise CommandError(f"without {named}", returncode=code)
