"""Arguments that several jobs share: dates, places where something is kept, stopping between two days."""

from __future__ import annotations

import os
import signal
import tempfile
from argparse import ArgumentTypeError
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from types import FrameType
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser
from django.core.validators import validate_email

from parks.models import Park
from parkstats_project.base.clock import DateSpan
from parkstats_project.base.exit_codes import BAD_ARGUMENTS
from stats.jobs.daily_figures import VERSIONS


def iso_date(text: str) -> date:
    """YYYY-MM-DD, as argparse wants it."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a date (YYYY-MM-DD)") from None


def positive(text: str) -> int:
    """A whole number above zero, as argparse wants it."""
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a whole number above zero")
    return int(text)


def address(text: str) -> str:
    """An e-mail address, as argparse wants it."""
    try:
        validate_email(text)
    except ValidationError:
        raise ArgumentTypeError(f"{text!r} is not an e-mail address") from None
    return text


def is_over(day: date, *, today: date) -> date:
    """The Pacific date; CommandError if it is not over."""
    if day >= today:
        raise CommandError(f"{day} is not over yet (Pacific time)", returncode=BAD_ARGUMENTS)
    return day


def add_dates(parser: CommandParser) -> None:
    """--date, --start-date with --end-date, --days."""
    parser.add_argument("--date", type=iso_date, metavar="D", help="one Pacific date")
    parser.add_argument("--start-date", type=iso_date, metavar="A", help="first Pacific date of a range")
    parser.add_argument("--end-date", type=iso_date, metavar="B", help="last one (default: yesterday)")
    parser.add_argument("--days", type=positive, metavar="N", help="the last N days, up to yesterday")


def span_of(options: dict[str, Any], *, today: date) -> DateSpan:
    """The dates asked for, by default Pacific yesterday; CommandError if they make no sense."""
    single, start, end, days = (options[name] for name in ("date", "start_date", "end_date", "days"))
    yesterday = today - timedelta(days=1)
    if sum(choice is not None for choice in (single, start, days)) > 1:
        raise CommandError("use one of --date, --start-date and --days", returncode=BAD_ARGUMENTS)
    if end is not None and start is None:
        raise CommandError("--end-date needs --start-date", returncode=BAD_ARGUMENTS)
    span = DateSpan(single or start or yesterday, single or end or yesterday)
    if days is not None:
        try:
            span = DateSpan(today - timedelta(days=days), yesterday)
        except OverflowError:
            raise CommandError("--days is too large", returncode=BAD_ARGUMENTS) from None
    is_over(span.end, today=today)
    if span.start > span.end:
        raise CommandError(f"{span.start} is after {span.end}", returncode=BAD_ARGUMENTS)
    if span.start.year < 1970:
        raise CommandError(f"{span.start} is before 1970", returncode=BAD_ARGUMENTS)
    return span


def known_parks(chosen: list[int] | None) -> list[int] | None:
    """The ids of the parks asked for, ascending, None for all; CommandError for one that is not there."""
    if chosen is None:
        return None
    # Compared here, since a number may be greater than any that a database takes.
    known = set(Park.objects.values_list("park_id", flat=True)).intersection(chosen)
    if unknown := sorted(set(chosen) - known):
        raise CommandError(f"no park {', '.join(map(str, unknown))}", returncode=BAD_ARGUMENTS)
    return sorted(known)


def known_version(version: int) -> int:
    """A metrics version that has a rule; CommandError otherwise."""
    if version not in VERSIONS:
        known = ", ".join(map(str, VERSIONS))
        raise CommandError(f"no metrics version {version}; there are {known}", returncode=BAD_ARGUMENTS)
    return version


def takes_files(folder: Path) -> None:
    """CommandError before the work unless a file can be made in the folder, which is tried."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as problem:
        raise CommandError(
            f"nothing can be written to the folder {folder}: {problem.strerror}", returncode=BAD_ARGUMENTS
        ) from problem


def can_be_written(path: Path) -> None:
    """CommandError before the work unless a file can be written; one that is there stays as it is."""
    if not path.exists():
        takes_files(path.parent)
        return
    try:
        os.close(os.open(path, os.O_WRONLY))
    except OSError as problem:
        raise CommandError(
            f"{path} cannot be written: {problem.strerror}", returncode=BAD_ARGUMENTS
        ) from problem


@contextmanager
def finishing_on_signal() -> Iterator[Callable[[], bool]]:
    """Meanwhile SIGTERM and SIGINT do not interrupt; the function given says whether one came."""
    received: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        received.append(number)

    before = {number: signal.signal(number, note) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield lambda: bool(received)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
