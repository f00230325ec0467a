"""Where questions are read from at the moment, and how much of what was written is seen there."""

from __future__ import annotations

import time
from contextvars import ContextVar
from typing import NamedTuple


class Source(NamedTuple):
    """A database by its alias; it has all that was written until `complete_to` (of the monotonic clock)."""

    alias: str
    complete_to: float


def primary() -> Source:
    """The database that is written to: nothing is missing there."""
    return Source("default", time.monotonic())


_current: ContextVar[Source | None] = ContextVar("source", default=None)


def current() -> Source:
    """The source of this thread; the primary unless a block says otherwise."""
    return _current.get() or primary()


use = _current.set
reset = _current.reset
