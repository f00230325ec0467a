"""Fill a database with a simulated world (docs/design.md 2: jobs parse arguments and call one service)."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import CommandError, CommandParser
from tqdm import tqdm

from parkstats_project.base import clock
from parkstats_project.base.exit_codes import BAD_ARGUMENTS
from stats.demo import load
from stats.demo.catalogue import PARKS
from stats.management.job import Job


class Command(Job):
    help = (
        "Fill an empty database with simulated parks, rides, schedules, snapshots, status changes, weather "
        "and data-quality issues, as the collector would have written them. The same arguments give the same "
        "rows."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """All numbers arrive as text: their bounds hold for callers from Python, too."""
        parser.add_argument(
            "--parks", default="12", help=f"number of parks, up to {len(PARKS)} (default: 12)"
        )
        parser.add_argument("--rides", default="250", help="number of rides in all parks (default: 250)")
        parser.add_argument(
            "--days", default="8", help="Pacific days of snapshots, that of --until included (default: 8)"
        )
        parser.add_argument(
            "--interval", default="10", metavar="MINUTES", help="minutes between collections (default: 10)"
        )
        parser.add_argument(
            "--until",
            metavar="ISO",
            help="moment of the last collection; UTC unless it has an offset (default: now)",
        )
        parser.add_argument("--seed", default="1", help="another number gives another world (default: 1)")
        parser.add_argument(
            "--daily-days",
            default="0",
            help="also write daily statistics of this many Pacific days before the snapshots, for "
            "benchmarks; only daily rows: roll_up_stats and refresh_live_rankings make the rest (default: 0)",
        )
        existing = parser.add_mutually_exclusive_group()
        existing.add_argument(
            "--append", action="store_true", help="carry an existing demo on to --until (its size stays)"
        )
        existing.add_argument(
            "--flush", action="store_true", help="delete ALL rows of all parkstats tables first"
        )
        parser.add_argument(
            "--no-progress",
            action="store_true",
            help="no progress bar; without a terminal, -v 2 prints lines instead",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        size = load.Size(
            parks=_number(options, "parks", 1, len(PARKS)),
            rides=_number(options, "rides", 1, 20_000),
            days=_number(options, "days", 1, 366),
            daily_days=_number(options, "daily_days", 0, 1000),
        )
        interval = 60 * _number(options, "interval", 1, 60)
        seed = _number(options, "seed", 0, 2**31)
        until = _moment(options["until"])
        if size.rides < size.parks:
            raise CommandError(
                "--rides must be at least --parks: each park has a ride", returncode=BAD_ARGUMENTS
            )
        began = time.monotonic()
        # Standard error, as for every progress display: standard output holds the summary alone.
        bar = tqdm(
            total=None if options["append"] else load.steps(size, until=until),
            disable=options["no_progress"] or not sys.stderr.isatty(),
            leave=False,
        )
        speaks = bar.disable and not options["no_progress"] and options["verbosity"] > 1

        def progress(message: str) -> None:
            bar.set_description(message, refresh=False)
            bar.update()
            if speaks:
                self.stderr.write(message)

        try:
            with bar:
                if options["append"]:
                    counts = load.append(until=until, interval=interval, seed=seed, progress=progress)
                else:
                    counts = load.create(
                        size,
                        until=until,
                        interval=interval,
                        seed=seed,
                        flush=options["flush"],
                        progress=progress,
                    )
        except load.DemoRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        written = ", ".join(f"{count:,} {kind}" for kind, count in counts.items())
        self.stdout.write(
            f"Demo data until {until:%Y-%m-%d %H:%M} UTC: {written} in {time.monotonic() - began:.1f} s"
        )


def _number(options: dict[str, Any], name: str, least: int, most: int) -> int:
    """An option as an integer within bounds; anything else ends the command with one line and status 2."""
    text = str(options[name])
    flag = "--" + name.replace("_", "-")
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise CommandError(f"{flag} must be a whole number from {least} to {most}", returncode=BAD_ARGUMENTS)
    return int(text)


def _moment(text: str | datetime | None) -> datetime:
    if text is None:
        return clock.now()
    try:
        moment = text if isinstance(text, datetime) else datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(
            "--until must be a date and time such as 2025-12-20T22:35:00Z", returncode=BAD_ARGUMENTS
        ) from error
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if not 2000 <= moment.year <= 2037:
        raise CommandError(
            "--until must be between 2000 and 2037, as far as TIMESTAMP columns reach",
            returncode=BAD_ARGUMENTS,
        )
    return moment.astimezone(UTC)
