"""Statements of requests: slow ones are logged, endless ones are ended (`PARKSTATS_SLOW_QUERY_SECONDS`,
`PARKSTATS_STATEMENT_TIMEOUT_SECONDS`). Jobs may take their time."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from parkstats_project.db import errors, statements
from stats.api.wire.renderer import WireError, error_response, framework_error

logger = logging.getLogger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class StatementsMiddleware:
    """Watches the statements of a request."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with connection.execute_wrapper(_Watch(request)):
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The 503 of a view that does not know of it, such as one of the admin."""
        return error_response(exception) if isinstance(exception, WireError) else None


class _Watch:
    """Runs a statement: logs it if it was slow, and answers 503 if the server ended it."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        start = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        except DatabaseError as error:
            if errors.was_ended(error):
                raise framework_error(503) from error
            raise
        finally:
            seconds = time.perf_counter() - start
            if seconds > settings.PARKSTATS_SLOW_QUERY_SECONDS:
                self._report(seconds, sql)

    def _report(self, seconds: float, sql: str) -> None:
        # The route, not the path: ids and parameters are nobody's business.
        match = self._request.resolver_match
        endpoint = f"{self._request.method} /{match.route}" if match else "before any route"
        shape = statements.shape(sql)
        logger.warning(
            "slow statement: %.3f s, %s, fingerprint %s: %s",
            seconds,
            endpoint,
            statements.fingerprint(shape),
            shape,
        )


def limit_connections() -> None:
    """From now on every connection of this process ends its statements in time: for a server of requests."""
    connection_created.connect(_limit, dispatch_uid="parkstats.statements")


def _limit(connection: BaseDatabaseWrapper, **_: Any) -> None:
    statements.limit_statements(connection, settings.PARKSTATS_STATEMENT_TIMEOUT_SECONDS)
