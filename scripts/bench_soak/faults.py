"""What goes wrong during a soak: each is a function that does it, and mends it before `seconds` are over."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import processes
from service import Service

# The disk of the logs and that of temporary files, in MB: small, so that they are soon full.
SIZES = {"log": 32, "tmp": 32}


def mount(folder: Path) -> None:
    """Make `folder`/log and `folder`/tmp small disks of their own; needs root and a namespace of mounts."""
    for name, size in SIZES.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}m", "tmpfs", str(folder / name)], check=True
        )


def full(folder: Path) -> Callable[[float], None]:
    """The disk of a folder is full for most of the time."""

    def fault(seconds: float) -> None:
        filler = folder / "filler"
        try:
            with filler.open("wb", buffering=0) as file:
                while True:
                    file.write(bytes(4096))
        except OSError as problem:
            if problem.errno != errno.ENOSPC:
                raise
        time.sleep(0.8 * seconds)
        filler.unlink()

    return fault


def forward(clock: Path) -> Callable[[float], None]:
    """The clock of the application is set forward by an hour, for good."""

    def fault(seconds: float) -> None:
        real, simulated, rate, ahead = map(float, clock.read_text().split())
        set_clock(clock, real, simulated, rate, ahead + 3600)

    return fault


def set_clock(file: Path, real: float, simulated: float, rate: float, ahead: float = 0) -> None:
    """What clock/sitecustomize.py reads, replaced in one step."""
    new = file.with_suffix(".new")
    new.write_text(f"{real!r} {simulated!r} {rate!r} {ahead!r}")
    new.replace(file)


def killed(server: Service) -> Callable[[float], None]:
    """One worker of the service is killed outright."""

    def fault(seconds: float) -> None:
        os.kill(server.workers[0], signal.SIGKILL)

    return fault


class Database:
    """The server of the database, on this machine: how it was started is how it is started again."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.started: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Id of its process."""
        found = processes.listener(self.port)
        if found is None:
            raise ProcessLookupError(f"nobody listens on port {self.port}, or it cannot be seen who")
        return found

    def restart(self, seconds: float) -> None:
        """End it in order, and start it again."""
        pid = self.pid
        command = Path(f"/proc/{pid}/cmdline").read_text().rstrip("\0").split("\0")
        os.kill(pid, signal.SIGTERM)
        while _lives(pid):
            time.sleep(0.05)
        self.started = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while processes.listener(self.port) is None:
            time.sleep(0.05)

    def end(self) -> None:
        """End the server that was started here; whoever started the first one ends that."""
        if self.started:
            self.started.terminate()
            self.started.wait()


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
