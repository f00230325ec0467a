"""For those who do not log in: a status page, badges and feeds of incidents (PARKSTATS_STATUS_PAGE)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, cast

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe

from parkstats_project.base import clock
from parkstats_project.base.clock import Window
from stats.api.wire import badge as badges
from stats.api.wire.renderer import error_response, framework_error, refuse
from stats.frames import roster
from stats.frames.roster import row_of
from stats.jobs import overview
from stats.questions import credits, uptime
from stats.questions.rides import timeline

KEPT_SECONDS: Final = 30
FEED_DAYS: Final = 7
FIGURES: Final = ("aggregate_daily", "roll_up_stats", "refresh_live_rankings")
"""Jobs without which figures are missing; that a backup failed is no visitor's affair."""

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def opted_in(view: View[P]) -> View[P]:
    """The page is there only where the operator wants it, and is only read."""

    @wraps(view)
    def seen(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not settings.PARKSTATS_STATUS_PAGE:
            return error_response(framework_error(404))
        return view(request, *args, **kwargs)

    return cast(View[P], require_safe(seen))


@opted_in
def page(request: HttpRequest) -> HttpResponse:
    """Whether the figures can be trusted, in public words: no machine, statement, job or person is named."""
    shown = cache.get("status-page")
    if shown is None:
        now = clock.now()
        shown = _public(now)
        cache.set("status-page", shown, KEPT_SECONDS)
    return render(request, "stats/status.html", shown | {"credits": credits.used(weather=False)})


@opted_in
def with_slash(request: HttpRequest) -> HttpResponse:
    """To the page."""
    return redirect(page)


def _public(now: datetime) -> dict[str, Any]:
    found = overview.overview(now=now, version=settings.PARKSTATS_METRICS_VERSION)
    parts = [
        ("Observations arrive", found.fresh, []),
        ("Days are complete", not found.state.unfinished, found.gaps),
        ("Figures are computed", not any(job.wrong for job in found.state.jobs if job.job in FIGURES), []),
    ]
    return {
        "now": now,
        "good": all(good for _, good, _ in parts),
        "parts": parts,
        "gaps": found.gaps,
        "newest": found.state.newest,
        "age_minutes": found.age_minutes,
        "days": found.days,
        "strips": sorted(found.strips, key=lambda strip: strip.name),
    }


@opted_in
def badge(request: HttpRequest, park_id: int) -> HttpResponse:
    """A park's uptime of 7, 30 or 90 days as a small SVG; missing days are said."""
    asked = request.GET.get("days", "30")
    if asked not in map(str, uptime.DAYS):
        return error_response(refuse(f"Invalid days. Must be one of: {', '.join(map(str, uptime.DAYS))}"))
    found = uptime.of_park(park_id, int(asked), now=clock.now())
    if found is None:
        return error_response(framework_error(404))
    if found.percentage is None:
        value, colour = "no data", badges.NO_DATA
    else:
        value = f"{found.percentage} %" + (f", {found.missing} days missing" if found.missing else "")
        colour = "#2a8f5c" if found.percentage >= 95 else "#a06c00" if found.percentage >= 85 else "#c8372d"
    label = f"uptime {found.days} days"
    drawn = badges.draw(label, value, colour, name=found.name, credits=_in_words())
    return HttpResponse(drawn, content_type=badges.SVG)


@opted_in
def park_feed(request: HttpRequest, park_id: int) -> HttpResponse:
    """Incidents of a park's rides, newest first, as Atom."""
    park = row_of(roster.current().parks, "park_id", park_id)
    return _feed(request, park, parks=[park_id])


@opted_in
def ride_feed(request: HttpRequest, ride_id: int) -> HttpResponse:
    """Incidents of a ride, newest first, as Atom."""
    ride = row_of(roster.current().rides, "ride_id", ride_id)
    return _feed(request, ride, rides=[ride_id])


def _in_words() -> str:
    """The credits for what shows no links, or not its own."""
    return ", ".join(map(str, credits.used(weather=False)))


def _feed(request: HttpRequest, entity: dict[str, Any] | None, **chosen: Collection[int]) -> HttpResponse:
    if entity is None:
        return error_response(framework_error(404))
    now, address = clock.now(), request.build_absolute_uri()
    feed = Atom1Feed(
        title=f"{entity['name']}: incidents",
        link=address,
        description="",
        subtitle=_in_words(),
        feed_url=address,
        feed_guid=address,
    )
    window = Window(now - timedelta(days=FEED_DAYS), now)
    for one in timeline.incidents(window, now=now, parks=chosen.get("parks"), rides=chosen.get("rides")):
        lasted = f"{one['minutes']} minutes" + ("" if one["end"] else " so far")
        start = datetime.fromisoformat(one["start"])
        feed.add_item(
            title=f"{one['ride_name']} down, {lasted}",
            link=address,
            description=f"From {one['start']} to {one['end'] or 'now'}.",
            unique_id=f"{address}#{one['ride_id']}-{clock.epoch(start)}",
            pubdate=start,
            updateddate=datetime.fromisoformat(one["end"]) if one["end"] else now,
        )
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")
