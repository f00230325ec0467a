"""What all rankings share: who takes part, in which order, and rows as the wire shows them."""

from __future__ import annotations

from collections.abc import Hashable
from decimal import Decimal
from functools import cache
from typing import (
    Annotated,
    Any,
    Final,
    Literal,
    NamedTuple,
    TypedDict,
    TypeVar,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

import polars as pl

from parkstats_project.base import arithmetic
from stats import rules
from stats.frames import roster

ALL_PARKS: Final = "all-parks"
DISNEY_UNIVERSAL: Final = "disney-universal"

QUEUE_TIMES: Final = "https://queue-times.com/parks/{}"


class Places(int):
    """Decimal places of a figure; its column holds integers in units of 10**-places."""


# How the wire shows what a tinyint(1) column or a 0/1 expression says (docs/contract/README.md 4).
Bit = Literal[0, 1]
Whole = Annotated[Decimal, Places(0)]
Tenths = Annotated[Decimal, Places(1)]
Hundredths = Annotated[Decimal, Places(2)]
Thousandths = Annotated[Decimal, Places(3)]
# Figures of /api/parks/downtime, which shows decimals as JSON numbers (docs/contract/parks.md 1.1).
NumberOfTenths = Annotated[float, Places(1)]
NumberOfHundredths = Annotated[float, Places(2)]


class RankedPark(TypedDict):
    """What every ranking shows of a park."""

    rank: int
    park_id: int
    park_name: str
    location: str | None


class LinkedPark(RankedPark):
    """The same with its page at Queue-Times."""

    queue_times_id: int
    queue_times_url: str


class RankedRide(TypedDict):
    """What every ranking shows of a ride."""

    rank: int
    ride_id: int
    ride_name: str
    tier: int | None
    park_id: int
    park_name: str


class LinkedRide(RankedRide):
    """The same with its park's place and its page at Queue-Times."""

    location: str | None
    queue_times_id: int
    park_queue_times_id: int
    queue_times_url: str


class Order(NamedTuple):
    """A sort key. As in SQL, null is less than everything: first when ascending, last when descending."""

    column: str
    descending: bool


def ascending(column: str) -> Order:
    """Smallest first."""
    return Order(column, False)


def descending(column: str) -> Order:
    """Greatest first."""
    return Order(column, True)


def parks(among: str) -> pl.DataFrame:
    """Active parks of a filter: park_id, park_name, location, city, queue_times_id, queue_times_url."""
    return (
        all_parks(among)
        .filter("is_active")
        .select(
            "park_id",
            "location",
            "city",
            "queue_times_id",
            park_name="name",
            queue_times_url=pl.format(QUEUE_TIMES, "queue_times_id"),
        )
    )


def all_parks(among: str) -> pl.DataFrame:
    """The roster's parks of a filter, inactive ones included.

    See docs/contract/rules.md 9, "disney-universal".
    """
    everyone = roster.current().parks
    if among == DISNEY_UNIVERSAL:
        return everyone.filter(rules.disney_or_universal())
    return everyone


def rides(among: str) -> pl.DataFrame:
    """ACTIVE rides of a filter (docs/contract/rules.md 9) with what rankings show of them and of their park.

    ride_id, ride_name, tier (null if unclassified), ride_tier, weight, queue_times_id, queue_times_url,
    park_id, park_name, location, city, park_queue_times_id.
    """
    of_park = parks(among).select(
        "park_id", "park_name", "location", "city", park_queue_times_id="queue_times_id"
    )
    return (
        roster.current()
        .rides.filter("active_attraction")
        .select("ride_id", "park_id", "tier", "ride_tier", "weight", "queue_times_id", ride_name="name")
        .join(of_park, on="park_id")
        .with_columns(
            queue_times_url=pl.format(QUEUE_TIMES + "/rides/{}", "park_queue_times_id", "queue_times_id")
        )
    )


def top(frame: pl.DataFrame, *order: Order, tie: str, limit: int) -> pl.DataFrame:
    """The first `limit` rows in this order, ties by the id column `tie`, with their `rank` from 1."""
    return (
        frame.sort(
            [key.column for key in order] + [tie],
            descending=[key.descending for key in order] + [False],
            nulls_last=[key.descending for key in order] + [False],
        )
        .head(limit)
        .with_row_index("rank", offset=1)
    )


Row = TypeVar("Row")


def rows(shape: type[Row], frame: pl.DataFrame) -> list[Row]:
    """The frame's rows as payload rows: the columns that the TypedDict `shape` names, in its wire types."""
    kinds = _kinds(cast(Hashable, shape))
    columns = [convert(frame[name], *kind) if kind else frame[name].to_list() for name, kind in kinds.items()]
    return [dict(zip(kinds, values, strict=True)) for values in zip(*columns, strict=True)]  # type: ignore[misc]


def convert(column: pl.Series, is_number: bool, places: int) -> list[Any]:
    """A column of units as JSON numbers or as decimals with exactly `places` places."""
    if is_number:
        return [arithmetic.number(value, places) for value in column]
    return arithmetic.decimals(column, places)


@cache
def _kinds(shape: Hashable) -> dict[str, tuple[bool, int] | None]:
    """For each key of a TypedDict: (whether a JSON number, decimal places), or None for a value as it is."""
    kinds: dict[str, tuple[bool, int] | None] = {}
    for name, hint in get_type_hints(shape, include_extras=True).items():
        parts = [hint, *get_args(hint)]
        found = next((part for part in parts if get_origin(part) is Annotated), None)
        kinds[name] = (found.__origin__ is float, found.__metadata__[0]) if found is not None else None
    return kinds
