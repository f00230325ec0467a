"""Charts and heat maps of the busiest or worst entities (docs/contract/charts-and-heatmaps.md 2 to 6).

Four kinds: `parks` (stored score), `waittimes` (waits of parks), `rides` (downtime) and `ridewaittimes`.
For each kind and granularity there is a choice of entities and a series of their values; both are steps of
one small function, so that what is charted and why an entity is there stand together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final, NamedTuple

import polars as pl

from parkstats_project.base import clock
from parkstats_project.base.arithmetic import fixed, number, ratio
from parkstats_project.base.clock import DateSpan, Window
from stats import rules
from stats.frames import daily_rows, entrants, observations, series

KINDS: Final = ("parks", "rides", "waittimes", "ridewaittimes")
OF_PARKS: Final = ("parks", "waittimes")
PERIODS: Final = ("live", "today", "yesterday", "last_week", "last_month")

# Places that means are compared with: SQL shows an average with four more than its column.
MEAN_PLACES: Final = 6


@dataclass(frozen=True)
class Line:
    """One entity: who it is (a row of `entrants.parks` or `.rides`) and its values in `scale` units."""

    entity: dict[str, Any]
    values: list[int | None]


@dataclass(frozen=True)
class Chart:
    """Lines in the order of the choice.

    `scale` is the number of decimal places of the values; `as_numbers` says that the chart shows JSON
    numbers, not decimal strings (docs/contract/charts-and-heatmaps.md 2).
    """

    labels: list[str]
    lines: list[Line]
    scale: int
    as_numbers: bool = False

    def shown(self, line: Line) -> Sequence[Decimal | float | None]:
        """A line as the chart shows it."""
        if self.as_numbers:
            return self.numbers(line)
        return [None if value is None else fixed(value, self.scale) for value in line.values]

    def numbers(self, line: Line) -> list[float | None]:
        """A line as a heat map shows it."""
        return [number(value, self.scale) for value in line.values]


class Scope(NamedTuple):
    """What a chart is asked for."""

    kind: str
    among: str
    limit: int

    @property
    def key(self) -> str:
        """The id column of the charted entities."""
        return "park_id" if self.kind in OF_PARKS else "ride_id"

    def entities(self) -> pl.DataFrame:
        """Who may be charted: active parks, or active attractions."""
        return entrants.parks(self.among) if self.kind in OF_PARKS else entrants.rides(self.among)

    def members(self) -> list[int]:
        """Ids of the parks concerned."""
        return self.entities()["park_id"].unique().to_list()


def of_period(kind: str, period: str, *, among: str, limit: int, now: datetime) -> Chart:
    """The chart of a kind for a period; its lines are empty if no entity qualifies."""
    scope = Scope(kind, among, limit)
    if period == "live":
        return LIVE[kind](scope, now)
    over = clock.Period(period, now)
    if over.granularity == "hourly":
        return HOURLY[kind](scope, clock.pacific_days(over.dates))
    return DAILY[kind](scope, clock.rolling(clock.server_date(now), days_charted(period, now)))


def days_charted(period: str, now: datetime) -> int:
    """A week, or as many days as the previous month has (docs/contract/charts-and-heatmaps.md 5)."""
    if period == "last_week":
        return 7
    return clock.month_length(clock.last_month(clock.pacific_date(now)).start)


def _chosen(scope: Scope, candidates: pl.DataFrame) -> list[dict[str, Any]]:
    """The first entities by `worth`, which must be positive or null, descending; ties by id."""
    ranked = scope.entities().join(candidates.select(scope.key, "worth"), on=scope.key)
    return entrants.top(ranked, entrants.descending("worth"), tie=scope.key, limit=scope.limit).to_dicts()


def _lines(
    scope: Scope, chosen: list[dict[str, Any]], values: pl.DataFrame, buckets: Sequence[Any]
) -> list[Line]:
    by_entity = series.aligned(
        values, key=scope.key, entities=[row[scope.key] for row in chosen], buckets=buckets
    )
    return [Line(row, by_entity[row[scope.key]]) for row in chosen]


def _of(frame: pl.DataFrame, key: str, chosen: list[dict[str, Any]]) -> pl.DataFrame:
    return frame.filter(pl.col(key).is_in([row[key] for row in chosen]))


def _worth(frame: pl.DataFrame, key: str, worth: pl.Expr) -> pl.DataFrame:
    return frame.group_by(key).agg(worth=worth).filter(pl.col("worth") > 0)


def _by_shame(scope: Scope, rows: pl.DataFrame) -> list[dict[str, Any]]:
    worth = series.mean(pl.col("shame"), places=1, scale=MEAN_PLACES)
    return _chosen(scope, _worth(rows.filter(pl.col("shame") > 0), "park_id", worth))


# ------------------------------------------------------------------------------------------------- live


def _grid(first: datetime, last: datetime, minutes: int) -> list[str]:
    steps = int((last - first) / timedelta(minutes=minutes))
    return [f"{first + timedelta(minutes=minutes * step):%H:%M}" for step in range(steps + 1)]


def _last_minutes(now: datetime) -> Window:
    """The last 60 minutes, now included."""
    second = now.replace(microsecond=0)
    return Window(now - timedelta(minutes=series.LIVE_MINUTES), second + timedelta(seconds=1))


def _ten_minute_labels(now: datetime) -> list[str]:
    start = now - timedelta(minutes=series.LIVE_MINUTES)
    return _grid(start.replace(minute=start.minute // 10 * 10, second=0, microsecond=0), now, 10)


def _live_parks(scope: Scope, now: datetime) -> Chart:
    window = Window(now - timedelta(minutes=series.LIVE_MINUTES), now)
    rows = observations.parks(window, parks=scope.members()).filter("open_fb")
    chosen = _by_shame(scope, rows)
    lines: list[Line] = []
    labels: list[str] = []
    for row in chosen:
        own = rows.filter(pl.col("park_id") == row["park_id"])
        # No alignment: every park shows its own rows, under the labels of the first (section 3).
        lines.append(Line(row, own["shame"].to_list()))
        labels = labels or own.select(series.clock_minute())["at"].to_list()
    return Chart(labels, lines, scale=1)


def _live_waits(scope: Scope, now: datetime) -> Chart:
    rows = observations.rides(_last_minutes(now), parks=scope.members())
    attractions = entrants.rides(scope.among)["ride_id"].to_list()
    return _live_mean_waits(scope, rows, rows.filter(pl.col("ride_id").is_in(attractions)), now)


def _live_rides(scope: Scope, now: datetime) -> Chart:
    rows = observations.rides(_last_minutes(now), parks=scope.members()).filter(pl.col("minute_partners") > 0)
    down = pl.col("minute_open").filter(rules.down()).cast(pl.Int64).sum()
    chosen = _chosen(scope, _worth(rows, "ride_id", down))
    hours = ratio(down * rules.LIVE_MINUTES_PER_SNAPSHOT, 60, scale=4)
    values = _of(rows, "ride_id", chosen).group_by("ride_id", bucket=series.clock_minute()).agg(value=hours)
    start = now - timedelta(minutes=series.LIVE_MINUTES)
    labels = _grid(start, now, 5)
    return Chart(labels, _lines(scope, chosen, values, labels), scale=4, as_numbers=True)


def _live_ride_waits(scope: Scope, now: datetime) -> Chart:
    rows = observations.rides(_last_minutes(now), parks=scope.members()).filter(pl.col("wait") > 0)
    return _live_mean_waits(scope, rows, rows, now)


def _live_mean_waits(scope: Scope, rows: pl.DataFrame, counted: pl.DataFrame, now: datetime) -> Chart:
    """Mean waits of rows, of the entities whose mean over the `counted` rows is the longest."""
    worth = series.mean(pl.col("wait"), times=pl.col("minute_open"), scale=MEAN_PLACES)
    chosen = _chosen(scope, _worth(counted, scope.key, worth))
    values = series.ride_waits(
        _of(rows, scope.key, chosen),
        key=scope.key,
        bucket=series.clock_minute(),
        open_pairs="minute_open",
        scale=4,
    )
    labels = _ten_minute_labels(now)
    return Chart(labels, _lines(scope, chosen, values, labels), scale=4, as_numbers=True)


# ----------------------------------------------------------------------------------------------- hourly


def _hourly(scope: Scope, chosen: list[dict[str, Any]], values: pl.DataFrame, scale: int) -> Chart:
    lines = _lines(scope, chosen, values, series.CHARTED_HOURS)
    return Chart(list(series.HOUR_LABELS), lines, scale)


def _hourly_parks(scope: Scope, window: Window) -> Chart:
    rows = observations.parks(window, parks=scope.members()).filter("open_fb")
    chosen = _by_shame(scope, rows)
    return _hourly(
        scope, chosen, series.park_hours(_of(rows, "park_id", chosen), {"value": series.shame()}), 1
    )


def _hourly_waits(scope: Scope, window: Window) -> Chart:
    rows = observations.parks(window, parks=scope.members()).filter("open")
    worth = series.mean(pl.col("avg_wait"), places=2, scale=MEAN_PLACES)
    chosen = _chosen(scope, _worth(rows.filter(pl.col("avg_wait") > 0), "park_id", worth))
    wait = series.mean(pl.col("avg_wait"), places=2, scale=0)
    return _hourly(scope, chosen, series.park_hours(_of(rows, "park_id", chosen), {"value": wait}), 0)


def _hourly_rides(scope: Scope, window: Window) -> Chart:
    park_rows = observations.parks(window, parks=scope.members())
    newest = park_rows.sort("snapshot_id").unique("park_id", keep="last")
    rows = observations.rides(window, parks=newest.filter("open")["park_id"].to_list())
    down = rules.down_strict().sum()
    chosen = _chosen(scope, _worth(rows, "ride_id", down))
    values = series.ride_downtime_hours(_of(rows, "ride_id", chosen), park_rows)
    return _hourly(scope, chosen, values.filter("park_open", pl.col("since") > 0), 2)


def _hourly_ride_waits(scope: Scope, window: Window) -> Chart:
    rows = observations.rides(window, parks=scope.members()).filter(pl.col("wait") > 0, pl.col("open") > 0)
    worth = series.mean(pl.col("wait"), times=pl.col("open"), scale=MEAN_PLACES)
    chosen = _chosen(scope, _worth(rows, "ride_id", worth))
    values = series.ride_waits(
        _of(rows, "ride_id", chosen), key="ride_id", bucket=series.chart_hour(), open_pairs="open", scale=0
    )
    return _hourly(scope, chosen, values, 0)


# ------------------------------------------------------------------------------------------------ daily


def _daily(
    scope: Scope,
    span: DateSpan,
    chosen: list[dict[str, Any]],
    rows: pl.DataFrame,
    value: pl.Expr,
    *,
    scale: int,
    as_numbers: bool = False,
) -> Chart:
    values = _of(rows, scope.key, chosen).select(scope.key, bucket=pl.col("day"), value=value)
    days = span.days()
    lines = _lines(scope, chosen, values, days)
    return Chart(series.day_labels(days), lines, scale, as_numbers)


def _daily_parks(scope: Scope, span: DateSpan) -> Chart:
    rows = daily_rows.parks(span)
    down = rows.group_by("park_id").agg(pl.col("downtime").sum()).filter(pl.col("downtime") > 0)
    # Sorted by weighted hours per weight, although hours per ride are plotted (section 5, QUIRK).
    rides = entrants.rides(scope.among).select("ride_id", "park_id", "weight")
    weighted = (
        daily_rows.rides(span)
        .select("ride_id", "downtime_minutes")
        .join(rides, on="ride_id")
        .group_by("park_id")
        .agg(hours=ratio((pl.col("downtime_minutes") * pl.col("weight")).sum(), 60, scale=2))
    )
    candidates = (
        down.join(weighted, on="park_id", how="left")
        .join(rides.group_by("park_id").agg(pl.col("weight").sum()), on="park_id", how="left")
        .with_columns(worth=ratio(pl.col("hours"), pl.col("weight"), scale=4))
    )
    value = ratio(pl.col("downtime"), pl.col("rides_tracked").fill_null(1), scale=0)
    return _daily(scope, span, _chosen(scope, candidates), rows, value, scale=2)


def _daily_rides(scope: Scope, span: DateSpan) -> Chart:
    rows = daily_rows.rides(span)
    chosen = _chosen(scope, _worth(rows, "ride_id", pl.col("downtime_minutes").sum()))
    value = ratio(pl.col("downtime_minutes"), 60, scale=2)
    return _daily(scope, span, chosen, rows, value, scale=2, as_numbers=True)


def _daily_mean_waits(scope: Scope, span: DateSpan) -> Chart:
    rows = daily_rows.parks(span) if scope.kind in OF_PARKS else daily_rows.rides(span)
    worth = series.mean(pl.col("avg_wait"), places=2, scale=MEAN_PLACES)
    chosen = _chosen(scope, _worth(rows.filter(pl.col("avg_wait") > 0), scope.key, worth))
    return _daily(scope, span, chosen, rows, ratio(pl.col("avg_wait"), 100, scale=0), scale=0)


LIVE: Final[dict[str, Callable[[Scope, datetime], Chart]]] = {
    "parks": _live_parks,
    "waittimes": _live_waits,
    "rides": _live_rides,
    "ridewaittimes": _live_ride_waits,
}
HOURLY: Final[dict[str, Callable[[Scope, Window], Chart]]] = {
    "parks": _hourly_parks,
    "waittimes": _hourly_waits,
    "rides": _hourly_rides,
    "ridewaittimes": _hourly_ride_waits,
}
DAILY: Final[dict[str, Callable[[Scope, DateSpan], Chart]]] = {
    "parks": _daily_parks,
    "waittimes": _daily_mean_waits,
    "rides": _daily_rides,
    "ridewaittimes": _daily_mean_waits,
}
