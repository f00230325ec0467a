"""The service under test: a database of the design size, and gunicorn as in production."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

import processes

ROOT = Path(__file__).resolve().parent.parent.parent
DESIGN_SIZE = ("--parks", "85", "--rides", "4800", "--days", "3", "--daily-days", "60")


def manage(*arguments: str, may_be_incomplete: bool = False) -> None:
    """One management command; 4 means days or parks were left out, such as the day before the first one."""
    print(f"   manage.py {' '.join(arguments)}", flush=True)
    code = subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT).returncode
    if code not in (0, 4 if may_be_incomplete else 0):
        sys.exit(f"manage.py {arguments[0]} failed")


def fill() -> None:
    """Bring the database of DATABASE_URL to the design size, or an earlier one up to the present moment."""
    manage("migrate", "--verbosity", "0")
    has_parks = "from parks.models import Park; raise SystemExit(0 if Park.objects.exists() else 9)"
    found = subprocess.run([sys.executable, "manage.py", "shell", "-v", "0", "-c", has_parks], cwd=ROOT)
    manage("load_demo", *(("--append",) if found.returncode == 0 else DESIGN_SIZE), "--no-progress")
    manage("recompute_daily_stats", "--days", "3", "--no-progress", may_be_incomplete=True)
    manage("roll_up_stats")
    manage("refresh_live_rankings")


def database_pid() -> int | None:
    """The database server's process, if it runs on this machine and can be seen."""
    if os.environ.get("MARIADB_PID"):
        return int(os.environ["MARIADB_PID"])
    url = urlsplit(os.environ["DATABASE_URL"])
    return processes.listener(url.port or 3306) if url.hostname in ("127.0.0.1", "localhost") else None


class Service:
    """gunicorn with the project's configuration: `workers` of `threads`, nothing preloaded."""

    def __init__(
        self, *, cache_seconds: int, workers: int, threads: int, output: IO[bytes] | None = None
    ) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        environment = os.environ | {
            "PARKSTATS_BIND": f"127.0.0.1:{port}",
            "PARKSTATS_WORKERS": str(workers),
            "PARKSTATS_THREADS": str(threads),
            "PARKSTATS_RESULT_CACHE_SECONDS": str(cache_seconds),
            "DJANGO_SECRET_KEY": "a benchmark signs nothing",
        }
        command = ["-m", "gunicorn", "--config", "python:parkstats_project.server", "parkstats_project.wsgi"]
        self._master = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=environment, stdout=output, stderr=output
        )
        self._wait(workers)

    def _wait(self, workers: int) -> None:
        """Until all workers have loaded the application, and compute no more; nothing is asked of them."""
        end = time.monotonic() + 120
        before = -1.0
        while time.monotonic() < end and self._master.poll() is None:
            time.sleep(1)
            spent = processes.cpu_seconds(self.workers)
            if len(self.workers) == workers and spent > 0.5 and spent == before:
                return
            before = spent
        self.close()
        sys.exit("gunicorn did not start")

    @property
    def master(self) -> int:
        """Id of the process that starts the workers."""
        return self._master.pid

    @property
    def workers(self) -> list[int]:
        """Ids of the worker processes."""
        return processes.children(self._master.pid)

    def cpu_seconds(self) -> float:
        """CPU time of the workers so far."""
        return processes.cpu_seconds(self.workers)

    def memory(self) -> str:
        """Memory of master and workers in words."""
        master = processes.memory(self._master.pid)
        parts = [processes.memory(pid) for pid in self.workers]
        each = ", ".join(f"{rss:.0f} (at most {most:.0f})" for rss, _, most in parts)
        total = sum(rss for rss, _, _ in parts) + master[0]
        own = sum(private for _, private, _ in parts) + master[1]
        return (
            f"workers {each} MB, master {master[0]:.0f} MB; together {total:.0f} MB, not shared {own:.0f} MB"
        )

    def close(self) -> None:
        """End gunicorn and its workers."""
        self._master.terminate()
        try:
            self._master.wait(30)
        except subprocess.TimeoutExpired:
            self._master.kill()
            self._master.wait()
