"""How much of what should have been observed was observed: the one home of coverage (docs/design.md D13).

What a span of time should hold follows from the rhythm of collection, a setting, never from the rows of that
same span. A collection has seen a park if it stored a row of the park and one of any of its rides, and a ride
if it stored a row of the ride and one of its park.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import polars as pl
from django.conf import settings

from parkstats_project.base.arithmetic import units
from parkstats_project.base.clock import Window
from stats.frames.keys import joint

ENOUGH_PERCENT: Final = 95
"""A park's day is covered if so much of what was expected was seen."""

RHYTHM_TOLERANCE_PERCENT: Final = 25
"""How far the time between two collections may be from the setting."""

_ENTITIES: Final = ("ride_id", "park_id")


class Seen(NamedTuple):
    """Collections that saw each ride (ride_id, observed) and each park (park_id, observed)."""

    rides: pl.DataFrame
    parks: pl.DataFrame


def interval() -> int:
    """Seconds from one collection to the next, as they should be."""
    return 60 * int(settings.PARKSTATS_COLLECTION_MINUTES)


def expected(window: Window) -> int:
    """Collections that a window should hold: 144 of a day of 24 hours, 138 and 150 when the clocks change."""
    return (window.end_s - window.start_s) // interval()


def enough(observed: Any, wanted: Any) -> Any:
    """Whether `observed` of `wanted` collections are as good as all; numbers or columns."""
    return 100 * observed >= ENOUGH_PERCENT * wanted


def seen(rides: pl.DataFrame, parks: pl.DataFrame, *, expected: int) -> Seen:
    """How many collections saw whom, at most `expected`; who was never seen is not there.

    `rides` with ride_id, park_id and at, `parks` with park_id and at (epoch seconds).
    """
    first = _counted(_met(rides, parks, 0))
    # No more collections can have seen anybody than there are rows.
    if first.rides["observed"].sum() == rides.height and first.parks["observed"].sum() == parks.height:
        grids = [first]
    else:
        # A collection that takes place at an edge of one grid is in the middle of the other's cells.
        grids = [first, _counted(_met(rides, parks, interval() // 2))]
    return Seen(*(_most([grid[n] for grid in grids], expected) for n in range(len(first))))


def seen_parks(rides: pl.DataFrame, parks: pl.DataFrame, *, expected: int) -> pl.DataFrame:
    """What `seen` says of parks (park_id, observed), in a fifth of the time: any ride of a second will do."""
    moments = rides.select("park_id", "at", ride_id="park_id", second=joint("park_id", pl.col("at")))
    return seen(moments.unique("second"), parks, expected=expected).parks


def collections(at: pl.Expr) -> pl.Expr:
    """Number of collections among the seconds `at` of a group of rows, each once, however often stored."""
    step = interval()
    return pl.max_horizontal((at // step).n_unique(), ((at + step // 2) // step).n_unique())


def of_one(rows: pl.DataFrame, window: Window) -> int:
    """Collections among the rows (at) of one ride or park in a window, at most those it should hold."""
    if rows.is_empty():
        return 0
    return min(int(rows.select(collections(pl.col("at"))).item()), expected(window))


def rhythm(parks: pl.DataFrame) -> int | None:
    """Seconds between two collections as the rows have it: the median over all parks; None without any.

    `parks` with park_id and at. Rows of one collection that was stored twice count once.
    """
    gap = pl.col("at").diff().over("park_id")
    gaps = parks.sort("park_id", "at").select(gap=gap).filter(pl.col("gap") >= interval() // 10)
    middle = gaps["gap"].quantile(0.5, interpolation="lower")
    return None if middle is None else int(middle)


def out_of_rhythm(parks: pl.DataFrame) -> str | None:
    """A sentence if collections come in another rhythm than the one that is set."""
    found = rhythm(parks)
    if found is None or 100 * abs(found - interval()) <= RHYTHM_TOLERANCE_PERCENT * interval():
        return None
    return (
        f"collections come every {units(found, 60, scale=0)} minutes, PARKSTATS_COLLECTION_MINUTES "
        f"says {settings.PARKSTATS_COLLECTION_MINUTES}: coverage is wrong"
    )


def _met(rides: pl.DataFrame, parks: pl.DataFrame, shift: int) -> pl.DataFrame:
    """The cells of a grid in which both a ride and its park were seen: ride_id, park_id, cell."""
    cell = (pl.col("at") + shift) // interval()
    both = joint("park_id", cell).alias("both")
    of_parks = parks.select(both).unique()
    return rides.select("ride_id", "park_id", both, cell=cell).join(of_parks, on="both", how="semi")


def _counted(met: pl.DataFrame) -> Seen:
    return Seen(*(met.group_by(entity).agg(observed=pl.col("cell").n_unique()) for entity in _ENTITIES))


def _most(counts: list[pl.DataFrame], expected: int) -> pl.DataFrame:
    entity = counts[0].columns[0]
    return (
        pl.concat(counts)
        .group_by(entity)
        .agg(pl.col("observed").max().cast(pl.Int64).clip(upper_bound=expected))
        .sort(entity)
    )
