"""gunicorn's configuration: `gunicorn -c python:parkstats_project.server parkstats_project.wsgi`.

Nothing is preloaded: Polars' threads do not survive a fork (docs/design.md D2). The settings are read here
once, so that a wrong one stops the master instead of one worker after the other.
"""

from __future__ import annotations

import os
import shutil
import socket
import sys
import tempfile
import time
from typing import Final

from gunicorn.arbiter import Arbiter
from gunicorn.errors import HaltServer
from gunicorn.workers.base import Worker

from parkstats_project import environment, settings
from parkstats_project.base.exit_codes import CANNOT_START

COUNTS: Final = "PROMETHEUS_MULTIPROC_DIR"
# With one of these, sockets that listen already are taken over.
HANDED_OVER: Final = {"GUNICORN_FD", "LISTEN_FDS"}
# A second apart: the server that is to be replaced may still be ending.
ATTEMPTS: Final = 5

bind = environment.listening("PARKSTATS_BIND", "127.0.0.1:8000")
workers = environment.integer("PARKSTATS_WORKERS", 1, minimum=1, maximum=1_000)
threads = environment.integer("PARKSTATS_THREADS", 4, minimum=1, maximum=1_000)
worker_class = "parkstats_project.worker.Worker"
preload_app = False
# A socket in the user's home by which the workers could be steered; users of the units have no home.
control_socket_disable = True
# The longest request line that gunicorn can be told to take; the application's own limit is close to it.
limit_request_line = 8190
timeout = 60
loglevel = str(settings.LOGGING["root"]["level"]).lower()  # type: ignore[index]
# The same lines as the application's, in the same place.
logconfig_dict = settings.LOGGING | {
    "loggers": {
        # At the level of DEBUG it repeats what clients sent.
        "gunicorn.error": {
            "handlers": [],
            "propagate": True,
            "level": "INFO" if loglevel == "debug" else loglevel.upper(),
        },
        # Paths with their parameters; `stats.api.wire.requests` writes what may be written.
        "gunicorn.access": {"handlers": [], "propagate": False, "level": "CRITICAL"},
    }
}
# Polars' allocator gives memory back after half a second, by a thread of its own also when nothing is asked;
# to do so at once would cost a third more CPU.
raw_env = [
    "_RJEM_MALLOC_CONF="
    + environment.text(
        "_RJEM_MALLOC_CONF", "narenas:1,dirty_decay_ms:500,muzzy_decay_ms:0,background_thread:true"
    )
]


def on_starting(arbiter: Arbiter) -> None:
    """Called first: makes the folder where processes write what they count (`base/measures.py`).

    The client of Prometheus looks at the variable when it is imported, which workers do later.
    """
    _insist_on_a_free_address(arbiter)
    os.environ[COUNTS] = tempfile.mkdtemp(prefix="counts-", dir=os.environ.get("RUNTIME_DIRECTORY"))


def _insist_on_a_free_address(arbiter: Arbiter) -> None:
    """End the process in one line if it cannot listen; gunicorn would try as long, and say so each time."""
    if HANDED_OVER & os.environ.keys():
        return
    for address in arbiter.cfg.address:
        if not isinstance(address, tuple):
            continue  # A file, which is made anew, or a socket that is there.
        family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        for left in reversed(range(ATTEMPTS)):
            with socket.socket(family) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(address)
                    break
                except OSError as problem:
                    if not left:
                        why = f"cannot listen on {address[0]} port {address[1]}: {problem.strerror}"
                        print(f"parkstats cannot start: {why}.", file=sys.stderr)
                        sys.exit(CANNOT_START)
            time.sleep(1)


def post_worker_init(worker: Worker) -> None:
    """Called when a worker has loaded the application, before it takes requests."""
    from stats.jobs import warm  # Models can be imported only now.

    warm.up(worker.notify)
    warm.stay()


def child_exit(arbiter: Arbiter, worker: Worker) -> None:
    """Called when a worker has ended: its memory and its hours count no more."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(arbiter: Arbiter) -> None:
    """Called last: gunicorn's own codes for a worker that cannot start, 3 and 4, mean something else here."""
    shutil.rmtree(os.environ.get(COUNTS, ""), ignore_errors=True)
    if isinstance(sys.exception(), HaltServer):
        sys.exit(CANNOT_START)
