"""How long every route takes, against what it took (docs/performance.md, Measuring)."""

from __future__ import annotations

import http.client
import json
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db import Error, connection
from django.test import Client
from django.test.utils import override_settings

from parkstats_project.base import cache, clock
from parkstats_project.base.exit_codes import BAD_ARGUMENTS, FAILED
from parkstats_project.db import errors
from stats.jobs import performance
from stats.jobs.performance import Measured, Sample, Worse
from stats.management.arguments import can_be_written, positive
from stats.management.asked import Ask, every_route
from stats.management.job import Job

TYPICAL_OF: Final = 7
KEPT: Final = 30
PATIENCE: Final = 120.0
JSON: Final = {"Content-Type": "application/json"}

Sender = Callable[[Ask], tuple[int, bytes, Sample]]


class _Away(logging.Filter):
    """The database went away under a question, or has no tables; what views then log of it is not written."""

    error: Error | None = None

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is written."""
        return self.error is None


class Command(Job):
    help = (
        "Ask every route several times, print and keep what answers and statements took, and compare it with "
        "what was kept. Exit codes: 0 done, 1 a route is slower by more than the threshold, 2 bad arguments."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--save", type=Path, metavar="FILE", help="keep the figures")
        parser.add_argument(
            "--compare", type=Path, metavar="FILE", help="compare with figures that were kept"
        )
        parser.add_argument(
            "--daily",
            type=Path,
            metavar="FOLDER",
            help=f"keep {KEPT} days in a folder, and compare with the median of the last {TYPICAL_OF}",
        )
        parser.add_argument("--threshold", type=positive, default=25, metavar="PERCENT", help="(default: 25)")
        parser.add_argument("--base-url", metavar="URL", help="ask this server instead of this process")
        parser.add_argument("--rounds", type=positive, default=9, metavar="N", help="(default: 9)")

    def handle(self, *args: Any, **options: Any) -> None:
        before = self._before(options)
        for path in _kept_in(options):
            can_be_written(path)
        if not options["base_url"]:
            with override_settings(PARKSTATS_RESULT_CACHE_SECONDS=0), _few_lines() as away:
                self._measure(_of_this_process(away), before, options)
            return
        with closing(_connection(options["base_url"])) as server:
            self._measure(_of_server(server, options["base_url"]), before, options)

    def _measure(self, send: Sender, before: Measured | None, options: dict[str, Any]) -> None:
        asks = {ask.name: ask for ask in _asks(send)}

        def ask(name: str) -> Sample:
            status, _, sample = send(asks[name])
            # 404: a park without rides, or a period without rows.
            if status not in (200, 404):
                raise CommandError(f"{name} answers {status}", returncode=FAILED)
            return sample

        measured = performance.measure(asks, ask, rounds=options["rounds"])
        found: list[Worse] = []
        if before is not None:
            measured, found = performance.surely(
                before,
                measured,
                lambda routes: performance.measure(routes, ask, rounds=options["rounds"]),
                threshold=options["threshold"],
            )
        self._print(measured)
        for path in _kept_in(options):
            try:
                path.write_text(performance.to_text(measured), encoding="ascii")
            except OSError as error:
                raise CommandError(
                    f"{path} cannot be written: {error.strerror}", returncode=FAILED
                ) from error
        if options["daily"]:
            for old in performance.kept(options["daily"])[:-KEPT]:
                old.unlink()
        if found:
            raise CommandError("\n".join(map(_line, found)), returncode=FAILED)

    def _before(self, options: dict[str, Any]) -> Measured | None:
        """What to compare with, if anything."""
        if options["daily"]:
            if not options["daily"].is_dir():
                raise CommandError(f"{options['daily']} is no folder", returncode=BAD_ARGUMENTS)
            today = _file_of(options["daily"], clock.now().date())
            files = [path for path in performance.kept(options["daily"]) if path != today][-TYPICAL_OF:]
            return performance.typical([_read(path) for path in files]) if files else None
        return _read(options["compare"]) if options["compare"] else None

    def _print(self, measured: Measured) -> None:
        self.stdout.write(f"{'answer p50':>12}{'p95':>9}{'statements p50':>16}{'p95':>9}   ms")
        for route, one in measured.routes.items():
            of_statements = [f"{value:.1f}" if value is not None else "-" for value in one[2:]]
            of_answers = f"{one.answer_p50:12.1f}{one.answer_p95:9.1f}"
            self.stdout.write(f"{of_answers}{of_statements[0]:>16}{of_statements[1]:>9}   {route}")
        self.stdout.write(f"{measured.calibration:12.1f}   the fixed piece of work")


def _asks(send: Sender) -> list[Ask]:
    """Every route, of the park with the most rides."""
    status, body, _ = send(Ask("search index", "/api/search/index"))
    if status != 200:
        raise CommandError(f"search index answers {status}", returncode=FAILED)
    rides = json.loads(body)["rides"]
    if not rides:
        raise CommandError("the site knows no ride, so that there is nothing to measure", returncode=FAILED)
    parks = [ride["park_id"] for ride in rides]
    biggest = max(sorted(set(parks)), key=parks.count)
    return every_route(biggest, next(ride["id"] for ride in rides if ride["park_id"] == biggest))


@contextmanager
def _few_lines() -> Iterator[_Away]:
    """Meanwhile, a thousand requests do not log a thousand lines."""
    logger, away = logging.getLogger("stats.api.wire.requests"), _Away()
    before, handlers = logger.level, logging.getLogger().handlers[:]
    logger.setLevel(logging.WARNING)
    for handler in handlers:
        handler.addFilter(away)
    try:
        yield away
    finally:
        for handler in handlers:
            handler.removeFilter(away)
        logger.setLevel(before)


def _of_this_process(away: _Away) -> Sender:
    """Requests to the application itself, each answer computed: one that is held costs the same whatever it
    took to compute. Raises the error of a database that is away or has no tables.
    """
    host = settings.ALLOWED_HOSTS[0].lstrip("*.") or "localhost"
    client = Client(raise_request_exception=False, headers={"host": host})
    spent = 0.0

    def timed(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal spent
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        except Error as problem:
            if errors.is_away(problem) or errors.lacks_table(problem):
                away.error = problem
            raise
        finally:
            spent += 1000 * (time.perf_counter() - began)

    def send(ask: Ask) -> tuple[int, bytes, Sample]:
        nonlocal spent
        connection.ensure_connection()
        cache.forget_computed()
        spent = 0.0
        began = time.perf_counter()
        with connection.execute_wrapper(timed):
            response = client.generic(ask.method, ask.path, ask.body or "", "application/json", secure=True)
            body = response.content
        if away.error is not None:
            raise away.error
        return response.status_code, body, Sample(1000 * (time.perf_counter() - began), spent)

    return send


def _connection(base_url: str) -> http.client.HTTPConnection:
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise CommandError("--base-url must be like https://stats.example.org", returncode=BAD_ARGUMENTS)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    return kind(parts.netloc, timeout=PATIENCE)


def _of_server(server: http.client.HTTPConnection, base_url: str) -> Sender:
    """Requests over one kept connection."""
    prefix = urlsplit(base_url).path.rstrip("/")

    def send(ask: Ask) -> tuple[int, bytes, Sample]:
        began = time.perf_counter()
        try:
            server.request(ask.method, prefix + ask.path, ask.body, JSON)
            response = server.getresponse()
            body = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise CommandError(f"{base_url} does not answer: {error}", returncode=FAILED) from error
        return response.status, body, Sample(1000 * (time.perf_counter() - began), None)

    return send


def _read(path: Path) -> Measured:
    try:
        return performance.read(path)
    except (OSError, ValueError) as error:
        raise CommandError(f"{path} cannot be read: {error}", returncode=BAD_ARGUMENTS) from error


def _kept_in(options: dict[str, Any]) -> list[Path]:
    """The files that the figures go into."""
    of_today = options["daily"] and _file_of(options["daily"], clock.now().date())
    return [path for path in (options["save"], of_today) if path]


def _file_of(folder: Path, day: date) -> Path:
    return folder.joinpath(f"{day}.json")


def _line(one: Worse) -> str:
    what = one.figure.partition("_")[0]
    return f"{one.route}: {what} {one.before:.1f} -> {one.now:.1f} ms, {one.percent} % worse on this machine"
