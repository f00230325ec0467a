"""Every statement of a process is timed, whoever sends it: a request, a job, a command.

One that takes longer than `PARKSTATS_SLOW_QUERY_SECONDS` is logged without its values, and told to whoever
listens (`stats.jobs.slow_statements`), with its plan the first time in a process and day.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.db import Error
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from parkstats_project.base import cache, clock, logs, measures
from parkstats_project.db import statements

logger = logging.getLogger(__name__)


class Slow(NamedTuple):
    """A slow statement: `plan` has a line for each table, and is empty if it is known or cannot be had."""

    day: date
    fingerprint: str
    statement: str
    seconds: float
    work: str
    plan: list[str]


Listener = Callable[[Slow], None]

_listeners: list[Listener] = []
_planned: set[tuple[date, str]] = set()


def start(listener: Listener) -> None:
    """From now on, statements of every new connection are watched, and slow ones told to the listener."""
    _listeners[:] = [listener]
    connection_created.connect(_watch, dispatch_uid="parkstats.watch")


def _watch(connection: BaseDatabaseWrapper, **_: Any) -> None:
    if not any(isinstance(wrapper, _Timer) for wrapper in connection.execute_wrappers):
        connection.execute_wrappers.insert(0, _Timer())


class _Timer:
    """Runs a statement and times it."""

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        cache.read_elsewhere()
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            seconds = time.perf_counter() - began
            sql = getattr(sql, "template", sql)
            fingerprint = _fingerprint(sql)
            measures.STATEMENTS.labels(fingerprint).inc()
            measures.STATEMENT_SECONDS.labels(fingerprint).inc(seconds)
            work = logs.current()
            if work is not None:
                work.statements += 1
                work.seconds += seconds
            if seconds > settings.PARKSTATS_SLOW_QUERY_SECONDS:
                measures.SLOW_STATEMENTS.labels(fingerprint).inc()
                _report(seconds, sql, None if many else params, context["connection"])


@lru_cache(maxsize=4096)
def _fingerprint(sql: str) -> str:
    return statements.fingerprint(statements.shape(sql))


def _report(seconds: float, sql: str, params: Any, connection: BaseDatabaseWrapper) -> None:
    shape = statements.shape(sql)
    work = logs.current()
    slow = Slow(
        clock.server_date(clock.now()),
        statements.fingerprint(shape),
        shape,
        seconds,
        work.name() if work else "",
        [],
    )
    fields = {"seconds": round(seconds, 3), "fingerprint": slow.fingerprint, "statement": shape}
    logger.warning("slow statement", extra={"fields": fields})
    if (slow.day, slow.fingerprint) not in _planned:
        _planned.add((slow.day, slow.fingerprint))
        slow = slow._replace(plan=_plan(sql, params, connection))
    for listener in _listeners:
        listener(slow)


def _plan(sql: str, params: Any, connection: BaseDatabaseWrapper) -> list[str]:
    if connection.vendor != "mysql" or not sql.lstrip("( ").upper().startswith(
        ("SELECT", "UPDATE", "DELETE", "INSERT", "REPLACE", "WITH")
    ):
        return []
    # The connection may be gone, or its transaction broken: that is for the statement itself to say.
    with suppress(Error):
        return [
            f"{access.table}: {access.kind}, key {access.key} ({access.key_length}), {access.rows} rows"
            f"{', ' if access.extra else ''}{access.extra}"
            for access in statements.explain(sql, params)
        ]
    return []
