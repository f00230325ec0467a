"""What a process counts about itself, for Prometheus; `stats.api.metrics` shows it.

With several processes, each writes its figures to files of the folder that `PROMETHEUS_MULTIPROC_DIR` names
(`parkstats_project.server` sets it), and whichever is asked adds them up.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
PAGE: Final = os.sysconf("SC_PAGE_SIZE")

OWN: Final = CollectorRegistry()

REQUESTS: Final = Counter(
    "parkstats_requests", "Requests answered", ["method", "route", "status"], registry=OWN
)
REQUEST_SECONDS: Final = Histogram(
    "parkstats_request_seconds",
    "Time until a request was answered",
    ["route"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
    registry=OWN,
)
STATEMENTS: Final = Counter(
    "parkstats_statements", "Statements, by fingerprint of their shape", ["fingerprint"], registry=OWN
)
STATEMENT_SECONDS: Final = Counter(
    "parkstats_statement_seconds", "Time of statements, by fingerprint", ["fingerprint"], registry=OWN
)
SLOW_STATEMENTS: Final = Counter(
    "parkstats_slow_statements",
    "Statements above the threshold, by fingerprint",
    ["fingerprint"],
    registry=OWN,
)
RESULTS: Final = Counter(
    "parkstats_results",
    "What the result cache had: hit, shared or computed",
    ["outcome"],
    registry=OWN,
)
KEPT_HOURS: Final = Gauge(
    "parkstats_observations_kept",
    "Hours held in memory",
    multiprocess_mode="livesum",
    registry=OWN,
)
MEMORY: Final = Gauge(
    "parkstats_memory_bytes", "Resident memory of the workers", multiprocess_mode="livesum", registry=OWN
)


def note_memory() -> None:
    """Set what this process takes now (Linux)."""
    MEMORY.set(int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * PAGE)


def exposition(*others: Collector) -> bytes:
    """All figures as Prometheus reads them: those of all processes, and those of other collectors."""
    parts = []
    if FOLDER in os.environ:
        every = CollectorRegistry()
        MultiProcessCollector(every)  # type: ignore[no-untyped-call]
        parts.append(generate_latest(every))
    else:
        parts.append(generate_latest(OWN))
    registry = CollectorRegistry()
    for other in others:
        registry.register(other)
    return b"".join([*parts, generate_latest(registry)])
