"""Gaps filled from the history of ThemeParks.wiki: one request a park and day (docs/data.md 2.4)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings

from parkstats_project.base import clock
from parkstats_project.base.clock import DateSpan, Window
from parkstats_project.base.zones import zone_named
from parkstats_project.db import errors
from parkstats_project.feeds.answers import BudgetSpent, FeedError
from parkstats_project.feeds.themeparks_wiki import PastEntity, ThemeParksWiki
from stats.choices import CollectingJob
from stats.frames import archive, coverage, observations, roster
from stats.jobs import recompute, runs
from stats.jobs.collect import facts, history, rebuilt
from stats.jobs.collect.facts import Facts, ParkFacts
from stats.jobs.collect.log import logged
from stats.jobs.lease import lease
from stats.models import CollectionRun, MendedDay

JOB: Final = "mend"
BEHIND, AHEAD = timedelta(hours=12), timedelta(hours=14)
"""The zones farthest from UTC."""

DEPTH: Final = {False: 7, True: 30}
"""Days that history reaches back, today included, without and with a key (docs/data.md 1.1)."""

OUT_OF_REACH: Final = 403
"""Status of a day before that; also if the key reaches less far than is thought."""


class Wanted(NamedTuple):
    """A date of a park's calendar with gaps: the moments that are missing.

    `last_chance` if history will not reach it tomorrow.
    """

    park: ParkFacts
    day: date
    window: Window
    moments: list[int]
    last_chance: bool


class Mended(NamedTuple):
    """What became of it: collections and ride rows rebuilt, or why there are none."""

    park: ParkFacts
    day: date
    collections: int
    rides: int
    note: str
    failed: bool = False


def mend(
    *,
    days: int | None = None,
    day: date | None = None,
    parks: Collection[int] | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[Mended]:
    """Fill the gaps of the last days, or of one date, of all active parks (or those chosen), oldest first.

    Ends by computing and archiving again the Pacific days concerned, also those of an earlier run that was
    killed before. Raises BudgetSpent after that if the source allows no more requests for now; LeaseHeld,
    LeaseLost, DayFailed.
    """
    spent: BudgetSpent | None = None
    now = clock.now()
    with lease(JOB) as renew, logged(CollectingJob.MEND) as run:
        known = facts.rides()
        url, key = settings.PARKSTATS_THEMEPARKS_URL, settings.PARKSTATS_THEMEPARKS_KEY
        with ThemeParksWiki(url, key) as wiki:
            for wanted in gaps(days=days, day=day, parks=parks, now=now):
                if stop():
                    break
                renew()
                try:
                    mended = _mend_day(wanted, wiki, known, now=now, renew=renew)
                except BudgetSpent as error:
                    spent = error
                    run.faults = {error.fault: 1}
                    break
                _fill_in(run, mended)
                yield mended
    settle(now=now, stop=stop)
    if spent is not None:
        raise spent


def _fill_in(run: CollectionRun, mended: Mended) -> None:
    if mended.failed:
        run.parks_missing = {**run.parks_missing, f"{mended.park.park_id} {mended.day}": mended.note}
    run.parks_written += mended.collections > 0
    run.rows_written += mended.rides


def reach(now: datetime) -> DateSpan:
    """The dates that can be asked for: what of them has begun somewhere, and is in the source's history."""
    depth = DEPTH[bool(settings.PARKSTATS_THEMEPARKS_KEY)]
    return DateSpan((now - BEHIND).date() - timedelta(days=depth - 1), (now + AHEAD).date())


def gaps(
    *, days: int | None, day: date | None, parks: Collection[int] | None, now: datetime
) -> Iterator[Wanted]:
    """Dates of parks with gaps that may still be asked for, oldest first; a few queries for each."""
    depth = DEPTH[bool(settings.PARKSTATS_THEMEPARKS_KEY)]
    zones = {
        park: zone
        for park in facts.parks_to_collect(parks)
        if park.themeparks_wiki_id and (zone := zone_named(park.timezone)) is not None
    }
    asked = MendedDay.objects.filter(complete=True).values_list("park_id", "local_date")
    done = set(asked.filter(local_date__gte=(now - timedelta(days=depth + 1)).date()))
    for back in range(min(days or depth, depth) - 1, -1, -1):
        for park, zone in zones.items():
            local = now.astimezone(zone).date() - timedelta(days=back)
            if day not in (None, local) or (park.park_id, local) in done:
                continue
            window = local_day(local, zone)
            if moments := _missing(park, window, now=now):
                yield Wanted(park, local, window, moments, last_chance=back == depth - 1)


