"""Parameter classes as OpenAPI parameters: values, defaults and what happens to others."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import singledispatch
from typing import Any, Final

from stats.api import analytics
from stats.api.wire import params
from stats.api.wire.renderer import WireError
from stats.questions import buckets

Schema = dict[str, Any]

# Python words, and how they are spelled in a URL.
SPELLED: Final[dict[tuple[type[params.Parameters], str], str]] = {
    (analytics.Buckets, "start"): "from",
    (analytics.Buckets, "end"): "to",
    (analytics.Buckets, "add"): "with",
}

EXAMPLES: Final = {"from": "2025-12-20T11:00:00-08:00", "to": "2025-12-20T14:00:00-08:00"}


def of_class(parameters: type[params.Parameters] | None) -> list[Schema]:
    """The query parameters of a route, in the order in which they are checked."""
    if parameters is None:
        return []
    return [
        _parameter(SPELLED.get((parameters, name), name), piece)
        for name, piece in params.pieces_of(parameters).items()
    ]


def allowed_values(parameters: type[params.Parameters] | None) -> dict[str, tuple[str, ...]]:
    """The values of those parameters that have a fixed list of them."""
    pieces = params.pieces_of(parameters) if parameters else {}
    return {
        name: tuple(piece.allowed)
        for name, piece in pieces.items()
        if isinstance(piece, params.OneOf | params.OneOfOr)
    }


def refusal(parameters: type[params.Parameters] | None) -> Mapping[str, Any] | None:
    """A refusal as the route words it; None if it takes everything."""
    for name in params.pieces_of(parameters) if parameters else {}:
        try:
            parameters.read_from({name: "?"})  # type: ignore[union-attr]
        except WireError as error:
            return error.body
    return None


def of_id(name: str) -> Schema:
    """An id in the path."""
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": "Decimal digits; anything else is an unknown URL",
        "schema": {"type": "integer", "minimum": 0, "examples": [1]},
    }


def _parameter(name: str, piece: params.Piece) -> Schema:
    schema = _values(piece)
    notes = [schema.pop("description", "")]
    if isinstance(piece.default, params.SameAs):
        notes.append(f"If absent: the same as `{piece.default.name}`")
    elif isinstance(piece.default, str | int):
        schema["default"] = piece.default
    described: Schema = {"name": name, "in": "query", "schema": schema}
    if _is_required(name, piece):
        described["required"] = True
    if text := ". ".join(filter(None, notes)):
        described["description"] = text
    return described


def _is_required(name: str, piece: params.Piece) -> bool:
    try:
        piece.require(name, piece.default)
    except WireError:
        return True
    return False


@singledispatch
def _values(piece: params.Piece) -> Schema:
    """The values that a kind of parameter takes: for a plain piece, any text."""
    return {"type": "string"}


@_values.register
def _one_of(piece: params.OneOf) -> Schema:
    schema: Schema = {"type": "string", "enum": list(piece.allowed)}
    if piece.empty_is_none:
        schema["enum"].append("")
        schema["description"] = "Empty is as good as absent"
    return schema


@_values.register
def _one_of_or(piece: params.OneOfOr) -> Schema:
    text = f"Anything else counts as `{piece.default}`"
    return {"type": "string", "enum": list(piece.allowed), "description": text}


@_values.register
def _limit(piece: params.Limit) -> Schema:
    return {
        "type": "integer",
        "minimum": 0,
        "description": f"Length of the list. More than {piece.at_most} counts as {piece.at_most}",
    }


@_values.register
def _clamped_limit(piece: params.ClampedLimit) -> Schema:
    return {"type": "integer", "description": f"Moved into 1 to {piece.at_most}"}


@_values.register
def _checked_limit(piece: params.CheckedLimit) -> Schema:
    return {"type": "integer", "minimum": 1, "maximum": piece.at_most, "description": "Length of the list"}


@_values.register
def _lenient_integer(piece: params.LenientInteger) -> Schema:
    return {"type": "integer", "description": "What is no integer counts as absent"}


@_values.register
def _flag(piece: params.Flag) -> Schema:
    return {"type": "boolean", "description": "`true` in any case; everything else is false"}


@_values.register
def _date(piece: params.IsoDate) -> Schema:
    text = "If absent or empty: yesterday, Pacific time"
    return {"type": "string", "format": "date", "description": text, "examples": [str(date(2025, 12, 19))]}


@_values.register
def _ids(piece: analytics.Ids) -> Schema:
    return {
        "type": "array",
        "items": {"type": "integer", "minimum": 0, "maximum": 2**31 - 1, "examples": [1]},
        "minItems": 1,
        "maxItems": analytics.MOST_IDS,
        "description": "Repeated, or separated by commas. Either ride_id or park_id has to be there",
    }


@_values.register
def _moment(piece: analytics.Moment) -> Schema:
    return {
        "type": "string",
        "format": "date-time",
        "description": "ISO 8601 with an offset",
        "examples": [EXAMPLES[piece.name]],
    }


@_values.register
def _bucket(piece: analytics.BucketLength) -> Schema:
    return {
        "type": "string",
        "pattern": "^[0-9]{1,5}[mhd]$",
        "default": "1h",
        "description": f"5 minutes (`5m`) to {analytics.LONGEST_DAYS} days (`7d`)",
        "examples": ["15m"],
    }


@_values.register
def _weekdays(piece: analytics.Weekdays) -> Schema:
    day = f"({'|'.join(buckets.WEEKDAYS)})"
    text = "Days of the week in local time, separated by commas. If absent: all"
    return {"type": "string", "pattern": f"^{day}(,{day})*$", "description": text, "examples": ["sat,sun"]}


@_values.register
def _between(piece: analytics.Between) -> Schema:
    return {
        "type": "string",
        "pattern": "^[0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}$",
        "description": "Local time of day, to 24:00 or past midnight (22:00-02:00). If absent: all day",
        "examples": ["11:00-14:00"],
    }


@_values.register
def _zone(piece: analytics.Zone) -> Schema:
    text = "IANA time zone of the buckets. If absent: the park's"
    return {"type": "string", "description": text, "examples": ["America/New_York"]}
