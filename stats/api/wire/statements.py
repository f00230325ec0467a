"""Statements of requests have an end (`PARKSTATS_STATEMENT_TIMEOUT_SECONDS`); jobs may take their time."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from parkstats_project.db import errors, statements
from stats.api.wire import failed
from stats.api.wire.renderer import WireError, framework_error

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class StatementsMiddleware:
    """Answers 503 when the server ended a statement of a request."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with ExitStack() as watched:
            for connection in connections.all():
                watched.enter_context(connection.execute_wrapper(_or_503))
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The 503 of a view that does not know of it, such as one of the admin."""
        if not isinstance(exception, WireError):
            return None
        return failed.answer(request, exception.status, exception.body["message"])


def _or_503(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    try:
        return execute(sql, params, many, context)
    except DatabaseError as error:
        if errors.was_ended(error):
            raise framework_error(503) from error
        raise


def limit_connections() -> None:
    """From now on every connection of this process ends its statements in time: for a server of requests."""
    connection_created.connect(_limit, dispatch_uid="parkstats.statements")


def _limit(connection: BaseDatabaseWrapper, **_: Any) -> None:
    statements.limit_statements(connection, settings.PARKSTATS_STATEMENT_TIMEOUT_SECONDS)
