"""What the daily rows of one Pacific day and metrics version should be, compared with what is stored."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from parkstats_project.base import clock
from stats.frames import coverage, observations
from stats.frames.observations import Day
from stats.jobs import daily_figures, fitting, replacement, runs, upsert
from stats.jobs.daily_figures import RIDE_COLUMNS, VERSIONS
from stats.jobs.fitting import Fitted
from stats.jobs.replacement import COVERAGE
from stats.jobs.upsert import Changes
from stats.models import ParkDailyStats, RideDailyStats


@dataclass(frozen=True)
class DayOutcome:
    """What happened to one day.

    `kept`: park -> its rides whose rows stayed since they saw more (0 for the park's own row). `below`: parks
    of which rows were written although less than 95 percent of the day was seen. `seen`: park -> collections
    that saw it, of `expected`. `unfit`: figures that their columns cannot hold. `missing`: why nothing was
    written at all.
    """

    day: date
    version: int
    archived: bool
    observed: int
    expected: int
    gaps_allowed: bool
    seen: dict[int, int]
    missing: str | None = None
    kept: dict[int, tuple[int, ...]] = field(default_factory=dict)
    below: tuple[int, ...] = ()
    unfit: tuple[str, ...] = ()
    rides: Changes | None = None
    parks: Changes | None = None
    ride_count: int = 0
    park_count: int = 0
    redone: bool = False

    @property
    def complete(self) -> bool:
        """Whether the day is as it should be, or as it was asked for."""
        return not (self.missing or self.kept or (self.below and not self.gaps_allowed))

    def note(self) -> str | None:
        """What is worth remembering in `aggregation_log`; None if all went well."""
        parts = [self.missing] if self.missing else []
        if self.kept:
            rows_of = ", ".join(f"{self._park(park)}: {_named(rides)}" for park, rides in self.kept.items())
            parts.append(f"kept what saw more: {rows_of}")
        if self.below:
            parts.append(f"written from less than the day: {', '.join(map(self._park, self.below))}")
        if self.gaps_allowed:
            parts.append(runs.GAPS_ALLOWED)
        if self.unfit:
            parts.append(f"do not fit their columns: {', '.join(self.unfit)}")
        return "; ".join(parts) or None

    def _park(self, park: int) -> str:
        return f"park {park} ({self.seen.get(park, 0)}/{self.expected})"


def _named(rides: tuple[int, ...]) -> str:
    words = [f"ride {ride}" for ride in rides if ride]
    return " ".join([*(["its own row"] if 0 in rides else []), *words])


def key_of(day: date, version: int) -> dict[str, object]:
    """What the rows of a day and version have in common."""
    return {"stat_date": day, "metrics_version": version}


def plan(day: date, *, version: int, parks: Collection[int] | None, allow_gaps: bool) -> DayOutcome:
    """What the day should be, compared with what is stored; in a transaction, so both are of one moment."""
    # What is known of raw rows has to be of the moment of this transaction, not older.
    observations.forget()
    observed = observations.read_day(day)
    expected = coverage.expected(clock.pacific_day(day))
    seen = coverage.seen(observed.rides, observed.parks, expected=expected)
    base = DayOutcome(
        day=day,
        version=version,
        archived=observed.archived,
        observed=observed.rides.height,
        expected=expected,
        gaps_allowed=allow_gaps,
        seen=dict(seen.parks.iter_rows()),
    )
    if observed.rides.is_empty() and observed.parks.is_empty():
        return replace(base, missing="no observations")
    scope = observed.who_parks
    if parks is not None:
        scope = scope.filter(pl.col("park_id").is_in(list(parks)))
    of_scope = observed.who_rides.join(scope.select("park_id"), on="park_id", how="semi")
    key = key_of(day, version)
    ride_rows = upsert.stored(RideDailyStats, entity="ride_id", columns=(*RIDE_COLUMNS, *COVERAGE), key=key)
    ride_rows = ride_rows.filter(pl.col("ride_id").is_in(of_scope["ride_id"].implode()))
    park_columns = VERSIONS[version].park_columns
    park_rows = upsert.stored(ParkDailyStats, entity="park_id", columns=(*park_columns, *COVERAGE), key=key)

    members = members_of(day, of_scope, observed)
    figures, unfit_of_rides = rows_of_rides(observed, members, version=version)
    rides = replacement.judge(
        _covered(figures, seen.rides, "ride_id", seen.parks, expected),
        ride_rows,
        entity="ride_id",
        columns=RIDE_COLUMNS,
        least=replacement.ride_minutes(),
        allow_gaps=allow_gaps,
    )
    # As in the legacy, a park's row comes from its rides' rows, also from those that stay as they are.
    stay = daily_figures.as_stored(rides.kept, members)
    final = pl.concat([figures.join(stay, on="ride_id", how="anti"), stay], how="diagonal_relaxed")
    of_parks, unfit_of_parks = rows_of_parks(observed, final)
    of_parks = of_parks.filter(pl.col("park_id").is_in(_parks_with_a_row(day, scope, observed)))
    park_rows = park_rows.filter(pl.col("park_id").is_in(of_parks["park_id"].implode()))
    of_day = replacement.judge(
        _covered(of_parks, seen.parks, "park_id", seen.parks, expected),
        park_rows,
        entity="park_id",
        columns=park_columns,
        least=pl.lit(0),
        allow_gaps=allow_gaps,
    )
    changed_rides, changed_parks = (
        upsert.changes(judged.wanted, present, entity=entity, columns=columns, carried=COVERAGE)
        for judged, present, entity, columns in (
            (rides, _without(ride_rows, rides.kept), "ride_id", RIDE_COLUMNS),
            (of_day, _without(park_rows, of_day.kept), "park_id", park_columns),
        )
    )
    return replace(
        base,
        kept=_kept(rides.kept, of_day.kept, members),
        below=_below(changed_rides, changed_parks, members, scope, of_scope, base),
        unfit=unfit_of_rides + unfit_of_parks,
        rides=changed_rides,
        parks=changed_parks,
        ride_count=rides.wanted.height,
        park_count=of_day.wanted.height,
    )


def rows_of_rides(observed: Day, members: pl.DataFrame, *, version: int) -> Fitted:
    """The figures of `members` (`daily_figures.ride_figures`) as their table can hold them."""
    figures = daily_figures.ride_figures(observed.rides, observed.changes, members, version=version)
    return fitting.fitted(RideDailyStats, figures, entity="ride_id")


def rows_of_parks(observed: Day, rides: pl.DataFrame) -> Fitted:
    """The figures of the parks that rows of rides belong to, as their table can hold them."""
    figures = daily_figures.park_figures(rides, observed.who_rides)
    return fitting.fitted(ParkDailyStats, figures, entity="park_id")


def members_of(day: date, of_scope: pl.DataFrame, observed: Day) -> pl.DataFrame:
    """Rides that have a row: those that were active then, and those that have one already.

    What an archived day does not say of itself, its observations do. Of a day that is not archived, a ride
    that was deactivated meanwhile gets no new row, as in the legacy.
    """
    has_row = RideDailyStats.objects.filter(stat_date=day).values_list("ride_id", flat=True)
    member = pl.col("is_active") | pl.col("ride_id").is_in([ride for ride in has_row if ride is not None])
    if observed.archived:
        member |= ~pl.col("stated") & pl.col("ride_id").is_in(observed.rides["ride_id"].unique().implode())
    return of_scope.filter(member)


def _parks_with_a_row(day: date, scope: pl.DataFrame, observed: Day) -> list[int]:
    """Parks that have a row, if their rides have: the same for parks."""
    found = set(scope.filter("is_active")["park_id"])
    found |= set(ParkDailyStats.objects.filter(stat_date=day).values_list("park_id", flat=True)) - {None}
    return sorted(found & set(scope["park_id"]))


def _covered(
    figures: pl.DataFrame, seen: pl.DataFrame, entity: str, seen_parks: pl.DataFrame, expected: int
) -> pl.DataFrame:
    """Figures with COVERAGE, and whether the park's day is `covered`."""
    of_parks = seen_parks.select("park_id", covered=coverage.enough(pl.col("observed"), expected))
    return (
        figures.join(seen, on=entity, how="left")
        .join(of_parks, on="park_id", how="left")
        .with_columns(
            pl.col("observed").fill_null(0).alias(replacement.OBSERVED),
            pl.lit(expected, pl.Int64).alias(replacement.EXPECTED),
            pl.col("covered").fill_null(False),
        )
        .drop("observed")
    )


def _without(present: pl.DataFrame, kept: pl.DataFrame) -> pl.DataFrame:
    return present.join(kept, on="stat_id", how="anti")


def _kept(rides: pl.DataFrame, parks: pl.DataFrame, members: pl.DataFrame) -> dict[int, tuple[int, ...]]:
    owners = dict(members.select("ride_id", "park_id").iter_rows())
    found: dict[int, list[int]] = {park: [0] for park in parks["park_id"]}
    for ride in rides["ride_id"]:
        found.setdefault(owners[ride], []).append(ride)
    return {park: tuple(sorted(of_park)) for park, of_park in sorted(found.items())}


def _below(
    rides: Changes,
    parks: Changes,
    members: pl.DataFrame,
    scope: pl.DataFrame,
    of_scope: pl.DataFrame,
    day: DayOutcome,
) -> tuple[int, ...]:
    """Parks that got figures from less than was to be expected.

    An inactive park is not collected any more, and one without rides has no rows: neither is a gap.
    """
    written = pl.concat([rides.inserted.select("ride_id"), rides.updated.select("ride_id")])
    owners = members.with_columns(pl.col("ride_id").cast(pl.Int64)).join(written, on="ride_id", how="semi")
    touched = {*owners["park_id"], *parks.inserted["park_id"], *parks.updated["park_id"]}
    with_rides = of_scope.filter("is_active")["park_id"].implode()
    collected = {
        *scope.filter(pl.col("is_active") & pl.col("park_id").is_in(with_rides))["park_id"],
        *day.seen,
    }
    return tuple(
        park
        for park in sorted(touched & collected)
        if not coverage.enough(day.seen.get(park, 0), day.expected)
    )
