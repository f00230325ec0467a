"""Weeks in minutes: the service with its collector, jobs and users, by a clock that runs fast.

Simulated collections arrive every ten minutes, jobs run at the times of deploy/systemd, users look at the
dashboard, and meanwhile the database is restarted, disks are full, the clock is set forward and a worker is
killed. What processes take is written down all the time; the end is a verdict and a picture.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import asked
import faults
import MySQLdb
import plot
import processes
import users
from jobs import Jobs
from samples import Run, Sample, ends, typical, wrong
from service import ROOT, Service, manage

from parkstats_project.base import clock
from stats.management.asked import Ask

FOLDER = ROOT / ".run" / "soak"
NAME = "parkstats_soak"
WORLD = ("--parks", "12", "--rides", "250", "--days", "3", "--daily-days", "40", "--no-progress")
SLICES_A_DAY = 6
FEWEST_SLICES = 20
# Where in the run the faults lie: early enough to see what they leave behind.
FIRST_FAULT, LAST_FAULT = 0.1, 0.4


def main() -> int:
    """Fill, run, judge."""
    parser = argparse.ArgumentParser(prog="scripts/bench soak", description=__doc__)
    parser.add_argument("--hours", type=float, default=336, help="simulated hours (default: 336)")
    parser.add_argument("--day-seconds", type=float, default=600, help="real seconds of a day (default: 600)")
    parser.add_argument("--users", type=int, default=5, help="users who rest a second (default: 5)")
    parser.add_argument("--plot", default=str(FOLDER / "soak.svg"), help="where the picture goes")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {processes.machine()}", flush=True)
    soak = Soak(hours=options.hours, day_seconds=options.day_seconds, users_at_once=options.users)
    soak.fill()
    samples, jobs = soak.run()
    found = wrong(samples, jobs.runs)
    title = (
        f"{options.hours:.0f} simulated hours, a day in {options.day_seconds:.0f} s, {options.users} users"
    )
    Path(options.plot).write_text(plot.picture(samples, title), encoding="utf-8")
    report(samples, jobs)
    print(f"\nPicture: {options.plot}\n{processes.machine()}")
    print("\n".join(["NOT as it should be:", *found]) if found else "As it should be")
    return 1 if found else 0


def report(samples: list[Sample], jobs: Jobs) -> None:
    """Start and end beside each other, jobs and faults."""
    first, last = ends(samples)
    print(f"\n{'':34}{'at first':>10}{'calm':>10}{'at last':>10}")
    for name in samples[-1].figures():
        begun = samples[0].figures().get(name, 0.0)
        print(f"{name:34}{begun:>10.0f}{typical(first, name):>10.0f}{typical(last, name):>10.0f}")
    errors = {sample.fault or "no fault": 0 for sample in samples}
    for sample in samples:
        errors[sample.fault or "no fault"] += sample.errors
    print(f"\n{sum(sample.requests for sample in samples)} requests, errors: {errors}")
    by_job: dict[str, list[Run]] = {}
    for run in jobs.runs:
        by_job.setdefault(run.job, []).append(run)
    for job, runs in by_job.items():
        codes = {code: sum(run.code == code for run in runs) for code in sorted({run.code for run in runs})}
        longest, most = max(run.seconds for run in runs), max(run.memory for run in runs)
        print(f"{job:18} exit codes {codes}, {longest:.1f} s at most, {most:.0f} MB at most")
    print(f"{jobs.merged} runs were due while the one before waited for its turn")


class Soak:
    """What runs, and what is asked of it."""

    def __init__(self, *, hours: float, day_seconds: float, users_at_once: int) -> None:
        self.hours, self.rate, self.users = hours, clock.DAY / day_seconds, users_at_once
        self.slices = max(FEWEST_SLICES, math.ceil(hours / 24 * SLICES_A_DAY))
        self.slice_seconds = hours / 24 * day_seconds / self.slices
        self.start = datetime.now(UTC) - timedelta(hours=hours)
        shutil.rmtree(FOLDER, ignore_errors=True)
        faults.mount(FOLDER)
        for name in ("backups", "run"):
            (FOLDER / name).mkdir()
        self.clock = Path(os.environ["SOAK_CLOCK"])
        faults.set_clock(self.clock, time.time(), self.start.timestamp(), 0)
        url = urlsplit(os.environ["DATABASE_URL"])
        self.database = faults.Database(url.port or 3306)
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "parkstats_project.settings",
            "DATABASE_URL": url._replace(path=f"/{NAME}").geturl(),
            "TMPDIR": str(FOLDER / "tmp"),
            "RUNTIME_DIRECTORY": str(FOLDER / "run"),
            "PARKSTATS_METRICS_ADDRESSES": "127.0.0.1",
            "PARKSTATS_LOG_LEVEL": "INFO",
        }
        self._spent = (0, 0.0)
        self.server: Service
        self.collector: subprocess.Popen[bytes]

    def fill(self) -> None:
        """Three days of raw rows up to the start, and what the jobs make of them."""
        cursor = self._connect().cursor()
        cursor.execute(f"DROP DATABASE IF EXISTS {NAME}")
        cursor.execute(f"CREATE DATABASE {NAME} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
        manage("migrate", "--verbosity", "0")
        manage("load_demo", *WORLD)
        manage("aggregate_daily", "--days", "3", may_be_incomplete=True)
        manage("roll_up_stats", "--days", "45")
        manage("refresh_live_rankings")

    def run(self) -> tuple[list[Sample], Jobs]:
        """Everything at once; a sample for each slice, and the jobs that ran."""
        jobs = Jobs(FOLDER, self.start)
        with (
            (FOLDER / "log/web.log").open("ab") as web,
            (FOLDER / "log/collector.log").open("ab") as log,
            # A kept answer is to be as old as it is in production: a second is as near as that comes.
            closing(Service(cache_seconds=1, workers=1, threads=4, output=web)) as self.server,
        ):
            faults.set_clock(self.clock, time.time(), self.start.timestamp(), self.rate)
            words = [sys.executable, str(Path(__file__).with_name("collector.py"))]
            self.collector = subprocess.Popen(words, stdout=log, stderr=log, cwd=ROOT)
            jobs.start()
            try:
                return self._slices(jobs), jobs
            finally:
                jobs.over.set()
                jobs.join()
                self.collector.terminate()
                self.collector.wait()
                self.database.end()
                # The small disks end with this process.
                shutil.copytree(FOLDER / "log", FOLDER / "logs")

    def _slices(self, jobs: Jobs) -> list[Sample]:
        client = users.Client(self.server.url)
        found = json.loads(client.ask(Ask("", "/api/search/index"))[1])
        asks = asked.dashboard(
            [park["id"] for park in found["parks"]], [ride["id"] for ride in found["rides"]][::10]
        )
        planned = self._faults()
        samples = []
        print(f"{'hour':>6}{'p50':>7}{'p95':>7}  asked errors  web MB  conn.  kept  job runs")
        for number in range(self.slices):
            name, fault = planned.get(number, ("", None))
            mishap = threading.Thread(target=fault, args=(self.slice_seconds,)) if fault else None
            if mishap:
                mishap.start()
            taken, _ = users.at_once(
                self.server.url, asks, users=self.users, seconds=self.slice_seconds, pause=1.0, seed=number
            )
            if mishap:
                mishap.join()
            samples.append(self._sample(taken, name))
            last = samples[-1]
            line = f"{last.hours:6.0f}{last.p50:7.0f}{last.p95:7.0f}{last.requests:7}{last.errors:7}"
            line += f"{last.memory['worker']:8.0f}{last.connections:7}{last.kept:6.0f}{len(jobs.runs):10}"
            print(f"{line}  {name}", flush=True)
        return samples

    def _faults(self) -> dict[int, tuple[str, Callable[[float], None]]]:
        """Number of a slice -> what happens in it."""
        all_of_them = {
            "worker killed": faults.killed(self.server),
            "database restarted": self.database.restart,
            "disk of the log full": faults.full(FOLDER / "log"),
            "temporary disk full": faults.full(FOLDER / "tmp"),
            "clock an hour ahead": faults.forward(self.clock),
        }
        step = (LAST_FAULT - FIRST_FAULT) / (len(all_of_them) - 1)
        places = [round(self.slices * (FIRST_FAULT + step * at)) for at in range(len(all_of_them))]
        return dict(zip(places, all_of_them.items(), strict=True))

    def _sample(self, taken: list[users.Taken], fault: str) -> Sample:
        # First of all: it is answered when there is a worker again, and a database.
        metrics = users.Client(self.server.url).ask(Ask("", "/metrics"))[1].decode()
        pids = {
            "master": self.server.master,
            "worker": self.server.workers[0],
            "collector": self.collector.pid,
            "database": self.database.pid,
        }
        cursor = self._connect().cursor()
        cursor.execute("SHOW STATUS LIKE 'Threads_connected'")
        connections = int(cursor.fetchall()[0][1]) - 1
        kept = [line for line in metrics.splitlines() if line.startswith("parkstats_observations_kept")]
        return Sample(
            hours=(clock.now() - self.start).total_seconds() / clock.HOUR,
            memory={name: processes.memory(pid)[0] for name, pid in pids.items()},
            handles={name: len(os.listdir(f"/proc/{pid}/fd")) for name, pid in pids.items()},
            connections=connections,
            kept=float(kept[0].split()[-1]) if kept else 0.0,
            p50=users.percentile(taken, 0.5),
            p95=users.percentile(taken, 0.95),
            cpu=1000 * self._cpu(pids["worker"]) / max(1, len(taken)),
            requests=len(taken),
            errors=sum(one.status not in (200, 404) for one in taken),
            fault=fault,
        )

    def _cpu(self, worker: int) -> float:
        """Processor time of the worker since it was asked last, in s; all of it, if it is another one."""
        spent = processes.cpu_seconds([worker])
        before, self._spent = self._spent, (worker, spent)
        return spent - before[1] if before[0] == worker else spent

    def _connect(self) -> MySQLdb.Connection:
        return MySQLdb.connect(host="127.0.0.1", port=self.database.port, user="root", autocommit=True)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        sys.exit(main())
