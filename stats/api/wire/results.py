"""Results kept for a while: computed once per key, on the Django cache framework (docs/contract/README.md 9).

A key is the route and its validated parameters, so two spellings of one question share a result. Errors are
exceptions and are never kept. The time to live is `PARKSTATS_RESULT_CACHE_SECONDS`; 0 switches it off.
A cache that fails costs time, never an answer.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from django.conf import settings
from django.core.cache import cache

from parkstats_project.base import measures
from stats.api.wire.renderer import Rendered, rendered
from stats.frames import revisions

logger = logging.getLogger(__name__)

T = TypeVar("T")

_running: dict[str, Future[Any]] = {}
_running_lock = threading.Lock()


def answer(route: str, asked: object, compute: Callable[[], Any]) -> Rendered:
    """The bytes of a route's answer to `asked` (a parameter object or anything with a stable repr)."""
    return kept(route, asked, lambda: rendered(compute()))


def kept(route: str, asked: object, compute: Callable[[], T]) -> T:
    """The value of `compute()` for a route and what it was asked; must be picklable.

    One thread of the process computes a key at a time: the others wait and share its value or its error.
    """
    seconds = settings.PARKSTATS_RESULT_CACHE_SECONDS
    if seconds == 0:
        return compute()
    key = _key(route, asked)
    found = _read(key)
    if found is not None:
        measures.RESULTS.labels("hit").inc()
        return found  # type: ignore[no-any-return]
    with _running_lock:
        other = _running.get(key)
        if other is None:
            mine: Future[T] = Future()
            _running[key] = mine
    measures.RESULTS.labels("computed" if other is None else "shared").inc()
    if other is not None:
        return other.result()  # type: ignore[no-any-return]
    try:
        # Another thread may have finished between the first look and our turn.
        value = _read(key)
        if value is None:
            value = compute()
            _write(key, value, seconds)
        mine.set_result(value)
        return value  # type: ignore[no-any-return]
    except BaseException as error:
        mine.set_exception(error)
        raise
    finally:
        with _running_lock:
            del _running[key]


def _key(route: str, asked: object) -> str:
    # The figures depend on the metrics version and on what was corrected, and a cache may be shared with a
    # process that uses another version, or has not noticed a correction yet.
    text = f"{settings.PARKSTATS_METRICS_VERSION} {revisions.taken_in()} {route} {asked!r}"
    return f"parkstats:{hashlib.sha256(text.encode()).hexdigest()}"


def _read(key: str) -> Any:
    try:
        return cache.get(key)
    except Exception:
        logger.warning("the result cache cannot be read", exc_info=True)
        return None


def _write(key: str, value: object, seconds: int) -> None:
    try:
        cache.set(key, value, seconds)
    except Exception:
        logger.warning("the result cache cannot be written", exc_info=True)
