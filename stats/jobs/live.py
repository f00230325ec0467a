"""The live ranking tables, rebuilt from today's observations.

See docs/contract/live.md 2, docs/contract/jobs.md 2.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Final

import polars as pl
from django.db import transaction

from parkstats_project.base import clock
from parkstats_project.base.arithmetic import decimals, ratio
from parkstats_project.db import errors
from rides.status import TEXTS
from stats import rules
from stats.frames import current, observations, roster
from stats.jobs.fitting import fitted
from stats.jobs.lease import lease
from stats.models import ParkLiveRanking, RideLiveRanking
from stats.rules import LIVE_MINUTES_PER_SNAPSHOT

logger = logging.getLogger(__name__)

JOB: Final = "live rankings"

PLACES: Final = {
    "shame_score": 1,
    "total_downtime_hours": 2,
    "weighted_downtime_hours": 2,
    "total_park_weight": 2,
    "tier_weight": 1,
    "downtime_hours": 2,
    "avg_wait_time": 1,
}


def refresh(*, now: datetime) -> tuple[int, int]:
    """Replace both tables in one transaction; numbers of park and ride rows written.

    Raises LeaseHeld if another refresh is at work.
    """
    with lease(JOB) as renew:
        return errors.retried(lambda: _replace(now=now, renew=renew))


def _replace(*, now: datetime, renew: Callable[[], None]) -> tuple[int, int]:
    with transaction.atomic():
        frames = {ParkLiveRanking: park_rows(now=now), RideLiveRanking: ride_rows(now=now)}
        for model, wanted in frames.items():
            entity = "park_id" if model is ParkLiveRanking else "ride_id"
            frame, lost = fitted(model, wanted, entity=entity)
            if lost:
                logger.warning("%s does not hold %s", model._meta.db_table, ", ".join(lost))
            model._default_manager.all().delete()
            columns = {
                name: decimals(column, PLACES[name]) if name in PLACES else column.to_list()
                for name, column in frame.to_dict().items()
            }
            model._default_manager.bulk_create(
                model(calculated_at=now.replace(microsecond=0), **dict(zip(columns, row, strict=True)))
                for row in zip(*columns.values(), strict=True)
            )
        renew()
    rides, parks = frames[RideLiveRanking], frames[ParkLiveRanking]
    return parks.height, rides.height


def park_rows(*, now: datetime) -> pl.DataFrame:
    """Rows of `park_live_rankings` by park_id, columns named after the table's; decimals as in PLACES."""
    seen, who = _seen(now), roster.current()
    day = clock.pacific_day(clock.pacific_date(now))
    counted = rules.down() * pl.col("open").cast(pl.Int64) * LIVE_MINUTES_PER_SNAPSHOT
    downtime = seen.group_by("park_id").agg(
        matched=(pl.col("partners") > 0).any(),
        total_downtime_hours=ratio(counted.sum(), 60, scale=2),
        weighted_downtime_hours=ratio((counted * pl.col("weight")).sum(), 60, scale=2),
    )
    down_now = (
        _newest(seen, now)
        .filter(pl.col("in_roster") & (pl.col("open") > 0) & rules.down())
        .group_by("park_id")
        .agg(rides_down=pl.col("ride_id").n_unique().cast(pl.Int64))
    )
    weights = (
        who.rides.filter(pl.col("active_attraction") & rules.in_roster(now_s=clock.epoch(now)))
        .group_by("park_id")
        .agg(total_rides=pl.len(), total_park_weight=100 * pl.col("weight").cast(pl.Int64).sum())
    )
    scores = observations.parks(day).unique("park_id", keep="last").select("park_id", shame_score="shame")
    return (
        who.parks.join(weights, on="park_id")
        .join(downtime.filter("matched"), on="park_id")
        .join(down_now, on="park_id", how="left")
        .join(scores, on="park_id", how="left")
        .join(current.park_is_open(now=now), on="park_id", how="left")
        .sort("park_id")
        .select(
            "park_id",
            "queue_times_id",
            "location",
            "timezone",
            "is_disney",
            "is_universal",
            "total_rides",
            "park_is_open",
            "total_downtime_hours",
            "weighted_downtime_hours",
            "total_park_weight",
            pl.col("rides_down", "shame_score").fill_null(0),
            park_name="name",
        )
    )


