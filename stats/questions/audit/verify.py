"""How a displayed figure came about, step by step, and whether it is right (docs/contract/audit.md 6).

The figure is recomputed through the functions that the rankings use, from the same daily rows and hours.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, Literal, TypedDict

import polars as pl
from django.db.models import Count, Min
from django.db.models.functions import TruncDate

from parkstats_project.base import clock
from parkstats_project.base.arithmetic import divide, fixed, half_even, ratio
from parkstats_project.base.clock import DateSpan, Window
from rides.models import RideStatusSnapshot
from stats import rules
from stats.frames import archive, daily_rows, hours, roster
from stats.frames.entrants import Hundredths, Whole, rows
from stats.frames.roster import is_entity, row_of
from stats.questions.audit import anomalies
from stats.rules import LIVE_MINUTES_PER_SNAPSHOT, MINUTES_PER_SNAPSHOT

PERIODS: Final = {"today": 1, "7days": 7, "30days": 30}
TOLERANCE: Final = 0.05
SAMPLE: Final = 5
NO_ID: Final = -1
_WEIGHTS: Final = {f"tier_{tier}": weight for tier, weight in rules.TIER_WEIGHTS.items()}
TIER_INPUTS: Final = _WEIGHTS | {"default": rules.TIER_WEIGHTS[rules.UNCLASSIFIED_TIER]}


class Step(TypedDict):
    """One step of a computation."""

    step: int
    name: str
    description: str
    formula: str | None
    inputs: dict[str, Any]
    output: Any
    output_label: str


class Verdict(TypedDict):
    """A displayed figure beside the computed one."""

    verified: bool
    displayed_value: float
    computed_value: float
    tolerance: float


class Trace(Verdict):
    """The verdict on a displayed figure, with the way to the computed one."""

    entity_type: Literal["park", "ride"]
    entity_id: Any
    entity_name: str
    period: str
    metric: str
    computation_trace: list[Step]
    data_quality: dict[str, Any]
    methodology_url: str
    anomalies_detected: list[anomalies.Anomaly]


class RideDowntime(TypedDict):
    """A ride's downtime over the range."""

    ride_id: int
    ride_name: str
    operating_minutes: Whole
    downtime_minutes: Whole
    downtime_hours: Hundredths
    tier: int | None
    tier_weight: int


class ParkQuality(TypedDict):
    """How much data the figure rests on."""

    avg_rides_tracked: Decimal | None
    total_downtime_hours: Decimal | None
    avg_uptime_percentage: Decimal | int
    days_with_data: int
    expected_days: int
    data_completeness: float


def park_shame_score(*, entity_id: Any, period: str, displayed: float, now: datetime) -> Trace:
    """A park's score over daily rows: weighted downtime hours by **park weight, ride-days**.

    `entity_id` is echoed as it was sent; a park that does not exist has the score of a park without downtime.
    """
    park_id = _as_id(entity_id)
    span = _span(period, now)
    park = row_of(roster.current().parks, "park_id", park_id)
    ride_days = daily_rows.rides(span).join(_rides_of(park_id), on="ride_id")
    weight = pl.col("weight").cast(pl.Int64)
    # A null sum where there is no row, as SQL has it.
    minutes, weights = ride_days.select(
        (pl.col("downtime_minutes") * weight).sum().alias("minutes"), weight.sum().alias("weights")
    ).row(0)
    known = ride_days.height > 0
    hours_down = divide(minutes, 60, scale=2) if known else None
    park_weight = fixed(weights, 0) if known else None
    score = divide(minutes, 60 * weights, scale=2) if known else None
    per_ride = _per_ride(ride_days)
    of_park = roster.current().rides.filter(is_entity("park_id", park_id), "is_active", "is_attraction")
    snapshots = _snapshots(of_park["ride_id"].to_list(), span)
    steps = [
        Step(
            step=1,
            name="Park Identification",
            description="Identify the park being analyzed",
            formula=None,
            inputs={"park_id": entity_id},
            output={"park_id": park_id, "park_name": park["name"]} if park else {},
            output_label="park_name",
        ),
        Step(
            step=2,
            name="Raw Snapshot Collection",
            description=f"Count all ride status snapshots from {span.start} to {span.end}",
            formula="SELECT COUNT(*) FROM ride_status_snapshots WHERE park_id = {park_id}",
            inputs={"park_id": entity_id, **_dates(span)},
            output=snapshots,
            output_label="total_snapshots",
        ),
        Step(
            step=3,
            name="Ride-Level Downtime Calculation",
            description="Calculate downtime for each active ride (ATTRACTION category only)",
            formula="downtime_hours = (down_snapshots * 5 minutes) / 60",
            inputs={
                "rides_counted": per_ride.height,
                "snapshot_interval_minutes": LIVE_MINUTES_PER_SNAPSHOT,
            },
            output=rows(RideDowntime, per_ride.head(SAMPLE)),
            output_label="per_ride_downtime",
        ),
        Step(
            step=4,
            name="Apply Tier Weights",
            description="Multiply each ride's downtime by its tier weight",
            formula="weighted_downtime = downtime_hours * tier_weight (Tier 1=3, Tier 2=2, Tier 3=1)",
            inputs={"tier_weights": TIER_INPUTS},
            output={
                "weighted_downtime_hours": hours_down,
                "total_park_weight": park_weight,
                "total_rides": per_ride.height,
            },
            output_label="weighted_downtime_hours",
        ),
        Step(
            step=5,
            name="Calculate Shame Score",
            description="Divide total weighted downtime by total park weight",
            formula="shame_score = weighted_downtime_hours / total_park_weight",
            inputs={"weighted_downtime_hours": hours_down, "total_park_weight": park_weight},
            output=score,
            output_label="shame_score",
        ),
    ]
    return Trace(
        **_verdict(displayed, score),
        entity_type="park",
        entity_id=entity_id,
        entity_name=park["name"] if park else "Unknown",
        period=period,
        metric="shame_score",
        computation_trace=steps,
        data_quality=dict(_park_quality(park_id, span)),
        methodology_url=anomalies.METHODOLOGY,
        anomalies_detected=_anomalies_of("park", entity_id, span),
    )


