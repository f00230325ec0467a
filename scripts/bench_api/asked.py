"""What the benchmark asks besides every route: the requests of people who look at the site."""

from __future__ import annotations

from stats.management.asked import Ask, get

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
            asks.append(get(path, park=parks[turn % len(parks)], ride=rides[turn % len(rides)]))
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
