"""Python types as JSON Schema: what a payload type looks like on the wire (docs/contract/README.md 4, 5)."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Final,
    Literal,
    NotRequired,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from drf_spectacular.plumbing import ComponentIdentity, ComponentRegistry, ResolvedComponent

from rides.choices import RideStatus
from stats.api.shapes.answers import Asked
from stats.frames.entrants import Places

Schema = dict[str, Any]

HTTP_DATE: Final[Schema] = {
    "type": "string",
    "description": "HTTP date (RFC 822), always GMT",
    "pattern": "^[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT$",
    "examples": ["Sat, 20 Dec 2025 23:00:02 GMT"],
}
# From this many places on, Python writes a zero, and what is next to it, with an exponent.
EXPONENT_PLACES: Final = 7

SIMPLE: Final[dict[Any, Schema]] = {
    Any: {},
    NoneType: {"type": "null"},
    bool: {"type": "boolean", "examples": [True]},
    int: {"type": "integer", "examples": [1]},
    float: {"type": "number", "examples": [12.5]},
    str: {"type": "string", "examples": ["text"]},
    datetime: HTTP_DATE,
    date: HTTP_DATE | {"examples": ["Fri, 19 Dec 2025 00:00:00 GMT"]},
    Decimal: {
        "type": "string",
        "description": "Exact decimal",
        "pattern": r"^-?[0-9]+(\.[0-9]+)?(E-[0-9]+)?$",
        "examples": ["12.5"],
    },
}
# What stands under a name, where the type does not say more than "text".
EXAMPLES: Final[dict[str, Any]] = {
    "attribution": "Data powered by ThemeParks.wiki - https://themeparks.wiki",
    "category": "ATTRACTION",
    "current_status": RideStatus.OPERATING.value,
    "data_source": "ThemeParks.wiki",
    "date": "2025-12-19",
    "entity_name": "Space Mountain",
    "error": "Ride 999 not found",
    "label": "Space Mountain",
    "labels": "10:00",
    "location": "Orlando, FL",
    "message": "The requested resource was not found",
    "metric": "avg_wait_time_minutes",
    "metric_unit": "minutes",
    "name": "Magic Kingdom",
    "park": "Magic Kingdom",
    "park_name": "Magic Kingdom",
    "period_label": "Dec 7-13, 2025",
    "queue_times_url": "https://queue-times.com/parks/6/rides/138",
    "ride_name": "Space Mountain",
    "stat_date": "2025-12-19",
    "status": RideStatus.OPERATING.value,
    "target_date": "2025-12-19",
    "time_labels": "10:00",
    "timestamp": "2025-12-20T23:03:00Z",
    "timezone": "America/New_York",
    "type": "park",
    "url": "https://themeparks.wiki",
}


def decimal(places: int) -> Schema:
    """The text of a decimal with exactly so many places."""
    plain = rf"-?[0-9]+\.[0-9]{{{places}}}" if places else "-?[0-9]+"
    if places >= EXPONENT_PLACES:
        plain = rf"({plain}|-?[0-9](\.[0-9]+)?E-[0-9]+)"
    return {
        "type": "string",
        "description": f"Exact decimal with {places} places",
        "pattern": f"^{plain}$",
        "examples": [f"{12.5:.{places}f}"],
    }


class Types:
    """Turns types into schemas; every TypedDict becomes one component of the registry.

    `asked` says which values the parameters of the route may have, for fields that echo one.
    """

    def __init__(self, registry: ComponentRegistry, asked: Mapping[str, Sequence[str]]) -> None:
        self.registry = registry
        self.asked = asked

    def schema(self, hint: Any, name: str = "") -> Schema:
        """The schema of a type; `name` is the key it stands under."""
        if is_typeddict(hint):
            return self._reference(hint)
        if hint is str and name in EXAMPLES:
            return {"type": "string", "examples": [EXAMPLES[name]]}
        if hint in SIMPLE:
            return SIMPLE[hint]
        kind, parts = get_origin(hint), get_args(hint)
        if kind is Annotated:
            return self._annotated(parts[0], parts[1], name)
        if kind is Literal:
            return {"enum": list(parts)} if len(parts) > 1 else {"const": parts[0]}
        if kind in (Union, UnionType):
            return self._union(parts, name)
        if kind is list:
            return {"type": "array", "items": self.schema(parts[0], name)}
        if kind is dict:
            return {"type": "object", "additionalProperties": self.schema(parts[1], name)}
        raise TypeError(f"{hint} has no form on the wire")

    def _annotated(self, base: Any, extra: Any, name: str) -> Schema:
        if isinstance(extra, Places):
            return decimal(extra) if base is Decimal else SIMPLE[float]
        if isinstance(extra, Asked):
            return {"type": "string", "enum": list(self.asked[extra])}
        raise TypeError(f"{name}: {extra!r} says nothing about the wire")

    def _union(self, parts: Sequence[Any], name: str) -> Schema:
        several = [self.schema(part, name) for part in parts]
        return {"anyOf": several}

    def _reference(self, shape: Any) -> Schema:
        component = ResolvedComponent(  # type: ignore[no-untyped-call]
            name=f"{shape.__module__.rpartition('.')[2]}.{shape.__name__.lstrip('_')}",
            type=ResolvedComponent.SCHEMA,
            object=ComponentIdentity(shape),  # type: ignore[no-untyped-call]
        )
        if component not in self.registry:
            component.schema = self._object(shape)
            self.registry.register(component)
        reference: Schema = component.ref
        return reference

    def _object(self, shape: Any) -> Schema:
        properties, required = {}, []
        for name, hint in sorted(get_type_hints(shape, include_extras=True).items()):
            if get_origin(hint) is NotRequired:
                hint = get_args(hint)[0]
            else:
                required.append(name)
            properties[name] = self.schema(hint, name)
        schema: Schema = {"type": "object"}
        if shape.__doc__:
            schema["description"] = inspect.cleandoc(without_citations(shape.__doc__))
        return schema | {"properties": properties, "required": required, "additionalProperties": False}


def without_citations(text: str) -> str:
    """A docstring for the public: without what it cites of the repository's documents."""
    return re.sub(r" \((?:docs/[^)]*)\)|\n\s*See docs/.*", "", text)


def example(schema: Schema, components: Mapping[str, Schema]) -> Any:
    """A value that a schema allows, made of the examples in it."""
    if "$ref" in schema:
        return example(components[schema["$ref"].rpartition("/")[2]], components)
    if "examples" in schema:
        return schema["examples"][0]
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return example(schema["anyOf"][0], components)
    if schema.get("type") == "array":
        return [example(schema["items"], components)]
    if schema.get("type") == "object":
        return {name: example(schema["properties"][name], components) for name in schema.get("required", ())}
    return None
