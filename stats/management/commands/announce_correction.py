"""Say that rows of some hours were changed by hand (docs/operation.md, Jobs)."""

from __future__ import annotations

from argparse import ArgumentTypeError
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import CommandError, CommandParser

from parkstats_project.base import clock
from parkstats_project.base.clock import Window
from parkstats_project.base.exit_codes import BAD_ARGUMENTS
from stats.management.arguments import iso_date
from stats.management.job import Job
from stats.models import Correction
from stats.models.corrections import LONGEST_NOTE


def moment(text: str) -> datetime:
    """ISO 8601 with an offset, as argparse wants it."""
    try:
        found = datetime.fromisoformat(text)
        if found.tzinfo is not None and 1970 <= found.astimezone(UTC).year < 2100:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ArgumentTypeError(f"{text!r} is not ISO 8601 with an offset, such as 2025-12-20T11:00:00-08:00")


class Command(Job):
    help = (
        "Announce that snapshots or daily rows of a span of time were changed by hand: every process reads "
        "them again within seconds. Daily rows are not computed again; recompute_daily_stats does that. Exit "
        "codes: 0 done, 1 failed, 2 bad arguments."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--date", type=iso_date, metavar="D", help="a Pacific date")
        parser.add_argument("--from", type=moment, dest="start", metavar="T", help="ISO 8601 with an offset")
        parser.add_argument("--to", type=moment, dest="end", metavar="T", help="the first moment not changed")
        parser.add_argument("--note", default="", metavar="TEXT", help="what was changed, and why")

    def handle(self, *args: Any, **options: Any) -> None:
        start, end = _window(options)
        if start > clock.now():
            raise CommandError(f"{start:%Y-%m-%d %H:%M} UTC is still to come", returncode=BAD_ARGUMENTS)
        if len(options["note"]) > LONGEST_NOTE:
            raise CommandError(f"--note is longer than {LONGEST_NOTE} characters", returncode=BAD_ARGUMENTS)
        Correction.objects.create(starts_at=start, ends_at=end, note=options["note"])
        self.stdout.write(f"announced: {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC")


def _window(options: dict[str, Any]) -> Window:
    day, start, end = (options[name] for name in ("date", "start", "end"))
    if day is not None and start is None and end is None:
        if not 1970 <= day.year < 2100:
            raise CommandError(f"{day} is not between 1970 and 2099", returncode=BAD_ARGUMENTS)
        return clock.pacific_day(day)
    if day is not None or start is None or end is None:
        raise CommandError("give --date, or --from and --to", returncode=BAD_ARGUMENTS)
    if start >= end:
        raise CommandError("--from is not before --to", returncode=BAD_ARGUMENTS)
    # Columns hold whole seconds.
    return clock.window_of_seconds(clock.epoch(start), Window(start, end).end_s)
