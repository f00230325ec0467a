"""What makes a function an API view: method, renderer, errors - on top of Django REST framework.

A view reads its parameters, makes one call and returns the payload::

    @endpoint("GET")
    def park_rides(request: Request, park_id: int) -> Payload:
        ...
        raise not_found(f"Park with ID {park_id} not found")

Whatever it raises becomes a body of the contract; the details of a failure go to the log only.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, Literal

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.response import HttpResponseBase
from rest_framework.exceptions import APIException
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from parkstats_project.db import replicas
from stats.api.wire.renderer import HTML, Rendered, WireError, WireRenderer, failure, framework_error

logger = logging.getLogger(__name__)

Payload = Mapping[str, Any] | Rendered
View = Callable[..., HttpResponseBase]


class OnlyJson(BaseContentNegotiation):
    """Neither `Accept` nor `?format=` changes an answer."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        """No parser: bodies are read by `params.json_body`."""
        return None

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        """The first renderer, always."""
        return renderers[0], renderers[0].media_type


class WireView(APIView):
    """A view without sessions, users, permissions or throttles, with the contract's OPTIONS and errors."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()
    parser_classes = ()
    renderer_classes = (WireRenderer,)
    content_negotiation_class = OnlyJson
    # Documentation tools find the parameter class here (`params.Parameters`), if the route has one.
    parameters: Any = None

    @property
    def default_response_headers(self) -> dict[str, str]:
        """None: `Allow` belongs to 405 and OPTIONS only."""
        return {}

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """200, empty, `Allow` (docs/contract/README.md 8)."""
        return HttpResponse(content_type=HTML, headers={"Allow": self._allow()})

    def http_method_not_allowed(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """405 as JSON."""
        return Response(framework_error(405).body, status=405, headers={"Allow": self._allow()})

    def _allow(self) -> str:
        return ", ".join(self.allowed_methods)

    def handle_exception(self, exc: Exception) -> Response:
        """The body of an error; an unforeseen one is logged and answered as the route's 500."""
        error = _as_wire_error(exc)
        if error is None:
            log_failure(logger, f"{self.request.path} failed", exc)
            error = failure()
        response = Response(error.body, status=error.status)
        # Rendered by the same path as any other answer, but never counted as a DRF exception.
        response.exception = error.status >= 500
        return response


def log_failure(log: logging.Logger, text: str, error: Exception) -> None:
    """Log what clients are not told: in one line if the database is away, else with the traceback."""
    log.error("%s: %s", text, error, exc_info=None if isinstance(error, OperationalError) else error)


def _as_wire_error(exc: Exception) -> WireError | None:
    match exc:
        case WireError():
            return exc
        case RequestDataTooBig():
            return framework_error(413)
        case SuspiciousOperation() | UnreadablePostError():
            return framework_error(400)
        case APIException():
            return framework_error(exc.status_code)
        case _:
            return None


def endpoint(
    method: Literal["GET", "POST"], *, parameters: type[Any] | None = None
) -> Callable[[Callable[..., Payload]], View]:
    """Make a function `(request, **path parameters) -> payload` the view of one method of a route.

    HEAD goes with GET. `parameters` is only there for the API description.
    """

    def decorate(function: Callable[..., Payload]) -> View:
        def handle(self: WireView, request: Request, **kwargs: Any) -> Response:
            return Response(replicas.read(lambda: function(request, **kwargs)))

        handle.__doc__ = function.__doc__
        members = {
            method.lower(): handle,
            "__doc__": function.__doc__,
            "__module__": function.__module__,
            "parameters": parameters,
        }
        view_class: type[WireView] = type(function.__name__, (WireView,), members)
        return view_class.as_view()

    return decorate
