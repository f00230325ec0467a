"""The pages for people in a real Chromium: nothing breaks or leaves the site, pictures show their figures.

PARKSTATS_SCREENSHOTS=DIR keeps what the pages looked like.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin.sites import site
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from playwright.sync_api import sync_playwright

from parks.models import Park
from parkstats_project.base import clock
from rides.models import Ride
from stats.frames import archive
from stats.models import DataQualityIssue, ParkDailyStats, RideDailyStats

CHROMIUM = "/usr/bin/chromium"
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
WIDTHS = (1280, 390)
SCHEMES = ("light", "dark")
NAME_OF_FOCUS = """(() => {
  const at = document.activeElement;
  return at.getAttribute("aria-label") || at.name || at.textContent.trim().slice(0, 12);
})()"""
OWN = [model for model in site._registry if model._meta.app_label in ("parks", "rides", "stats", "weather")]

pytestmark = [pytest.mark.whole, pytest.mark.mariadb, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module", autouse=True)
def orm_beside_the_browser() -> Iterator[None]:
    """Playwright's event loop is in this thread; the ORM is used between its calls, never within one."""
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    yield
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def world() -> None:
    """Two parks as of now, with daily rows, an archived day and an open issue."""
    chosen = {"parks": "2", "rides": "14", "days": "3", "daily_days": "65", "no_progress": True}
    call_command("load_demo", verbosity=0, **chosen)
    with suppress(CommandError):  # a demo day may have gaps
        call_command("aggregate_daily", days=2, stdout=StringIO())
    call_command("roll_up_stats", stdout=StringIO())
    call_command("refresh_live_rankings", stdout=StringIO())
    archive.write_day(clock.pacific_date(clock.now()) - timedelta(days=1))
    park = Park.objects.order_by("pk")[0]
    issue = {"data_source": "themeparks_wiki", "issue_type": "STALE_DATA", "is_resolved": False}
    DataQualityIssue.objects.create(park=park, detected_at=clock.now().replace(microsecond=0), **issue)


class Seen:
    """A page of the browser that remembers what must not happen."""

    def __init__(self, page: Any, base: str) -> None:
        self.page, self.base = page, base
        self.wrong: list[str] = []
        page.on("console", lambda message: self._note(message.text, message.type == "error"))
        page.on("pageerror", lambda error: self._note(str(error), True))
        page.on("request", lambda sent: self._note(sent.url, not sent.url.startswith((base, "data:"))))

    def _note(self, text: str, is_wrong: bool) -> None:
        if is_wrong:
            self.wrong.append(text)

    def figures(self) -> Any:
        """What the pictures of the page show."""
        script = "fetch(document.querySelector('[data-figures]').dataset.figures).then(got => got.json())"
        return self.page.evaluate(script)

    def marks(self, picture: str, label: str, kind: str) -> int:
        """How many shapes of a kind a picture has of one sort of figure."""
        return int(self.page.locator(f"figure[data-picture={picture}] .mark-{label} {kind}").count())

    def open(self, address: str) -> None:
        """Go there; a picture is waited for."""
        assert self.page.goto(self.base + address).status == 200, address
        if self.page.locator("[data-figures]").count():
            self.page.wait_for_selector("[data-drawn]")


@pytest.fixture
def browser(world: None, live_server: Any, settings: Any) -> Iterator[Any]:
    """`with browser(width, scheme) as seen:` somebody who may do everything, logged in."""
    settings.ALLOWED_HOSTS = ["*"]
    settings.PARKSTATS_STATUS_PAGE = True
    User.objects.create(username="admin", is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(User.objects.get(username="admin"))
    session: Any = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))

        @contextmanager
        def opened(width: int, scheme: str) -> Iterator[Seen]:
            view: Any = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
            context = chromium.new_context(**view)
            context.add_cookies([session])
            seen = Seen(context.new_page(), live_server.url)
            yield seen
            context.close()
            assert seen.wrong == []

        yield opened
        chromium.close()


