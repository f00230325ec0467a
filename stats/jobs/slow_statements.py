"""Slow statements of all processes in one table: a row a day for each shape of statement.

A process notes them in memory and writes them now and then, beside whatever transaction it is in, so that a
storm of slow statements costs the database one short transaction in ten seconds and process.
"""

from __future__ import annotations

import atexit
import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db import Error, IntegrityError, connection, transaction
from django.db.models import F
from django.db.models.functions import Greatest

from parkstats_project.db.watch import Slow
from stats.models import SlowStatement

logger = logging.getLogger(__name__)

EVERY_SECONDS: Final = 10.0
KEPT: Final = timedelta(days=90)


@dataclass
class Noted:
    """Runs of one shape on one day that are not written yet."""

    first: Slow
    times: int = 0
    total_ms: int = 0
    longest_ms: int = 0
    work: str = ""
    plan: str = ""


class Notes:
    """What a process has yet to write; safe to use from several threads."""

    def __init__(self, write: Callable[[list[Noted]], None]) -> None:
        self._write = write
        self._lock = threading.Lock()
        self._waiting: dict[tuple[date, str], Noted] = {}
        self._written = -EVERY_SECONDS

    def add(self, slow: Slow, *, moment: float) -> None:
        """Count a run; write what is waiting if the last time is long enough ago."""
        with self._lock:
            noted = self._waiting.setdefault((slow.day, slow.fingerprint), Noted(slow))
            noted.times += 1
            milliseconds = int(1000 * slow.seconds)
            noted.total_ms += milliseconds
            noted.plan = noted.plan or "\n".join(slow.plan)
            if milliseconds >= noted.longest_ms:
                noted.longest_ms, noted.work = milliseconds, slow.work
            if moment < self._written + EVERY_SECONDS:
                return
            self._written = moment
        # Its own thread has its own connection: the one at hand may be within a transaction, or broken.
        threading.Thread(target=self.flush).start()

    def flush(self) -> None:
        """Write what is waiting, on this thread's connection, which is closed then."""
        with self._lock:
            waiting, self._waiting = list(self._waiting.values()), {}
        if waiting:
            self._write(waiting)


def write(notes: Iterable[Noted]) -> None:
    """Add to the table. What cannot be written is lost but for the log, where each run has its line."""
    try:
        for noted in notes:
            _add(noted)
            SlowStatement.objects.filter(day__lt=noted.first.day - KEPT).delete()
    except Error as error:
        logger.warning("slow statements cannot be written down: %s", error.args[-1] if error.args else error)
    finally:
        connection.close()


def _add(noted: Noted) -> None:
    if _count(noted):
        return
    try:
        with transaction.atomic():
            SlowStatement.objects.create(
                day=noted.first.day,
                fingerprint=noted.first.fingerprint,
                times=noted.times,
                total_ms=noted.total_ms,
                longest_ms=noted.longest_ms,
                work=noted.work[:200],
                statement=noted.first.statement,
                plan=noted.plan,
            )
    except IntegrityError:  # another process was first
        _count(noted)


def _count(noted: Noted) -> bool:
    rows = SlowStatement.objects.filter(day=noted.first.day, fingerprint=noted.first.fingerprint)
    # Before the time of the longest run is overwritten.
    rows.filter(longest_ms__lt=noted.longest_ms).update(work=noted.work[:200])
    if noted.plan:
        rows.filter(plan="").update(plan=noted.plan)
    counted = rows.update(
        times=F("times") + noted.times,
        total_ms=F("total_ms") + noted.total_ms,
        longest_ms=Greatest(F("longest_ms"), noted.longest_ms),
    )
    return counted > 0


_notes = Notes(write)
atexit.register(_notes.flush)


def note(slow: Slow) -> None:
    """Count a slow statement (the listener of `parkstats_project.db.watch`)."""
    _notes.add(slow, moment=time.monotonic())
