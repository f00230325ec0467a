"""The four rankings over HTTP: order of the checks, envelopes, number of queries."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parkstats_project.tests.asking import ask
from parkstats_project.tests.plugin import forget_everything
from stats.tests.observed import (
    DOWN,
    RUNNING,
    YESTERDAY,
    a_park,
    a_ride,
    at,
    ride_day,
    saw,
    saw_hour,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "uncached")]

PERIODS = ("live", "today", "yesterday", "7days", "30days", "last_week", "last_month")
WAIT_PERIODS = ("live", "today", "yesterday", "last_week", "last_month")
QUERIES = [
    *(("/api/parks/downtime", f"period={period}&weighted=true") for period in PERIODS),
    *(("/api/rides/downtime", f"period={period}") for period in PERIODS),
    *(("/api/parks/waittimes", f"period={period}") for period in WAIT_PERIODS),
    *(("/api/rides/waittimes", f"period={period}") for period in WAIT_PERIODS),
    *(("/api/rides/waittimes", f"mode={mode}") for mode in ("7day-average", "peak-times")),
]
# With everything kept, only the live table of rides is asked, whose rows stand for twenty minutes.
LIVE_TABLE = ("/api/rides/downtime", "period=live")


def grow() -> None:
    """A Disney park with two rides, one of them down now and then."""
    park = a_park(is_disney=True)
    ride, other = a_ride(park), a_ride(park)
    for day in (19, 20):
        saw_hour(
            park,
            at(12, day=day),
            *([{ride: DOWN, other: RUNNING}] * 3 + [{ride: RUNNING, other: RUNNING}] * 3),
        )
    # From the first hour of yesterday to the running one.
    for moment in (at(7, day=19), at(21), at(22)):
        saw(park, moment, {ride: DOWN, other: RUNNING})
    ride_day(ride, YESTERDAY, minutes=30)


def queries(path: str, query: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert ask(path, query).status == 200
    return len(captured)


@pytest.mark.parametrize(("path", "query"), QUERIES)
def test_the_number_of_queries_does_not_grow_with_parks_and_rides(path, query):
    grow()
    forget_everything()
    few = queries(path, query)
    for _ in range(3):
        grow()
    forget_everything()
    assert queries(path, query) == few
    assert queries(path, query) == (1 if (path, query) == LIVE_TABLE else 0)


@pytest.mark.parametrize(
    ("path", "query", "error"),
    [
        ("parks/downtime", "limit=x&period=no", "Invalid limit. Must be a non-negative integer"),
        (
            "parks/downtime",
            "period=no&filter=no&sort_by=no",
            "Invalid period. Must be one of: live, today, yesterday, 7days, 30days, last_week, last_month",
        ),
        (
            "parks/downtime",
            "filter=no&sort_by=no",
            "Invalid filter. Must be 'disney-universal' or 'all-parks'",
        ),
        (
            "parks/downtime",
            "sort_by=no&limit=-1",
            "Invalid sort_by. Must be one of: "
            "shame_score, total_downtime_hours, uptime_percentage, rides_down",
        ),
        (
            "rides/downtime",
            "sort_by=shame_score",
            "Invalid sort_by. Must be one of: "
            "current_is_open, downtime_hours, uptime_percentage, trend_percentage",
        ),
        (
            "parks/waittimes",
            "period=7days",
            "Invalid period. Must be 'live', 'today', 'yesterday', 'last_week', or 'last_month'",
        ),
        (
            "rides/waittimes",
            "period=7days&filter=no",
            "Invalid mode. Must be one of: "
            "live, today, yesterday, last_week, last_month, 7day-average, peak-times",
        ),
    ],
)
def test_the_first_of_several_mistakes_is_named(path, query, error):
    reply = ask(f"/api/{path}", query)
    assert (reply.status, reply.json()) == (400, {"error": error, "success": False})


def test_the_envelopes_repeat_what_was_asked():
    parks = ask("/api/parks/downtime", "period=last_week&weighted=TRUE&sort_by=rides_down").json()
    assert parks.keys() == {
        "success",
        "period",
        "filter",
        "sort_by",
        "weighted",
        "attribution",
        "aggregate_stats",
        "data",
    }
    assert (parks["weighted"], parks["sort_by"], parks["period"]) == (True, "rides_down", "last_week")
    rides = ask("/api/rides/downtime", "sort_by=uptime_percentage").json()
    assert rides.keys() == {"success", "period", "filter", "attribution", "data"}
    waits = ask("/api/rides/waittimes", "period=30days&mode=peak-times").json()
    assert (waits["period"], waits["mode"]) == ("30days", "peak-times")
