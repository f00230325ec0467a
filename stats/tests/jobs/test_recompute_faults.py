"""Recomputation in processes of its own: killed, stopped, started twice, read and pruned meanwhile."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from io import StringIO
from typing import Any

import polars as pl
import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import F

from parks.models import ParkActivitySnapshot
from parkstats_project.base import cache, clock
from parkstats_project.base.clock import DateSpan
from rides.models import Ride, RideStatusChange, RideStatusSnapshot
from stats.choices import RunStatus
from stats.frames import archive, daily_rows, observations
from stats.jobs import recompute
from stats.jobs.lease import LeaseLost
from stats.models import AggregationLog, JobLease, ParkDailyStats, RideDailyStats
from stats.tests.databases import dump
from stats.tests.observed import an_earlier_row, moments, observe, two_parks
from stats.tests.processes import process

FIRST = date(2025, 12, 10)
DAYS = DateSpan(FIRST, FIRST + timedelta(days=3)).days()
RANGE = ("--start-date", str(DAYS[0]), "--end-date", str(DAYS[-1]))
# What may differ between an undisturbed run and one that was killed and run again.
NOT_COMPARED = ("log_id", "started_at", "completed_at")

pytestmark = [
    pytest.mark.mariadb,
    pytest.mark.whole,
    pytest.mark.django_db(transaction=True),
    pytest.mark.no_cover,
]

# Holds a run between reading a day and writing it: says so, and goes on when it is told to.
HELD = """
import sys
read = observations.read_day
def read_day(day):
    seen = read(day)
    print('read', day, flush=True)
    sys.stdin.readline()
    return seen
observations.read_day = read_day
"""
# Says when the first day is about to be read.
BEGIN = """
read = observations.read_day
def read_day(day):
    if day == recompute.date(2025, 12, 10):
        print('begun', flush=True)
    return read(day)
observations.read_day = read_day
"""
WITHOUT_LOCK = """
from contextlib import nullcontext
from django.db import connection
recompute.lease = lambda name: nullcontext(lambda: None)
with connection.cursor() as cursor:
    # MariaDB 11.8 would refuse the older write itself.
    cursor.execute("SHOW VARIABLES LIKE 'innodb_snapshot_isolation'")
    if cursor.fetchone():
        cursor.execute("SET SESSION innodb_snapshot_isolation = 0")
