"""How a daily row came about: every metrics version, stored and computed anew, and the steps to it.

Computed by the functions of `stats.jobs.recompute`, so that no rule stands here; a step has the shape that
the audit of a displayed figure has (docs/contract/audit.md 6).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple

import polars as pl
from django.conf import settings
from django.db.models import Model

from parkstats_project.base import clock
from parkstats_project.base.arithmetic import fixed_or_none
from parkstats_project.db.expressions import places
from stats.frames import coverage, observations, roster
from stats.frames.observations import Day
from stats.frames.roster import row_of
from stats.jobs import daily_figures, day_outcome, upsert
from stats.jobs.daily_figures import RIDE_COLUMNS, VERSIONS
from stats.jobs.replacement import COVERAGE
from stats.models import ParkDailyStats, RideDailyStats
from stats.questions.audit.verify import Step
from stats.rules import MINUTES_PER_SNAPSHOT

RULES: Final = "docs/contract/rules.md 3: down, strict (version 1); down, park-type aware (version 2)"
COUNTED: Final = ("opened", "up", "down", "waits", "waited")


class Figure(NamedTuple):
    """A column in one version, as stored and as computed now; None is null or no row, which never differs."""

    stored: Decimal | None
    computed: Decimal | None
    differs: bool


class Version(NamedTuple):
    """A daily row in one metrics version.

    `is_stored`: there is such a row; `observed` of `expected` collections are what it saw, if it says so.
    `figures`: column -> figure, in the order of the table's columns.
    """

    version: int
    is_active: bool
    is_stored: bool
    observed: int | None
    expected: int | None
    figures: dict[str, Figure]

    @property
    def differs(self) -> bool:
        """Whether the stored row has other figures than those computed now."""
        return any(figure.differs for figure in self.figures.values())


class Explained(NamedTuple):
    """A daily row in every version; `seen` of `expected` collections are what can be seen of its day now.

    Without any observation of the day there are no steps, and every computed figure is None.
    """

    versions: list[Version]
    seen: int
    expected: int
    archived: bool
    steps: list[Step]


class _ParkDay(NamedTuple):
    """What the rows of a park and its rides are computed from; by version: counts, ride rows, park rows."""

    observed: Day
    expected: int
    seen: coverage.Seen
    counts: dict[int, pl.DataFrame]
    rides: dict[int, pl.DataFrame]
    parks: dict[int, pl.DataFrame]


def of_ride(ride_id: int, day: date) -> Explained | None:
    """A ride's day; None if there is no such ride."""
    ride = row_of(roster.current().rides, "ride_id", ride_id)
    if ride is None:
        return None
    found = _park_day(day, _park_then(ride_id, ride["park_id"], day))
    mine = pl.col("ride_id") == ride_id
    snapshots = found.observed.rides.filter(mine).height
    counts = {version: _first(frame.filter(mine)) for version, frame in found.counts.items()}
    rows = {version: _first(frame.filter(mine)) for version, frame in found.rides.items()}
    active = settings.PARKSTATS_METRICS_VERSION
    counted = {name: counts[active].get(name) for name in COUNTED}
    by_version = {
        f"{name}, version {version}": row.get(name)
        for version, row in counts.items()
        for name in ("up", "down")
    }
    minutes = _figures(RideDailyStats, rows[active], RIDE_COLUMNS[:2])
    shares = _figures(RideDailyStats, rows[active], ("uptime_percentage", "avg_wait_time"))
    steps = [
        _identified("Ride", ride_id, ride["name"], day),
        _observed("ride", snapshots, found.observed),
        _step(
            "Matching",
            "A snapshot of the ride counts once for each of the park at the same second that says open",
            None,
            {"snapshots_of_the_ride": snapshots},
            {"opened": counted["opened"]},
        ),
        _step(
            "Up and Down",
            f"What of that is up, and what is down by the rule of each version ({RULES})",
            None,
            {"opened": counted["opened"]},
            by_version,
        ),
        _step(
            "Minutes",
            "A ride that never ran has no downtime",
            f"minutes = count * {MINUTES_PER_SNAPSHOT}",
            counted | {"operated": counts[active].get("operated")},
            minutes,
        ),
        _step(
            "Shares",
            "Uptime while the park was open; waits as they were posted while the ride ran",
            "uptime_percentage = 100 * up / opened; avg_wait_time = waited / waits",
            counted,
            shares,
        ),
    ]
    columns = dict.fromkeys(VERSIONS, RIDE_COLUMNS)
    return _explained(RideDailyStats, "ride_id", ride_id, day, found, found.seen.rides, rows, columns, steps)


