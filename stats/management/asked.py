"""What is asked to measure a site: every route, in every period and kind that it knows."""

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


def get(path: str, *, park: int = 0, ride: int = 0) -> Ask:
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
        *(get(path, park=park, ride=ride) for path in paths),
        Ask("POST /api/audit/run", "/api/audit/run", "{}"),
        _verify("park_shame_score", park),
        _verify("ride_downtime", ride),
    ]
