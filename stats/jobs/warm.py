"""What a server's process reads before its first request, so that nobody waits for it."""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, Final

from django.db import close_old_connections, connections

from parkstats_project.base import cache, clock, memory
from parkstats_project.db import replicas
from stats.frames import current
from stats.frames.entrants import ALL_PARKS
from stats.questions import search
from stats.questions.parks import downtime as park_downtime
from stats.questions.parks import waits as park_waits
from stats.questions.rides import downtime as ride_downtime
from stats.questions.rides import waits as ride_waits
from stats.questions.trends import awards, changes

logger = logging.getLogger(__name__)

LONGEST: Final = 20.0
"""Seconds after which nothing more is read: a slow answer is better than none."""

EVERY: Final = 0.5
"""Seconds between two checks of what was asked for lately."""

TRIM_EVERY: Final = 60
"""Checks after which memory that is free is given back."""


def up(alive: Callable[[], object]) -> None:
    """Ask what reads hours, days, weeks, months and the roster; `alive` is called now and then.

    Whatever goes wrong is logged and left to the requests that come.
    """
    end = time.monotonic() + LONGEST
    try:
        for question in _questions(clock.now()):
            if time.monotonic() > end:
                logger.warning("not everything was read before the first request: it takes too long")
                break
            replicas.read(question)
            alive()
    except Exception as error:
        logger.warning("not everything was read before the first request: %s", error)
    finally:
        connections.close_all()
        memory.give_back()


def stay() -> None:
    """From now on, what requests asked for lately is checked, and read again, by a thread beside them."""
    threading.Thread(target=_stay, name="warm", daemon=True).start()


def _stay() -> None:
    for number in itertools.count(1):
        time.sleep(EVERY)
        if number % TRIM_EVERY == 0:
            memory.trim_heap()
        try:
            replicas.read(cache.refresh)
        except Exception as error:
            logger.debug("nothing was checked: %s", error)  # Requests say so, too.
        close_old_connections()


def _questions(now: datetime) -> list[Callable[[], object]]:
    """The newest first: should time run out, what people look at most is there."""
    some: dict[str, Any] = {"now": now, "among": ALL_PARKS, "limit": 1}
    by_parks = some | {"sort_by": "shame_score", "weighted": False}
    by_rides = some | {"sort_by": "downtime_hours"}
    days = ("today", "yesterday")
    return [
        partial(current.status_summary, now=now),
        *(partial(park_downtime.ranked_parks, period=period, **by_parks) for period in clock.PERIODS),
        *(partial(ride_downtime.ranked_rides, period=period, **by_rides) for period in clock.PERIODS),
        *(partial(park_waits.ranked_parks, period=day, **some) for day in days),
        *(partial(ride_waits.ranked_rides, mode=mode, **some) for mode in ("live", "today")),
        *(partial(awards.least_reliable, entity="parks", period=day, **some) for day in days),
        *(partial(awards.longest_waits, entity="parks", period=day, **some) for day in days),
        *(partial(changes.ranked, category=f"{entity}-improving", **some) for entity in ("parks", "rides")),
        partial(search.index, now=now),
    ]
