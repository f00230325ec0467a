"""The API's description: OpenAPI 3.1 at /api/schema, a page to try it at /api/docs.

Nothing is said twice. Parameters come from the parameter classes (`parameters`), shapes from the
payload types (`types`), which of them belong to a route from its `endpoint`, texts from the views'
docstrings; here is which errors there are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from typing import Any, Final, cast

from django.db import Error
from django.http import HttpResponse
from django.template.loader import render_to_string
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from rest_framework.request import Request
from rest_framework.response import Response

from stats.api.health import API_VERSION
from stats.api.openapi import parameters as described_parameters
from stats.api.openapi.types import Schema, Types, example, without_citations
from stats.api.shapes import answers
from stats.api.wire.endpoint import Stated, WireView
from stats.api.wire.renderer import HTML, JSON, Rendered, encode, framework_error
from stats.questions import credits

# Errors of routes and of what is around them; every route may answer these.
EVERYWHERE: Final[dict[int, Any]] = {
    400: answers.RouteError | answers.FrameworkError,
    405: answers.FrameworkError,
    414: answers.FrameworkError,
    500: answers.RouteError | answers.FrameworkError,
    503: answers.RouteError | answers.FrameworkError,
}
# Of routes that may be kept for people with an account, that look something up by id, that read a body.
WITH_LOGIN: Final[dict[int, Any]] = {401: answers.FrameworkError}
WITH_ID: Final[dict[int, Any]] = {404: answers.RouteError | answers.FrameworkError}
WITH_BODY: Final[dict[int, Any]] = {413: answers.FrameworkError, 415: answers.FrameworkError}


class Description(AutoSchema):
    """Describes one operation of a `WireView`; the generator finds it through the settings."""

    def get_operation(
        self, path: str, path_regex: str, path_prefix: str, method: str, registry: Any
    ) -> Schema:
        """The operation object."""
        view = cast(WireView, self.view)
        stated = cast(Stated, view.stated)
        parameters = stated.parameters
        types = Types(registry, described_parameters.allowed_values(parameters))
        ids = re.findall(r"{(\w+)}", path)
        text = without_citations(view.__doc__ or "")
        summary, _, rest = text.partition("\n")
        operation: Schema = {
            "operationId": _identifier(path),
            "summary": summary,
            "tags": [_tag(path)],
            "parameters": [
                *map(described_parameters.of_id, ids),
                *described_parameters.of_class(parameters),
            ],
            "responses": {},
        }
        if rest.strip():
            operation["description"] = re.sub(r"\s+", " ", rest).strip()
        shapes: dict[int, Any] = {200: stated.answer, **EVERYWHERE}
        if ids or stated.looks_up:
            shapes |= WITH_ID
        if stated.login:
            shapes |= WITH_LOGIN
        if stated.body is not None:
            shapes |= WITH_BODY
            operation["requestBody"] = {
                "required": True,
                "content": {JSON: {"schema": types.schema(stated.body)}},
            }
        for status, shape in sorted(shapes.items()):
            schema = types.schema(stated.errors.get(status, shape))
            operation["responses"][str(status)] = {
                "description": HTTPStatus(status).phrase,
                "content": {JSON: {"schema": schema}},
            }
        _add_examples(operation, described_parameters.refusal(parameters))
        return operation


def _add_examples(operation: Schema, refusal: Mapping[str, Any] | None) -> None:
    """Bodies of errors, as they are; those of answers are made when all shapes are known."""
    for status, response in operation["responses"].items():
        content = response["content"][JSON]
        if status == "400" and refusal:
            content["example"] = dict(refusal)
        elif status in ("401", "405", "413", "414", "415"):
            content["example"] = dict(framework_error(int(status)).body)


def _identifier(path: str) -> str:
    words = re.findall(r"\w+", path.replace("{", "of_"))
    return "_".join(words[1:] if words[:1] == ["api"] else words) or "root"


def _tag(path: str) -> str:
    parts = path.split("/")
    return parts[2] if len(parts) > 3 else "trends" if path == "/api/trends" else "service"


@cache
def document() -> Schema:
    """The whole description."""
    generator = SchemaGenerator(api_version=API_VERSION)  # type: ignore[no-untyped-call]
    found: Schema = generator.get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    schemas = found["components"]["schemas"]
    for operations in found["paths"].values():
        for operation in operations.values():
            for part in [operation["responses"]["200"], operation.get("requestBody")]:
                if part:
                    content = part["content"][JSON]
                    content["example"] = example(content["schema"], schemas)
    return found


@cache
def _written() -> Rendered:
    return Rendered(encode(document()))


class SchemaView(WireView):
    """GET /api/schema."""

    schema = None

    def get(self, request: Request) -> Response:
        """The description as JSON."""
        return Response(_written())


class PageView(WireView):
    """GET /api/docs."""

    schema = None

    def get(self, request: Request) -> HttpResponse:
        """A page on which every route can be tried; all its files are this application's own."""
        try:
            shown = credits.used()
        except Error:  # Without a database nothing is shown that would have to be credited.
            shown = []
        return HttpResponse(render_to_string("stats/api_docs.html", {"credits": shown}), content_type=HTML)
