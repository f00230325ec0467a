"""The jobs of a soak, at the times of their timers by the clock that runs fast."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from datetime import datetime
from pathlib import Path

import scheduler
from samples import Run
from service import ROOT

from parkstats_project.base import clock
from parkstats_project.base.exit_codes import FAILED

# Of deploy/systemd: all that do not ask the sources, and that are no measurement by themselves.
# That the monitor complains is its work: of what the simulator leaves out, and of jobs that are late here.
NAMES = ("aggregate-daily", "roll-up", "prune", "check", "backup")


class Jobs(threading.Thread):
    """One job after the other, in the order in which they are due: what takes seconds takes simulated hours.

    A job that is due while it waits for its turn is not queued again, as systemd does not start it twice.
    """

    def __init__(self, folder: Path, start: datetime) -> None:
        super().__init__()
        self.runs: list[Run] = []
        self.merged = 0
        self.over = threading.Event()
        self._folder, self._start = folder, start
        self._jobs = [scheduler.job(name) for name in NAMES]

    def run(self) -> None:
        """Until it is over."""
        queue: list[scheduler.Job] = []
        minute = self._start.replace(second=0, microsecond=0)
        while not self.over.is_set():
            while minute + scheduler.MINUTE <= clock.now():
                minute += scheduler.MINUTE
                due = [job for job in self._jobs if job.is_due(minute)]
                self.merged += sum(job in queue for job in due)
                queue += [job for job in due if job not in queue]
            if queue:
                self.runs.append(self._one(queue.pop(0)))
            else:
                time.sleep(0.05)

    def _one(self, job: scheduler.Job) -> Run:
        hours = (clock.now() - self._start).total_seconds() / clock.HOUR
        words = [
            word.replace("/var/backups/parkstats", f"{self._folder}/backups") for word in job.command[1:]
        ]
        log = self._folder / "log" / f"parkstats-{job.name}.log"
        begun = time.monotonic()
        with log.open("ab") as output:
            ran = subprocess.Popen(
                ["nice", "-n", "5", sys.executable, *words],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
            _, status, used = os.wait4(ran.pid, 0)
        code = os.waitstatus_to_exitcode(status)
        lines = log.read_text(errors="replace").splitlines() or ["(it wrote nothing)"]
        return Run(
            job.name,
            hours,
            (clock.now() - self._start).total_seconds() / clock.HOUR,
            code,
            code in job.good or (job.name == "check" and code == FAILED),
            time.monotonic() - begun,
            used.ru_maxrss / 1024,
            lines[-1][:200],
        )
