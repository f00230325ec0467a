"""What the collector would have stored (docs/contract/jobs.md 1), for any stretch of time and as columns.

The state of a ride at a moment is a pure function of the seed, the ride and the moment. Only what the
collector itself remembers is carried along, as `memory`: each ride's newest snapshot and when it last ran
(ride_id, last_at, last_code, last_running, operated).
"""

from __future__ import annotations

from typing import Final, NamedTuple

import polars as pl

from parkstats_project.base.arithmetic import ratio
from parkstats_project.base.clock import DAY, HOUR
from rides.status import CLOSED, DOWN, NO_STATUS, OPERATING, REFURBISHMENT
from stats.demo.noise import Salt, chances
from stats.demo.world import World

_OUTAGES: Final = range(3)
_WEEK: Final = 7 * DAY


class Observed(NamedTuple):
    """The rows of some collections, ordered as the collector would have inserted them.

    parks: park_id, at, total, open, appears_open, avg_wait (hundredths), max_wait, shame (tenths).
    rides: ride_id, park_id, at, code, is_open, wait, running, source_at.
    changes: ride_id, changed_at, previous, current, duration. stale: rides' rows of sources older than an
    hour, with age. memory: as the next collection needs it.
    """

    parks: pl.DataFrame
    rides: pl.DataFrame
    changes: pl.DataFrame
    stale: pl.DataFrame
    memory: pl.DataFrame


def observe(world: World, *, start: int, end: int, interval: int, memory: pl.DataFrame) -> Observed:
    """All collections that begin in [start, end), epoch seconds, every `interval` seconds."""
    visits = _visits(world, start=start, end=end, interval=interval)
    items = _items(world, visits, memory)
    parks = _park_rows(visits, items)
    rides = items.filter("mapped")
    return Observed(
        parks=parks,
        rides=rides,
        changes=_changes(rides),
        stale=rides.filter(pl.col("wiki") & (pl.col("at") - pl.col("source_at") >= 61 * 60)),
        memory=_remember(memory, rides),
    )


