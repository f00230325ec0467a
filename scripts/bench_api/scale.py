"""How far one machine goes: 1, 3 and 10 times the rows of the design size (docs/scale.md).

85 parks and 4,200 rides, and a collection every 10, 3 and 1 minutes; each size is a database of its
own beside the one of DATABASE_URL, filled up to the present moment. Then what takes longer is measured.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from urllib.parse import urlsplit

import MySQLdb
import processes
import service
import users

from stats.management.asked import every_route

MINUTES = {1: 10, 3: 3, 10: 1}
WORLD = ("--parks", "85", "--rides", "4800", "--days", "2", "--daily-days", "30", "--no-progress")


def main() -> None:
    """Measure and print a line for each size."""
    parser = argparse.ArgumentParser(prog="scripts/bench scale", description=__doc__)
    parser.add_argument("--sizes", default="1,3,10", help="times the design size (default: 1,3,10)")
    parser.add_argument("--rounds", type=int, default=5, help="requests to each endpoint (default: 5)")
    options = parser.parse_args()
    base = urlsplit(os.environ["DATABASE_URL"])
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {processes.machine()}")
    print(f"\n{'':>6}{'':>12}{'':>7}{'':>8}{'all routes, one user':>27}{'':>9}{'aggregate_daily':>18}")
    print(f"{'size':>6}{'ride rows':>12}{'GB':>7}{'fill s':>8}", end="")
    print(
        f"{'p50 ms':>9}{'p95':>9}{'worst':>9}{'worker':>9}{'s':>9}{'MB':>9}{'archive MB':>12}{'prune s':>9}"
    )
    for size in map(int, options.sizes.split(",")):
        name = f"{base.path.lstrip('/')}_x{size}"
        os.environ["DATABASE_URL"] = base._replace(path=f"/{name}").geturl()
        print(
            measured(Database(base.hostname or "", base.port or 3306, name), size, options.rounds), flush=True
        )


class Database:
    """A database of the server, made and filled if it is not there."""

    def __init__(self, host: str, port: int, name: str) -> None:
        self._server = MySQLdb.connect(host=host, port=port, user="root", autocommit=True)
        self.name = name

    def ask(self, statement: str) -> float:
        """The one number that a statement gives."""
        cursor = self._server.cursor()
        cursor.execute(statement)
        row = cursor.fetchone()
        return float(row[0] or 0) if row else 0.0

    def fill(self, minutes: int) -> float:
        """Today and yesterday, a collection every so many minutes; how long it took."""
        self._server.cursor().execute(f"DROP DATABASE IF EXISTS {self.name}")
        self._server.cursor().execute(
            f"CREATE DATABASE {self.name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"
        )
        start = time.monotonic()
        for words in (("migrate", "--verbosity", "0"), ("load_demo", *WORLD, "--interval", str(minutes))):
            job(*words)
        return time.monotonic() - start


def job(*words: str) -> tuple[float, float]:
    """A management command: seconds, and MB of memory at most; 4 means that something was left out."""
    start = time.monotonic()
    ran = subprocess.Popen([sys.executable, "manage.py", *words], cwd=service.ROOT, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(ran.pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 4):
        sys.exit(f"manage.py {' '.join(words)} failed")
    return time.monotonic() - start, used.ru_maxrss / 1024


def measured(database: Database, size: int, rounds: int) -> str:
    """One line of figures."""
    filled = database.fill(MINUTES[size])
    rows = database.ask(f"SELECT COUNT(*) FROM {database.name}.ride_status_snapshots")
    in_use = database.ask(
        "SELECT SUM(data_length + index_length) / 1e9 FROM information_schema.tables "
        f"WHERE table_schema = '{database.name}'"
    )
    daily, memory = job("aggregate_daily")
    job("roll_up_stats")
    job("refresh_live_rankings")
    archived = database.ask(f"SELECT SUM(LENGTH(payload)) / 1e6 FROM {database.name}.park_day_archive")
    with closing(service.Service(cache_seconds=0, workers=1, threads=4)) as server:
        park = int(database.ask(f"SELECT MIN(park_id) FROM {database.name}.parks WHERE is_active"))
        ride = int(database.ask(f"SELECT MIN(ride_id) FROM {database.name}.rides WHERE park_id = {park}"))
        each = users.one_after_the_other(
            server.url, every_route(park, ride), rounds=rounds, cpu=server.cpu_seconds
        )
        taken = [one for _, answers, _ in each for one in answers]
        if failed := {one.name for one in taken if one.status not in (200, 404)}:
            sys.exit(f"no answer: {', '.join(sorted(failed))}")
        worker = max(processes.memory(pid)[2] for pid in server.workers)
    pruned, _ = job("prune_raw_data", "--keep-hours", "1", "--max-seconds", "3600")
    shares = "".join(f"{users.percentile(taken, share):9.0f}" for share in (0.5, 0.95, 1.0))
    return (
        f"{size:>5}x{rows:>12,.0f}{in_use:>7.2f}{filled:>8.0f}{shares}{worker:>9.0f}"
        f"{daily:>9.1f}{memory:>9.0f}{archived:>12.2f}{pruned:>9.1f}"
    )


if __name__ == "__main__":
    main()
