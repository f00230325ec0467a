#!/usr/bin/python3
"""Start jobs at the times of their timers (deploy/systemd) where no systemd runs, as in compose.yaml.

    scheduler.py JOB...        such as aggregate-daily roll-up; the command is that of parkstats-JOB.service

Of a timer OnCalendar= counts, of a service ExecStart=, SuccessExitStatus= and TimeoutStartSec=. A job that
is still at work when it is due again is not started twice. One that fails is mailed to PARKSTATS_OPERATOR, if
that is set, by deploy/mail-failure. SIGTERM ends the jobs at work, then this. Exit codes: 0 ended by a
signal, 2 bad arguments.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

DEPLOY = Path(__file__).resolve().parent
UNITS = DEPLOY / "systemd"
RELEASE = "/srv/parkstats/current"
MINUTE = timedelta(minutes=1)
# So long a job may take to end when it is told to, before it is killed: systemd's own TimeoutStopSec.
PATIENCE_SECONDS = 90
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
CALENDAR = re.compile(
    r"(?:(?P<day>[A-Z][a-z]{2}) )?\*-\*-\* (?P<hour>\*|\d\d):(?P<minute>\d\d)(?:/(?P<every>\d+))?:00 UTC"
)
SPAN = re.compile(r"(\d+)(min|h)")


class Job(NamedTuple):
    """A job as its units say: when, the words of its command, exit codes that are well, seconds at most."""

    name: str
    calendar: str
    command: list[str]
    good: set[int]
    limit: int

    def is_due(self, minute: datetime) -> bool:
        """Whether it is to start in this minute (UTC)."""
        found = CALENDAR.fullmatch(self.calendar)
        assert found, f"{self.name}: {self.calendar} is not understood"
        first, every = int(found["minute"]), found["every"]
        return (
            found["day"] in (None, DAYS[minute.weekday()])
            and found["hour"] in ("*", f"{minute:%H}")
            and (minute.minute in range(first, 60, int(every)) if every else minute.minute == first)
        )


def job(name: str) -> Job:
    """The job of parkstats-NAME.timer and parkstats-NAME.service; OSError if there are none."""
    timer = (UNITS / f"parkstats-{name}.timer").read_text()
    service = (UNITS / f"parkstats-{name}.service").read_text()
    length, unit = SPAN.findall(_setting(service, "TimeoutStartSec"))[0]
    return Job(
        name,
        _setting(timer, "OnCalendar"),
        _setting(service, "ExecStart").replace(RELEASE, str(DEPLOY.parent)).split(),
        {0, *map(int, _setting(service, "SuccessExitStatus").split())},
        int(length) * (60 if unit == "min" else 3600),
    )


def _setting(text: str, name: str) -> str:
    found = re.search(rf"^{name}=(.*)$", text, re.MULTILINE)
    return found[1] if found else ""


def say(text: str) -> None:
    """A line of the log."""
    print(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {text}", file=sys.stderr, flush=True)


def failed(name: str, how: str) -> None:
    """Say that a job failed, and mail it."""
    say(f"{name} failed: {how}")
    if os.environ.get("PARKSTATS_OPERATOR"):
        subprocess.run([str(DEPLOY / "mail-failure"), f"parkstats-{name}"], check=False)


class Scheduler:
    """The jobs, and which of them are at work since when."""

    def __init__(self, jobs: list[Job]) -> None:
        self.jobs = jobs
        self.running: dict[str, tuple[subprocess.Popen[bytes], float]] = {}

    def start(self, minute: datetime) -> None:
        """Start what is due in this minute."""
        for each in self.jobs:
            if each.is_due(minute) and each.name not in self.running:
                say(f"{each.name} starts")
                process = subprocess.Popen(each.command, cwd=DEPLOY.parent, stdin=subprocess.DEVNULL)
                self.running[each.name] = process, time.monotonic()

    def look(self) -> None:
        """Note who has ended, and end who takes too long."""
        for each in self.jobs:
            process, since = self.running.get(each.name, (None, 0.0))
            if process is None:
                continue
            if process.poll() is None:
                late = time.monotonic() - since - each.limit
                if late > PATIENCE_SECONDS:
                    process.kill()
                elif late > 0:
                    process.terminate()
                continue
            del self.running[each.name]
            if process.returncode in each.good:
                say(f"{each.name} ended with {process.returncode} after {time.monotonic() - since:.0f} s")
            else:
                failed(each.name, f"exit code {process.returncode}")

    def end(self) -> None:
        """Let the jobs at work end in order, and kill what does not."""
        for process, _ in self.running.values():
            process.terminate()
        deadline = time.monotonic() + PATIENCE_SECONDS
        for process, _ in self.running.values():
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def main() -> int:
    """Every second a look; every minute what is due."""
    try:
        scheduler = Scheduler([job(name) for name in sys.argv[1:]])
    except OSError as problem:
        print(f"scheduler.py: there is no {problem.filename}", file=sys.stderr)
        return 2
    if not scheduler.jobs:
        print("scheduler.py needs names of jobs, such as aggregate-daily", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    done = datetime.now(UTC).replace(second=0, microsecond=0)
    try:
        while True:
            time.sleep(1)
            scheduler.look()
            # A clock that was set forward leaves out minutes, one that was set back waits.
            now = datetime.now(UTC).replace(second=0, microsecond=0)
            if now > done:
                scheduler.start(now)
                done = now
    finally:
        scheduler.end()


if __name__ == "__main__":
    sys.exit(main())
