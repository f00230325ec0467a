"""Proposals made of findings, applied and rejected; each application is one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.db.models import Min

from parks.models import Park
from rides.choices import ClassificationMethod, EntityType
from rides.models import Ride, RideClassification
from stats.choices import ProposalKind, ProposalState
from stats.jobs.discover import names
from stats.jobs.discover.finding import UNKNOWN_CITY
from stats.models import Proposal
from stats.rules import TIER_WEIGHTS

if TYPE_CHECKING:
    # The pages of proposals do without the clients of the sources: 14 MB of each worker, 0.2 s of each start.
    from stats.jobs.discover.finding import Finding

SELF: Final = "discover"
"""Who decided what left no doubt."""


class Outdated(Exception):
    """What a proposal is about has changed since it was made; the text says how."""


@transaction.atomic
def record(finding: Finding, *, now: datetime) -> ProposalState | None:
    """Make (or renew) the proposal of a finding, apply it if it is clear; None if it was rejected before."""
    same = Proposal.objects.filter(kind=finding.kind, source=finding.source, source_id=finding.key)
    values = dict(finding.values)
    if same.filter(state=ProposalState.REJECTED, values=values).exists():
        return None
    proposal = same.filter(state=ProposalState.OPEN).first() or Proposal(
        kind=finding.kind, source=finding.source, source_id=finding.key, made_at=now.replace(microsecond=0)
    )
    proposal.name, proposal.values, proposal.evidence = finding.name, values, list(finding.evidence)
    proposal.park_id, proposal.ride_id = finding.park_id, finding.ride_id
    proposal.save()
    if finding.clear:
        try:
            apply(proposal, by=SELF, now=now)
        except Outdated as reason:
            proposal.evidence = [*finding.evidence, str(reason)]
            proposal.save(update_fields=["evidence"])
    return ProposalState(proposal.state)


@transaction.atomic
def withdraw(kept: Iterable[tuple[str, str, str]], parks: Iterable[int], *, now: datetime) -> int:
    """Close the open proposals about the parks that this run no longer made; their number."""
    wanted = set(kept)
    number = 0
    for proposal in Proposal.objects.filter(state=ProposalState.OPEN, park_id__in=list(parks)):
        if (proposal.kind, proposal.source, proposal.source_id) not in wanted:
            _decide(proposal, ProposalState.WITHDRAWN, by=SELF, now=now)
            number += 1
    return number


def reject(proposal: Proposal, *, by: str, now: datetime) -> None:
    """Never propose this again."""
    _decide(proposal, ProposalState.REJECTED, by=by, now=now)


@transaction.atomic
def apply(proposal: Proposal, *, by: str, now: datetime) -> None:
    """Write what a proposal says, and that it was decided. Raises Outdated, and then writes nothing."""
    match proposal.kind:
        case ProposalKind.NEW_PARK:
            proposal.park = _new_park(proposal.values)
        case ProposalKind.NEW_RIDE:
            proposal.ride = _new_ride(_park_of(proposal), proposal.values)
        case ProposalKind.SAME_PARK:
            _set(_park_of(proposal), proposal.values)
        case ProposalKind.MOVED:
            _ride_of(proposal).move_to(Park.objects.get(pk=proposal.values["park_id"]), now)
        case _:
            _set(_ride_of(proposal), proposal.values)
    proposal.save()
    _decide(proposal, ProposalState.APPLIED, by=by, now=now)


def _decide(proposal: Proposal, state: ProposalState, *, by: str, now: datetime) -> None:
    proposal.state, proposal.decided_by = state, by
    proposal.decided_at = now.replace(microsecond=0)
    proposal.save(update_fields=["state", "decided_by", "decided_at"])


def _park_of(proposal: Proposal) -> Park:
    if proposal.park is None:
        raise Outdated("its park is gone")
    return proposal.park


def _ride_of(proposal: Proposal) -> Ride:
    if proposal.ride is None:
        raise Outdated("its ride is gone")
    return proposal.ride


def _set(row: Park | Ride, values: Mapping[str, Any]) -> None:
    """Write columns, never an id that another row has."""
    for column in ("themeparks_wiki_id", "queue_times_id"):
        if column in values:
            _refuse_taken(type(row), column, values[column], besides=row.pk)
    for column, value in values.items():
        setattr(row, column, value)
    row.save(update_fields=list(values))


def _refuse_taken(model: type[Park] | type[Ride], column: str, value: Any, *, besides: int | None) -> None:
    others = model._default_manager.exclude(pk=besides)
    if value is not None and others.filter(**{column: value}).exists():
        raise Outdated(f"{column} {value} belongs to another {model._meta.verbose_name}")


def _new_park(values: Mapping[str, Any]) -> Park:
    lacking = [name for name in ("name", "timezone", "country") if not values.get(name)]
    if lacking:
        raise Outdated(f"{', '.join(lacking)} must be filled in first")
    given = {
        **values,
        "queue_times_id": values["queue_times_id"] or _no_queue_times_id(Park),
        "city": values.get("city") or UNKNOWN_CITY,
    }
    for column in ("themeparks_wiki_id", "queue_times_id"):
        _refuse_taken(Park, column, given[column], besides=None)
    return Park.objects.create(**given, is_active=True)


def _new_ride(park: Park, values: Mapping[str, Any]) -> Ride:
    given = {**values, "queue_times_id": values["queue_times_id"] or _no_queue_times_id(Ride)}
    for column in ("themeparks_wiki_id", "queue_times_id"):
        _refuse_taken(Ride, column, given[column], besides=None)
    found = names.tier(values["name"])
    kind = names.category(values["name"])
    ride = Ride.objects.create(
        **given,
        park=park,
        category=kind,
        entity_type=EntityType.ATTRACTION,
        tier=None if found is None else found.tier,
        is_active=True,
    )
    if found is not None:
        RideClassification.objects.create(
            ride=ride,
            tier=found.tier,
            tier_weight=TIER_WEIGHTS[found.tier],
            category=kind,
            classification_method=ClassificationMethod.PATTERN_MATCH,
            confidence_score=found.confidence,
            reasoning_text=f"its name says {found.word}",
            cache_key=f"{park.pk}:{ride.pk}",
            schema_version="2.0",
        )
    return ride


def _no_queue_times_id(model: type[Park] | type[Ride]) -> int:
    """A number for what Queue-Times does not have: the column may not be empty, its own ids are positive."""
    least = model._default_manager.aggregate(least=Min("queue_times_id"))["least"] or 0
    return min(least, 0) - 1
