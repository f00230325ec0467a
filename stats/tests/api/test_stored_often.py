"""A collection that was stored hundreds of times: every route answers."""

from __future__ import annotations

import pytest
from django.test import Client
from freezegun import freeze_time

from parks.models import Park, ParkActivitySnapshot
from stats.jobs import live
from stats.models import ParkLiveRanking
from stats.tests.observed import DOWN, NOW, RUNNING, a_park, a_ride, at, raw_rows_since, saw

pytestmark = pytest.mark.django_db

PERIODS = ("live", "today", "yesterday", "last_week", "last_month")
ROUTES = [
    *(f"/api/parks/downtime?period={period}" for period in (*PERIODS, "7days", "30days")),
    *(f"/api/rides/downtime?period={period}" for period in (*PERIODS, "7days", "30days")),
    *(f"/api/parks/waittimes?period={period}" for period in PERIODS),
    *(f"/api/rides/waittimes?period={period}" for period in PERIODS),
    *(f"/api/parks/{{park}}/details?period={period}" for period in PERIODS),
    *(f"/api/rides/{{ride}}/details?period={period}" for period in PERIODS[1:]),
    *(f"/api/parks/{{park}}/rides/charts?period={period}" for period in PERIODS[1:]),
    *(
        f"/api/trends/chart-data?period={period}&type={kind}&filter=all-parks"
        for period in PERIODS
        for kind in ("parks", "rides", "waittimes", "ridewaittimes")
    ),
    *(
        f"/api/trends/{award}?period={period}&entity={entity}"
        for award in ("longest-wait-times", "least-reliable")
        for period in ("today", "yesterday")
        for entity in ("parks", "rides")
    ),
    "/api/trends/heatmap-data?period=today&type=rides-downtime",
    "/api/live/status-summary",
    "/api/parks/{park}/rides",
    "/api/health",
    "/api/search/index",
    "/api/audit/status",
    "/api/analytics/buckets?park_id={park}&from=2025-12-19T00:00:00Z&to=2025-12-20T22:00:00Z",
]


@pytest.fixture
def often() -> Park:
    """A park of which two collections, one yesterday and one just now, were stored 300 times."""
    raw_rows_since(at(0, day=18))
    park = a_park(is_disney=True)
    rides = [a_ride(park, tier=1), a_ride(park, tier=2)]
    for moment in (at(20, day=19), at(22, 30)):
        saw(park, moment, {rides[0]: RUNNING, rides[1]: DOWN})
        ParkActivitySnapshot.objects.bulk_create(
            ParkActivitySnapshot(
                park=park,
                recorded_at=moment,
                total_rides_tracked=2,
                rides_open=1,
                rides_closed=1,
                park_appears_open=True,
            )
            for _ in range(300)
        )
    return park


@pytest.mark.whole
def test_every_route_answers(often: Park, client: Client) -> None:
    ride = often.rides.order_by("pk")[0]
    with freeze_time(NOW):
        failed = {
            route: reply.status_code
            for route in ROUTES
            if (reply := client.get(route.format(park=often.pk, ride=ride.pk))).status_code != 200
        }
    assert not failed


def test_the_live_tables_are_written(often: Park) -> None:
    with freeze_time(NOW):
        live.refresh(now=NOW)
    assert ParkLiveRanking.objects.filter(park=often).exists()