def ride_rows(*, now: datetime) -> pl.DataFrame:
    """Rows of `ride_live_rankings` by ride_id, columns named after the table's; decimals as in PLACES."""
    seen, who = _seen(now).filter("in_roster"), roster.current()
    day = clock.pacific_day(clock.pacific_date(now))
    matched, positive = pl.col("partners") > 0, pl.col("wait") > 0
    waits = pl.col("partners").cast(pl.Int64) * positive
    down_minutes = rules.down() * pl.col("open").cast(pl.Int64) * LIVE_MINUTES_PER_SNAPSHOT
    figures = seen.group_by("ride_id", "reports_down").agg(
        matched=matched.any(),
        ran=(rules.operating() * pl.col("minute_open").cast(pl.Int64)).sum(),
        downtime_hours=ratio(down_minutes.sum(), 60, scale=2),
        avg_wait_time=ratio((waits * pl.col("wait")).sum(), waits.sum(), scale=1),
        max_wait_time=pl.col("wait").filter(matched).max(),
    )
    operated = figures.filter(rules.operated_by_type(pl.col("ran")))
    newest = _newest(seen, now).select(
        "ride_id",
        is_down=(pl.col("minute_open") > 0) & rules.down(),
        current_status=pl.col("status").replace_strict(TEXTS, default=None, return_dtype=pl.String),
        current_wait_time="wait",
    )
    changed = observations.status_changes(day).group_by("ride_id").agg(changed=pl.col("at").max())
    of_parks = who.parks.select("park_id", "is_disney", "is_universal", park_name="name")
    frame = (
        who.rides.join(operated.filter("matched"), on="ride_id")
        .join(newest.unique("ride_id", keep="last"), on="ride_id", how="left")
        .join(changed, on="ride_id", how="left")
        .join(of_parks, on="park_id")
        .with_columns(is_down=pl.col("is_down").fill_null(False))
        .filter(pl.col("is_down") | (pl.col("downtime_hours") > 0))
        .sort("ride_id")
    )
    return frame.select(
        "ride_id",
        "park_id",
        "queue_times_id",
        "park_name",
        "category",
        "is_disney",
        "is_universal",
        "is_down",
        "current_status",
        "current_wait_time",
        "downtime_hours",
        "avg_wait_time",
        "max_wait_time",
        ride_name="name",
        tier=pl.col("tier").fill_null(rules.UNCLASSIFIED_SHOWN_TIER),
        tier_weight=10 * pl.col("weight").cast(pl.Int64),
        last_status_change=pl.from_epoch("changed", time_unit="s").dt.replace_time_zone("UTC"),
        downtime_incidents=pl.lit(0),
    )


def _seen(now: datetime) -> pl.DataFrame:
    """Today's snapshots of active attractions, with their weight and whether they are `in_roster`."""
    day = clock.pacific_day(clock.pacific_date(now))
    attractions = (
        roster.current()
        .rides.filter("active_attraction")
        .select(
            "ride_id",
            weight=pl.col("weight").cast(pl.Int64),
            in_roster=rules.in_roster(now_s=clock.epoch(now)),
        )
    )
    return observations.rides(day).join(attractions, on="ride_id", maintain_order="left")


def _newest(seen: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """Each ride's snapshot (or snapshots) of the newest time within the live window."""
    since = clock.live_window(now).start_s
    recent = seen.filter(pl.col("at") >= since)
    return recent.filter(pl.col("at") == pl.col("at").max().over("ride_id"))