def of_park(park_id: int, day: date) -> Explained | None:
    """A park's day; None if there is no such park."""
    park = row_of(roster.current().parks, "park_id", park_id)
    if park is None:
        return None
    found = _park_day(day, park_id)
    rows = {version: _first(frame) for version, frame in found.parks.items()}
    active = settings.PARKSTATS_METRICS_VERSION
    rides = daily_figures.weighed(found.rides[active], found.observed.who_rides)
    minutes, weight = pl.col("downtime_minutes"), pl.col("counted_weight")
    sums = rides.select(
        minutes.sum(), weighted_downtime_minutes=(minutes * weight).sum(), weight=weight.sum()
    ).row(0, named=True)
    names = dict(roster.current().rides.select("ride_id", "name").iter_rows())
    down = rides.filter(minutes > 0).sort(minutes, "ride_id", descending=[True, False])
    of_rides = {
        names.get(ride, f"ride {ride}"): f"{lost} min, {f'weight {counted}' if counted else 'not weighted'}"
        for ride, lost, counted in down.select("ride_id", minutes, weight).iter_rows()
    }
    steps = [
        _identified("Park", park_id, park["name"], day),
        _observed("rides", found.observed.rides.height, found.observed),
        _step(
            "Ride Rows",
            f"Downtime of the park's rides, whose own pages explain it ({RULES})",
            None,
            {"rides": rides.height, "operated": int(rides["operated"].sum())},
            of_rides,
        ),
        _step(
            "Sums",
            "Downtime of all rides; weighted: of the attractions that operated, by their tier",
            "weighted_downtime_minutes = sum of downtime_minutes * weight",
            {"rides_with_downtime": down.height},
            sums,
        ),
        _step(
            "Park Row",
            "Means are over the rides; the score is stored from version 2 on",
            "shame_score = 10 * weighted_downtime_minutes / 60 / weight",
            sums,
            _figures(ParkDailyStats, rows[active], VERSIONS[active].park_columns),
        ),
    ]
    columns = {version: rule.park_columns for version, rule in VERSIONS.items()}
    return _explained(ParkDailyStats, "park_id", park_id, day, found, found.seen.parks, rows, columns, steps)


def _park_day(day: date, park_id: int) -> _ParkDay:
    """As `stats.jobs.day_outcome.plan` does for a day, of one park."""
    observed = observations.read_park_day(day, park_id)
    expected = coverage.expected(clock.pacific_day(day))
    members = day_outcome.members_of(day, observed.who_rides, observed)
    counts, rides, parks = {}, {}, {}
    for version in VERSIONS:
        counts[version] = daily_figures.ride_counts(
            observed.rides, observed.changes, members, version=version
        )
        rides[version] = day_outcome.rows_of_rides(observed, members, version=version).frame
        parks[version] = day_outcome.rows_of_parks(observed, rides[version]).frame
    seen = coverage.seen(observed.rides, observed.parks, expected=expected)
    return _ParkDay(observed, expected, seen, counts, rides, parks)


def _park_then(ride_id: int, park_id: int, day: date) -> int:
    """The park that the ride was last seen at on the day, if it ever moved; else its own."""
    if row_of(roster.current().moves, "ride_id", ride_id) is None:
        return park_id
    seen = observations.rides(clock.pacific_day(day), rides=[ride_id])["park_id"]
    return int(seen[-1]) if len(seen) else park_id


def _explained(
    model: type[Model],
    entity: str,
    key: int,
    day: date,
    found: _ParkDay,
    seen: pl.DataFrame,
    rows: dict[int, dict[str, Any]],
    columns: Mapping[int, Sequence[str]],
    steps: list[Step],
) -> Explained:
    nothing = found.observed.rides.is_empty() and found.observed.parks.is_empty()
    versions = []
    for version, names in columns.items():
        stored = _first(
            upsert.stored(
                model,
                entity=entity,
                columns=(*names, *COVERAGE),
                key=day_outcome.key_of(day, version),
                entities=[key],
            )
        )
        computed = {} if nothing else rows[version]
        figures = {}
        for name in names:
            scale = places(model, name)
            before, now = stored.get(name), computed.get(name)
            differs = bool(stored) and not nothing and before != now
            figures[name] = Figure(fixed_or_none(before, scale), fixed_or_none(now, scale), differs)
        observed, expected = (stored.get(name) for name in COVERAGE)
        is_active = version == settings.PARKSTATS_METRICS_VERSION
        versions.append(Version(version, is_active, bool(stored), observed, expected, figures))
    known = _first(seen.filter(pl.col(entity) == key))
    for number, step in enumerate(steps, 1):
        step["step"] = number
    archived = found.observed.archived
    return Explained(versions, known.get("observed", 0), found.expected, archived, [] if nothing else steps)


def _identified(kind: str, key: int, name: str, day: date) -> Step:
    start, end = clock.pacific_day(day)
    found = {f"{kind.lower()}_name": name, "from": clock.iso_z(start), "to": clock.iso_z(end)}
    described = f"{kind} and Pacific day"
    return _step(f"{kind} Identification", described, None, {"id": key, "day": day.isoformat()}, found)


def _observed(whose: str, snapshots: int, observed: Day) -> Step:
    return _step(
        "Observations",
        "Snapshots of the day",
        None,
        {"read_from": "the archive, and raw rows if any are left" if observed.archived else "raw rows"},
        {f"snapshots_of_the_{whose}": snapshots, "snapshots_of_the_park": observed.parks.height},
    )


def _step(
    name: str, description: str, formula: str | None, inputs: dict[str, Any], output: dict[str, Any]
) -> Step:
    return Step(
        step=0,  # by its place
        name=name,
        description=description,
        formula=formula,
        inputs=inputs,
        output=output,
        output_label=next(iter(output), ""),
    )


def _figures(model: type[Model], row: dict[str, Any], columns: Sequence[str]) -> dict[str, Decimal | None]:
    return {name: fixed_or_none(row.get(name), places(model, name)) for name in columns}


def _first(frame: pl.DataFrame) -> dict[str, Any]:
    """The only row, or nothing."""
    return frame.row(0, named=True) if frame.height else {}
