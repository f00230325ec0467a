"""The pages of the public site, which were written for the old system, find everything they read.

For each page or tab: the requests of one load, with their parameters, and the keys that the page reads of the
answers. A page writes 0 or "Unknown" for a key that is missing, and nobody would notice. Names that it tries
only as a fallback, or that the old system never sent either, are left out. Where the recorded case has no
rows (no park has a score for yesterday, no ride was down in an hour of it), none are expected.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any
from urllib.parse import urlencode

import pytest

from parkstats_project.tests.asking import ask
from parkstats_project.tests.plugin import GoldenCase

pytestmark = [pytest.mark.mariadb, pytest.mark.whole, pytest.mark.no_cover]

FILTERS = ("all-parks", "disney-universal")
PERIODS = ("live", "today", "yesterday", "last_week", "last_month")
FINISHED = ("yesterday", "last_week", "last_month")
# The tabs of trends, charts and awards show today instead of the running minutes.
NOT_LIVE = PERIODS[1:]

# Of a ride, in an hour or on a day.
FIGURES = ("avg_wait_time_minutes", "uptime_percentage", "snapshot_count")
STATUSES = {"OPERATING", "DOWN", "CLOSED", "REFURBISHMENT", "PARK_CLOSED"}
PARK = {"park_id", "park_name", "location"}
RIDE = {"ride_id", "ride_name", "park_name"}


@pytest.fixture
def site(golden_case: GoldenCase) -> Iterator[None]:
    with golden_case("winter_saturday"):
        yield


def get(path: str, **query: Any) -> dict[str, Any]:
    """As the site's client asks: an Accept header, no cookies; anything but a 200 is an error to it."""
    reply = ask(f"/api{path}", urlencode(query), HTTP_ACCEPT="application/json")
    assert reply.status == 200, (path, query, reply.body[:200])
    answer: dict[str, Any] = reply.json()
    assert answer["success"] is True
    return answer


def rows(answer: dict[str, Any], keys: set[str], *, some: bool = True) -> list[dict[str, Any]]:
    """The rows of an answer; there are `some`, and each has what the page reads."""
    data: list[dict[str, Any]] = answer["data"]
    assert bool(data) or not some
    for row in data:
        assert keys <= row.keys(), keys - row.keys()
    return data


def assert_sorted_ranks(found: Sequence[dict[str, Any]]) -> None:
    assert [row["rank"] for row in found] == list(range(1, len(found) + 1))


def assert_panels(among: str, totals: dict[str, Any]) -> None:
    """The five figures above every tab."""
    assert totals["total_parks_tracked"] > 0
    summary = get("/live/status-summary", filter=among)["status_summary"]
    assert summary.keys() >= STATUSES
    assert sum(int(summary[status]) for status in STATUSES) <= summary["total"]


# --------------------------------------------------------------------------------------------- the tabs


def test_the_tab_of_downtime(site: None, subtests: pytest.Subtests):
    for period, among in product(PERIODS, FILTERS):
        with subtests.test(f"{period} {among}"):
            sort = {"sort_by": "shame_score"}
            parks = get("/parks/downtime", period=period, filter=among, limit=50, **sort)
            keys = PARK | {"rank", "shame_score", "total_downtime_hours", "uptime_percentage", "rides_down"}
            found = rows(parks, keys | ({"park_is_open"} if period == "live" else set()))
            assert_sorted_ranks(found)
            assert all(isinstance(row["total_downtime_hours"], int | float) for row in found)
            rides = get("/rides/downtime", period=period, filter=among, limit=100, sort_by="downtime_hours")
            for row in rows(rides, RIDE | {"rank", "tier"}):
                # The page takes whichever is there, and adds an hour unit to its number.
                assert float(row.get("downtime_hours") or row.get("total_downtime_hours") or 0) >= 0
                if period == "live":
                    assert "current_is_open" in row or "is_down" in row
                else:
                    assert float(row["uptime_percentage"] or 0) >= 0
            assert_panels(among, parks["aggregate_stats"])


@pytest.mark.parametrize("sort_by", ["total_downtime_hours", "uptime_percentage", "rides_down"])
def test_the_columns_that_parks_can_be_sorted_by(site: None, sort_by: str):
    rows(get("/parks/downtime", period="today", filter="all-parks", limit=50, sort_by=sort_by), {sort_by})


@pytest.mark.parametrize("sort_by", ["current_is_open", "uptime_percentage", "trend_percentage"])
def test_the_columns_that_rides_can_be_sorted_by(site: None, sort_by: str):
    rows(get("/rides/downtime", period="today", filter="all-parks", limit=100, sort_by=sort_by), {sort_by})