def address(model: Any, kind: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{kind}", args=args)


def main_pages() -> dict[str, str]:
    """The pages that are looked at most."""
    park, ride = Park.objects.order_by("pk")[0], Ride.objects.order_by("pk")[0]
    day, today = RideDailyStats.objects.order_by("-stat_date")[0], clock.pacific_date(clock.now())
    return {
        "overview": reverse("admin:index"),
        "park": address(Park, "change", park.pk),
        "ride": address(Ride, "change", ride.pk),
        "daily-row": address(RideDailyStats, "change", day.pk),
        "coverage": reverse("admin:coverage_of_day", args=[park.pk, today.isoformat()]),
        "status": "/status",
        "docs": "/api/docs",
    }


def keep(seen: Seen, name: str) -> None:
    if folder := os.environ.get("PARKSTATS_SCREENSHOTS"):
        seen.page.screenshot(path=str(Path(folder, f"{name}.png")), full_page=True)


def fits(seen: Seen, width: int) -> bool:
    """Whether nothing but what scrolls by itself is wider than the window."""
    return bool(seen.page.evaluate("document.documentElement.scrollWidth") <= width)


def test_the_main_pages_are_whole_wide_and_narrow_light_and_dark(browser):
    for width in WIDTHS:
        for scheme in SCHEMES:
            with browser(width, scheme) as seen:
                for name, page in main_pages().items():
                    seen.open(page)
                    keep(seen, f"{name}-{width}-{scheme}")
                    assert fits(seen, width), (name, width)


def test_every_list_and_every_form_opens(browser):
    for width, scheme in zip(WIDTHS, SCHEMES, strict=True):
        with browser(width, scheme) as seen:
            for model in OWN:
                seen.open(address(model, "changelist"))
                row = model._default_manager.order_by("pk").values_list("pk", flat=True).first()
                if row is not None:
                    seen.open(address(model, "change", row))
                if site._registry[model].has_add_permission(_anyone()):
                    seen.open(address(model, "add"))
                    assert "DatabaseDefault" not in seen.page.content(), model


def _anyone() -> Any:
    request = type("Request", (), {})()
    request.user = User.objects.get(username="admin")
    return request


def test_a_picture_of_a_ride_has_a_mark_for_each_figure(browser):
    ride = Ride.objects.order_by("pk")[0]
    with browser(1280, "light") as seen:
        seen.open(address(Ride, "change", ride.pk))
        figures = seen.figures()
        day, calendar = figures["day"], figures["calendar"]
        gaps = [one for one in day["spans"] if one["state"] == "no data"]
        assert seen.marks("ride-day", "spans", "rect") == len(day["spans"]) - len(gaps) > 0
        assert seen.marks("ride-day", "gaps", "rect") == len(gaps)
        assert seen.marks("ride-day", "waits", "circle") == len(day["waits"])
        missing = [one for one in calendar if one["downtime_hours"] is None]
        assert len(calendar) == 60
        assert seen.marks("calendar", "days", "rect") == 60 - len(missing) > 0
        assert seen.marks("calendar", "missing-days", "rect") == len(missing)
        rows = seen.page.locator("figure[data-picture=ride-day] tbody tr").count()
        assert rows == len(day["spans"])


def test_a_picture_of_a_park_has_a_mark_for_each_figure(browser):
    park = Park.objects.order_by("pk")[0]
    with browser(1280, "light") as seen:
        seen.open(address(Park, "change", park.pk))
        figures = seen.figures()
        scored = [one for one in figures["day"]["collections"] if one["score"] is not None]
        assert seen.marks("park-day", "score", "circle") == len(scored)
        assert seen.marks("park-day", "openings", "rect") == 3 * len(figures["day"]["openings"])
        assert seen.marks("blame", "rides", "rect") == len(figures["blame"])


def test_another_day_is_drawn_when_it_is_asked_for(browser):
    ride = Ride.objects.order_by("pk")[0]
    with browser(1280, "light") as seen:
        seen.open(address(Ride, "change", ride.pk))
        today = seen.page.locator("[data-figures]").get_attribute("data-drawn")
        seen.page.get_by_label("the day before").press("Enter")
        changed = "day => document.querySelector('[data-figures]').dataset.drawn !== day"
        seen.page.wait_for_function(changed, arg=today)
        assert seen.page.locator("[data-figures]").get_attribute("data-drawn") < today


def test_a_keyboard_reaches_what_can_be_used(browser):
    ride = Ride.objects.order_by("pk")[0]
    with browser(1280, "light") as seen:
        seen.open(address(Ride, "change", ride.pk))
        reached = set()
        for _ in range(120):
            seen.page.keyboard.press("Tab")
            reached.add(seen.page.evaluate(NAME_OF_FOCUS))
        assert {"the day before", "day", "the day after", "name", "tier", "_save"} <= reached
        assert any(text.startswith("As a table") for text in reached)


def test_issues_are_resolved_from_the_list_after_a_confirmation(browser):
    issues = DataQualityIssue.objects.filter(is_resolved=False).count()
    assert issues
    with browser(1280, "light") as seen:
        seen.open(address(DataQualityIssue, "changelist") + "?is_resolved__exact=0")
        seen.page.locator("#action-toggle").check()
        seen.page.select_option("select[name=action]", "resolve_issues")
        seen.page.get_by_role("button", name="Run").or_(seen.page.get_by_role("button", name="Go")).click()
        seen.page.get_by_role("button", name="Do it").click()
        seen.page.get_by_text("Back to the list").wait_for()
        assert re.search("[1-9][0-9]* issues marked as resolved", seen.page.content())
    assert DataQualityIssue.objects.filter(is_resolved=False).count() < issues


def test_a_day_is_recomputed_from_the_list_after_a_confirmation(browser):
    row = ParkDailyStats.objects.order_by("-stat_date", "pk")[0]
    with browser(1280, "light") as seen:
        seen.open(address(ParkDailyStats, "changelist"))
        seen.page.locator(f"input[name=_selected_action][value='{row.pk}']").check()
        seen.page.select_option("select[name=action]", "recompute_days")
        seen.page.get_by_role("button", name="Run").or_(seen.page.get_by_role("button", name="Go")).click()
        assert f"{row.stat_date}" in seen.page.content()
        seen.page.get_by_role("button", name="Do it").click()
        seen.page.get_by_text("Back to the list").wait_for()
        assert f"{row.stat_date} v1" in seen.page.content()
