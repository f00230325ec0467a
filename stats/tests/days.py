"""Whole days of collections, for tests of the jobs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Model

from parks.models import ParkActivitySnapshot
from parkstats_project.base.clock import pacific_day
from rides.models import Ride, RideStatusChange, RideStatusSnapshot
from stats.models import JobLease
from stats.tests.observed import DOWN, EVERY, RUNNING, Seen, a_park, a_ride


def two_parks(*, rides: int = 3) -> list[Ride]:
    """Rides of two new parks, classified in turn."""
    parks = [a_park(is_disney=True), a_park()]
    return [a_ride(park, tier=1 + number % 3) for park in parks for number in range(rides)]


def mixed(ride: Ride, number: int) -> Seen:
    """Something of everything: runs, goes down now and then, waits."""
    if (number + ride.pk) % 7 == 0:
        return DOWN
    status, running, _ = RUNNING
    return status, running, (5 * number + ride.pk) % 60


def moments(day: date) -> list[datetime]:
    """When collections begin on a Pacific day, four seconds past every ten minutes."""
    start, end = pacific_day(day)
    count = int((end - start) / EVERY)
    return [start + number * EVERY + timedelta(seconds=4) for number in range(count)]


def observe(
    day: date,
    rides: Iterable[Ride],
    seen: Callable[[Ride, int], Seen | None] = mixed,
    *,
    at: Sequence[datetime] | None = None,
    appears_open: bool = True,
) -> None:
    """A day of collections; each park a second after the last one, its rides at its time.

    `seen` tells a ride's state in the n-th collection; None: not seen.
    """
    by_park: dict[int, list[Ride]] = {}
    for ride in rides:
        by_park.setdefault(ride.park_id, []).append(ride)
    park_rows, ride_rows, changes = [], [], []
    for number, moment in enumerate(moments(day) if at is None else at):
        for later, (park_id, members) in enumerate(sorted(by_park.items())):
            recorded = moment + timedelta(seconds=later)
            park_rows.append(
                ParkActivitySnapshot(
                    park_id=park_id,
                    recorded_at=recorded,
                    total_rides_tracked=len(members),
                    rides_open=len(members),
                    rides_closed=0,
                    park_appears_open=appears_open,
                )
            )
            for ride in members:
                if (state := seen(ride, number)) is None:
                    continue
                status, running, wait = state
                ride_rows.append(
                    RideStatusSnapshot(
                        ride=ride,
                        recorded_at=recorded,
                        status=status,
                        computed_is_open=running,
                        is_open=running,
                        wait_time=wait,
                    )
                )
                if number and not running:
                    changes.append(
                        RideStatusChange(
                            ride=ride,
                            changed_at=recorded,
                            previous_status=True,
                            new_status=False,
                            duration_in_previous_status=10,
                        )
                    )
    ParkActivitySnapshot.objects.bulk_create(park_rows)
    RideStatusSnapshot.objects.bulk_create(ride_rows)
    RideStatusChange.objects.bulk_create(changes)


def an_earlier_row(day: date, ride: Ride) -> None:
    """A collection of the day before, so that the day is known not to be pruned."""
    observe(day - timedelta(days=1), [ride], at=moments(day - timedelta(days=1))[-1:])


def dump(*models: type[Model], without: Iterable[str] = ()) -> dict[str, list[dict[str, Any]]]:
    """All rows of the tables (by default of all tables of the four apps but the leases), by primary key."""
    chosen = models or [
        model
        for app in ("parks", "rides", "stats", "weather")
        for model in apps.get_app_config(app).get_models()
        if model is not JobLease
    ]
    left_out = set(without)
    return {
        model._meta.db_table: [
            {name: value for name, value in row.items() if name not in left_out}
            for row in model._default_manager.order_by("pk").values()
        ]
        for model in chosen
    }


def process(script: str, *arguments: str) -> subprocess.Popen[str]:
    """A process of its own on the test database; it has printed `ready` when this returns.

    `script` runs after Django is set up; `command(name, ...)` calls a management command as the shell would.
    """
    settings = connection.settings_dict
    host, port = settings["HOST"] or "127.0.0.1", settings["PORT"] or "3306"
    credentials = settings["USER"] + (f":{settings['PASSWORD']}" if settings["PASSWORD"] else "")
    url = f"mysql://{credentials}@{host}:{port}/{settings['NAME']}"
    preamble = (
        "import django; django.setup()\n"
        "from django.core.management import execute_from_command_line\n"
        "def command(*words): execute_from_command_line(['manage.py', *words])\n"
        "from stats.frames import observations\n"
        "from stats.jobs import nightly, recompute\n"
        "print('ready', flush=True)\n"
    )
    started = subprocess.Popen(
        [sys.executable, "-c", preamble + script, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.PIPE,
        text=True,
        env={
            **os.environ,
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "parkstats_project.settings",
            "PYTHONUNBUFFERED": "1",
            "POLARS_MAX_THREADS": "1",
        },
    )
    assert started.stdout is not None
    line = started.stdout.readline()
    if line.strip() != "ready":
        raise AssertionError(f"the process did not start: {started.communicate()[1]}")
    return started