def ride_downtime(*, entity_id: Any, period: str, displayed: float, now: datetime) -> Trace:
    """A ride's downtime hours: of today from its hours, of longer periods from its daily rows."""
    ride_id = _as_id(entity_id)
    span = _span(period, now)
    ride = row_of(roster.current().rides, "ride_id", ride_id)
    if period == "today":
        of_hours = hours.of_rides(clock.today_so_far(now), now=now, rides=[ride_id] if ride else [])
        computed = fixed(int(of_hours["downtime"].sum() or 0), 2)
        source, number = "hours", of_hours.height
    else:
        of_days = daily_rows.rides(span).filter(is_entity("ride_id", ride_id))
        computed = divide(int(of_days["downtime_minutes"].sum()), 60, scale=2)
        source, number = "days", of_days.height
    snapshots = _snapshots([ride_id], span)
    steps = [
        Step(
            step=1,
            name="Ride Identification",
            description="Identify the ride being analyzed",
            formula=None,
            inputs={"ride_id": entity_id},
            output={"ride_id": ride_id, "ride_name": ride["name"]} if ride else {},
            output_label="ride_name",
        ),
        Step(
            step=2,
            name="Raw Snapshot Collection",
            description=f"Count all ride status snapshots from {span.start} to {span.end}",
            formula=None,
            inputs={"ride_id": entity_id, **_dates(span)},
            output=snapshots,
            output_label="total_snapshots",
        ),
        Step(
            step=3,
            name="Ride-Level Downtime Calculation",
            description=f"Add up the downtime of the ride's {source}",
            formula=f"downtime_hours = (down_snapshots * {MINUTES_PER_SNAPSHOT} minutes) / 60",
            inputs={f"{source}_counted": number, "snapshot_interval_minutes": MINUTES_PER_SNAPSHOT},
            output=computed,
            output_label="downtime_hours",
        ),
    ]
    return Trace(
        **_verdict(displayed, computed),
        entity_type="ride",
        entity_id=entity_id,
        entity_name=ride["name"] if ride else "Unknown",
        period=period,
        metric="downtime_hours",
        computation_trace=steps,
        data_quality=dict(snapshots),
        methodology_url=anomalies.METHODOLOGY,
        anomalies_detected=_anomalies_of("ride", entity_id, span),
    )


def _as_id(sent: Any) -> int:
    """The id a value means: a number, numeric text or a list of one; else one that no row has."""
    if isinstance(sent, list) and len(sent) == 1:
        sent = sent[0]
    try:
        number = int(sent)
    except (TypeError, ValueError, OverflowError):
        return NO_ID
    fraction = isinstance(sent, float) and sent != number
    return NO_ID if fraction or abs(number) >= 2**31 else number