"""


@pytest.fixture
def rides() -> list[Ride]:
    """Rides of two parks, observed on all DAYS; daily rows of a first run."""
    made = two_parks()
    an_earlier_row(FIRST, made[0])
    for day in DAYS:
        observe(day, made)
    call_command("recompute_daily_stats", *RANGE, stdout=StringIO())
    return made


def spoil() -> None:
    """Daily rows as a wrong rule would have left them; nothing logged."""
    RideDailyStats.objects.update(
        downtime_minutes=F("downtime_minutes") + 777, avg_wait_time=None, status_changes=99
    )
    ParkDailyStats.objects.update(total_downtime_hours=F("total_downtime_hours") + 77, peak_wait_time=None)
    AggregationLog.objects.all().delete()


def run_again(*words: str) -> None:
    """Run in this process, when the lease of a killed run has ended."""
    JobLease.objects.update(until=clock.now())
    call_command("recompute_daily_stats", *(words or RANGE), stdout=StringIO())


class Nursery:
    """Starts a script in new processes, one after the other.

    They are forks of one that has imported everything (and used nothing yet): importing is most of what a
    start takes.
    """

    def __init__(self, script: str) -> None:
        self.parent = process(
            "import os, sys\n"
            "for line in sys.stdin:\n"
            "    if child := os.fork():\n"
            "        print(child, flush=True)\n"
            "        os.waitpid(child, 0)\n"
            "        print('ended', flush=True)\n"
            "    else:\n"
            f"        exec({script!r})\n"
            "        os._exit(0)\n"
        )

    def begin(self) -> int:
        """Start the script; its process id as soon as it says `begun`."""
        assert self.parent.stdin is not None and self.parent.stdout is not None
        self.parent.stdin.write("\n")
        self.parent.stdin.flush()
        said = {self.parent.stdout.readline().strip() for _ in range(2)}
        assert "begun" in said
        return int((said - {"begun"}).pop())

    def wait(self) -> None:
        """Wait for the end of the process that was started last."""
        assert self.parent.stdout is not None
        while self.parent.stdout.readline().strip() != "ended":
            assert self.parent.poll() is None


def test_killed_at_twenty_moments_and_run_again_everything_is_as_undisturbed(rides: list[Ride]) -> None:
    spoil()
    nursery = Nursery(BEGIN + f"command('recompute_daily_stats', {', '.join(map(repr, RANGE))})")
    nursery.begin()
    began = time.monotonic()
    nursery.wait()
    duration = time.monotonic() - began
    wanted = dump(without=NOT_COMPARED)
    assert len(wanted["aggregation_log"]) == len(DAYS)
    moments_of_death = random.Random(5)
    cut_short = 0
    try:
        for _ in range(20):
            spoil()
            child = nursery.begin()
            time.sleep(moments_of_death.uniform(0, duration))
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            nursery.wait()
            finished = AggregationLog.objects.filter(status=RunStatus.SUCCESS).count()
            cut_short += finished < len(DAYS)
            run_again()
            assert dump(without=NOT_COMPARED) == wanted
    finally:
        nursery.parent.kill()
        nursery.parent.communicate()
    # Otherwise the kills came too late to show anything.
    assert cut_short >= 10


def test_sigterm_finishes_the_day_in_hand(rides: list[Ride]) -> None:
    spoil()
    started = process(HELD + f"command('recompute_daily_stats', {', '.join(map(repr, RANGE))})")
    assert started.stdout is not None and started.stdin is not None
    assert started.stdout.readline() == f"read {DAYS[0]}\n"
    started.send_signal(signal.SIGTERM)
    time.sleep(0.1)
    output, errors = started.communicate("\n" * 10, timeout=60)
    assert started.returncode == 1
    assert f"stopped before {DAYS[1]}" in errors
    assert "1 of 4 days" in output
    logged = AggregationLog.objects.values_list("aggregation_date", "status")
    assert list(logged) == [(DAYS[0], RunStatus.SUCCESS)]
    assert not RideDailyStats.objects.filter(stat_date=DAYS[0], status_changes=99).exists()
    assert RideDailyStats.objects.filter(status_changes=99).count() == 3 * len(rides)


@contextmanager
def holding(day: date, *, locked: bool = True) -> Iterator[Any]:
    """A run of one day that has read its observations and waits; `finish()` lets it write."""
    script = HELD + ("" if locked else WITHOUT_LOCK)
    started = process(script + f"command('recompute_daily_stats', '--date', '{day}')")
    assert started.stdout is not None
    assert started.stdout.readline() == f"read {day}\n"

    def finish() -> int:
        started.communicate("\n", timeout=60)
        return started.returncode

    try:
        yield finish
    finally:
        started.kill()
        started.communicate()


def a_late_collection(rides: list[Ride]) -> None:
    """Everything of one more collection of the first day, running."""
    late = moments(DAYS[0])[70] + timedelta(minutes=5)
    observe(DAYS[0], rides, lambda ride, number: ("OPERATING", True, 50), at=[late])


def operating(ride: Ride) -> int:
    row = RideDailyStats.objects.get(ride=ride, stat_date=DAYS[0])
    return row.operating_hours_minutes


def test_of_two_runs_at_once_the_second_is_refused(rides: list[Ride]) -> None:
    spoil()
    with holding(DAYS[0]) as finish:
        others = [
            process(f"command('{job}', '--date', '{DAYS[0]}')")
            for job in ("recompute_daily_stats", "aggregate_daily")
        ]
        while any(other.poll() is None for other in others):
            # As the first run does before each step.
            JobLease.objects.update(until=clock.now() + timedelta(seconds=60))
            time.sleep(0.2)
        for other in others:
            assert other.returncode == 3
            assert "another run is at work" in other.communicate()[1]
        assert finish() == 0
    assert not RideDailyStats.objects.filter(stat_date=DAYS[0], status_changes=99).exists()


def test_without_the_lock_the_run_that_read_less_would_win(rides: list[Ride]) -> None:
    """The negative control: what the lock is for happens when it is not there."""
    before = operating(rides[0])
    spoil()
    with holding(DAYS[0], locked=False) as finish:
        a_late_collection(rides)
        second = process(WITHOUT_LOCK + f"command('recompute_daily_stats', '--date', '{DAYS[0]}')")
        second.communicate(timeout=60)
        assert second.returncode == 0
        assert operating(rides[0]) == before + 10
        assert finish() == 0
    assert operating(rides[0]) == before


def test_a_run_that_lost_its_lease_stops_before_the_next_day(rides: list[Ride]) -> None:
    steps = recompute.recompute(DAYS, version=1)
    next(steps)
    JobLease.objects.update(owner="another")
    with pytest.raises(LeaseLost):
        next(steps)


def test_a_run_that_lost_its_lease_while_it_computed_a_day_writes_nothing(rides: list[Ride]) -> None:
    spoil()
    spoilt = dump(RideDailyStats, ParkDailyStats)
    with holding(DAYS[0]) as finish:
        JobLease.objects.update(owner="another")
        assert finish() == 1
    assert dump(RideDailyStats, ParkDailyStats) == spoilt


def test_a_reader_never_sees_half_a_day(rides: list[Ride]) -> None:
    """Ride and park rows of a day always belong together, as the endpoints of daily figures read them."""
    stop = threading.Event()
    broken: list[str] = []
    reads = 0

    def read() -> None:
        nonlocal reads
        try:
            while not stop.is_set():
                cache.forget()
                span = DateSpan(DAYS[0], DAYS[0])
                ride_rows, park_rows = daily_rows.rides(span), daily_rows.parks(span)
                totals = ride_rows["downtime_minutes"].sum(), park_rows["downtime"].sum()
                if totals not in allowed:
                    broken.append(f"{totals} is neither the old day nor the new one")
                reads += 1
        finally:
            connection.close()

    def totals() -> tuple[int, int]:
        cache.forget()
        span = DateSpan(DAYS[0], DAYS[0])
        rides, parks = daily_rows.rides(span), daily_rows.parks(span)
        return int(rides["downtime_minutes"].sum()), int(parks["downtime"].sum())

    allowed = {totals()}
    reader = threading.Thread(target=read)
    reader.start()
    try:
        for status in ("DOWN", "OPERATING") * 4:
            RideStatusSnapshot.objects.filter(computed_is_open=False).update(status=status)
            allowed.add(_preview(DAYS[0]))
            recompute.recompute_day(DAYS[0], version=1)
    finally:
        stop.set()
        reader.join()
    assert not broken
    assert reads > 10
    assert len(allowed) > 1


def _preview(day: date) -> tuple[int, int]:
    """Totals of downtime (minutes of rides, hundredths of hours of parks) that a run would leave."""
    outcome = recompute.preview_day(day, version=1)
    assert outcome.rides is not None and outcome.parks is not None
    stored_rides = dict(
        RideDailyStats.objects.filter(stat_date=day).values_list("stat_id", "downtime_minutes")
    )
    stored_parks = {
        key: int(hours * 100)
        for key, hours in ParkDailyStats.objects.filter(stat_date=day).values_list(
            "stat_id", "total_downtime_hours"
        )
    }
    for stored, frame, column in (
        (stored_rides, outcome.rides.updated, "downtime_minutes"),
        (stored_parks, outcome.parks.updated, "total_downtime_hours"),
    ):
        stored |= dict(frame.select("stat_id", pl.col(column)).iter_rows())
    return sum(stored_rides.values()), sum(stored_parks.values())


def test_pruning_while_a_day_is_read_loses_nothing(rides: list[Ride]) -> None:
    wanted = dump(RideDailyStats, ParkDailyStats)
    archive.write_day(DAYS[0])
    spoil()
    # The run has begun to read raw rows, and they go while it reads.
    script = """
import sys
from stats.frames import raw_rows
first = raw_rows.within
def fetch(window):
    seen = first(window)
    if fetch.waiting:
        fetch.waiting = False
        print('reading', flush=True)
        sys.stdin.readline()
    return seen
fetch.waiting = True
raw_rows.within = fetch
"""
    started = process(script + f"command('recompute_daily_stats', '--date', '{DAYS[0]}')")
    assert started.stdout is not None
    assert started.stdout.readline() == "reading\n"
    end = moments(DAYS[1])[0]
    for model, column in (
        (RideStatusSnapshot, "recorded_at"),
        (ParkActivitySnapshot, "recorded_at"),
        (RideStatusChange, "changed_at"),
    ):
        model._default_manager.filter(**{f"{column}__lt": end}).delete()
    output, errors = started.communicate("\n", timeout=60)
    assert started.returncode == 0, errors
    assert "(archive)" in output
    run_again("--start-date", str(DAYS[1]), "--end-date", str(DAYS[-1]))
    assert dump(RideDailyStats, ParkDailyStats) == wanted
    observations.forget()
    outcome = recompute.preview_day(DAYS[0], version=1)
    assert outcome.archived
    assert outcome.rides is not None and outcome.rides.number == 0