def test_the_tab_of_wait_times(site: None, subtests: pytest.Subtests):
    for period, among in product(PERIODS, FILTERS):
        with subtests.test(f"{period} {among}"):
            parks = get("/parks/waittimes", period=period, filter=among, limit=50)
            of_days = period in ("last_week", "last_month")
            waits = (
                {"avg_wait_time"} if of_days else {"avg_wait_minutes", "peak_wait_minutes", "rides_reporting"}
            )
            assert_sorted_ranks(rows(parks, PARK | waits))
            rides = get("/rides/waittimes", period=period, filter=among, limit=100)
            keys = RIDE | {"location", "tier", "avg_wait_minutes", "peak_wait_minutes"}
            if period in ("live", "today"):
                keys |= {"current_is_open", "park_is_open"}
            found = rows(rides, keys)
            assert all(float(row["avg_wait_minutes"]) > 0 for row in found)
            totals = get("/parks/downtime", period="today", filter=among, limit=1)["aggregate_stats"]
            assert_panels(among, totals)


def test_what_is_fetched_ahead_for_all_tabs(site: None):
    for path, limit in {
        "/parks/downtime": 50,
        "/rides/downtime": 100,
        "/parks/waittimes": 50,
        "/rides/waittimes": 100,
    }.items():
        assert len(get(path, period="live", filter="all-parks", limit=limit)["data"]) <= limit


def test_the_charts(site: None, subtests: pytest.Subtests):
    for period, among in product(NOT_LIVE, FILTERS):
        with subtests.test(f"{period} {among}"):
            for kind, limit in {"parks": 4, "waittimes": 4, "rides": 5, "ridewaittimes": 5}.items():
                answer = get("/trends/chart-data", period=period, filter=among, limit=limit, type=kind)
                assert answer["granularity"] in ("hourly", "daily")
                assert isinstance(answer["mock"], bool)
                chart = answer["chart_data"]
                assert 0 < len(chart["datasets"]) <= limit
                for line in chart["datasets"]:
                    assert line["label"]
                    assert len(line["data"]) == len(chart["labels"]) > 0
                    # The chart library draws numbers, also as texts, and leaves a gap for null.
                    assert all(value is None or float(value) >= 0 for value in line["data"])


def test_the_heat_maps(site: None, subtests: pytest.Subtests):
    for period, among in product(NOT_LIVE, FILTERS):
        with subtests.test(f"{period} {among}"):
            for kind in ("parks-shame", "parks", "rides-downtime", "rides-waittimes"):
                answer = get("/trends/heatmap-data", period=period, filter=among, limit=10, type=kind)
                assert answer["metric"] and answer["metric_unit"]
                assert answer["granularity"] in ("hourly", "daily")
                assert len(answer["entities"]) == len(answer["matrix"]) <= 10
                assert answer["entities"] or (kind, period) == ("rides-downtime", "yesterday")
                for entity, row in zip(answer["entities"], answer["matrix"], strict=True):
                    assert entity.keys() >= {"entity_id", "entity_name", "total_value"}
                    # A park is told from a ride by its location, and a ride shows its tier.
                    assert ("location" in entity) == kind.startswith("parks")
                    assert ("tier" in entity) == kind.startswith("rides")
                    assert len(row) == len(answer["time_labels"])
                    assert all(value is None or isinstance(value, int | float) for value in row)


def test_the_awards(site: None, subtests: pytest.Subtests):
    for period in FINISHED:
        with subtests.test(period):
            asked = {"period": period, "filter": "all-parks", "limit": 1}
            for route, entity, keys in [
                ("longest-wait-times", "parks", {"park_name", "location", "avg_wait_time"}),
                ("longest-wait-times", "rides", {"ride_name", "park_name", "avg_wait_time"}),
                (
                    "least-reliable",
                    "parks",
                    {"park_name", "location", "avg_shame_score", "uptime_percentage"},
                ),
                ("least-reliable", "rides", {"ride_name", "park_name", "downtime_hours"}),
            ]:
                expected = (route, entity, period) != ("least-reliable", "parks", "yesterday")
                winners = rows(get(f"/trends/{route}", entity=entity, **asked), keys, some=expected)
                assert [winner["rank"] for winner in winners] == [1] * expected


def test_the_tab_of_trends(site: None, subtests: pytest.Subtests):
    for period, among in product(NOT_LIVE, FILTERS):
        with subtests.test(f"{period} {among}"):
            for entity, name in {"parks": "park_name", "rides": "ride_name"}.items():
                for direction, change in {
                    "improving": "improvement_percentage",
                    "declining": "decline_percentage",
                }.items():
                    answer = get(
                        "/trends", period=period, filter=among, limit=20, category=f"{entity}-{direction}"
                    )
                    for row in answer[entity]:
                        assert row.keys() >= {name, "current_uptime", "previous_uptime", change}
                asked = {"period": period, "filter": among, "entity": entity, "limit": 10}
                who = {"parks": {"park_name", "location"}, "rides": {"ride_name", "park_name"}}[entity]
                rows(get("/trends/longest-wait-times", **asked), who | {"avg_wait_time"})
                expected = entity == "rides" or period in ("last_week", "last_month")
                rows(get("/trends/least-reliable", **asked), who | {"uptime_percentage"}, some=expected)


# -------------------------------------------------------------------------------------- pages of one thing


def busiest_park() -> int:
    return int(get("/parks/downtime", period="today", limit=1)["data"][0]["park_id"])


