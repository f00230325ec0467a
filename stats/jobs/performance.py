"""How long answers and their statements take, and whether that has become worse.

A machine is not always equally quick. So before each request a fixed piece of work is timed, too, and what is
compared is the ratio of both: medians of several rounds, in which all routes take turns, so that a moment
of noise meets all of them once instead of one of them always.
"""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

CALIBRATED_BYTES: Final = 2_000_000
"""Hashed before each request; some milliseconds."""

AGAIN: Final = 2
"""What seems worse is measured so many times more before it is called so."""

LEAST_MS: Final = 5.0
"""A route that became slower by less than this is as quick as it was, whatever the ratio says."""


class Sample(NamedTuple):
    """One answer: milliseconds in all, and of its statements (None: not known, as of another server)."""

    answer: float
    statements: float | None


class Figures(NamedTuple):
    """Milliseconds of a route: of answers and of their statements."""

    answer_p50: float
    answer_p95: float
    statements_p50: float | None
    statements_p95: float | None


class Measured(NamedTuple):
    """Figures by route, and milliseconds of the fixed piece of work meanwhile."""

    calibration: float
    routes: dict[str, Figures]


class Worse(NamedTuple):
    """A route's figure that became worse: milliseconds before and now, and by how many percent."""

    route: str
    figure: str
    before: float
    now: float
    percent: int


def measure(routes: Iterable[str], ask: Callable[[str], Sample], *, rounds: int) -> Measured:
    """Ask every route once for nothing, and then once in each round."""
    names = list(routes)
    for name in names:
        ask(name)
    taken: dict[str, list[Sample]] = {name: [] for name in names}
    calibrations = []
    for _ in range(rounds):
        for name in names:
            calibrations.append(calibrate())
            taken[name].append(ask(name))
    return Measured(median(calibrations), {name: figures(samples) for name, samples in taken.items()})


def calibrate() -> float:
    """Milliseconds of the fixed piece of work."""
    began = time.perf_counter()
    hashlib.sha256(bytes(CALIBRATED_BYTES)).digest()
    sorted(range(50_000), key=lambda number: -number)
    return 1000 * (time.perf_counter() - began)


def figures(samples: list[Sample]) -> Figures:
    """Median and 95th percentile (nearest rank) of what was taken."""
    answers = [sample.answer for sample in samples]
    statements = [sample.statements for sample in samples if sample.statements is not None]
    return Figures(
        median(answers),
        _percentile(answers),
        median(statements) if statements else None,
        _percentile(statements) if statements else None,
    )


def worse(before: Measured, now: Measured, *, threshold: int) -> list[Worse]:
    """Medians that are worse than before by more than `threshold` percent, the worst first.

    The 95th percentiles are for people to look at: of a few rounds they are the one slowest answer.
    """
    slower = now.calibration / before.calibration
    found = []
    for route, figures_now in now.routes.items():
        if route not in before.routes:
            continue
        for figure in ("answer_p50", "statements_p50"):
            old, new = getattr(before.routes[route], figure), getattr(figures_now, figure)
            if old is None or new is None:
                continue
            # What it would take now if only the machine had changed.
            expected = max(old * slower, 0.001)
            percent = int(100 * (new - expected) / expected)
            if percent > threshold and new - expected > LEAST_MS:
                found.append(Worse(route, figure, old, new, percent))
    return sorted(found, key=lambda one: -one.percent)


def surely(
    before: Measured, now: Measured, again: Callable[[set[str]], Measured], *, threshold: int
) -> tuple[Measured, list[Worse]]:
    """What is worse, and stays so when those routes are measured AGAIN; with the better of their figures."""
    found = worse(before, now, threshold=threshold)
    for _ in range(AGAIN):
        if found:
            now = best_of(now, again({one.route for one in found}))
            found = worse(before, now, threshold=threshold)
    return now, found


def best_of(some: Measured, others: Measured) -> Measured:
    """Both as one, the better median of each route; in units of the first's calibration."""
    slower = some.calibration / others.calibration
    routes = dict(some.routes)
    for route, again in others.routes.items():
        routes[route] = min(routes[route], _times(again, slower), key=lambda one: one.answer_p50)
    return Measured(some.calibration, routes)


def _times(one: Figures, factor: float) -> Figures:
    statements = [None if value is None else value * factor for value in one[2:]]
    return Figures(one.answer_p50 * factor, one.answer_p95 * factor, statements[0], statements[1])


def typical(many: list[Measured]) -> Measured:
    """The median of several measurements, route by route, each in units of its own calibration."""
    unit = median(one.calibration for one in many)
    routes = {}
    for route in many[-1].routes:
        scaled = [_times(one.routes[route], unit / one.calibration) for one in many if route in one.routes]
        known = [one for one in scaled if one.statements_p50 is not None and one.statements_p95 is not None]
        routes[route] = Figures(
            median(one.answer_p50 for one in scaled),
            median(one.answer_p95 for one in scaled),
            median(one.statements_p50 or 0.0 for one in known) if known else None,
            median(one.statements_p95 or 0.0 for one in known) if known else None,
        )
    return Measured(unit, routes)


def to_text(measured: Measured) -> str:
    """As a file keeps it: JSON."""
    routes = {name: one._asdict() for name, one in measured.routes.items()}
    return (
        json.dumps({"calibration": measured.calibration, "routes": routes}, indent=1, sort_keys=True) + "\n"
    )


def from_text(text: str) -> Measured:
    """What a file keeps. Raises ValueError if it is something else."""
    match json.loads(text):
        case {"calibration": int() | float() as calibration, "routes": {**routes}} if calibration > 0:
            return Measured(float(calibration), {str(name): _figures(one) for name, one in routes.items()})
    raise ValueError("not a measurement")


def _figures(kept: object) -> Figures:
    match kept:
        case {
            "answer_p50": int() | float() as p50,
            "answer_p95": int() | float() as p95,
            "statements_p50": int() | float() | None as statements_p50,
            "statements_p95": int() | float() | None as statements_p95,
        }:
            return Figures(p50, p95, statements_p50, statements_p95)
    raise ValueError("not a measurement")


def kept(folder: Path) -> list[Path]:
    """The files of `measure_performance --daily`, one a day, oldest first."""
    return sorted(folder.glob("????-??-??.json"))


def read(path: Path) -> Measured:
    """What a file keeps. Raises ValueError if it is something else, OSError if it cannot be read."""
    return from_text(path.read_text(encoding="ascii"))


def days(folder: str) -> dict[date, Measured]:
    """The days that were measured, oldest first; files that cannot be read are left out."""
    found: dict[date, Measured] = {}
    for path in kept(Path(folder)) if folder else ():
        with suppress(OSError, ValueError):
            found[date.fromisoformat(path.stem)] = read(path)
    return found


def _percentile(values: list[float]) -> float:
    return sorted(values)[math.ceil(0.95 * len(values)) - 1]