def _span(period: str, now: datetime) -> DateSpan:
    today = clock.pacific_date(now)
    return DateSpan(today, today) if period == "today" else clock.days_before(today, PERIODS[period])


def _dates(span: DateSpan) -> dict[str, str]:
    return {"start_date": span.start.isoformat(), "end_date": span.end.isoformat()}


def _verdict(displayed: float, computed: Decimal | None) -> Verdict:
    value = float(computed) if computed else 0
    return Verdict(
        verified=abs(displayed - value) <= TOLERANCE,
        displayed_value=displayed,
        computed_value=value,
        tolerance=TOLERANCE,
    )


def _rides_of(park_id: int) -> pl.DataFrame:
    rides = roster.current().rides.filter(is_entity("park_id", park_id))
    return rides.select("ride_id", "tier", "weight", ride_name="name")


def _per_ride(ride_days: pl.DataFrame) -> pl.DataFrame:
    return (
        ride_days.group_by("ride_id", "ride_name", "tier", pl.col("weight").alias("tier_weight"))
        .agg(pl.col("operating_minutes", "downtime_minutes").sum())
        .with_columns(downtime_hours=ratio(pl.col("downtime_minutes"), 60, scale=2))
        .sort("downtime_minutes", "ride_id", descending=[True, False])
    )


def _snapshots(rides: list[int], span: DateSpan) -> dict[str, int]:
    """Snapshots of some rides by UTC date, those that are archived included.

    See docs/contract/audit.md 6, step 2.
    """
    window = Window(
        datetime.combine(span.start, datetime.min.time(), UTC),
        datetime.combine(span.end + timedelta(days=1), datetime.min.time(), UTC),
    )
    found = [
        *RideStatusSnapshot.objects.filter(
            ride_id__in=rides, recorded_at__gte=window.start, recorded_at__lt=window.end
        )
        .order_by()
        .values_list("ride_id", TruncDate("recorded_at"))
        .annotate(number=Count("snapshot_id")),
        *_pruned_snapshots(rides, window),
    ]
    return {
        "total_snapshots": sum(number for _, _, number in found),
        "rides_tracked": len({ride for ride, _, _ in found}),
        "days_with_data": len({day for _, day, _ in found}),
    }


def _pruned_snapshots(rides: list[int], window: Window) -> list[tuple[int, date, int]]:
    """Ride, UTC date and number of the archived snapshots that are older than every raw one."""
    oldest = RideStatusSnapshot.objects.aggregate(at=Min("recorded_at"))["at"]
    pruned = window if oldest is None else window._replace(end=min(oldest, window.end))
    if pruned.end <= pruned.start:
        return []
    days = DateSpan(clock.pacific_date(pruned.start), clock.pacific_date(pruned.end))
    stored = archive.read_observations(days, rides=rides).rides
    inside = (pl.col("at") >= pruned.start_s) & (pl.col("at") < pruned.end_s)
    utc_date = pl.from_epoch("at", time_unit="s").dt.date()
    return stored.filter(inside).group_by("ride_id", utc_date).agg(number=pl.len()).rows()


def _park_quality(park_id: int, span: DateSpan) -> ParkQuality:
    days = daily_rows.parks(span).filter(is_entity("park_id", park_id))
    expected = len(span.days())
    tracked, downtime = int(days["rides_tracked"].sum()), int(days["downtime"].sum())
    uptimes = days["uptime"].drop_nulls()
    uptime = divide(int(uptimes.sum()), 100 * len(uptimes), scale=6) if len(uptimes) else None
    return ParkQuality(
        avg_rides_tracked=divide(tracked, days.height, scale=4) if days.height else None,
        total_downtime_hours=fixed(downtime, 2) if days.height else None,
        avg_uptime_percentage=half_even(uptime, scale=1) if uptime else 0,
        days_with_data=days.height,
        expected_days=expected,
        data_completeness=float(divide(100 * days.height, expected, scale=1)),
    )


def _anomalies_of(kind: str, entity_id: Any, span: DateSpan) -> list[anomalies.Anomaly]:
    """Anomalies of the last date; only an id that was sent as a number is compared."""
    if type(entity_id) is not int:
        return []
    found = anomalies.detect(day=span.end)
    return [one for one in found if one["entity_type"] == kind and one["entity_id"] == entity_id]
