"""Two simulated weeks of collecting with a fault of every kind at fixed places, and the same weeks without.

    ./scripts/bench faults [--days 14]

Three parks: one gets answers that are wrong as a whole, which history mends; of one single items are wrong,
which lose themselves; one is of Queue-Times, which has no history. Every night as in production: mending, the
daily job, pruning. `run` wants the parks of `collected.make_world` and nothing else in its database.
"""

from __future__ import annotations

import resource
import ssl
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from django.apps import apps
from django.core.management import CommandError, call_command
from django.db.models import Count
from django.test import override_settings
from freezegun import freeze_time

from parks.models import Park, ParkActivitySnapshot
from parkstats_project.base import clock
from parkstats_project.tests.plugin import forget_everything
from parkstats_project.tests.upstream import FakeUpstream
from parkstats_project.tests.upstream.world import make_id, utc
from rides.models import Ride, RideStatusChange, RideStatusSnapshot
from stats.choices import RunStatus
from stats.jobs import live
from stats.jobs.collect.run import collect
from stats.jobs.collect.weather import collect_weather
from stats.models import CollectionRun, ParkDailyStats, RideDailyStats
from stats.tests.collected import addresses

START: Final = utc("2026-07-07T15:00:00Z")
KINGDOM, COAST, CEDAR = (f"{make_id('p1')}/live", f"{make_id('p3')}/live", "parks/50/queue_times.json")
ONE: Final = {"entity": make_id("pacific")}
MEMORY_AFTER: Final = (10, 100, 500, 1000, 2000)
NIGHT: Final = timedelta(hours=18)
"""From START on: when the jobs of the night are run, 09:00 UTC."""


@dataclass(frozen=True)
class Placed:
    """A fault: which answers it meets, what it is and with what, and the name under which it is counted."""

    path: str
    kind: str
    counted: str | None
    more: dict[str, Any] = field(default_factory=dict)


# Answers that are wrong as a whole.
WHOLE: Final = (
    Placed(KINGDOM, "status", "bad status"),
    Placed(KINGDOM, "status", "bad status", {"status": 404}),
    Placed(KINGDOM, "reset", "unreachable"),
    Placed(KINGDOM, "short_read", "unreachable"),
    Placed(KINGDOM, "truncated", "unreadable answer"),
    Placed(KINGDOM, "html", "unreadable answer"),
    Placed(KINGDOM, "html_as_json", "unreadable answer"),
    Placed(KINGDOM, "wrong_type", "unreadable answer"),
    Placed(KINGDOM, "empty_body", "unreadable answer"),
    Placed(KINGDOM, "json_null", "unreadable answer"),
    Placed(KINGDOM, "empty_live", "empty list"),
    Placed(KINGDOM, "rate_limit", "budget spent", {"retry_after": 3600}),
)
OF_QUEUE_TIMES: Final = (
    Placed(CEDAR, "html", "unreadable answer"),
    Placed(CEDAR, "json_null", "unreadable answer"),
    Placed(CEDAR, "empty_live", "empty list"),
    Placed(CEDAR, "status", "bad status", {"status": 404}),
)
# One ride's item; those that change what is stored of it are the ride's loss alone.
ITEMS: Final = (
    Placed(COAST, "missing_last_updated", "no update time", ONE),
    Placed(COAST, "naive_last_updated", "update time without a zone", ONE),
    Placed(COAST, "clock_skew", "update time in the future", {"seconds": 30 * 86_400} | ONE),
    Placed(COAST, "duplicate", "listed twice", ONE),
    Placed(COAST, "unknown_status", "unknown status", ONE),
    Placed(COAST, "unknown_type", None, ONE),
    Placed(COAST, "drop", None, ONE),
    Placed(COAST, "wait", "extreme wait", {"value": 999} | ONE),
    Placed(COAST, "wait", "negative wait", {"value": -1} | ONE),
    Placed(COAST, "wait", "wait is text", {"value": "45"} | ONE),
    Placed(COAST, "stale_last_updated", "stale", {"minutes": 6000} | ONE),
    Placed(COAST, "wait", "wait is no number", {"value": "n/a"} | ONE),
    Placed(COAST, "wait", None, {"value": None} | ONE),
)
# Of the nights, in turn: what the source's history answers; whatever it is, a later night asks again.
HISTORY: Final = (
    Placed("/history", "html", None, {"times": 1}),
    Placed("/history", "degraded_opening", None, {"times": 1, "entity": make_id("splash")}),
    Placed("/history", "rate_limit", None, {"times": 1, "retry_after": 3600, "history": True}),
    Placed("/history", "status", None, {"times": 3}),
)
# Of days, in turn: what is announced that day. The last one moves the hours of that day.
HOURS: Final = (
    Placed(f"{make_id('p1')}/schedule", "schedule_naive", None),
    Placed(f"{make_id('p1')}/schedule", "schedule_null_times", None),
    Placed(f"{make_id('p3')}/schedule", "schedule_inverted", None),
)
WEATHER: Final = (
    Placed("/open-meteo", "status", "weather: bad status", {"status": 400}),
    Placed("/open-meteo", "html", "weather: unreadable answer"),
    Placed("/open-meteo", "rate_limit", "weather: budget spent", {"retry_after": 3600}),
    Placed("/open-meteo", "null_values", None),
)


