"""What is seen of a soak, slice by slice, and what of it is wrong."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass, field

# A restarted database and a killed worker may be seen by clients, other faults may not.
EXCUSED = frozenset({"database restarted", "worker killed"})
GROWTH = 1.1
# Simulated hours below which hours and memory grow since there is ever more to keep.
LONG = 96.0
# Below that, growth is that of a moment: MB, handles and connections, hours, ms.
SLACK = {"memory": 10.0, "handles": 4.0, "connections": 2.0, "kept hours": 2.0, "processor": 5.0}


@dataclass(frozen=True)
class Sample:
    """One slice: `hours` simulated since the start, MB and handles by process, answer times in ms.

    `cpu` is the worker's processor time for a request in ms: what tells of growth on a machine that is busy.
    """

    hours: float
    memory: dict[str, float]
    handles: dict[str, int]
    connections: int
    kept: float
    p50: float
    p95: float
    cpu: float
    requests: int
    errors: int
    fault: str = ""

    def figures(self) -> dict[str, float]:
        """Everything that may grow, by name: the kind, then whose it is."""
        return {
            **{f"memory of {name}": value for name, value in self.memory.items()},
            **{f"handles of {name}": value for name, value in self.handles.items()},
            "connections": self.connections,
            "kept hours": self.kept,
            "processor time of a request, ms": self.cpu,
            "p95, ms": self.p95,
        }


@dataclass(frozen=True)
class Run:
    """One run of a job: begin and end in simulated hours since the start, exit code, seconds, MB at most."""

    job: str
    hours: float
    until: float
    code: int
    well: bool
    seconds: float
    memory: float
    said: str = field(default="", compare=False)


def typical(samples: list[Sample], name: str) -> float:
    """The median of a figure; 0 if nobody has it."""
    return statistics.median(sample.figures().get(name, 0.0) for sample in samples)


def ends(samples: list[Sample]) -> tuple[list[Sample], list[Sample]]:
    """The first and the last third of what comes after the last fault: what is compared for growth."""
    last_fault = max((at for at, sample in enumerate(samples) if sample.fault), default=-1)
    rest = samples[last_fault + 2 :]
    third = max(1, len(rest) // 3)
    return rest[:third], rest[-third:]


def wrong(samples: list[Sample], runs: list[Run]) -> list[str]:
    """What is not as it should be, in sentences: errors, failed jobs, growth."""
    faults = ["", *(sample.fault for sample in samples)]
    excused = [
        sample.fault in EXCUSED or before in EXCUSED for before, sample in zip(faults, samples, strict=False)
    ]
    found = [
        f"{sample.errors} errors of {sample.requests} requests around hour {sample.hours:.0f}"
        + (f" ({sample.fault})" if sample.fault else "")
        for sample, expected in zip(samples, excused, strict=True)
        if sample.errors and not expected
    ]
    spans = [
        (before.hours, sample.hours)
        for before, sample, expected in zip(samples, samples[1:], excused[1:], strict=False)
        if expected
    ]
    found += [
        f"{run.job} ended with {run.code} at hour {run.hours:.1f}: {run.said}"
        for run in runs
        if not run.well and not any(run.hours <= end and run.until >= start for start, end in spans)
    ]
    if samples[-1].hours < LONG:
        return found
    first, last = ends(samples)
    for name in samples[-1].figures():
        slack = next((value for kind, value in SLACK.items() if name.startswith(kind)), math.inf)
        before, after = typical(first, name), typical(last, name)
        if after > max(GROWTH * before, before + slack):
            found.append(f"{name} grew from {before:.0f} to {after:.0f}")
    return found
