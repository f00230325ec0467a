"""Admin of the discovery: what it found is applied or rejected here, with what speaks for it."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from parkstats_project.base import clock
from stats.admin.actions import Lines, confirmed, remember
from stats.admin.lists import Editable, park, ride
from stats.choices import ProposalState
from stats.jobs.discover import proposals
from stats.models import Proposal

NONE_OPEN: Final = "Nothing: none of the chosen is open."


@admin.register(Proposal)
class ProposalAdmin(Editable[Proposal]):
    """Proposals, the open ones first. What would be written can be corrected before it is applied."""

    list_display = (
        "name",
        "state",
        "kind",
        park,
        ride,
        "why",
        "values",
        "made_at",
        "decided_by",
    )
    list_filter = ("state", "kind", "source", "made_at", "park")
    list_select_related = ("park", "ride")
    search_fields = ("name", "=source_id")
    ordering = ("-state", "-made_at", "-proposal_id")
    actions = ("apply_chosen", "reject_chosen")

    @admin.display(description="evidence")
    def why(self, proposal: Proposal) -> str:
        """What speaks for it, and against."""
        return "; ".join(proposal.evidence)

    def get_readonly_fields(self, request: HttpRequest, obj: Proposal | None = None) -> list[str]:
        """All but the values of an open one."""
        is_open = obj is not None and obj.state == ProposalState.OPEN
        fields = [field.name for field in self.model._meta.fields]
        return [name for name in fields if not (is_open and name == "values")]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only the discovery adds."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes: a rejected proposal is not made again."""
        return False

    @admin.action(description="Apply", permissions=["change"])
    def apply_chosen(self, request: HttpRequest, chosen: QuerySet[Proposal]) -> HttpResponseBase:
        """Write what the open ones among the chosen say."""
        found = _open(chosen)

        def run() -> Lines:
            for proposal in found:
                try:
                    proposals.apply(proposal, by=request.user.get_username(), now=clock.now())
                except proposals.Outdated as reason:
                    yield f"{proposal}: {reason}", False
                else:
                    remember(request, [proposal], "Applied")
                    yield f"{proposal}: applied", True

        what = [f"{proposal}: {proposal.values}" for proposal in found]
        return confirmed(self, request, title="Apply proposals", what=what or [NONE_OPEN], run=run)

    @admin.action(description="Reject, and do not propose again", permissions=["change"])
    def reject_chosen(self, request: HttpRequest, chosen: QuerySet[Proposal]) -> HttpResponseBase:
        """Close the open ones among the chosen for good."""
        found = _open(chosen)

        def run() -> Lines:
            for proposal in found:
                proposals.reject(proposal, by=request.user.get_username(), now=clock.now())
                remember(request, [proposal], "Rejected")
                yield f"{proposal}: rejected", True

        what = [f"{proposal}: not proposed again" for proposal in found]
        return confirmed(self, request, title="Reject proposals", what=what or [NONE_OPEN], run=run)


def _open(chosen: QuerySet[Proposal]) -> list[Proposal]:
    return list(chosen.filter(state=ProposalState.OPEN).order_by("proposal_id"))
