"""What people may start from a list: confirmed first, then done by the service that the command calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any, Final, cast

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import Error
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils.html import format_html

from parkstats_project.base import clock
from parkstats_project.db.errors import sentence
from stats.jobs import live, recompute
from stats.jobs.daily_figures import VERSIONS
from stats.jobs.lease import LeaseHeld, LeaseLost
from stats.jobs.recompute import DayFailed
from stats.models import DataQualityIssue

MOST_DAYS: Final = 31
"""Days recomputed in one go: a minute of work."""

MOST_LOGGED: Final = 100
"""Rows that get an entry in the history of the admin."""

Lines = Iterator[tuple[str, bool]]


def confirmed(
    modeladmin: Any,
    request: HttpRequest,
    *,
    title: str,
    what: list[str],
    run: Callable[[], Lines],
    noted: Iterable[Any] = (),
) -> HttpResponseBase:
    """A page that says what will be done; once confirmed, a page that grows by a line for each result.

    `noted` are the rows whose history says that it began; `run` may enter more.
    """
    context = {
        **admin.site.each_context(request),
        "title": title,
        "what": what,
        "opts": modeladmin.model._meta,
        "action": request.POST["action"],
        "chosen": request.POST.getlist(ACTION_CHECKBOX_NAME),
        "checkbox": ACTION_CHECKBOX_NAME,
        "across": request.POST.get("select_across", "0"),
    }
    if "confirmed" not in request.POST:
        return TemplateResponse(request, "admin/confirm_action.html", context)
    remember(request, noted, title)
    head, _, tail = render_to_string("admin/action_results.html", context, request).partition(
        "<!-- results -->"
    )

    def page() -> Iterator[str]:
        yield head
        for text, good in _without_traceback(run()):
            yield format_html('<li class="{}">{}</li>\n', "success" if good else "error", text)
        yield tail

    return StreamingHttpResponse(page())


def remember(request: HttpRequest, rows: Iterable[Any], what: str, *, flag: int = CHANGE) -> None:
    """Enter what was done to some rows into the history of the admin."""
    assert request.user.pk is not None
    # Whatever can be iterated, although Django calls it a queryset.
    LogEntry.objects.log_actions(request.user.pk, cast(Any, rows), flag, change_message=what)


def _without_traceback(lines: Lines) -> Lines:
    try:
        yield from lines
    except LeaseHeld:
        yield "Another run is at work; nothing more was done.", False
    except (DayFailed, LeaseLost) as problem:
        yield f"Stopped: {problem}", False
    except Error as problem:
        yield f"Stopped: the database failed: {sentence(problem)}", False


@admin.action(description="Recompute the days of the selected rows", permissions=["operate"])
def recompute_days(modeladmin: Any, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponseBase | None:
    """The active metrics version, as `recompute_daily_stats` does."""
    return _recompute(modeladmin, request, queryset, (settings.PARKSTATS_METRICS_VERSION,))


@admin.action(description="Recompute the days of the selected rows, all versions", permissions=["operate"])
def recompute_days_in_all_versions(
    modeladmin: Any, request: HttpRequest, queryset: QuerySet[Any]
) -> HttpResponseBase | None:
    """Every metrics version that has a rule."""
    return _recompute(modeladmin, request, queryset, tuple(VERSIONS))


def _recompute(
    modeladmin: Any, request: HttpRequest, queryset: QuerySet[Any], versions: tuple[int, ...]
) -> HttpResponseBase | None:
    # What the list fetches along with its rows goes with no date.
    days: list[date] = sorted(set(queryset.prefetch_related(None).values_list("stat_date", flat=True)))
    if len(days) > MOST_DAYS:
        messages.error(
            request, f"{len(days)} days are too many for a page: manage.py recompute_daily_stats does it."
        )
        return None
    known = ", ".join(map(str, versions))

    def run() -> Lines:
        for version in versions:
            for outcome in recompute.recompute(days, version=version):
                yield f"{outcome.day} v{version}: {outcome.note() or 'done'}", outcome.complete

    return confirmed(
        modeladmin,
        request,
        noted=queryset[:MOST_LOGGED],
        title="Recompute daily statistics",
        what=[f"{day:%Y-%m-%d}, all parks and rides, metrics version {known}" for day in days],
        run=run,
    )


@admin.action(description="Mark the selected issues as resolved", permissions=["change"])
def resolve_issues(
    modeladmin: Any, request: HttpRequest, queryset: QuerySet[DataQualityIssue]
) -> HttpResponseBase | None:
    """All at once; issues that are resolved already keep their time."""
    open_issues = queryset.filter(is_resolved=False)
    number = open_issues.count()

    def run() -> Lines:
        at = clock.now().replace(microsecond=0)
        yield f"{open_issues.update(is_resolved=True, resolved_at=at)} issues marked as resolved.", True

    return confirmed(
        modeladmin,
        request,
        noted=queryset[:MOST_LOGGED],
        title="Mark issues as resolved",
        what=[f"{number} open issues"],
        run=run,
    )


@admin.action(description="Refresh the live tables (all rows)", permissions=["operate"])
def refresh_live(modeladmin: Any, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponseBase | None:
    """As `refresh_live_rankings` does, whichever rows are selected."""

    def run() -> Lines:
        parks, rides = live.refresh(now=clock.now())
        yield f"{parks} parks and {rides} rides.", True

    return confirmed(
        modeladmin,
        request,
        noted=queryset[:MOST_LOGGED],
        title="Refresh the live tables",
        what=["Both live tables are computed anew from the observations of the day."],
        run=run,
    )
