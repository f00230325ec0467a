"""Daily figures that are out of the ordinary (docs/contract/audit.md 2).

Four detectors over the daily rows around a date: two by distance from the mean in standard deviations, one by
sudden change, one by missing data.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from typing import Final, Literal, NamedTuple, TypedDict

import polars as pl

from parkstats_project.base.arithmetic import divide, double, fixed, rounded_double, truncate
from parkstats_project.base.clock import DateSpan, days_before
from stats.frames import daily_rows, roster

METHODOLOGY: Final = "/about#methodology"
SEVERITIES: Final = ("CRITICAL", "WARNING", "INFO")

BASELINE_DAYS: Final = 30
LEAST_BASELINE: Final = 7
UNUSUAL: Final = 3.0
VERY_UNUSUAL: Final = 4.0
LEAST_RIDE_DEVIATION: Final = 0.1
LEAST_CRITICAL_HOURS: Final = 2
LEAST_SHAME: Final = 100  # thousandths
SUDDEN_PERCENT: Final = 200
TRACKED_DAYS: Final = 14
LEAST_TRACKED: Final = 5
FEW_PERCENT: Final = 50
VERY_FEW_PERCENT: Final = 25


class Anomaly(TypedDict):
    """An anomaly as the wire shows it; all figures are JSON numbers."""

    anomaly_type: Literal["zscore", "sudden_change", "data_quality"]
    entity_type: Literal["park", "ride"]
    entity_id: int
    entity_name: str
    metric: str
    severity: Literal["CRITICAL", "WARNING"]
    current_value: float
    expected_value: float
    threshold: float
    message: str
    stat_date: str
    methodology_url: str


def detect(*, day: date) -> list[Anomaly]:
    """All anomalies of a date, detector by detector, by id within each."""
    parks = {row["park_id"]: row["name"] for row in roster.current().parks.iter_rows(named=True)}
    return [
        *_unusual_scores(day, parks),
        *_unusual_downtimes(day, parks),
        *_sudden_changes(day, parks),
        *_missing_days(day),
        *_few_rides(day, parks),
    ]


class _Baseline(NamedTuple):
    number: int
    mean: Fraction
    deviation: float


def _baseline(sample: Sequence[int], scale: int) -> _Baseline:
    """Mean and population standard deviation of a sample in units of 10**-scale, exact up to the root."""
    number, total = len(sample), sum(sample)
    variance = Fraction(
        number * sum(value * value for value in sample) - total * total, number**2 * 100**scale
    )
    return _Baseline(number, Fraction(total, number * 10**scale), math.sqrt(variance))


def _samples(frame: pl.DataFrame, key: str, column: str) -> dict[int, list[int]]:
    grouped = frame.drop_nulls(column).group_by(key).agg(column).sort(key)
    return dict(grouped.iter_rows())


def _unusual_scores(day: date, parks: dict[int, str]) -> Iterator[Anomaly]:
    today = _samples(daily_rows.parks(DateSpan(day, day)), "park_id", "shame")
    before = _samples(daily_rows.parks(days_before(day, BASELINE_DAYS)), "park_id", "shame")
    for park_id, (score_units,) in today.items():
        if len(before.get(park_id, ())) < LEAST_BASELINE or park_id not in parks:
            continue
        baseline = _baseline(before[park_id], 3)
        if baseline.deviation <= 0:
            continue
        score, mean = fixed(score_units, 3), divide(baseline.mean, scale=7)
        z = rounded_double(double(float(score - mean), baseline.deviation), places=11)
        if abs(z) > UNUSUAL:
            yield Anomaly(
                anomaly_type="zscore",
                entity_type="park",
                entity_id=park_id,
                entity_name=parks[park_id],
                metric="shame_score",
                severity="CRITICAL" if abs(z) > VERY_UNUSUAL else "WARNING",
                current_value=float(score),
                expected_value=float(mean),
                threshold=z,
                message=(
                    f"Shame score {score:.2f} is {abs(z):.1f} standard deviations"
                    f" from 30-day mean ({mean:.2f})"
                ),
                stat_date=day.isoformat(),
                methodology_url=METHODOLOGY,
            )


def _unusual_downtimes(day: date, parks: dict[int, str]) -> Iterator[Anomaly]:
    today = daily_rows.rides(DateSpan(day, day)).filter(pl.col("downtime_minutes") > 0)
    minutes = pl.col("downtime_minutes")
    # In units of 10**-9 hours, cut off as `truncate` does.
    hours_before = minutes.sign() * (minutes.abs() * 10**9 // 60)
    before = (
        daily_rows.rides(days_before(day, BASELINE_DAYS)).drop_nulls("downtime_minutes").group_by("ride_id")
    )
    rides = roster.current().rides.select("ride_id", "name", "park_id")
    # What exceeds the mean by three deviations, each of them above a tenth of an hour, exceeds it by 18
    # minutes; one less, for what truncation takes away. Few rides are left to be looked at exactly.
    least_excess = int(UNUSUAL * LEAST_RIDE_DEVIATION * 60) - 1
    suspects = (
        today.select("ride_id", "downtime_minutes")
        .join(
            before.agg(sample=hours_before, total=minutes.sum(), number=pl.len().cast(pl.Int64)),
            on="ride_id",
        )
        .filter(
            pl.col("number") >= LEAST_BASELINE,
            (minutes - least_excess) * pl.col("number") > pl.col("total"),
        )
        .join(rides, on="ride_id")
        .sort("ride_id")
    )
    for row in suspects.iter_rows(named=True):
        baseline = _baseline(row["sample"], 9)
        if baseline.deviation <= LEAST_RIDE_DEVIATION:
            continue
        mean = divide(row["total"], 60 * row["number"], scale=8)
        off = float(truncate(row["downtime_minutes"], 60, scale=9) - mean)
        z = rounded_double(double(off, baseline.deviation), places=12)
        if z > UNUSUAL:
            hours = divide(row["downtime_minutes"], 60, scale=2)
            critical = z > VERY_UNUSUAL and hours > LEAST_CRITICAL_HOURS
            yield Anomaly(
                anomaly_type="zscore",
                entity_type="ride",
                entity_id=row["ride_id"],
                entity_name=f"{row['name']} ({parks[row['park_id']]})",
                metric="downtime_hours",
                severity="CRITICAL" if critical else "WARNING",
                current_value=float(hours),
                expected_value=float(mean),
                threshold=z,
                message=f"Downtime {hours:.2f}h is {z:.1f}σ from 30-day mean ({mean:.2f}h)",
                stat_date=day.isoformat(),
                methodology_url=METHODOLOGY,
            )


def _sudden_changes(day: date, parks: dict[int, str]) -> Iterator[Anomaly]:
    today = _samples(daily_rows.parks(DateSpan(day, day)), "park_id", "shame")
    before = _samples(daily_rows.parks(days_before(day, 1)), "park_id", "shame")
    for park_id, (current,) in today.items():
        previous = before.get(park_id, [0])[0]
        if current <= LEAST_SHAME or previous <= LEAST_SHAME or park_id not in parks:
            continue
        change = divide((current - previous) * 100, previous, scale=7)
        if abs(change) > SUDDEN_PERCENT:
            word = "increased" if change > 0 else "decreased"
            was, score = fixed(previous, 3), fixed(current, 3)
            yield Anomaly(
                anomaly_type="sudden_change",
                entity_type="park",
                entity_id=park_id,
                entity_name=parks[park_id],
                metric="shame_score",
                severity="WARNING",
                current_value=float(score),
                expected_value=float(was),
                threshold=float(change),
                message=f"Shame score {word} {abs(change):.0f}% ({was:.2f} → {score:.2f})",
                stat_date=day.isoformat(),
                methodology_url=METHODOLOGY,
            )


def _missing_days(day: date) -> Iterator[Anomaly]:
    parks = roster.current().parks.filter("is_active").sort("park_id")
    missing = parks.join(
        daily_rows.parks(DateSpan(day, day)), on="park_id", how="anti", maintain_order="left"
    )
    for row in missing.iter_rows(named=True):
        yield Anomaly(
            anomaly_type="data_quality",
            entity_type="park",
            entity_id=row["park_id"],
            entity_name=row["name"],
            metric="missing_daily_stats",
            severity="WARNING",
            current_value=0,
            expected_value=1.0,
            threshold=0,
            message="No daily stats recorded (park may be closed)",
            stat_date=day.isoformat(),
            methodology_url=METHODOLOGY,
        )


def _few_rides(day: date, parks: dict[int, str]) -> Iterator[Anomaly]:
    today = _samples(daily_rows.parks(DateSpan(day, day)), "park_id", "rides_tracked")
    before = _samples(daily_rows.parks(days_before(day, TRACKED_DAYS)), "park_id", "rides_tracked")
    for park_id, (tracked,) in today.items():
        sample = before.get(park_id)
        if not sample or park_id not in parks:
            continue
        mean = divide(sum(sample), len(sample), scale=4)
        if mean <= LEAST_TRACKED or tracked * 100 * len(sample) >= FEW_PERCENT * sum(sample):
            continue
        percent = divide(tracked * 100 * len(sample), sum(sample), scale=1)
        yield Anomaly(
            anomaly_type="data_quality",
            entity_type="park",
            entity_id=park_id,
            entity_name=parks[park_id],
            metric="rides_tracked",
            severity="CRITICAL" if percent < VERY_FEW_PERCENT else "WARNING",
            current_value=float(tracked),
            expected_value=float(mean),
            threshold=float(FEW_PERCENT),
            message=f"Only {tracked} rides tracked ({percent:.0f}% of normal {mean:.0f})",
            stat_date=day.isoformat(),
            methodology_url=METHODOLOGY,
        )
