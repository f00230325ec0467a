"""The pages for people in a real Chromium: nothing breaks or leaves the site, pictures show their figures.

All tests share one world, one server and one browser; a page is loaded once and looked at wide and narrow,
light and dark. PARKSTATS_SCREENSHOTS=DIR keeps what the pages looked like.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import timedelta
from io import StringIO
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin.sites import site
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client, override_settings
from django.urls import reverse
from playwright.sync_api import sync_playwright
from pytest_django.live_server_helper import LiveServer

from parks.models import Park
from parkstats_project.base import clock
from rides.models import Ride
from stats.frames import archive
from stats.jobs import performance
from stats.jobs.performance import Figures, Measured
from stats.models import DataQualityIssue, ParkDailyStats, RideDailyStats
from stats.tests.observed import Seen as Sight
from stats.tests.observed import a_park, a_ride, saw

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
STILL = "Still Park"
WIDTHS = (1280, 390)
SCHEMES = ("light", "dark")
OWN = [model for model in site._registry if model._meta.app_label in ("parks", "rides", "stats", "weather")]

# What a keyboard should reach, and what of it was not reached by the tabs pressed since LISTEN.
LISTEN = "window.reached = new Set(); document.addEventListener('focusin', one => reached.add(one.target))"
WANTED = """[...document.querySelectorAll("a[href],button,input,select,textarea,summary,[tabindex='0']")]
  .filter(one => one.checkVisibility() && !one.disabled && one.type !== "hidden" && one.tabIndex >= 0)"""
# What the mouse is offered, and no tab stops at.
MOUSE_ONLY = """[...document.querySelectorAll("body *")]
  .filter(one => getComputedStyle(one).cursor === "pointer" && one.checkVisibility() && !one.disabled)
  .filter(one => !one.closest("label"))
  .filter(one => !(one.closest("a[href],button,input,select,summary,[tabindex]")?.tabIndex >= 0))
  .map(one => one.outerHTML.slice(0, 200))"""
# A date is three stops.
MORE_STOPS = 12
# Pictures without a name, or without a table of what they show.
BARE = """[...document.querySelectorAll("figure[data-picture]:has(svg)")]
  .filter(one => !one.querySelector("table") || one.querySelector("svg:not([aria-label])"))
  .map(one => one.dataset.picture)"""

pytestmark = [pytest.mark.whole, pytest.mark.mariadb, pytest.mark.django_db, pytest.mark.no_cover]


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

    def rows(self, picture: str) -> int:
        """How many rows the table behind a picture has."""
        return int(self.page.locator(f"figure[data-picture={picture}] tbody tr").count())

    def open(self, address: str) -> None:
        """Go there; a picture is waited for."""
        assert self.page.goto(self.base + address).status == 200, address
        if self.page.locator("[data-figures]").count():
            self.page.wait_for_selector("[data-drawn]")

    def fits(self, width: int) -> bool:
        """Whether nothing but what scrolls by itself is wider than the window, at this width."""
        self.page.set_viewport_size({"width": width, "height": 900})
        return bool(self.page.evaluate("document.documentElement.scrollWidth") <= width)

    def keep(self, name: str) -> None:
        """A picture of the page in both schemes, if somebody wants it."""
        if folder := os.environ.get("PARKSTATS_SCREENSHOTS"):
            self.page.wait_for_timeout(400)  # a changed width is drawn anew
            for scheme in SCHEMES:
                self.page.emulate_media(color_scheme=scheme)
                self.page.screenshot(path=str(Path(folder, f"{name}-{scheme}.png")), full_page=True)


Browser = Callable[[], AbstractContextManager[Seen]]


def world(measurements: Path) -> None:
    """Two parks as of now, with daily rows, an archived day, an open issue and two measured days."""
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
    still = a_park(name=STILL)
    states: dict[Ride, Sight] = {a_ride(still): ("OPERATING", True, wait) for wait in (0, None)}
    for minutes in (12, 2):
        saw(still, clock.now().replace(microsecond=0) - timedelta(minutes=minutes), states)
    User.objects.create(username="admin", is_staff=True, is_superuser=True)
    for day, milliseconds in (("2026-01-01", 20.0), ("2026-01-02", 30.0)):
        figures = Figures(milliseconds, 2 * milliseconds, None, None)
        measured = Measured(5.0, {"slow": figures, "quick": Figures(1.0, 1.0, 0.5, 0.5)})
        Path(measurements, f"{day}.json").write_text(performance.to_text(measured))


@pytest.fixture(scope="module")
def browser(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browser]:
    """`with browser() as seen:` somebody who may do everything, logged in."""
    measurements = tmp_path_factory.mktemp("measurements")
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    # Playwright's event loop is in this thread; the ORM is used between its calls, never within one.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    chosen: dict[str, Any] = {"ALLOWED_HOSTS": ["*"], "PARKSTATS_STATUS_PAGE": True}
    with (
        django_db_blocker.unblock(),
        override_settings(**chosen, PARKSTATS_MEASUREMENTS=str(measurements)),
        sync_playwright() as driver,
    ):
        world(measurements)
        server = LiveServer("localhost")
        client = Client()
        client.force_login(User.objects.get(username="admin"))
        session: Any = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": server.url}
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))

        @contextmanager
        def opened() -> Iterator[Seen]:
            context = chromium.new_context(viewport={"width": WIDTHS[0], "height": 900})
            context.add_cookies([session])
            seen = Seen(context.new_page(), server.url)
            yield seen
            context.close()
            assert seen.wrong == []

        yield opened
        chromium.close()
        server.stop()
        call_command("flush", interactive=False, verbosity=0)
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def address(model: Any, kind: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{kind}", args=args)


def main_pages() -> dict[str, str]:
    """The pages that are looked at most."""
    park, ride = Park.objects.order_by("pk")[0], Ride.objects.order_by("pk")[0]
    day = RideDailyStats.objects.order_by("-stat_date", "pk")[0]
    park_day = ParkDailyStats.objects.order_by("-stat_date", "pk")[0]
    today = clock.pacific_date(clock.now())
    return {
        "overview": reverse("admin:index"),
        "park": address(Park, "change", park.pk),
        "ride": address(Ride, "change", ride.pk),
        "daily-row": address(RideDailyStats, "change", day.pk),
        "daily-row-of-park": address(ParkDailyStats, "change", park_day.pk),
        "performance": reverse("admin:performance"),
        "coverage": reverse("admin:coverage_of_day", args=[park.pk, today.isoformat()]),
        "status": "/status",
        "docs": "/api/docs",
    }


def test_the_main_pages_are_whole_wide_and_narrow_light_and_dark(browser: Browser):
    with browser() as seen:
        for width, (name, page) in product(WIDTHS, main_pages().items()):
            seen.page.set_viewport_size({"width": width, "height": 900})
            seen.open(page)
            seen.keep(f"{name}-{width}")
            for scheme in SCHEMES:
                seen.page.emulate_media(color_scheme=scheme)
                assert seen.fits(width), (name, width, scheme)
            assert seen.page.evaluate(BARE) == [], name


def test_every_list_and_every_form_is_whole_wide_narrow_light_dark_and_for_the_keyboard(
    browser: Browser,
):
    with browser() as seen:
        for model in OWN:
            pages = [address(model, "changelist")]
            row = model._default_manager.order_by("pk").values_list("pk", flat=True).first()
            if row is not None:
                pages.append(address(model, "change", row))
            if site._registry[model].has_add_permission(_anyone()):
                pages.append(address(model, "add"))
            for page in pages:
                seen.open(page)
                assert "DatabaseDefault" not in seen.page.content(), page
                for scheme, width in product(SCHEMES, WIDTHS):
                    seen.page.emulate_media(color_scheme=scheme)
                    assert seen.fits(width), (page, scheme, width)
                    assert seen.page.evaluate(MOUSE_ONLY) == [], page


def _anyone() -> Any:
    request = type("Request", (), {})()
    request.user = User.objects.get(username="admin")
    return request


def test_today_is_in_sight_on_a_narrow_screen(browser: Browser):
    with browser() as seen:
        seen.page.set_viewport_size({"width": 500, "height": 900})
        for page, after in (("/status", 1), (reverse("admin:index"), 0)):
            seen.open(page)
            days = seen.page.locator(".strips thead th")
            boxes = [days.nth(number).bounding_box() for number in range(1, days.count() - after)]
            assert len(boxes) == 14
            assert boxes[0]["x"] < 0 and boxes[-1]["x"] + boxes[-1]["width"] <= 500, page


def test_a_picture_of_a_ride_has_a_mark_for_each_figure(browser: Browser):
    ride = Ride.objects.order_by("pk")[0]
    with browser() as seen:
        seen.open(address(Ride, "change", ride.pk))
        figures = seen.figures()
        day, calendar = figures["day"], figures["calendar"]
        gaps = [one for one in day["spans"] if one["state"] == "no data"]
        assert seen.marks("ride-day", "spans", "rect") == len(day["spans"]) - len(gaps) > 0
        assert seen.marks("ride-day", "gaps", "rect") == len(gaps)
        assert seen.marks("ride-day", "waits", "circle") == len(day["waits"])
        assert seen.rows("ride-day") == len(day["spans"])
        missing = [one for one in calendar if one["downtime_hours"] is None]
        assert len(calendar) == seen.rows("calendar") == 60
        assert seen.marks("calendar", "days", "rect") == 60 - len(missing) > 0
        assert seen.marks("calendar", "missing-days", "rect") == len(missing)
        assert seen.marks("waits", "means", "circle") == len([1 for one in calendar if one["avg_wait"]])
        assert seen.rows("incidents") == len(figures["incidents"])


def test_a_picture_of_a_park_has_a_mark_for_each_figure(browser: Browser):
    park = Park.objects.order_by("pk")[0]
    with browser() as seen:
        seen.open(address(Park, "change", park.pk))
        figures = seen.figures()
        day = figures["day"]
        for label, column in (("score", "score"), ("rides-down", "rides_down"), ("wait", "wait")):
            known = [one for one in day["collections"] if one[column] is not None]
            assert seen.marks("park-day", label, "circle") == len(known)
        assert seen.marks("park-day", "openings", "rect") == 3 * len(day["openings"])
        assert seen.marks("blame", "rides", "rect") == len(figures["blame"])
        assert seen.rows("hours") == len(figures["hours"]) > 0
        assert f"{day['observed_collections']} of {day['expected_collections']} collections" in (
            seen.page.locator("figcaption").first.inner_text()
        )
        # On paper, a picture needs no table behind it; what is nothing but a table is there.
        seen.page.emulate_media(media="print")
        assert seen.page.locator("figure[data-picture=hours] tbody").is_visible()
        assert not seen.page.locator("figure[data-picture=park-day] tbody").is_visible()


def test_a_day_of_zeros_is_drawn_from_0_to_1(browser: Browser):
    park = Park.objects.get(name=STILL)
    rides = [address(Ride, "change", ride.pk) for ride in park.rides.all()]
    with browser() as seen:
        for number, page in enumerate([*rides, address(Park, "change", park.pk)]):
            seen.open(page)
            found = seen.page.locator("figure[data-picture$=-day] [aria-label='y-axis tick label'] text")
            assert found.all_text_contents() == ["0", "1"] * (1 if page in rides else 3)
            seen.keep(f"zeros-{number}")


def test_the_curve_of_a_route_has_a_mark_for_each_day_and_another_route_can_be_chosen(browser: Browser):
    with browser() as seen:
        seen.open(reverse("admin:performance"))
        assert seen.marks("performance", "medians", "circle") == len(seen.figures()["days"]) == 2
        assert seen.rows("performance") == 2
        choice = seen.page.locator("select")
        assert choice.input_value() == "slow"
        choice.select_option("quick")
        assert "quick" in seen.page.locator("figure svg").get_attribute("aria-label")


def test_another_day_is_drawn_when_it_is_asked_for(browser: Browser):
    ride = Ride.objects.order_by("pk")[0]
    with browser() as seen:
        seen.open(address(Ride, "change", ride.pk))
        today = seen.page.locator("[data-figures]").get_attribute("data-drawn")
        seen.page.get_by_label("the day before").press("Enter")
        changed = "day => document.querySelector('[data-figures]').dataset.drawn !== day"
        seen.page.wait_for_function(changed, arg=today)
        assert seen.page.locator("[data-figures]").get_attribute("data-drawn") < today


def test_a_keyboard_reaches_everything(browser: Browser):
    pages = main_pages()
    with browser() as seen:
        for name in ("overview", "park", "daily-row"):
            seen.open(pages[name])
            seen.page.evaluate(LISTEN)
            wanted = seen.page.evaluate(f"{WANTED}.length")
            for _ in range(wanted + MORE_STOPS):
                seen.page.keyboard.press("Tab")
            missed = f"{WANTED}.filter(one => !reached.has(one)).map(one => one.outerHTML.slice(0, 200))"
            assert wanted > 20
            assert seen.page.evaluate(missed) == [], name


def test_issues_are_resolved_from_the_list_after_a_confirmation(browser: Browser):
    still_open = address(DataQualityIssue, "changelist") + "?is_resolved__exact=0"
    with browser() as seen:
        seen.open(still_open)
        assert seen.page.locator("#result_list tbody tr").count()
        seen.page.locator("#action-toggle").check()
        seen.page.select_option("select[name=action]", "resolve_issues")
        seen.page.get_by_role("button", name="Run").or_(seen.page.get_by_role("button", name="Go")).click()
        seen.page.get_by_role("button", name="Do it").click()
        seen.page.get_by_text("Back to the list").wait_for()
        assert re.search("[1-9][0-9]* issues marked as resolved", seen.page.content())
        seen.open(still_open)
        assert not seen.page.locator("#result_list tbody tr").count()


def test_a_day_is_recomputed_from_the_page_of_its_row_after_a_confirmation(browser: Browser):
    row = ParkDailyStats.objects.order_by("-stat_date", "pk")[0]
    page = address(ParkDailyStats, "change", row.pk)
    with browser() as seen:
        seen.open(page)
        assert seen.page.get_by_text("no row").count()
        seen.page.get_by_role("button", name="Recompute it in all versions").click()
        assert f"{row.stat_date}" in seen.page.content()
        seen.page.get_by_role("button", name="Do it").click()
        seen.page.get_by_text("Back to the list").wait_for()
        for version in (1, 2):
            assert f"{row.stat_date} v{version}" in seen.page.content()
        seen.open(page)
        assert not seen.page.get_by_text("no row").count()
        seen.open(address(ParkDailyStats, "history", row.pk))
        assert "Recompute daily statistics" in seen.page.content()
