"""A clock that runs fast, for every Python process of a soak that has this folder on its path.

The file of SOAK_CLOCK holds four numbers: a real moment and the simulated one that it was (both in seconds
since 1970), simulated seconds in a real one, and seconds that the clock was set forward since. Only what the
application calls "now" runs fast (`parkstats_project.base.clock`): time-outs and the database keep real time.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path

from parkstats_project.base import clock

FILE = Path(os.environ["SOAK_CLOCK"])


def now() -> datetime:
    """The simulated instant."""
    real, simulated, rate, ahead = map(float, FILE.read_text().split())
    return datetime.fromtimestamp(simulated + (time.time() - real) * rate + ahead, UTC)


clock.now = now
