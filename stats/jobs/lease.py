"""One run of a job at a time, on however many machines and nodes of a database (docs/design.md D16).

A row of `job_leases` says whose turn it is and until when. A run takes it by compare-and-swap, renews it
before each step, and renews it once more as the last statement of each transaction it writes: should another
run have taken it over meanwhile, that transaction is undone. So it needs no connection that lives as long as
the run, no lock of the server (which a Galera node keeps to itself) and nobody who clears up after a killed
run: its lease ends.

The clocks of the machines must agree to within a few seconds; a lease lasts long enough for that.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import partial
from typing import Final

from django.db import Error, connection

from parkstats_project.base import clock
from parkstats_project.db import errors
from stats.models import JobLease

logger = logging.getLogger(__name__)

SECONDS: Final = 60.0
"""How long a lease lasts if it is not renewed: longer than any step of a job on a slow day."""

POLL_SECONDS: Final = 1.0


class LeaseHeld(Exception):
    """Another run is at work."""


class LeaseLost(Exception):
    """The lease ended before it was renewed, and another run has taken it over."""


@contextmanager
def lease(name: str) -> Iterator[Callable[[], None]]:
    """Be the only run of the job `name`; gives the function that renews the lease.

    If another run holds the lease, this waits for a sign of it, that the lease is renewed or given back, and
    raises LeaseHeld; or until the lease has ended, since its run was killed. Renewing raises LeaseLost.
    """
    owner = f"{socket.gethostname()[:60]} {os.getpid()} {secrets.token_hex(6)}"
    _take(name, owner)
    try:
        yield partial(_renew, name, owner)
    finally:
        _give_back(name, owner)


def _take(name: str, owner: str) -> None:
    free = JobLease(name=name, owner="", until=clock.now())
    errors.retried(lambda: JobLease.objects.bulk_create([free], ignore_conflicts=True))
    found = JobLease.objects.get(name=name)
    waited = 0.0
    if found.owner and found.until > clock.now():
        logger.warning(
            "%s: another run is or was at work, waiting for a sign of it or its lease to end", name
        )
    while found.owner and found.until > clock.now() and waited < SECONDS:
        time.sleep(POLL_SECONDS)
        waited += POLL_SECONDS
        if not JobLease.objects.filter(name=name, owner=found.owner, until=found.until).exists():
            raise LeaseHeld
    if not errors.retried(lambda: _swap(name, found.owner, owner, until=found.until)):
        raise LeaseHeld


def _give_back(name: str, owner: str) -> None:
    """Let the next run begin at once, also if only the connection is gone; else the lease ends by itself."""
    try:
        errors.retried(lambda: _swap(name, owner, ""))
    except Error:
        connection.close()
        with suppress(Error):
            _swap(name, owner, "")


def _renew(name: str, owner: str) -> None:
    # As the last statement of a transaction, that one is tried again as a whole, by who began it.
    attempts = 1 if connection.in_atomic_block else errors.ATTEMPTS
    if not errors.retried(lambda: _swap(name, owner, owner), attempts=attempts):
        raise LeaseLost("another run has taken over")


def _swap(name: str, before: str, after: str, **also: object) -> bool:
    """Make `after` the owner if `before` is; whether it was so."""
    held = JobLease.objects.filter(name=name, owner=before, **also)
    until = clock.now() + timedelta(seconds=SECONDS if after else 0)
    return held.update(owner=after, until=until) == 1
