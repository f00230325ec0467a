"""How the database must read its big tables, and whether it does (docs/design.md D10).

The queries are the application's own: every question that an endpoint or a job asks is asked once, with
nothing kept, and what reaches the database is recorded and explained.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import product
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.db.models import Model

from parks.models import ParkActivitySnapshot
from parkstats_project.base import cache, clock
from parkstats_project.db import statements as db_statements
from rides.models import Ride, RideStatusChange, RideStatusSnapshot
from stats.frames import current, observations, raw_days, revisions
from stats.frames.entrants import ALL_PARKS
from stats.jobs import live, monitor, nightly, recompute, retention, rollup
from stats.models import ParkDailyStats, RideDailyStats
from stats.questions import health
from stats.questions.audit import anomalies, status, verify
from stats.questions.parks import details as park_details
from stats.questions.parks import downtime as park_downtime
from stats.questions.parks import rides_charts, totals
from stats.questions.parks import waits as park_waits
from stats.questions.rides import details as ride_details
from stats.questions.rides import downtime as ride_downtime
from stats.questions.rides import waits as ride_waits
from stats.questions.trends import awards, charts

BIG: Final[tuple[type[Model], ...]] = (
    RideStatusSnapshot,
    ParkActivitySnapshot,
    RideStatusChange,
    RideDailyStats,
    ParkDailyStats,
)


JUDGED_ROWS: Final = 2_000
"""A smaller table may well be read as a whole, so the plans of statements that reach it are not judged."""


class Expected(NamedTuple):
    """The index that serves the statements which restrict just these columns of a table.

    More than one is named where the old system left indexes that begin alike: then they serve equally well.
    `first` are statements that want one row in the index's order (LIMIT), which end whatever was estimated.
    `length` is how many bytes of the index at least are compared, `rows` the largest estimate at the design
    size: of 605,000 rides and 12,240 parks a day, and of 4,200 and 85 daily rows.
    """

    table: str
    columns: frozenset[str]
    first: bool
    keys: frozenset[str]
    length: int
    rows: int


def _expected(
    model: type[Model], columns: str, keys: str, *, length: int, rows: int, first: bool = False
) -> Expected:
    table = model._meta.db_table
    return Expected(table, frozenset(columns.split()), first, frozenset(keys.split()), length, rows)


ANY: Final = 10**9
RIDE_DATES: Final = "idx_stat_date idx_ride_daily_ranking"
PARK_DATES: Final = "idx_stat_date idx_park_daily_ranking"
PLANS: Final = (
    # An hour of everybody, or two for their fingerprints; a collection is estimated at up to twice its size.
    _expected(RideStatusSnapshot, "recorded_at", "rss_time_covering", length=4, rows=120_000),
    _expected(RideStatusSnapshot, "recorded_at", "rss_time_covering", length=4, rows=ANY, first=True),
    _expected(RideStatusSnapshot, "", "rss_time_covering", length=0, rows=ANY, first=True),
    # Single rides, and the rides of single parks, over days; at one moment also by the other index (MariaDB
    # 11.8): eight bytes are both columns.
    _expected(
        RideStatusSnapshot,
        "ride_id recorded_at",
        "rss_ride_covering rss_time_covering",
        length=8,
        rows=100_000,
    ),
    _expected(RideStatusSnapshot, "ride_id", "rss_ride_covering", length=4, rows=ANY, first=True),
    # Up to all kept hours: the fingerprints.
    _expected(ParkActivitySnapshot, "recorded_at", "pas_time_covering", length=4, rows=90_000),
    _expected(ParkActivitySnapshot, "recorded_at", "pas_time_covering", length=4, rows=ANY, first=True),
    _expected(ParkActivitySnapshot, "", "pas_time_covering", length=0, rows=ANY, first=True),
    _expected(ParkActivitySnapshot, "park_id recorded_at", "pas_park_covering", length=8, rows=20_000),
    # The newest collection of any of many parks.
    _expected(
        ParkActivitySnapshot,
        "park_id recorded_at",
        "pas_time_covering pas_park_covering",
        length=4,
        rows=ANY,
        first=True,
    ),
    _expected(RideStatusSnapshot, "ride_id recorded_at", "rss_ride_covering", length=4, rows=ANY, first=True),
    _expected(ParkActivitySnapshot, "park_id", "pas_park_covering", length=4, rows=ANY, first=True),
    _expected(ParkActivitySnapshot, "snapshot_id", "PRIMARY", length=8, rows=200),
    _expected(RideStatusChange, "changed_at", "idx_changed_at", length=4, rows=20_000),
    _expected(RideStatusChange, "changed_at", "idx_changed_at", length=4, rows=ANY, first=True),
    _expected(RideStatusChange, "", "idx_changed_at", length=0, rows=ANY, first=True),
    # Ten days at once at most, or a roll-up's month.
    _expected(RideDailyStats, "metrics_version ride_id stat_date", RIDE_DATES, length=3, rows=300_000),
    # Whether a day's rows are there: of the days with raw rows.
    _expected(RideDailyStats, "metrics_version stat_date", RIDE_DATES, length=3, rows=300_000),
    _expected(RideDailyStats, "stat_date", RIDE_DATES, length=3, rows=10_000),
    # Whether a day has any.
    _expected(RideDailyStats, "stat_date", RIDE_DATES, length=3, rows=ANY, first=True),
    _expected(ParkDailyStats, "stat_date", PARK_DATES, length=3, rows=ANY, first=True),
    _expected(RideDailyStats, "ride_id stat_date", "unique_ride_date", length=8, rows=10_000),
    _expected(RideDailyStats, "", "idx_ride_date unique_ride_date", length=5, rows=10_000),
    _expected(ParkDailyStats, "metrics_version park_id stat_date", PARK_DATES, length=3, rows=6_000),
    _expected(ParkDailyStats, "metrics_version stat_date", PARK_DATES, length=3, rows=12_000),
    _expected(ParkDailyStats, "stat_date", PARK_DATES, length=3, rows=200),
    # The first day of all.
    _expected(ParkDailyStats, "", PARK_DATES, length=0, rows=ANY, first=True),
    _expected(ParkDailyStats, "", "idx_park_date unique_park_date", length=5, rows=10_000),
)


class Statement(NamedTuple):
    """A statement on a big table, and the question it was recorded at."""

    question: str
    sql: str
    params: Any


def record(now: datetime) -> list[Statement]:
    """Every statement on a big table that the questions send, each shape once."""
    cache.forget()
    revisions.forget()
    tables = {model._meta.db_table for model in BIG}
    found: dict[str, Statement] = {}
    for question, ask in questions(now):
        with db_statements.recorded() as statements:
            ask()
        for sql, params in statements:
            if tables.intersection(re.findall(r"`(\w+)`", sql)):
                found.setdefault(db_statements.shape(sql), Statement(question, sql, params))
    return list(found.values())


def judged(recorded: list[Statement]) -> list[Statement]:
    """The statements of which every big table is so big that the plan says something."""
    sizes = db_statements.sizes()
    return [
        statement
        for statement in recorded
        if all(sizes.get(table, 0) >= JUDGED_ROWS for table in _aliases(statement.sql).values())
    ]


def judge(statement: Statement) -> list[str]:
    """What is wrong with the plan of a statement, a sentence each."""
    aliases, shape = _aliases(statement.sql), db_statements.shape(statement.sql)
    wrong = []
    for access in db_statements.explain(statement.sql, statement.params):
        table = aliases.get(access.table)
        if table is None:
            continue
        restricted = frozenset(
            column
            for where in re.findall(r" WHERE (.*?)(?= GROUP BY | ORDER BY | LIMIT |$)", statement.sql)
            for alias, column in re.findall(r"`?(\w+)`?\.`(\w+)`", where)
            if alias == access.table
        )
        first = " LIMIT 1" in statement.sql
        wrong += [
            f"{statement.question}, {table}: {fault} (... {shape[shape.find(' FROM ') + 1 :]})"
            for fault in _faults(access, table, restricted, first)
        ]
    return wrong


def _faults(
    access: db_statements.Access, table: str, restricted: frozenset[str], first: bool
) -> Iterator[str]:
    if access.kind == "ALL" or (access.kind == "index" and not first):
        yield f"full scan of {access.rows} rows"
        return
    for expected in PLANS:
        if (expected.table, expected.columns, expected.first) == (table, restricted, first):
            break
    else:
        yield f"no plan is stated for a restriction of {', '.join(sorted(restricted)) or 'nothing'}"
        return
    if access.key not in expected.keys:
        yield f"index {access.key} instead of {' or '.join(sorted(expected.keys))}"
    elif access.kind != "index" and access.key_length < expected.length:
        yield f"{access.key_length} bytes of {access.key} are compared instead of {expected.length}"
    if access.rows > expected.rows:
        yield f"{access.rows} rows estimated, more than {expected.rows}"


def _aliases(sql: str) -> dict[str, str]:
    """The names under which EXPLAIN knows the big tables of a statement."""
    tables = {model._meta.db_table for model in BIG}
    named = re.findall(r"(?:FROM|JOIN) `(\w+)`(?: ([A-Z]\d+)\b)?", sql)
    return {alias or table: table for table, alias in named if table in tables}


def questions(now: datetime) -> Iterator[tuple[str, Callable[[], object]]]:
    """What endpoints and jobs ask, by name; nothing of it writes."""
    park, ride = _examples()
    today = clock.pacific_date(now)
    yesterday = today - timedelta(days=1)
    version = settings.PARKSTATS_METRICS_VERSION
    everyone: dict[str, Any] = {"now": now, "among": ALL_PARKS, "limit": 50}
    for period in clock.PERIODS:
        yield (
            f"parks by downtime, {period}",
            partial(
                park_downtime.ranked_parks, period=period, sort_by="shame_score", weighted=True, **everyone
            ),
        )
        overall = partial(totals.park_totals, period=period, now=now, among=ALL_PARKS)
        yield f"totals, {period}", overall
        yield (
            f"rides by downtime, {period}",
            partial(ride_downtime.ranked_rides, period=period, sort_by="downtime_hours", **everyone),
        )
    for period in park_waits.PARK_PERIODS:
        yield f"parks by wait, {period}", partial(park_waits.ranked_parks, period=period, **everyone)
    for mode in ride_waits.RIDE_MODES:
        yield f"rides by wait, {mode}", partial(ride_waits.ranked_rides, mode=mode, **everyone)
    for period in park_details.PERIODS:
        yield f"park details, {period}", partial(park_details.of_period, park, period, now=now)
    for period in ride_details.PERIODS:
        yield f"ride details, {period}", partial(ride_details.of_period, ride, period, now=now)
    for kind, period in product(charts.KINDS, charts.PERIODS):
        yield f"chart of {kind}, {period}", partial(charts.of_period, kind, period, **everyone)
    for kind, period in product(rides_charts.KINDS, rides_charts.PERIODS):
        yield (
            f"comparison of rides by {kind}, {period}",
            partial(rides_charts.of_park, park, kind, period, now=now),
        )
    for entity, period in product(awards.ENTITIES, awards.PERIODS):
        asked = {"entity": entity, "period": period, **everyone}
        yield f"longest waits of {entity}, {period}", partial(awards.longest_waits, **asked)
        yield f"least reliable {entity}, {period}", partial(awards.least_reliable, **asked)
    yield "status summary", lambda: current.status_summary(now=now)
    yield "health", lambda: health.checks(now=now)
    yield "audit of a day", lambda: status.status(day=yesterday)
    yield "anomalies of a day", lambda: anomalies.detect(day=yesterday)
    for period in verify.PERIODS:
        of_park: dict[str, Any] = {"entity_id": park, "period": period, "displayed": 1.0, "now": now}
        yield f"trace of a park, {period}", partial(verify.park_shame_score, **of_park)
        yield f"trace of a ride, {period}", partial(verify.ride_downtime, **of_park | {"entity_id": ride})
    # After a pause of the collector, everything is older than what is kept at hand.
    later = now + timedelta(days=1)
    yield "newest of rides", lambda: current.newest_of_rides([ride, ride + 1], now=later)
    yield "newest of parks", lambda: current.newest_of_parks([park, park + 1], now=later)
    yield "newest hour", lambda: totals.park_totals(period="live", now=later, among=ALL_PARKS)
    week = clock.Window(now - timedelta(days=7), now)
    yield "a week of one ride", lambda: observations.rides(week, rides=[ride])
    yield "a week of one park", lambda: observations.parks(week, parks=[park])
    of_today = clock.today_so_far(now)
    yield (
        "what changed in the kept hours",
        lambda: (observations.rides(of_today), revisions.of_hours(of_today.hours())),
    )
    yield "status changes", lambda: observations.status_changes(clock.pacific_day(today))
    yield "oldest raw rows", raw_days.oldest
    yield "raw rows of a day", lambda: raw_days.observed(yesterday)
    yield "recomputation", lambda: recompute.preview_day(yesterday, version=version)
    yield (
        "roll-up",
        lambda: rollup.ride_rows(rollup.touched(clock.DateSpan(today, today))[0], version=version),
    )
    yield "live rankings", lambda: (live.park_rows(now=now), live.ride_rows(now=now))
    yield "monitor", lambda: monitor.problems(now=now, version=version)
    yield "retention", lambda: retention.limit(now=now, keep_hours=48, version=version)
    yield "days due", lambda: nightly.days_due(version=version, now=now)
    yield "first observed day", nightly.first_observed


def _examples() -> tuple[int, int]:
    """Ids of a park and of a ride of it."""
    ride = Ride.objects.filter(is_active=True, park__is_active=True).order_by("ride_id").first()
    return (0, 0) if ride is None else (ride.park_id, ride.ride_id)
