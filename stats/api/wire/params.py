"""Parameters of the routes: which are read, in which order they are checked, what a refusal says.

A route states its parameters as one frozen dataclass. The fields name the parameters; their order is the
order of the checks::

    from stats.api.wire import params

    @dataclass(frozen=True, kw_only=True)
    class RideWaits(params.Parameters):
        \"\"\"docs/contract/rides.md 2.\"\"\"

        limit: int = params.limit(100, at_most=200)
        period: str = params.one_of("period", LIVE_PERIODS, default="live")
        mode: str = params.one_of("mode", MODES, default=params.SameAs("period"))
        filter: str = params.park_filter()

    asked = RideWaits.read(request)     # or Parameters.read_from(mapping)
    asked.limit, asked.mode

A refusal is a `WireError`: it carries status and body, and no view has to catch it. All checks of
one stage run over all fields before the next stage begins, because the contract's orders interleave them
(docs/contract/README.md 7, docs/contract/trends.md, docs/contract/charts-and-heatmaps.md 1 and 6,
docs/contract/awards.md, docs/contract/audit.md):

1. `parse`: text that cannot be converted at all (`limit=abc`);
2. `require`: what must be there is there;
3. `check`: the value is one of those allowed;
4. `bounds`: a number is in its range.

Only the query string is read; of a repeated parameter the first value counts; nothing is trimmed or folded;
unknown parameters are ignored; an empty value is a value.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self

from rest_framework.request import Request

from stats.api.wire.renderer import refuse

FILTERS = ("disney-universal", "all-parks")
INVALID_LIMIT = "Invalid limit. Must be a non-negative integer"


@dataclass(frozen=True, kw_only=True)
class Piece:
    """How one parameter is read. The four stages do nothing unless a kind of parameter overrides them.

    `default` is the value of an absent parameter, or a function of the parameters read so far.
    """

    default: Any = None

    def parse(self, text: str) -> Any:
        """The value of a text as sent; refuses what cannot be converted."""
        return text

    def require(self, name: str, value: Any) -> None:
        """Refuse a parameter that is missing."""

    def check(self, value: Any) -> None:
        """Refuse a value that is not one of those allowed."""

    def bounds(self, value: Any) -> None:
        """Refuse a number outside its range."""


class Parameters:
    """Base of the routes' parameter objects: reads every field through its piece."""

    @classmethod
    def read(cls, request: Request) -> Self:
        """The parameters of a request; raises `WireError` with the contract's refusal."""
        return cls.read_from({name: request.query_params.getlist(name)[0] for name in request.query_params})

    @classmethod
    def read_from(cls, sent: Mapping[str, str]) -> Self:
        """The same from name and text of each parameter sent."""
        pieces = pieces_of(cls)
        values: dict[str, Any] = {}
        for name, piece in pieces.items():
            if name in sent:
                values[name] = piece.parse(sent[name])
            else:
                values[name] = piece.default(values) if callable(piece.default) else piece.default
        for name, piece in pieces.items():
            piece.require(name, values[name])
        for name, piece in pieces.items():
            piece.check(values[name])
        for name, piece in pieces.items():
            piece.bounds(values[name])
        return cls(**values)


def pieces_of(parameters: type[Parameters]) -> dict[str, Piece]:
    """The pieces of a parameter class by name, in the order of the checks."""
    return {field.name: field.metadata["piece"] for field in dataclasses.fields(parameters)}  # type: ignore[arg-type]


@dataclass(frozen=True)
class SameAs:
    """A default: the value of a parameter stated before this one."""

    name: str

    def __call__(self, values: Mapping[str, Any]) -> Any:
        """Its value among those read so far."""
        return values[self.name]


def piece(kind: Piece) -> Any:
    """A parameter of a kind of its own; the functions below state the usual kinds."""
    return dataclasses.field(metadata={"piece": kind})


# --------------------------------------------------------------------------- choices


@dataclass(frozen=True, kw_only=True)
class OneOf(Piece):
    """One of a fixed list of texts."""

    allowed: Sequence[str]
    error: str
    required: bool = False
    empty_is_none: bool = False

    def parse(self, text: str) -> str | None:
        return None if self.empty_is_none and not text else text

    def require(self, name: str, value: Any) -> None:
        if self.required and not value:
            raise refuse(f"Missing required parameter: {name}")

    def check(self, value: Any) -> None:
        if value is not None and value not in self.allowed:
            raise refuse(self.error)


def one_of(
    name: str,
    allowed: Sequence[str],
    *,
    default: str | Callable[[Mapping[str, Any]], Any] | None = None,
    error: str | None = None,
    required: bool = False,
    empty_is_none: bool = False,
) -> Any:
    """A parameter with a fixed list of values.

    `name` is only used in the usual text `Invalid <name>. Must be one of: <values>`; `error` replaces it.
    `required` refuses an absent or empty one first (docs/contract/trends.md,
    docs/contract/charts-and-heatmaps.md 6); `empty_is_none` takes an empty one as absent (severity,
    docs/contract/audit.md 3).
    """
    text = error or f"Invalid {name}. Must be one of: {', '.join(allowed)}"
    return piece(
        OneOf(
            default=default,
            allowed=tuple(allowed),
            error=text,
            required=required,
            empty_is_none=empty_is_none,
        )
    )


