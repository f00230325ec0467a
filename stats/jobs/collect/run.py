"""One collection: parks are asked several at a time, and written one after the other (docs/data.md 2)."""

from __future__ import annotations

import logging
import math
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db import DataError, Error, IntegrityError, transaction

from parkstats_project.base import clock
from parkstats_project.db import errors
from parkstats_project.feeds.answers import Fault, FeedError
from stats.choices import CollectingJob, DataSource
from stats.jobs import live
from stats.jobs.collect import facts, rows, schedules
from stats.jobs.collect.facts import Facts, ParkFacts
from stats.jobs.collect.issues import Issues, Settled
from stats.jobs.collect.log import STOPPED, logged
from stats.jobs.collect.rows import ParkRows
from stats.jobs.collect.seen import Sighting
from stats.jobs.collect.sources import Sources, opened
from stats.jobs.collect.write import write
from stats.jobs.lease import LeaseHeld, LeaseLost, lease
from stats.models import CollectionRun, ParkFeed

logger = logging.getLogger(__name__)

JOB: Final = "collect"
AT_ONCE: Final = 4
"""Requests under way at the same time, over both sources."""

PATIENCE_SECONDS: Final = 15.0
"""How long one answer is waited for before the lease is renewed."""

NO_TIME: Final = "no time left"
EMPTY: Final = "empty list"


@dataclass
class Outcome:
    """What a run did: parks written, rows by table, faults and how often, parks that are missing and why."""

    parks: int = 0
    rides: int = 0
    changes: int = 0
    refused: int = 0
    unmapped: int = 0
    hours: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    missing: dict[ParkFacts, str] = field(default_factory=dict)
    spent: set[DataSource] = field(default_factory=set)

    def add(self, written: ParkRows) -> None:
        """A park that was written (or would have been)."""
        self.parks += 1
        self.rides += len(written.rides)
        self.changes += len(written.changes)
        self.refused += len(written.sighting.refused)
        self.unmapped += written.unmapped
        self.faults.update(doubt.fault for item in written.sighting.items for doubt in item.doubts)
        self.faults.update(refused.doubt.fault for refused in written.sighting.refused)
        self.faults.update(doubt.fault for doubt in (*written.park_doubts, *written.ride_doubts.values()))


def collect(
    *,
    parks: Collection[int] | None = None,
    until: float | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Outcome:
    """Collect all active parks, or those chosen, and rebuild the live tables.

    `until` is a moment of the monotonic clock: parks that are not done by then are named as missing. So are
    those after `stop()` became true. Raises LeaseHeld if another collector is at work, LeaseLost if one has
    taken over.
    """
    outcome = Outcome()
    with lease(JOB) as renew, logged(CollectingJob.COLLECT) as run, opened() as sources:
        chosen = facts.parks_to_collect(parks)
        _refresh_schedules(sources, chosen, outcome, until=until, renew=renew)
        known = facts.rides()
        issues = Issues(known, now=clock.now())
        already: set[int] = set()
        for park, found in sightings(sources, chosen, until=until, stop=stop, renew=renew):
            reason = (
                _write(park, found, known, issues, outcome, already, renew)
                if isinstance(found, Sighting)
                else found
            )
            if reason is not None:
                _enter_missing(park, reason, issues, outcome)
        outcome.spent = sources.spent
        _fill_in(run, outcome)
    if outcome.parks:
        _refresh_live()
    return outcome


def look(
    outcome: Outcome, *, parks: Collection[int] | None = None, until: float | None = None
) -> Iterator[ParkRows]:
    """The rows that `collect` would write; nothing is written or locked.

    `outcome` counts what was yielded so far, and at the end also has the parks that gave no answer.
    """
    known = facts.rides()
    already: set[int] = set()
    with opened() as sources:
        for park, found in sightings(sources, facts.parks_to_collect(parks), until=until):
            if isinstance(found, Sighting):
                built = rows.build(park, found, known, already=already)
                outcome.add(built)
                yield built
            else:
                outcome.missing[park] = found
        outcome.spent = sources.spent


def sightings(
    sources: Sources,
    parks: list[ParkFacts],
    *,
    until: float | None = None,
    stop: Callable[[], bool] = lambda: False,
    renew: Callable[[], None] = lambda: None,
) -> Iterator[tuple[ParkFacts, Sighting | str]]:
    """Each park with what its source says now, or why it says nothing, in the order of the parks."""
    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="collect")
    try:
        asked = [(park, pool.submit(sources.sighting, park)) for park in parks]
        for park, answer in asked:
            yield park, STOPPED if stop() else _answer(answer, until, renew)
    finally:
        # Requests under way end by their own timeouts.
        pool.shutdown(wait=False, cancel_futures=True)


