"""Admin of the discovery: what it found is applied or rejected here, with what speaks for it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from parkstats_project.base import clock
from stats.admin.actions import remember
from stats.admin.lists import Editable, park, ride
from stats.choices import ProposalState
from stats.jobs.discover import proposals
from stats.models import Proposal


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
    def apply_chosen(self, request: HttpRequest, chosen: QuerySet[Proposal]) -> None:
        """Write what the open ones among the chosen say."""
        done = []
        for proposal in chosen.filter(state=ProposalState.OPEN).order_by("proposal_id"):
            try:
                proposals.apply(proposal, by=request.user.get_username(), now=clock.now())
            except proposals.Outdated as reason:
                self.message_user(request, f"{proposal}: {reason}", messages.WARNING)
            else:
                done.append(proposal)
        remember(request, done, "Applied")
        self.message_user(request, f"{len(done)} applied")

    @admin.action(description="Reject, and do not propose again", permissions=["change"])
    def reject_chosen(self, request: HttpRequest, chosen: QuerySet[Proposal]) -> None:
        """Close the open ones among the chosen for good."""
        found = list(chosen.filter(state=ProposalState.OPEN))
        for proposal in found:
            proposals.reject(proposal, by=request.user.get_username(), now=clock.now())
        remember(request, found, "Rejected")
        self.message_user(request, f"{len(found)} rejected")