def test_the_page_of_a_park(site: None, subtests: pytest.Subtests):
    for period in PERIODS:
        with subtests.test(period):
            park_id = busiest_park()
            answer = get(f"/parks/{park_id}/details", period=period)
            assert answer["period"] == period
            assert answer["park"].keys() >= {"name", "location", "operator", "timezone", "queue_times_url"}
            tiers = answer["tier_distribution"]
            counts = [int(tiers[key]) for key in ("tier_1_count", "tier_2_count", "tier_3_count")]
            assert 0 < sum(counts) <= tiers["total_rides"]
            assert answer["excluded_rides_count"] >= 0
            assert isinstance(answer["operating_sessions"], list)
            assert_breakdown(answer["shame_breakdown"], period)
            chart = answer["chart_data"]
            assert len(chart["labels"]) == len(chart["data"])
            assert ("current" if period == "live" else "average") in chart


def assert_breakdown(breakdown: dict[str, Any], period: str) -> None:
    assert breakdown["breakdown_type"] == period
    assert isinstance(breakdown["shame_score"], int | float)
    if period == "live":
        numbers = ("total_park_weight", "total_weighted_down", "total_excluded_weight")
        listed, keys = breakdown["rides_down"], {"status"}
        for ride in breakdown["rides_excluded"]:
            assert ride.keys() >= {"ride_name", "tier_weight", "exclusion_reason"}
        assert isinstance(breakdown["park_is_open"], bool)
    else:
        numbers = ("total_park_weight", "total_downtime_hours", "weighted_downtime_hours")
        listed, keys = breakdown["rides_with_downtime"], {"downtime_hours", "weighted_contribution"}
        assert breakdown["rides_affected_count"] == len(listed) > 0
        if period in ("last_week", "last_month"):
            assert breakdown["period_label"] and breakdown["days_in_period"] >= 7
    # The page calls methods of numbers on them; a text would end its script.
    assert all(isinstance(breakdown[name], int | float) for name in numbers)
    for ride in listed:
        assert ride.keys() >= {"ride_id", "ride_name", "tier", "tier_weight"} | keys


def test_the_comparison_on_the_page_of_a_park(site: None, subtests: pytest.Subtests):
    for period, kind in product(NOT_LIVE, ["downtime", "wait_times"]):
        with subtests.test(f"{period} {kind}"):
            answer = get(f"/parks/{busiest_park()}/rides/charts", period=period, type=kind)
            assert answer["chart_type"] == kind
            assert answer["granularity"] in ("hourly", "daily")
            assert answer["datasets"]
            for line in answer["datasets"]:
                assert line["label"] and line["tier"] in (1, 2, 3)
                assert len(line["data"]) == len(answer["labels"])


def test_the_page_of_a_ride(site: None, subtests: pytest.Subtests):
    for period in NOT_LIVE:
        with subtests.test(period):
            worst = get("/rides/downtime", period=period, limit=1)["data"][0]["ride_id"]
            answer = get(f"/rides/{worst}/details", period=period)
            assert answer["period"] == period
            assert answer["ride"].keys() >= {"name", "park_id", "park_name", "tier", "category"}
            # The page calls methods of numbers on them.
            for key in (
                "total_downtime_hours",
                "uptime_percentage",
                "avg_wait_time",
                "total_operating_hours",
            ):
                assert isinstance(answer["summary"][key], int | float | None)
            time = "hour_start_utc" if period in ("today", "yesterday") else "date"
            assert answer["timeseries"] and answer["hourly_breakdown"]
            for point in answer["timeseries"]:
                assert {time, "status"} <= point.keys()
                assert all(isinstance(point[name], int | float | None) for name in FIGURES)
            for row in answer["hourly_breakdown"]:
                assert time in row
                assert all(isinstance(row[name], int | float | None) for name in (*FIGURES, "downtime_hours"))


# -------------------------------------------------------------------------------------- search and audit


def test_the_search_leads_to_pages_that_answer(site: None):
    answer = get("/search/index")
    for kind, below in {"parks": "location", "rides": "park_name"}.items():
        assert answer[kind]
        for entry in answer[kind]:
            assert entry.keys() >= {"name", "type", "url", below}
            assert entry["type"] == kind[:-1]
        first = answer[kind][0]
        assert str(first["id"]) in first["url"]
        get(f"/{kind}/{first['id']}/details", period="today")


def test_what_an_auditor_looks_at(site: None):
    """No page of the site shows it; the routes are asked one after the other, as they refer to each other."""
    assert get("/audit/status")["total_checks"] == 10
    found = get("/audit/anomalies")
    assert found["total_anomalies"] == len(found["anomalies"])
    flagged = get("/audit/flagged-entities", date=found["target_date"])
    parks = {one["entity_id"] for one in found["anomalies"] if one["entity_type"] == "park"}
    assert set(flagged["flagged_parks"]) == parks
    assert get("/audit/data-quality")["total_issues"] >= 0
    assert get("/audit/data-quality/summary")["days"] == 7