@dataclass
class Outcome:
    """What was counted, placed and stored; daily rows without ids and times, by (day, ride or park).

    `memory`: MB that the process holds after so many collections. `moved`: days on which the announced hours
    were wrong. `stale`: how many rides were, in each collection; `aged`: the collections in which the fault
    made one so, if it was not already.
    """

    steps: int = 0
    memory: dict[int, int] = field(default_factory=dict)
    stale: list[int] = field(default_factory=list)
    aged: list[int] = field(default_factory=list)
    moved: set[date] = field(default_factory=set)
    counted: Counter[str] = field(default_factory=Counter)
    placed: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    failed_nights: int = 0
    doubles: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    ride_days: dict[tuple[Any, Any], dict[str, Any]] = field(default_factory=dict)
    park_days: dict[tuple[Any, Any], dict[str, Any]] = field(default_factory=dict)


def run(upstream: FakeUpstream, *, steps: int, every: int, faulty: bool, minutes: int = 10) -> Outcome:
    """Collections in a rhythm with the jobs of the nights; a fault of each list at every so many."""
    outcome = Outcome()
    rhythm = override_settings(PARKSTATS_COLLECTION_MINUTES=minutes)
    with addresses(upstream), rhythm, freeze_time(START) as frozen, _cheaply():
        for step in range(steps):
            moment = START + step * timedelta(minutes=minutes)
            frozen.move_to(moment)
            upstream.at(moment)
            upstream.control(clear_faults=True, clear_requests=True)
            day, rest = divmod(moment - START, timedelta(days=1))
            if rest == NIGHT:
                _night(upstream, outcome, number=day if faulty else 0)
            if faulty:
                _place(upstream, outcome, step, every, day)
            found = collect()
            outcome.steps += 1
            if outcome.steps in MEMORY_AFTER:
                outcome.memory[outcome.steps] = _resident()
            outcome.stale.append(found.faults.pop("stale", 0))
            outcome.counted.update(found.faults)
            outcome.lost.update(park.name for park in found.missing)
            outcome.rows.update(parks=found.parks, rides=found.rides, changes=found.changes)
            if moment.hour % 6 == 3 and moment.minute == 0:
                faults = collect_weather().faults
                outcome.counted.update({f"weather: {fault}": number for fault, number in faults.items()})
        upstream.control(clear_faults=True)
        for _ in range(2):  # what is still to be mended is
            moment += timedelta(days=1)
            frozen.move_to(moment)
            upstream.at(moment)
            _night(upstream, outcome, number=0)
        outcome.ride_days, outcome.park_days = _daily(RideDailyStats, "ride"), _daily(ParkDailyStats, "park")
    return outcome


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() >> 20


@contextmanager
def _cheaply() -> Iterator[None]:
    """What takes most of the time and is not what this is about: certificates, pauses, the live tables."""
    certificates = ssl.create_default_context()

    def live_of_the_hour() -> None:
        if clock.now().minute == 0:
            live.refresh(now=clock.now())

    with (
        patch("httpx._transports.default.create_ssl_context", lambda *_, **__: certificates),
        patch("themeparks._transport._backoff", lambda attempt: 0.0),
        patch("stats.jobs.collect.run._refresh_live", live_of_the_hour),
    ):
        yield


