"""Who was who on an archived day: what its payloads say, and today's facts where they say nothing (D14).

A payload of the first format knows no more than which rides were observed at its park; the rest is taken from
today (docs/design.md D14).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

import polars as pl

from parks.choices import reports_down
from parkstats_project.base.clock import pacific_day
from rides.choices import RideCategory
from rides.status import CODES
from stats import rules
from stats.frames import roster
from stats.frames.archive_format import Header, ParkFacts, RideFacts

FACTS: Final = {
    "park_id": pl.Int32,
    "reports_down": pl.Boolean,
    "disney_universal": pl.Boolean,
    "weight": pl.UInt8,
    "counted": pl.Boolean,
}
"""What a ride row carries of its day: the park it belonged to, what that park reported and was, its **tier
weight**, and whether it was an **active attraction** (docs/contract/rules.md 7, 9)."""

_PARKS: Final = {
    "part": pl.Int32,
    "is_active": pl.Boolean,
    "reports_down": pl.Boolean,
    "disney_universal": pl.Boolean,
}
_RIDES: Final = {
    "part": pl.Int32,
    "ride_id": pl.Int32,
    "is_active": pl.Boolean,
    "category": pl.String,
    "weight": pl.UInt8,
}


class Then(NamedTuple):
    """Parks and rides of some payloads.

    parks: part, park_id, is_active, reports_down, disney_universal. rides: part, ride_id, park_id, is_active,
    is_attraction, weight, stated (whether the payload itself says so).
    """

    parks: pl.DataFrame
    rides: pl.DataFrame


def of_payloads(
    observed: pl.DataFrame, headers: Sequence[Header | None], keys: Sequence[tuple[int, date]]
) -> Then:
    """The facts of payloads with these headers and (park id, Pacific day).

    `observed` are their ride rows (part, ride_id).
    """
    who = roster.current()
    parts = pl.DataFrame(
        [(part, park, pacific_day(day).start_s) for part, (park, day) in enumerate(keys)],
        schema={"part": pl.Int32, "park_id": pl.Int32, "start": pl.Int64},
        orient="row",
    )
    parks = _parks(headers, parts, who)
    stated = pl.DataFrame(
        [
            (part, ride["ride_id"], ride["is_active"], ride["category"], ride["weight"])
            for part, header in enumerate(headers)
            if header is not None
            for ride in header["rides"]
        ],
        schema=_RIDES,
        orient="row",
    )
    seen = observed.filter(_begins()).select("part", "ride_id").unique()
    silent = pl.Series([part for part, header in enumerate(headers) if header is None], dtype=pl.Int32)
    # A payload that says nothing has the rides that were seen at its park, and today's if not seen elsewhere.
    today = (
        parts.filter(pl.col("part").is_in(silent.implode()))
        .join(who.rides.select("ride_id", "park_id"), on="park_id")
        .join(seen.join(parts, on="part").select("ride_id", "start"), on=["ride_id", "start"], how="anti")
    )
    others = pl.concat([seen, today.select("part", "ride_id")]).join(
        stated, on=["part", "ride_id"], how="anti"
    )
    added = (
        others.join(parts, on="part")
        .join(who.rides.select("ride_id", "category", "weight", "active_until"), on="ride_id")
        .select(
            "part",
            "ride_id",
            is_active=pl.col("start") < pl.col("active_until"),
            category="category",
            weight=pl.col("weight").cast(pl.UInt8),
        )
    )
    rides = pl.concat([stated.with_columns(stated=True), added.with_columns(stated=False)])
    return Then(
        parks,
        rides.join(parts.select("part", "park_id"), on="part").with_columns(
            is_attraction=pl.col("category").eq_missing(pl.lit(RideCategory.ATTRACTION.value))
        ),
    )


def attached(rides: pl.DataFrame, facts: Then) -> pl.DataFrame:
    """Ride rows (part, ride_id, ...) with FACTS; a ride that is no more has none and is left out."""
    of_rides = facts.rides.join(facts.parks.drop("park_id"), on="part", suffix="_park").select(
        "part",
        "ride_id",
        "park_id",
        "reports_down",
        "disney_universal",
        "weight",
        counted=pl.col("is_active") & pl.col("is_attraction") & pl.col("is_active_park"),
    )
    begins = rides.select(_begins()).to_series()
    # Archived rows of a ride stand together: they are looked up once, not row by row.
    runs = rides.filter(begins).select("part", "ride_id")
    of_runs = runs.join(of_rides, on=["part", "ride_id"], how="left", maintain_order="left").select(*FACTS)
    found = rides.hstack(of_runs[begins.cum_sum() - 1])
    return found if of_runs["park_id"].null_count() == 0 else found.drop_nulls("park_id")


def _begins() -> pl.Expr:
    """On ride rows: whether the row before is one of another payload or ride."""
    part, ride = pl.col("part"), pl.col("ride_id")
    return ((part != part.shift()) | (ride != ride.shift())).fill_null(True)


def header(
    park: int, day: date, *, observed: pl.Series, everywhere: pl.Series, before: Header | None
) -> Header:
    """What is archived of who was who at a park on a day that is over.

    `observed` rides were seen there on that day, `everywhere` those of all parks. What an earlier payload of
    the day said (`before`) stays.
    """
    who = roster.current()
    start = pacific_day(day).start_s
    known = {} if before is None else {ride["ride_id"]: ride for ride in before["rides"]}
    member = pl.col("ride_id").is_in(observed.implode())
    if before is None:
        member |= (pl.col("park_id") == park) & ~pl.col("ride_id").is_in(everywhere.implode())
    rides = who.rides.filter(member & ~pl.col("ride_id").is_in(list(known))).sort("ride_id")
    columns = ("ride_id", "active_until", "category", "weight")
    added: list[RideFacts] = [
        {"ride_id": ride, "is_active": start < until, "category": category, "weight": weight}
        for ride, until, category, weight in rides.select(columns).iter_rows()
    ]
    return {
        "codes": dict(CODES),
        "park": _park(park, start, who) if before is None else before["park"],
        "rides": [*known.values(), *added],
    }


def _park(park: int, start: int, who: roster.Roster) -> ParkFacts:
    row = who.parks.row(by_predicate=pl.col("park_id") == park, named=True)
    return {
        "name": row["name"],
        "is_disney": row["is_disney"],
        "is_universal": row["is_universal"],
        "is_active": start < row["active_until"],
        "timezone": row["timezone"],
    }


def _parks(headers: Sequence[Header | None], parts: pl.DataFrame, who: roster.Roster) -> pl.DataFrame:
    stated = pl.DataFrame(
        [
            (
                part,
                park["is_active"],
                reports_down(park["name"], is_disney=park["is_disney"], is_universal=park["is_universal"]),
                park["is_disney"] or park["is_universal"],
            )
            for part, header in enumerate(headers)
            if header is not None
            for park in [header["park"]]
        ],
        schema=_PARKS,
        orient="row",
    )
    today = (
        parts.join(stated, on="part", how="anti")
        .join(who.parks, on="park_id")
        .with_columns(
            is_active=pl.col("start") < pl.col("active_until"), disney_universal=rules.disney_or_universal()
        )
        .select(*_PARKS)
    )
    return pl.concat([stated, today]).join(parts.select("part", "park_id"), on="part")