def _visits(world: World, *, start: int, end: int, interval: int) -> pl.DataFrame:
    """One row per collection and park, ordered by time; whole collections and single parks fail sometimes."""
    seed = world.seed
    runs = (
        pl.DataFrame({"run": pl.int_range(start + -start % interval, end, interval, eager=True)})
        .with_columns(hour=pl.col("run") // HOUR)
        .filter(
            chances(seed, Salt.GAP, "hour") % 1000 >= 6,
            chances(seed, Salt.GAP, "hour", "run") % 1000 >= 4,
        )
        .with_columns(jitter=chances(seed, Salt.JITTER, "run") % 3)
    )
    today = pl.col("at") // DAY
    return (
        runs.join(world.parks, how="cross")
        .filter(chances(seed, Salt.FAILURE, "number", "run") % 1000 >= 3)
        .with_columns(at=pl.col("run") + pl.min_horizontal(pl.col("offset") + pl.col("jitter"), interval - 1))
        .with_columns(today=today, yesterday=today - 1)
        .sort("at", "offset")
        .join_asof(
            world.hours,
            left_on="at",
            right_on="opens",
            by="park_id",
            strategy="backward",
            check_sortedness=False,
        )
        .join(world.schedules, left_on=("park_id", "today"), right_on=("park_id", "day"), how="left")
        .join(
            world.schedules,
            left_on=("park_id", "yesterday"),
            right_on=("park_id", "day"),
            how="left",
            suffix="_before",
        )
        .with_columns(
            appears_open=pl.col("at").is_between("opening", "closing").fill_null(False)
            | pl.col("at").is_between("opening_before", "closing_before").fill_null(False),
            live=(pl.col("at") < pl.col("ends")).fill_null(False),
            storm=chances(seed, Salt.STORM, "number", "hour") % 1000 < 12,
            crowd=60 + chances(seed, Salt.CROWD, "number", "day") % 80,
        )
        .sort("at", "offset")
    )


def _plans(world: World, visits: pl.DataFrame) -> pl.DataFrame:
    """What each ride is in for on each day of its park."""
    seed = world.seed
    days = visits.select("park_id", "day").filter(pl.col("day").is_not_null()).unique(maintain_order=True)
    first = chances(seed, Salt.FIRST, "number", "day")
    late = first % 100 < 15
    plans = (
        world.rides.select("ride_id", "park_id", "number", "outage", "reports_down")
        .join(days, on="park_id", maintain_order="left_right")
        .with_columns(week=pl.col("day") // 7)
        .with_columns(
            first=pl.when(late).then(first // 100 % 120).otherwise(first // 100 % 10),
            early_down=late & (first // 12_000 % 3 > 0),
            # Minutes before the park closes; negative where the last riders are still served.
            last=chances(seed, Salt.LAST, "number", "day") % 60 - 20,
            shut=chances(seed, Salt.SHUT, "number", "day") % 1000 < 20,
            refurbished=chances(seed, Salt.REFURBISHED, "number", "week") % 1000 < 15,
        )
    )
    for n in _OUTAGES:
        salted = pl.col("day") * len(_OUTAGES) + n
        plans = plans.with_columns(part=salted).with_columns(
            (chances(seed, Salt.OUTAGE, "number", "part") % 1000 < pl.col("outage")).alias(f"out{n}"),
            (chances(seed, Salt.OUTAGE_START, "number", "part") % 1000).alias(f"from{n}"),
            _outage_minutes(chances(seed, Salt.OUTAGE_LENGTH, "number", "part")).alias(f"for{n}"),
            # Parks that do not report DOWN show half of their outages as CLOSED.
            pl.when(pl.col("reports_down") | (chances(seed, Salt.OUTAGE_STYLE, "number", "part") % 2 == 0))
            .then(DOWN).otherwise(CLOSED).alias(f"as{n}"),
        )  # fmt: skip
    return plans.drop("number", "outage", "reports_down", "park_id", "week", "part")


def _outage_minutes(luck: pl.Expr) -> pl.Expr:
    return pl.when(luck % 8 == 0).then(60 + luck // 8 % 240).otherwise(10 + luck // 8 % 50)


def _items(world: World, visits: pl.DataFrame, memory: pl.DataFrame) -> pl.DataFrame:
    """One row per visit and ride the source lists, with what it says and what the collector makes of it."""
    seed = world.seed
    ride = world.rides.drop("reports_down", "wiki", "wiki_id", "name", "category")
    visit = visits.select(
        "park_id", "run", "at", "hour", "day", "opens", "closes", "ends", "live", "storm", "crowd", "wiki"
    )
    wait = (
        pl.col("popularity") * (250 + 3 * pl.col("swell")) * pl.col("crowd") // 100_000
        + pl.col("luck") % 9 - 4
    ).clip(0)  # fmt: skip
    runs = pl.col("code") == OPERATING
    wiki = pl.col("wiki")
    frozen = wiki.not_() & (chances(seed, Salt.SOURCE, "number", "hour") % 1000 < 4)
    age = (
        pl.when(pl.col("stale")).then((pl.col("at") + pl.col("number") * 977) % (12 * HOUR))
        .when("frozen").then(2700 + pl.col("luck") % 600)
        .otherwise(pl.col("luck") % 480)
    )  # fmt: skip
    reports_wait = pl.col("standby") & (pl.col("luck") // 16 % 33 > 0)
    return (
        visit.join(ride, on="park_id", maintain_order="left_right")
        .join(_plans(world, visits), on=("ride_id", "day"), how="left", maintain_order="left")
        .join(memory, on="ride_id", how="left", maintain_order="left")
        .with_columns(
            minute=(pl.col("at") - pl.col("opens")) // 60,
            length=(pl.col("closes") - pl.col("opens")) // 60,
            luck=chances(seed, Salt.WAIT, "number", "run"),
            frozen=frozen,
        )
        .with_columns(code=_true_status())
        .with_columns(part=(pl.col("minute") * 1000 // pl.col("length")).clip(0, 1000))
        .with_columns(swell=4 * pl.col("part") * (1000 - pl.col("part")) // 4000)
        .with_columns(
            source_at=pl.col("at") - age,
            wait=pl.when(wiki & runs & reports_wait).then((wait + 2) // 5 * 5)
            # Some sources leave the last wait standing when a ride stops.
            .when(wiki & (pl.col("code") == DOWN) & pl.col("standby") & (pl.col("luck") % 20 == 0)).then(wait)
            .when(wiki.not_()).then(pl.when(runs & pl.col("frozen").not_()).then(wait).otherwise(0)),
            is_open=pl.when(wiki).then(runs)
            # Now and then a ride of Queue-Times shows a wait although it is marked closed.
            .otherwise(runs & pl.col("frozen").not_() & (pl.col("luck") // 32 % 300 > 0)),
        )
        .with_columns(running=pl.when(wiki).then(runs).otherwise(pl.col("is_open") | (pl.col("wait") > 0)))
        .with_columns(
            code=pl.when(wiki).then(pl.col("code")).otherwise(NO_STATUS),
            mapped=wiki | pl.col("attraction"),
            seen_running=pl.when("running").then("at"),
        )
        .with_columns(
            operated=pl.col("seen_running").forward_fill().shift(1).over("ride_id").fill_null(pl.col("operated"))
        )
        .select(
            "ride_id", "park_id", "run", "at", "code", "is_open", "wait", "running", "source_at", "wiki",
            "mapped", "attraction", "weight", "operated", "last_at", "last_code", "last_running",
        )
    )  # fmt: skip


def _true_status() -> pl.Expr:
    """The status of a ride by its plan for the day, whatever its source can tell of it."""
    minute, opened = pl.col("minute"), pl.col("opens").is_not_null()
    before = minute < pl.col("first")
    over = pl.col("at") >= pl.min_horizontal(pl.col("closes") - 60 * pl.col("last"), "ends")
    expression = (
        pl.when(pl.col("stopped") | opened.not_() | pl.col("shut")).then(CLOSED)
        .when("refurbished").then(REFURBISHMENT)
        .when(over).then(CLOSED)
        .when(before & pl.col("early_down")).then(DOWN)
        .when(before).then(CLOSED)
    )  # fmt: skip
    for n in _OUTAGES:
        begins = pl.col(f"from{n}") * pl.col("length") // 1000
        during = minute.is_between(begins, begins + pl.col(f"for{n}"))
        expression = expression.when(pl.col(f"out{n}") & during).then(pl.col(f"as{n}"))
    storm = pl.col("storm") & pl.col("outdoor")
    return expression.when(storm).then(pl.col("as0")).otherwise(OPERATING).cast(pl.UInt8)


def _park_rows(visits: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    """One row per visit (docs/contract/jobs.md 1.2); items that are not mapped are open while the park is."""
    open_ = pl.when("wiki").then("is_open").otherwise("running")
    waits = pl.col("wait").filter(open_)
    weight = pl.col("weight").filter(pl.col("attraction"))
    down = pl.when("wiki").then(pl.col("code") == DOWN).otherwise(pl.col("is_open").not_())
    sums = items.group_by("park_id", "run", maintain_order=True).agg(
        rides=pl.len(),
        rides_open=open_.sum(),
        wait_sum=waits.sum(),
        wait_count=waits.count(),
        max_wait=waits.max(),
        down_weight=weight.filter((down & pl.col("mapped")).filter(pl.col("attraction"))).sum(),
        park_weight=weight.filter(
            (pl.col("operated") >= pl.col("at") - _WEEK).fill_null(False).filter(pl.col("attraction"))
        ).sum(),
    )
    unknown_open = pl.when("live").then("unknown").otherwise(0)
    # Queue-Times gives every item a wait, if only 0; ThemeParks.wiki gives the unmapped ones none.
    unknown_waits = pl.when("wiki").then(0).otherwise(unknown_open)
    return (
        visits.join(sums, on=("park_id", "run"), how="left", maintain_order="left")
        .filter(pl.col("rides").is_not_null())
        .select(
            "park_id",
            "at",
            "appears_open",
            total=pl.col("rides") + pl.col("unknown"),
            open=pl.col("rides_open") + unknown_open,
            avg_wait=ratio(pl.col("wait_sum"), pl.col("wait_count") + unknown_waits, scale=2),
            max_wait=pl.when(unknown_waits > 0).then(pl.col("max_wait").fill_null(0)).otherwise("max_wait"),
            shame=_shame(pl.col("down_weight"), pl.col("park_weight")),
        )
    )


def _shame(down: pl.Expr, weight: pl.Expr) -> pl.Expr:
    """**shame, instantaneous** in tenths: down / weight * 10, half to even; no weight gives 0.

    Cut at what DECIMAL(4,1) holds: a park of which hardly anything ran for a week could exceed it.
    """
    hundredfold, divisor = down.cast(pl.Int64) * 100, weight.cast(pl.Int64)
    whole, doubled_rest = hundredfold // divisor, hundredfold % divisor * 2
    up = (doubled_rest > divisor) | ((doubled_rest == divisor) & (whole % 2 == 1))
    return pl.when(divisor > 0).then((whole + up).clip(0, 9999)).otherwise(0)


def _changes(rides: pl.DataFrame) -> pl.DataFrame:
    """Status changes against each ride's snapshot before (docs/contract/jobs.md 1.4)."""
    wiki, now = pl.col("wiki"), pl.col("running")
    differs = pl.when(wiki).then(pl.col("code") != pl.col("code_before")).otherwise(now != pl.col("previous"))
    minutes = (pl.col("changed_at") - pl.col("before")) // 60
    return (
        rides.with_columns(
            before=pl.col("at").shift(1).over("ride_id").fill_null(pl.col("last_at")),
            code_before=pl.col("code").shift(1).over("ride_id").fill_null(pl.col("last_code")),
            previous=pl.col("running").shift(1).over("ride_id").fill_null(pl.col("last_running")),
            # The collector asks the clock again, after it has stored the snapshot.
            changed_at=pl.col("at") + pl.col("ride_id").cast(pl.Int64) % 2,
        )
        .filter(pl.col("before").is_not_null() & differs)
        .select(
            "ride_id",
            "changed_at",
            "previous",
            current=now,
            duration=pl.when(wiki | now.not_()).then(minutes).otherwise(0),
        )
        .sort("changed_at", maintain_order=True)
    )


def _remember(memory: pl.DataFrame, rides: pl.DataFrame) -> pl.DataFrame:
    newest = rides.group_by("ride_id", maintain_order=True).agg(
        pl.col("at").last(),
        pl.col("code").last(),
        pl.col("running").last(),
        ran=pl.col("at").filter(pl.col("running")).last(),
    )
    return memory.join(newest, on="ride_id", how="left", maintain_order="left").select(
        "ride_id",
        last_at=pl.coalesce("at", "last_at"),
        last_code=pl.coalesce("code", "last_code"),
        last_running=pl.coalesce("running", "last_running"),
        operated=pl.coalesce("ran", "operated"),
    )
