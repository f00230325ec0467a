"""Admin of corrections: saying that rows were changed by hand (docs/design.md D15)."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import admin, messages
from django.contrib.admin.models import ADDITION
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from parkstats_project.base import clock
from parkstats_project.base.clock import HOUR, Window
from stats.admin.actions import Lines, confirmed, remember
from stats.admin.lists import Big, Editable, M
from stats.models import Correction
from stats.models.corrections import LONGEST_NOTE

MOST_ROWS: Final = 10_000
"""Snapshots whose hours are looked for one by one."""


@admin.register(Correction)
class CorrectionAdmin(Editable[Correction]):
    """Adding one announces it; what was announced stays."""

    list_display = ("starts_at", "ends_at", "note", "announced_at")
    search_fields = ("note",)
    ordering = ("-correction_id",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes."""
        return False


class Corrected(Big[M]):
    """Snapshots: whoever may add a correction can announce one of the hours of some rows."""

    actions = ("announce_correction",)

    def has_announce_permission(self, request: HttpRequest) -> bool:
        """Whether the user may add a correction."""
        return request.user.has_perm("stats.add_correction")

    @admin.action(description="Announce that rows of these hours were changed", permissions=["announce"])
    def announce_correction(self, request: HttpRequest, queryset: Any) -> HttpResponseBase | None:
        """One correction for each run of hours that the rows lie in."""
        times = list(queryset.values_list("recorded_at", flat=True)[: MOST_ROWS + 1])
        if len(times) > MOST_ROWS:
            text = f"More than {MOST_ROWS:,} rows: use manage.py announce_correction."
            self.message_user(request, text, messages.ERROR)
            return None
        note = f"{request.user.get_username()}, from the list of snapshots"[:LONGEST_NOTE]
        wanted = [
            Correction(starts_at=start, ends_at=end, note=note)
            for start, end in _runs({clock.hour_start(clock.epoch(at)) for at in times})
        ]

        def run() -> Lines:
            for correction in wanted:
                correction.save()
                remember(request, [correction], "Announced from a list of snapshots", flag=ADDITION)
                yield f"{correction}: announced; every process reads it again within seconds.", True

        return confirmed(
            self,
            request,
            title="Announce that rows were changed",
            what=[f"{correction}: every process reads the rows of this span again" for correction in wanted],
            run=run,
        )


def _runs(hours: set[int]) -> list[Window]:
    """Clock hours as few windows as possible, ascending."""
    found: list[Window] = []
    for hour in sorted(hours):
        window = clock.window_of_seconds(hour, hour + HOUR)
        if found and found[-1].end == window.start:
            window = Window(found.pop().start, window.end)
        found.append(window)
    return found