def _missing(park: ParkFacts, window: Window, *, now: datetime) -> list[int]:
    rhythm = coverage.interval()
    # A collection that is under way is not missing.
    end = min(window.end_s, clock.epoch(now) - rhythm)
    around = clock.window_of_seconds(window.start_s - rhythm, window.end_s + rhythm)
    seen = observations.parks(around, parks=[park.park_id])["at"].to_list()
    return history.missing(history.slots(window.start_s, end, rhythm=rhythm), seen, rhythm=rhythm)


def _mend_day(
    wanted: Wanted, wiki: ThemeParksWiki, known: Facts, *, now: datetime, renew: Callable[[], None]
) -> Mended:
    park, day = wanted.park, wanted.day
    assert park.themeparks_wiki_id is not None
    try:
        entities = list(history.attractions(wiki.past_day(park.themeparks_wiki_id, day)).values())
        note = ""
    except BudgetSpent:
        raise
    except FeedError as error:
        if error.status != OUT_OF_REACH:
            return Mended(park, day, 0, 0, str(error), failed=True)
        entities, note = [], "history does not reach back so far"
    moments, later = _worth_keeping(wanted, entities)
    stored = rebuilt.stored_around(park.park_id, wanted.window, known)
    rows = rebuilt.rebuild(park, entities, moments, known, stored, rhythm=coverage.interval())
    entry = MendedDay(
        park_id=park.park_id,
        local_date=day,
        asked_at=now.replace(microsecond=0),
        complete=not later and wanted.window.end <= now,
        collections=len(rows.parks),
        ride_rows=len(rows.rides),
        note=note or later,
    )
    errors.retried(lambda: rebuilt.write(rows, entry, renew=renew))
    observations.forget()
    return Mended(park, day, len(rows.parks), len(rows.rides), note or later)


def _worth_keeping(wanted: Wanted, entities: Sequence[PastEntity]) -> tuple[list[int], str]:
    """The moments to rebuild, and why the others are asked for again later.

    As long as there is a later, nothing is stored of the time for which the source could not look far enough
    back: a ride that is unknown by accident would be unknown for good.
    """
    start, end = wanted.window.start_s, wanted.window.end_s
    first = history.known_from(entities, start=start, end=end)
    if first == start or wanted.last_chance:
        return wanted.moments, ""
    number = sum(entity.degraded for entity in entities)
    return [at for at in wanted.moments if at >= first], f"the beginning of {number} rides was cut short"


def settle(*, now: datetime, stop: Callable[[], bool]) -> list[date]:
    """Compute and archive again the Pacific days whose rebuilt rows no finished run has seen; these days."""
    # Since when anything was observed may be earlier than what this process knows.
    roster.forget()
    days = [day for day in _unsettled(now=now) if day < clock.pacific_date(now)]
    version = settings.PARKSTATS_METRICS_VERSION
    settled = []
    for outcome in recompute.recompute(days, version=version, stop=stop):
        archive.write_day(outcome.day)
        settled.append(outcome.day)
    return settled


def _unsettled(*, now: datetime) -> list[date]:
    """Pacific days that a rebuilt date of a park touches and that were not computed since."""
    since = (now - timedelta(days=max(DEPTH.values()) + 2)).date()
    touched: dict[date, datetime] = {}
    rows = MendedDay.objects.filter(local_date__gte=since, collections__gt=0)
    for day, zone, asked in rows.values_list("local_date", "park__timezone", "asked_at"):
        found = zone_named(zone)
        if found is not None:
            window = local_day(day, found)
            last = clock.from_epoch(window.end_s - 1)
            for pacific in {clock.pacific_date(window.start), clock.pacific_date(last)}:
                touched[pacific] = max(asked, touched.get(pacific, asked))
    done = runs.finished_since(touched, version=settings.PARKSTATS_METRICS_VERSION)
    return sorted(touched.keys() - done)


def local_day(day: date, zone: ZoneInfo) -> Window:
    """A date of a park's own calendar, from midnight to midnight: 23, 24 or 25 hours."""
    start, end = (
        datetime(date_.year, date_.month, date_.day, tzinfo=zone).astimezone(UTC)
        for date_ in (day, day + timedelta(days=1))
    )
    return Window(start, end)
