"""Every URL of the sweep beside its time in the replaced system (docs/performance.md)."""

from __future__ import annotations

import csv
import os
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import MySQLdb
import processes
import service
import users

from parkstats_project.base.cache import CHECK_SECONDS
from stats.management.asked import Ask

SLOWER = 1.1
"""No URL may take more times as long as in the replaced system, or it must take less than `UNNOTICED_MS`."""

UNNOTICED_MS = 10

ARRIVALS = (
    "/api/parks/downtime?period=today",
    "/api/rides/downtime?period=today",
    "/api/rides/waittimes?period=live",
    "/api/live/status-summary",
    "/api/trends/least-reliable?period=today&entity=parks",
    "/api/trends/heatmap-data?period=today&type=rides-downtime",
    "/api/trends/chart-data?period=today&type=ridewaittimes&filter=all-parks",
    "/api/parks/1/details?period=today",
)
"""What is asked first after a collection has arrived."""


class Line(NamedTuple):
    """A URL: its time in the replaced system, of the first pass and of the others, processor time; in ms."""

    url: str
    replaced: float
    first: float
    again: float
    cpu: float

    @property
    def is_slower(self) -> bool:
        """Whether a user would notice."""
        return self.again > max(self.replaced * SLOWER, UNNOTICED_MS)


def replaced() -> dict[str, float]:
    """Milliseconds that the replaced system took, by URL, in the order of the sweep."""
    with Path(__file__).with_name("replaced.csv").open() as file:
        return {row["url"]: float(row["replaced_ms"]) for row in csv.DictReader(file)}


def sweep(passes: int, workers: int, threads: int) -> None:
    """One user asks all URLs so often, nothing comes from the result cache; then collections arrive."""
    with closing(service.Service(cache_seconds=0, workers=workers, threads=threads)) as server:
        print(f"\nmemory after the start: {server.memory()}")
        lines, sums = _asked(server, passes)
        _print(lines, sums)
        print(f"\nmemory: {server.memory()}")
        _arrivals(users.Client(server.url))
        print(f"\nmemory: {server.memory()}; load {os.getloadavg()[0]:.1f}")


def _asked(server: service.Service, passes: int) -> tuple[list[Line], list[float]]:
    client = users.Client(server.url)
    taken: dict[str, list[float]] = {url: [] for url in replaced()}
    cpu: dict[str, list[float]] = {url: [] for url in taken}
    for _ in range(passes):
        for url in taken:
            before = processes.precise_cpu_seconds(server.workers)
            one = client.ask(Ask(url, url))[0]
            if one.status != 200:
                sys.exit(f"{url} answers {one.status}")
            taken[url].append(1000 * one.seconds)
            cpu[url].append(1000 * (processes.precise_cpu_seconds(server.workers) - before))
    lines = [
        Line(url, ms, taken[url][0], statistics.median(taken[url][1:]), statistics.mean(cpu[url][1:]))
        for url, ms in replaced().items()
    ]
    return lines, [sum(times[number] for times in taken.values()) for number in range(passes)]


def _print(lines: list[Line], sums: list[float]) -> None:
    passes = f"again: the median of {len(sums) - 1} passes"
    print(f"\n{'replaced':>9}{'first':>8}{'again':>8}{'CPU':>8}  ms; {passes}")
    for line in lines:
        mark = "  SLOWER" if line.is_slower else ""
        print(f"{line.replaced:9.0f}{line.first:8.1f}{line.again:8.1f}{line.cpu:8.1f}  {line.url}{mark}")
    print(f"\nsums of the passes: {', '.join(f'{total / 1000:.2f}' for total in sums)} s")
    for title, of in _columns():
        figures = sorted(map(of, lines))
        p50, p95 = (figures[int(share * (len(figures) - 1) + 0.5)] for share in (0.5, 0.95))
        total = f"sum {sum(figures) / 1000:.2f} s, p50 {p50:.1f}, p95 {p95:.1f}"
        print(f"{title}: {total}, worst {figures[-1]:.1f} ms ({max(lines, key=of).url})")
    print(f"noticeably slower than the replaced system: {sum(line.is_slower for line in lines)}")


def _columns() -> list[tuple[str, Callable[[Line], float]]]:
    return [
        ("replaced", lambda line: line.replaced),
        ("first pass", lambda line: line.first),
        ("again", lambda line: line.again),
        ("processor time", lambda line: line.cpu),
    ]


def _arrivals(client: users.Client) -> None:
    """A collection of all parks arrives, and each of some URLs is the first that is asked after it."""
    print("\nfirst answer after a collection has arrived, and the next, in ms")
    database = _Collections()
    for url in ARRIVALS:
        client.ask(Ask(url, url))
        with closing(database.arrive()):
            time.sleep(CHECK_SECONDS + 0.1)
            first, again = (client.ask(Ask(url, url))[0] for _ in range(2))
            print(f"{1000 * first.seconds:9.1f}{1000 * again.seconds:8.1f}  {url}", flush=True)
        time.sleep(CHECK_SECONDS + 0.1)


class _Collections:
    """The newest collection of the database, stored once more as of now, and taken away again."""

    TABLES = ("ride_status_snapshots", "park_activity_snapshots")

    def __init__(self) -> None:
        url = urlsplit(os.environ["DATABASE_URL"])
        self._server = MySQLdb.connect(
            host=url.hostname,
            port=url.port or 3306,
            user=url.username or "root",
            passwd=url.password or "",
            db=url.path.lstrip("/"),
            autocommit=True,
        )
        self._at: datetime | None = None

    def arrive(self) -> _Collections:
        """Now; `close` takes it away."""
        self._at = datetime.now(UTC).replace(microsecond=0, tzinfo=None)
        cursor = self._server.cursor()
        cursor.execute("SET time_zone = '+00:00'")
        for table in self.TABLES:
            cursor.execute(f"SELECT MAX(recorded_at) FROM {table} WHERE recorded_at < %s", [self._at])
            (newest,) = cursor.fetchone() or (None,)
            cursor.execute(f"SHOW COLUMNS FROM {table}")
            columns = [name for name, *_ in cursor.fetchall() if name not in ("snapshot_id", "recorded_at")]
            others = ", ".join(columns)
            cursor.execute(
                f"INSERT INTO {table} (recorded_at, {others}) "
                f"SELECT %s, {others} FROM {table} WHERE recorded_at = %s",
                [self._at, newest],
            )
        return self

    def close(self) -> None:
        """As if it had never arrived."""
        for table in self.TABLES:
            self._server.cursor().execute(f"DELETE FROM {table} WHERE recorded_at = %s", [self._at])
