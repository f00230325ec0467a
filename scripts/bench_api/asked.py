"""What the benchmark asks: every route in every period, and the requests of people who look at the site."""

from __future__ import annotations

import json
from dataclasses import dataclass

DAYS = ("today", "yesterday", "last_week", "last_month")
LIVE_AND_DAYS = ("live", *DAYS)
RANKED = ("live", "today", "yesterday", "7days", "30days", "last_week", "last_month")
MODES = (*LIVE_AND_DAYS, "7day-average", "peak-times")
CHARTS = ("parks", "rides", "waittimes", "ridewaittimes")
HEAT_MAPS = ("parks", "parks-shame", "rides-downtime", "rides-waittimes")
TRENDS = ("parks-improving", "parks-declining", "rides-improving", "rides-declining")


@dataclass(frozen=True)
class Ask:
    """One request; `name` is the same for all parks and rides."""

    name: str
    path: str
    body: str | None = None

    @property
    def method(self) -> str:
        """POST if there is something to send."""
        return "GET" if self.body is None else "POST"


def _get(path: str, *, park: int = 0, ride: int = 0) -> Ask:
    return Ask(path.format(park="<park>", ride="<ride>"), path.format(park=park, ride=ride))


def _verify(kind: str, entity: int) -> Ask:
    body = {"type": kind, "entity_id": entity, "period": "7days", "displayed_value": 1.0}
    return Ask(f"POST /api/audit/verify {kind}", "/api/audit/verify", json.dumps(body))


def every_route(park: int, ride: int) -> list[Ask]:
    """All routes in all periods and kinds that they know."""
    paths = ["/", "/api/health", "/api/search/index"]
    paths += [f"/api/parks/downtime?period={period}" for period in RANKED]
    paths += ["/api/parks/downtime?period=7days&weighted=true"]
    paths += [f"/api/parks/waittimes?period={period}" for period in LIVE_AND_DAYS]
    paths += [f"/api/rides/downtime?period={period}" for period in RANKED]
    paths += [f"/api/rides/waittimes?mode={mode}" for mode in MODES]
    paths += ["/api/live/status-summary", "/api/live/status-summary?filter=disney-universal"]
    paths += ["/api/parks/{park}/rides"]
    paths += [f"/api/parks/{{park}}/details?period={period}" for period in LIVE_AND_DAYS]
    paths += [
        f"/api/parks/{{park}}/rides/charts?type={kind}&period={period}"
        for kind in ("downtime", "wait_times")
        for period in DAYS
    ]
    paths += [f"/api/rides/{{ride}}/details?period={period}" for period in DAYS]
    paths += [f"/api/trends?category={category}" for category in TRENDS]
    paths += [
        f"/api/trends/chart-data?filter=all-parks&type={kind}&period={period}"
        for kind in CHARTS
        for period in LIVE_AND_DAYS
    ]
    paths += [
        f"/api/trends/heatmap-data?type={kind}&period={period}" for kind in HEAT_MAPS for period in DAYS
    ]
    paths += [
        f"/api/trends/{award}?entity={entity}&period={period}"
        for award in ("longest-wait-times", "least-reliable")
        for entity in ("parks", "rides")
        for period in DAYS
    ]
    paths += ["/api/audit/status", "/api/audit/anomalies", "/api/audit/flagged-entities"]
    paths += ["/api/audit/data-quality", "/api/audit/data-quality/summary"]
    return [
        *(_get(path, park=park, ride=ride) for path in paths),
        Ask("POST /api/audit/run", "/api/audit/run", "{}"),
        _verify("park_shame_score", park),
        _verify("ride_downtime", ride),
    ]


# Path and how often it is asked among a hundred views: the front page most of all, one park or ride next.
_VIEWS = {
    "/api/parks/downtime?period=live": 14,
    "/api/live/status-summary": 12,
    "/api/parks/downtime?period=today": 6,
    "/api/parks/downtime?period=yesterday": 4,
    "/api/parks/downtime?period=last_week": 4,
    "/api/rides/downtime?period=live": 8,
    "/api/rides/downtime?period=today": 5,
    "/api/rides/downtime?period=last_week": 3,
    "/api/parks/waittimes?period=live": 5,
    "/api/rides/waittimes?mode=live": 6,
    "/api/rides/waittimes?mode=today": 3,
    "/api/trends/chart-data?type=parks&period=last_week": 3,
    "/api/trends/chart-data?type=parks&period=live": 3,
    "/api/trends/heatmap-data?type=rides-waittimes&period=today": 2,
    "/api/trends/longest-wait-times?period=today": 3,
    "/api/trends/least-reliable?period=today": 3,
    "/api/trends?category=parks-improving": 2,
    "/api/search/index": 4,
    "/api/parks/{park}/details?period=live": 4,
    "/api/parks/{park}/details?period=today": 3,
    "/api/rides/{ride}/details?period=today": 2,
    "/api/rides/{ride}/details?period=last_week": 1,
}


def dashboard(parks: list[int], rides: list[int]) -> list[Ask]:
    """The requests of a hundred views, to be drawn from at random; parks and rides take turns."""
    asks: list[Ask] = []
    for path, times in _VIEWS.items():
        for _ in range(times):
            turn = len(asks)
            asks.append(_get(path, park=parks[turn % len(parks)], ride=rides[turn % len(rides)]))
    return asks


# Each is the first request of a newly started server.
FIRST = (
    "/api/parks/downtime?period=live",
    "/api/parks/downtime?period=today",
    "/api/rides/downtime?period=today",
    "/api/parks/waittimes?period=yesterday",
    "/api/trends/least-reliable?entity=parks&period=yesterday",
    "/api/parks/downtime?period=last_month",
)
