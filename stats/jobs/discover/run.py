"""One discovery: the lists of both sources against what is stored (docs/data.md 7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from parks.models import Park
from parkstats_project.base import clock
from parkstats_project.db import errors
from parkstats_project.feeds.answers import FeedError
from parkstats_project.feeds.queue_times import QueueTimes
from parkstats_project.feeds.themeparks_wiki import ThemeParksWiki
from rides.models import Ride
from stats.choices import CollectingJob, ProposalKind, ProposalState
from stats.jobs.collect.log import logged
from stats.jobs.collect.sources import opened
from stats.jobs.discover import found_parks, found_rides, listed, names, proposals
from stats.jobs.discover.finding import UNKNOWN_CITY, Finding, KnownPark, KnownRide
from stats.jobs.discover.found_rides import Lists
from stats.jobs.discover.listed import ListedPark
from stats.jobs.discover.places import Spot
from stats.jobs.lease import lease
from stats.models import Proposal

JOB: Final = "discover"
WORTH_ASKING: Final = 60
"""Similarity of names from which a park of ThemeParks.wiki is looked at, if only one country is wanted."""


@dataclass
class Outcome:
    """What a run found: findings, what became of how many, faults by what was asked.

    What is left to people: `unclassified` rides, and parks that are `nowhere`, whose city nobody has told.
    """

    findings: list[tuple[Finding, str]] = field(default_factory=list)
    states: Counter[str] = field(default_factory=Counter)
    faults: dict[str, str] = field(default_factory=dict)
    unclassified: int = 0
    nowhere: int = 0


def discover(
    *, country: str | None = None, dry_run: bool = False, stop: Callable[[], bool] = lambda: False
) -> Outcome:
    """Propose what is new, renamed, moved, vanished or returned, and apply what leaves no doubt.

    With a `country` (two letters) only its parks are looked for; rides of all active parks are. A dry run
    writes nothing, and finds no rides of parks that it would have added. Raises LeaseHeld, LeaseLost.
    """
    outcome = Outcome()
    with lease(JOB) as renew, opened() as sources:
        if dry_run:
            _parks(sources.wiki, sources.queue_times, country, outcome, dry_run=True, renew=renew)
            _rides(sources.wiki, sources.queue_times, outcome, dry_run=True, renew=renew, stop=stop)
        else:
            with logged(CollectingJob.DISCOVER) as run:
                _parks(sources.wiki, sources.queue_times, country, outcome, dry_run=False, renew=renew)
                _rides(sources.wiki, sources.queue_times, outcome, dry_run=False, renew=renew, stop=stop)
                run.rows_written = outcome.states[ProposalState.APPLIED]
                run.parks_missing = outcome.faults
                run.parks_written = len(outcome.findings)
    outcome.unclassified = Ride.objects.filter(is_active=True, classification__isnull=True).count()
    outcome.nowhere = Park.objects.filter(is_active=True, city=UNKNOWN_CITY).count()
    return outcome


def _parks(
    wiki: ThemeParksWiki,
    queue_times: QueueTimes,
    country: str | None,
    outcome: Outcome,
    *,
    dry_run: bool,
    renew: Callable[[], None],
) -> None:
    known = [_known_park(park) for park in Park.objects.order_by("park_id")]
    here: list[ListedPark] = []
    there: list[ListedPark] = []
    try:
        here = [listed.of_queue_times(park) for park in queue_times.parks()]
    except FeedError as error:
        outcome.faults["parks of Queue-Times"] = str(error)
    here = [park for park in here if country in (None, park.country)]
    try:
        candidates = wiki.parks()
    except FeedError as error:
        outcome.faults["parks of ThemeParks.wiki"] = str(error)
        candidates = []
    mapped = {park.listed.wiki_id for park in known}
    unmapped = [*(park.listed.name for park in known if park.listed.wiki_id is None), *(p.name for p in here)]
    for park in candidates:
        near = any(names.similarity(park.name, name) >= WORTH_ASKING for name in unmapped)
        if park.id in mapped or not (country is None or near):
            continue
        renew()
        try:
            there.append(listed.of_wiki(park, wiki.park(park.id)))
        except FeedError as error:
            outcome.faults[f"park {park.name}"] = str(error)
    there = [park for park in there if country in (None, park.country)]
    _record(found_parks.parks(listed.paired(there, here), known), outcome, dry_run=dry_run)


def _rides(
    wiki: ThemeParksWiki,
    queue_times: QueueTimes,
    outcome: Outcome,
    *,
    dry_run: bool,
    renew: Callable[[], None],
    stop: Callable[[], bool],
) -> None:
    lists = Lists({}, {}, _names_given(), _switched_off())
    of_wiki, of_queue = dict(lists.wiki), dict(lists.queue_times)
    for park in Park.objects.filter(is_active=True).order_by("park_id"):
        if stop():
            break
        renew()
        try:
            if park.themeparks_wiki_id:
                of_wiki[park.pk] = listed.rides_of_wiki(wiki.children(park.themeparks_wiki_id))
            if park.queue_times_id > 0:
                of_queue[park.pk] = listed.rides_of_queue_times(queue_times.live(park.queue_times_id))
        except FeedError as error:
            of_wiki.pop(park.pk, None)
            outcome.faults[f"rides of park {park.pk} ({park.name})"] = str(error)
    lists = Lists(of_wiki, of_queue, lists.given, lists.vanished)
    known = [_known_ride(ride) for ride in Ride.objects.order_by("ride_id")]
    kept = _record(found_rides.rides(lists, known), outcome, dry_run=dry_run)
    if not dry_run:
        outcome.states[ProposalState.WITHDRAWN] += errors.retried(
            lambda: proposals.withdraw(kept, {*of_wiki, *of_queue}, now=clock.now())
        )


def _record(findings: Iterable[Finding], outcome: Outcome, *, dry_run: bool) -> set[tuple[str, str, str]]:
    kept = set()
    for finding in findings:
        kept.add((str(finding.kind), str(finding.source), finding.key))
        state = (
            ("applied" if finding.clear else "open")
            if dry_run
            else errors.retried(partial(proposals.record, finding, now=clock.now()))
        )
        if state is not None:
            outcome.findings.append((finding, str(state)))
            outcome.states[str(state)] += 1
    return kept


def _known_park(park: Park) -> KnownPark:
    spot = None
    if park.latitude is not None and park.longitude is not None:
        spot = Spot(park.latitude, park.longitude)
    return KnownPark(
        park.pk,
        park.is_active,
        ListedPark(
            name=park.name,
            wiki_id=park.themeparks_wiki_id or None,
            queue_times_id=park.queue_times_id if park.queue_times_id > 0 else None,
            timezone=park.timezone,
            country=park.country,
            operator=park.operator,
            spot=spot,
            group="",
        ),
    )


def _known_ride(ride: Ride) -> KnownRide:
    queue_times = str(ride.queue_times_id) if ride.queue_times_id > 0 else None
    return KnownRide(
        ride.pk, ride.park_id, ride.name, ride.is_active, ride.themeparks_wiki_id or None, queue_times
    )


def _names_given() -> dict[int, str]:
    """The name that the discovery gave each ride last."""
    applied = Proposal.objects.filter(
        state=ProposalState.APPLIED,
        kind__in=(ProposalKind.NEW_RIDE, ProposalKind.RENAMED),
        ride__isnull=False,
    ).order_by("proposal_id")
    return {
        ride: values["name"] for ride, values in applied.values_list("ride_id", "values") if ride is not None
    }


def _switched_off() -> set[int]:
    """Rides that were switched off by an applied proposal: only these can return."""
    applied = Proposal.objects.filter(state=ProposalState.APPLIED, kind=ProposalKind.VANISHED)
    return {ride for ride in applied.values_list("ride_id", flat=True) if ride is not None}