def park_filter(default: str = "all-parks") -> Any:
    """`filter` of the parks, rides and live routes (docs/contract/README.md 7)."""
    return one_of(
        "filter", FILTERS, default=default, error="Invalid filter. Must be 'disney-universal' or 'all-parks'"
    )


def trend_filter(default: str = "all-parks") -> Any:
    """`filter` of the routes under /api/trends, where the refusal is worded differently."""
    return one_of("filter", FILTERS, default=default)


# --------------------------------------------------------------------------- numbers


@dataclass(frozen=True, kw_only=True)
class Limit(Piece):
    """The length of a list: Python's `int()` of the text, then cut to `at_most` (docs/contract/README.md 7).

    `quote` answers a text that is no integer in Python's own words, as the routes under /api/trends do.
    """

    at_most: int
    quote: bool = False

    def parse(self, text: str) -> int:
        try:
            return min(int(text), self.at_most)
        except ValueError as error:
            raise refuse(str(error) if self.quote else INVALID_LIMIT) from None

    def bounds(self, value: Any) -> None:
        if value < 0:
            raise refuse(INVALID_LIMIT)


@dataclass(frozen=True, kw_only=True)
class ClampedLimit(Limit):
    """A limit that is moved into 1..at_most without an error (docs/contract/charts-and-heatmaps.md 1, 6)."""

    def parse(self, text: str) -> int:
        return max(1, super().parse(text))


@dataclass(frozen=True, kw_only=True)
class CheckedLimit(Limit):
    """A limit that is refused outside 1..at_most (docs/contract/trends.md)."""

    def parse(self, text: str) -> int:
        try:
            return int(text)
        except ValueError as error:
            raise refuse(str(error)) from None

    def bounds(self, value: Any) -> None:
        if not 1 <= value <= self.at_most:
            raise refuse(f"Limit must be between 1 and {self.at_most}")


def limit(default: int, *, at_most: int) -> Any:
    """`limit` of the rankings: cut to `at_most`; no integer or negative is a 400.

    See docs/api.md, Differences.
    """
    return piece(Limit(default=default, at_most=at_most))


def award_limit(default: int = 10, *, at_most: int = 20) -> Any:
    """`limit` of the awards: as `limit`, but a text that is no integer is quoted.

    See docs/contract/awards.md.
    """
    return piece(Limit(default=default, at_most=at_most, quote=True))


def chart_limit(default: int = 10, *, at_most: int = 20) -> Any:
    """`limit` of charts and heat maps: moved into 1..at_most (docs/contract/charts-and-heatmaps.md 1, 6)."""
    return piece(ClampedLimit(default=default, at_most=at_most, quote=True))


def trend_limit(default: int = 50, *, at_most: int = 100) -> Any:
    """`limit` of /api/trends: refused outside 1..at_most, as the last check (docs/contract/trends.md)."""
    return piece(CheckedLimit(default=default, at_most=at_most))


@dataclass(frozen=True, kw_only=True)
class LenientInteger(Piece):
    """An integer; what `int()` does not accept counts as absent."""

    def parse(self, text: str) -> int | None:
        try:
            return int(text)
        except ValueError:
            return self.default  # type: ignore[no-any-return]


def integer(default: int | None = None) -> Any:
    """`hours`, `days` and the status summary's `park_id` (docs/contract/live.md 1): never an error.

    See docs/contract/audit.md 7, 8.
    """
    return piece(LenientInteger(default=default))


# --------------------------------------------------------------------------- texts, flags, dates


@dataclass(frozen=True, kw_only=True)
class Flag(Piece):
    """True exactly when the text is `true` in any case."""

    def parse(self, text: str) -> bool:
        return text.lower() == "true"


def flag(default: bool) -> Any:
    """`weighted` (docs/contract/parks.md 1) and `unresolved` (docs/contract/audit.md 7): never an error."""
    return piece(Flag(default=default))


def text(default: str | None = None) -> Any:
    """A text that is taken as it comes: `source`, `severity` (docs/contract/audit.md 7, 8 and 4)."""
    return piece(Piece(default=default))


@dataclass(frozen=True, kw_only=True)
class OneOfOr(Piece):
    """One of a list; anything else silently becomes the default."""

    allowed: Sequence[str]

    def parse(self, text: str) -> str:
        return text if text in self.allowed else self.default


def one_of_or_default(allowed: Sequence[str], *, default: str) -> Any:
    """`period` of the park details, where an unknown one becomes `live` (docs/contract/parks.md 4)."""
    return piece(OneOfOr(default=default, allowed=tuple(allowed)))


def iso_date(value: str) -> date | None:
    """A date as docs/contract/audit.md reads it: `%Y-%m-%d`, None if empty; raises the contract's refusal."""
    if not value:
        return None
    try:
        return datetime.strptime(value, "%Y-%m-%d").date()
    except ValueError:
        raise refuse("Invalid date format. Use YYYY-MM-DD") from None


@dataclass(frozen=True, kw_only=True)
class IsoDate(Piece):
    """A date, None if absent or empty."""

    def parse(self, text: str) -> date | None:
        return iso_date(text)


def optional_date() -> Any:
    """`date` of the audit routes; None means Pacific yesterday, which the view knows.

    See docs/contract/audit.md 0.
    """
    return piece(IsoDate())