def _place(upstream: FakeUpstream, outcome: Outcome, step: int, every: int, day: int) -> None:
    """One fault for each park at every so many steps, each list in turn."""
    number, rest = divmod(step, every)
    lists = {1 % every: WHOLE, 2 % every: ITEMS, 3 % every: OF_QUEUE_TIMES}
    faults = [lists[rest][number % len(lists[rest])]] if rest in lists else []
    now = clock.now()
    if now.hour % 6 == 3 and now.minute == 0:
        faults.append(WEATHER[(4 * day + now.hour // 6) % len(WEATHER)])
    if day % 4:
        announced = HOURS[day % 4 - 1]
        faults.append(announced)
        if announced.kind == "schedule_inverted":
            today = clock.pacific_date(now)
            outcome.moved |= {today, today + timedelta(days=1)}
    for fault in faults:
        upstream.fault(fault.path, fault.kind, **fault.more)
        if fault.counted == "stale":
            outcome.aged.append(step)
        elif fault.counted:
            outcome.placed[fault.counted] += 1


def _night(upstream: FakeUpstream, outcome: Outcome, *, number: int) -> None:
    """Mending, the daily job and pruning, as their timers start them."""
    if number % 2:
        fault = HISTORY[number // 2 % len(HISTORY)]
        upstream.fault(fault.path, fault.kind, **fault.more)
    # Some days more than the last: a night may have been without an answer.
    for command, words in (("mend", ("--days", "4")), ("aggregate_daily", ()), ("prune_raw_data", ())):
        try:
            call_command(command, *words, stdout=StringIO(), stderr=StringIO())
        except CommandError as error:
            if error.returncode not in (4, 75):
                raise
            outcome.failed_nights += command == "mend"
    upstream.control(clear_faults=True)
    for model, entity, at in (
        (RideStatusSnapshot, "ride", "recorded_at"),
        (ParkActivitySnapshot, "park", "recorded_at"),
        (RideStatusChange, "ride", "changed_at"),
    ):
        rows = model._default_manager.values(entity, at).annotate(number=Count("pk")).filter(number__gt=1)
        outcome.doubles += rows.count()


def _daily(model: type[RideDailyStats] | type[ParkDailyStats], entity: str) -> dict[tuple[Any, Any], Any]:
    """The daily rows of the days that are over, without what no two runs share."""
    first, last = clock.pacific_date(START), clock.pacific_date(clock.now())
    unlike = {"stat_id", "created_at", "updated_at"}
    rows = model._default_manager.filter(stat_date__gte=first, stat_date__lt=last)
    return {
        (row["stat_date"], row[f"{entity}_id"]): {
            name: value for name, value in row.items() if name not in unlike
        }
        for row in map(dict[str, Any], rows.values())
    }


def start_anew() -> None:
    """Everything of a run deleted but parks and rides."""
    for model in apps.get_models():
        if model._meta.app_label in ("parks", "rides", "stats", "weather") and model not in (Park, Ride):
            model._default_manager.all().delete()
    Ride.objects.update(last_operated_at=None, status_since=None)
    forget_everything()


def _damaged() -> Ride:
    return Ride.objects.get(themeparks_wiki_id=make_id("pacific"))


def differences(wanted: Outcome, found: Outcome) -> list[str]:
    """What is wrong with the faulty weeks, a sentence each; the daily rows as far as history can mend."""
    wrong = []
    for fault, number in found.placed.items():
        counted = found.counted[fault] - wanted.counted[fault]
        if counted != number:
            wrong.append(f"{fault}: {counted} counted, {number} placed")
    if found.aged and {found.stale[step] - wanted.stale[step] for step in found.aged} not in ({1}, {0, 1}):
        wrong.append("stale: not counted")
    if doubles := wanted.doubles + found.doubles:
        wrong.append(f"{doubles} rows twice")
    if unfinished := CollectionRun.objects.exclude(status=RunStatus.SUCCESS).filter(job="collect").count():
        wrong.append(f"{unfinished} collections did not end well")
    homes = dict(Ride.objects.exclude(pk=_damaged().pk).values_list("ride_id", "park__name"))
    names = dict(Park.objects.values_list("park_id", "name"))
    for here, there, owner in (
        (wanted.ride_days, found.ride_days, homes.get),
        (wanted.park_days, found.park_days, names.get),
    ):
        wrong += [f"a daily row of one run only: {key}" for key in here.keys() ^ there.keys()]
        for (day, entity), row in here.items():
            park, other = owner(entity), there.get((day, entity), row)
            # A whole park is history's to mend; the park of the bad items keeps them in its own row.
            mended = park == "Sunshine Kingdom" or (
                park == "Golden Coast Park" and owner == homes.get and day not in found.moved
            )
            if mended and row != other:
                unlike = {
                    name: (value, other.get(name)) for name, value in row.items() if value != other.get(name)
                }
                wrong.append(f"{day} {entity} of {park}: {unlike}")
    return wrong
