"""What makes a function an API view: parameters, clock, kept result, renderer, errors, on top of DRF.

A view is one function of what was asked and of now; what it takes and answers is stated once, above it, and
that is where the API description finds it::

    @endpoint("GET", parameters=ParkWaits, answer=answers.ParkWaits, kept=True)
    def by_wait(asked: ParkWaits, now: datetime) -> Payload:
        ...
        raise not_found(f"Park {park_id} not found")

Whatever it raises becomes a body of the contract; the details of a failure go to the log only.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.response import HttpResponseBase
from rest_framework.exceptions import APIException
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from parkstats_project.base import clock
from parkstats_project.db import replicas
from parkstats_project.db.errors import log_failure
from stats.api.wire import bodies, params, results
from stats.api.wire import held as answers
from stats.api.wire import login as accounts
from stats.api.wire.held import Held
from stats.api.wire.renderer import HTML, Rendered, WireError, WireRenderer, failure, framework_error
from stats.api.wire.requests import name_of
from stats.api.wire.throttle import ClientThrottle
from stats.frames.current import Aspect

logger = logging.getLogger(__name__)

Payload = Mapping[str, Any] | Rendered
View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Stated:
    """What a view takes and answers."""

    parameters: type[params.Parameters] | None
    answer: Any
    body: Any
    errors: Mapping[int, Any]
    looks_up: bool
    login: bool

    def asked(self, request: Request) -> Any:
        """What a request asks for."""
        if self.parameters is not None:
            return self.parameters.read(request)
        return bodies.json_body(request) if self.body is not None else None


class OnlyJson(BaseContentNegotiation):
    """Neither `Accept` nor `?format=` changes an answer."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        """No parser: bodies are read by `bodies.json_body`."""
        return None

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        """The first renderer, always."""
        return renderers[0], renderers[0].media_type


class WireView(APIView):
    """A view without sessions, users or permissions, with the contract's OPTIONS and errors."""

    authentication_classes = ()
    permission_classes = ()
    parser_classes = ()
    renderer_classes = (WireRenderer,)
    content_negotiation_class = OnlyJson
    # What `endpoint` was told; the API description reads it.
    stated: Stated | None = None

    @property
    def default_response_headers(self) -> dict[str, str]:
        """None: `Allow` belongs to 405 and OPTIONS only."""
        return {}

    def get_throttles(self) -> list[BaseThrottle]:
        """One for each client, if it is set."""
        return [ClientThrottle()] if settings.PARKSTATS_THROTTLE else []

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
            log_failure(logger, f"{name_of(self.request)} failed", exc)
            error = failure()
        response = Response(error.body, status=error.status)
        if error.status == 401:
            response["WWW-Authenticate"] = 'Basic realm="parkstats", charset="UTF-8"'
        if (wait := getattr(exc, "wait", None)) is not None:  # of a throttle
            response["Retry-After"] = str(math.ceil(wait))
        # Rendered by the same path as any other answer, but never counted as a DRF exception.
        response.exception = error.status >= 500
        return response


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
    method: Literal["GET", "POST"],
    *,
    answer: Any,
    parameters: type[params.Parameters] | None = None,
    body: Any = None,
    errors: Mapping[int, Any] | None = None,
    kept: bool = False,
    held: Held | None = None,
    looks_up: bool = False,
    login: bool = False,
) -> Callable[[Callable[..., Payload]], View]:
    """Make a function `(asked, now, **ids of the path) -> payload` the view of one method of a route.

    `asked` is an instance of `parameters`, or the JSON of a route that has a `body`, or None. `answer`,
    `body` and `errors` (those with a shape of their own) are payload types. `kept` repeats the answer to the
    same question for a while, `held` as long as it would be computed the same; `looks_up` says that ids are
    asked for which are not in the path; with `login` an operator may keep the route for people with an
    account. HEAD goes with GET.
    """
    stated = Stated(parameters, answer, body, errors or {}, looks_up, login)

    def decorate(function: Callable[..., Payload]) -> View:
        route = f"{function.__module__}.{function.__name__}"

        def handle(self: WireView, request: Request, **ids: Any) -> Response:
            if stated.login:
                accounts.require(request)
            asked = stated.asked(request)
            compute = partial(_ask, function, asked, ids)
            if held is not None and (by := held.by(asked)) is not None:
                compute = partial(_hold, held, by, route, function, asked, ids)
            found = partial(results.answer, route, (asked, ids), compute) if kept else compute
            return Response(replicas.read(found))

        handle.__doc__ = function.__doc__
        members = {
            method.lower(): handle,
            "__doc__": function.__doc__,
            "__module__": function.__module__,
            "stated": stated,
        }
        view_class: type[WireView] = type(function.__name__, (WireView,), members)
        return view_class.as_view()

    return decorate


def _ask(function: Callable[..., Payload], asked: Any, ids: Mapping[str, Any]) -> Payload:
    return function(asked, clock.now(), **ids)


def _hold(
    held: Held,
    by: Aspect,
    route: str,
    function: Callable[..., Payload],
    asked: Any,
    ids: Mapping[str, Any],
) -> Payload:
    now = clock.now()
    question = (route, settings.PARKSTATS_METRICS_VERSION, asked, *ids.values())
    stamp = held.stamp and held.stamp(now)
    return answers.answer(question, now, partial(function, asked, now, **ids), stamp, by)