def _answer(answer: Future[Sighting], until: float | None, renew: Callable[[], None]) -> Sighting | str:
    """What came of a request; while it is waited for, the lease is renewed."""
    while True:
        left = math.inf if until is None else max(until - time.monotonic(), 0)
        done, _ = wait([answer], timeout=min(left, PATIENCE_SECONDS))
        if done:
            break
        if left <= PATIENCE_SECONDS:
            return NO_TIME
        renew()
    try:
        found = answer.result()
    except FeedError as error:
        return str(error)
    except Exception as error:  # whatever a source invents next loses one park, not the run
        logger.exception("an answer could not be understood")
        return f"{Fault.SHAPE}: {type(error).__name__}"
    return found if found.tracked else EMPTY


def _write(
    park: ParkFacts,
    found: Sighting,
    known: Facts,
    issues: Issues,
    outcome: Outcome,
    already: set[int],
    renew: Callable[[], None],
) -> str | None:
    """Write one park; if the database refuses its rows, the reason."""
    built = rows.build(park, found, known, already=already)
    try:
        errors.retried(lambda: write(built, issues, renew=renew))
    except (DataError, IntegrityError) as error:
        logger.exception("park %s was not written", park.park_id)
        return f"not stored: {type(error).__name__}"
    outcome.add(built)
    return None


def _enter_missing(park: ParkFacts, reason: str, issues: Issues, outcome: Outcome) -> None:
    """A park without a row in this run: named, counted, and unless the run itself is why, reported."""
    outcome.missing[park] = reason
    outcome.faults[reason.partition(":")[0]] += 1
    if reason in (NO_TIME, STOPPED):
        return
    now = clock.now().replace(microsecond=0)
    issues.settle(errors.retried(lambda: _write_failure(park, reason, issues, now=now)))


@transaction.atomic
def _write_failure(park: ParkFacts, reason: str, issues: Issues, *, now: datetime) -> Settled:
    settled = issues.write_failure(park, reason, at=now)
    feed, _ = ParkFeed.objects.get_or_create(park_id=park.park_id)
    feed.failing_since, feed.failure = feed.failing_since or now, reason[:255]
    feed.save(update_fields=("failing_since", "failure"))
    return settled


def _refresh_schedules(
    sources: Sources,
    parks: list[ParkFacts],
    outcome: Outcome,
    *,
    until: float | None,
    renew: Callable[[], None],
) -> None:
    """Hours that are due, before the parks that are judged by them."""
    for park in schedules.due(parks, now=clock.now()):
        assert park.themeparks_wiki_id is not None
        renew()
        if until is not None and time.monotonic() > until:
            return
        try:
            answer = sources.schedule(park.themeparks_wiki_id)
        except FeedError as error:
            outcome.faults[f"opening hours: {error.fault}"] += 1
            continue
        outcome.faults.update(schedules.write(park, answer, now=clock.now().replace(microsecond=0)))
        outcome.hours += 1


def _fill_in(run: CollectionRun, outcome: Outcome) -> None:
    run.parks_written, run.rows_written = outcome.parks, outcome.rides
    run.items_refused, run.faults = outcome.refused, dict(outcome.faults)
    run.parks_missing = {str(park.park_id): reason for park, reason in outcome.missing.items()}


def _refresh_live() -> None:
    """The live tables; a failure is not the collection's."""
    try:
        live.refresh(now=clock.now())
    except (LeaseHeld, LeaseLost):
        logger.warning("the live rankings were not rebuilt: another run is at work")
    except Error as error:
        errors.log_failure(logger, "the live rankings were not rebuilt", error)
