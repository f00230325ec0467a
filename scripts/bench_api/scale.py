"""How far one machine goes: 1, 3 and 10 times the rows of the design size (docs/scale.md).

85 parks and 4,600 rides, and a collection every 10, 3 and 1 minutes; each size is a database of its
own beside the one of DATABASE_URL, filled up to the present moment. Of a collection every minute only each
tenth is simulated, and the others are copies of it. Then what takes longer is measured.
"""

from __future__ import annotations

import argparse
import math
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import urlsplit

import MySQLdb
import processes
import service
import users

from stats.management.asked import every_route

MINUTES = {1: 10, 3: 3, 10: 1}
SIMULATED = 3
"""Minutes between collections that are simulated at least; those in between are copies."""
COPIED = {
    "park_activity_snapshots": "park_id, total_rides_tracked, rides_open, rides_closed, avg_wait_time, "
    "max_wait_time, park_appears_open, shame_score",
    "ride_status_snapshots": "ride_id, is_open, status, wait_time, computed_is_open",
}
WORLD = ("--parks", "85", "--rides", "4800", "--days", "2", "--daily-days", "30", "--no-progress")


def main() -> None:
    """Measure and print a line for each size."""
    parser = argparse.ArgumentParser(prog="scripts/bench scale", description=__doc__)
    parser.add_argument("--sizes", default="1,3,10", help="times the design size (default: 1,3,10)")
    parser.add_argument("--rounds", type=int, default=5, help="requests to each endpoint (default: 5)")
    parser.add_argument("--no-fill", action="store_true", help="use the databases as they are")
    options = parser.parse_args()
    base = urlsplit(os.environ["DATABASE_URL"])
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {processes.machine()}\n")
    print("jobs: seconds of time, of the job's processor time and of the database's; MB of memory at most")
    print("routes: all of them by one user, in ms of time and of processor time (CPU); worker in MB at most")
    print(f"{'size':>6}{'ride rows':>12}{'GB':>7}{'fill s':>8}{'aggregate_daily: s':>20}{'CPU':>6}", end="")
    print(
        f"{'DB':>6}{'MB':>6}{'archive MB':>12}{'routes: p50':>13}{'p95':>7}{'worst':>7}{'CPU p95':>9}", end=""
    )
    print(f"{'worker':>8}{'prune: s':>10}{'CPU':>6}{'DB':>6}")
    for size in map(int, options.sizes.split(",")):
        name = f"{base.path.lstrip('/')}_x{size}"
        os.environ["DATABASE_URL"] = base._replace(path=f"/{name}").geturl()
        os.environ["PARKSTATS_COLLECTION_MINUTES"] = str(MINUTES[size])
        database = Database(base.hostname or "", base.port or 3306, name)
        filled = 0.0 if options.no_fill else database.fill(MINUTES[size])
        print(f"{size:>5}x", end="")
        for figures in measured(database, filled, options.rounds):
            print(figures, end="", flush=True)
        print()


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
        every = minutes if minutes >= SIMULATED else 10
        for words in (("migrate", "--verbosity", "0"), ("load_demo", *WORLD, "--interval", str(every))):
            job(*words)
        for later in range(minutes, every, minutes):
            at = f"recorded_at + INTERVAL {later} MINUTE"
            for table, columns in COPIED.items():
                self._server.cursor().execute(
                    f"INSERT INTO {self.name}.{table} ({columns}, recorded_at) SELECT {columns}, {at} "
                    f"FROM {self.name}.{table} WHERE {at} <= UTC_TIMESTAMP() "
                    f"AND MINUTE(recorded_at) % {every} = 0"
                )
        return time.monotonic() - start


class Ran(NamedTuple):
    """What a job took: seconds, its processor time and the database's, MB of memory at most."""

    seconds: float
    cpu: float
    database: float
    memory: float


def job(*words: str) -> Ran:
    """A management command; 4 means that something was left out."""
    start, pid = time.monotonic(), service.database_pid()
    server = [] if pid is None else [pid]
    before = processes.cpu_seconds(server)
    ran = subprocess.Popen([sys.executable, "manage.py", *words], cwd=service.ROOT, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(ran.pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 4):
        sys.exit(f"manage.py {' '.join(words)} failed")
    spent = processes.cpu_seconds(server) - before
    return Ran(time.monotonic() - start, used.ru_utime + used.ru_stime, spent, used.ru_maxrss / 1024)


def measured(database: Database, filled: float, rounds: int) -> Iterator[str]:
    """One line of figures, in parts: what is long in coming shall not hide what is there."""
    rows = database.ask(f"SELECT COUNT(*) FROM {database.name}.ride_status_snapshots")
    in_use = database.ask(
        "SELECT SUM(data_length + index_length) / 1e9 FROM information_schema.tables "
        f"WHERE table_schema = '{database.name}'"
    )
    yield f"{rows:>12,.0f}{in_use:>7.2f}{filled:>8.0f}"
    daily = job("aggregate_daily")
    archived = database.ask(f"SELECT SUM(LENGTH(payload)) / 1e6 FROM {database.name}.park_day_archive")
    yield f"{daily.seconds:>20.1f}{daily.cpu:>6.1f}{daily.database:>6.1f}{daily.memory:>6.0f}"
    yield f"{archived:>12.2f}"
    job("roll_up_stats")
    job("refresh_live_rankings")
    with closing(service.Service(cache_seconds=0, workers=1, threads=4)) as server:
        park = int(database.ask(f"SELECT MIN(park_id) FROM {database.name}.parks WHERE is_active"))
        ride = int(database.ask(f"SELECT MIN(ride_id) FROM {database.name}.rides WHERE park_id = {park}"))
        asks = every_route(park, ride)
        each = list(users.one_after_the_other(server.url, asks, rounds=rounds, cpu=server.cpu_seconds))
        worker = max(processes.memory(pid)[2] for pid in server.workers)
    taken = [one for _, answers, _ in each for one in answers]
    if failed := {one.name for one in taken if one.status not in (200, 404)}:
        sys.exit(f"no answer: {', '.join(sorted(failed))}")
    computing = sorted(1000 * cpu for _, _, cpu in each)[math.ceil(0.95 * len(each)) - 1]
    p50, p95, worst = (users.percentile(taken, share) for share in (0.5, 0.95, 1.0))
    yield f"{p50:>13.0f}{p95:>7.0f}{worst:>7.0f}{computing:>9.0f}{worker:>8.0f}"
    pruned = job("prune_raw_data", "--keep-hours", "1", "--max-seconds", "3600")
    yield f"{pruned.seconds:>10.1f}{pruned.cpu:>6.1f}{pruned.database:>6.1f}"


if __name__ == "__main__":
    main()
