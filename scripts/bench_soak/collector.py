"""The collector of a soak: what the demo's simulator saw, every ten simulated minutes, until it is ended."""

from __future__ import annotations

import sys
import time

import django
from django.core.management import CommandError, call_command
from django.db import connection

from parkstats_project.base import clock
from parkstats_project.base.output import Lossy

INTERVAL = 600
# The simulated collector's own seconds; before that, the newest collection is not over.
RUN = 62


def main() -> None:
    """Collect and refresh the live rankings at every interval; the next one makes up for one that failed."""
    django.setup()
    sys.stderr = Lossy(sys.stderr)
    done = 0
    while True:
        turn = (clock.epoch(clock.now()) - RUN) // INTERVAL
        if turn == done:
            time.sleep(0.02)
            continue
        done = turn
        try:
            call_command("load_demo", "--append", "--no-progress", stdout=sys.stderr)
            call_command("refresh_live_rankings", stdout=sys.stderr)
        except CommandError as problem:
            print(f"collector: {problem}", file=sys.stderr, flush=True)
            connection.close()
            time.sleep(0.2)


if __name__ == "__main__":
    main()
