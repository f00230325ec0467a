"""Figures over any window are right on their merits."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from parks.models import ParkActivitySnapshot
from parkstats_project.base import clock
from parkstats_project.base.clock import Window
from rides import status
from stats.frames import hours, observations, roster
from stats.questions import analytics
from stats.questions.buckets import Length
from stats.tests.observed import (
    CLOSED,
    DOWN,
    NOW,
    RUNNING,
    SILENT_RUNNING,
    SILENT_STANDING,
    a_park,
    a_ride,
    at,
    raw_rows_since,
    saw,
    saw_park,
    saw_ride,
)
from stats.tests.questions.buckets import (
    asked,
    choice,
    figures,
    of_ride,
)


@pytest.mark.whole
@pytest.mark.no_cover
@pytest.mark.mariadb
def test_every_recorded_ride_row_is_in_one_bucket_as_what_it_was(golden_case):
    """Counted one by one in Python, with the park row that is next to it in time."""
    with golden_case("winter_saturday"):
        end = clock.from_epoch(clock.hour_start(clock.epoch(clock.now())))
        window = Window(end - timedelta(hours=36), end)
        rides = roster.current().rides.filter("is_active")
        ids = rides["ride_id"].to_list()
        park_of = dict(rides.select("ride_id", "park_id").iter_rows())
        reports = {
            park
            for park, reported in roster.current().parks.select("park_id", "reports_down").iter_rows()
            if reported
        }
        open_at: dict[int, list[tuple[int, bool]]] = defaultdict(list)
        for row in observations.parks(
            Window(window.start - timedelta(hours=1), end + timedelta(hours=1))
        ).to_dicts():
            open_at[row["park_id"]].append((row["at"], row["open_fb"]))
        expected: dict[tuple[int, int], Counter[str]] = defaultdict(Counter)
        said_closed = {True: {status.CLOSED, status.REFURBISHMENT}, False: {status.REFURBISHMENT}}
        alone = 0
        for row in observations.rides(window, rides=ids).to_dicts():
            park = park_of[row["ride_id"]]
            near = min(open_at[park], key=lambda seen: abs(seen[0] - row["at"]), default=None)
            is_open = near[1] if near is not None and abs(near[0] - row["at"]) <= 300 else None
            alone += row["partners"] == 0
            silent, reported = row["status"] == status.NO_STATUS, park in reports
            if row["status"] == status.OPERATING or (silent and row["running"]):
                state = "operating"
            elif is_open is False or row["status"] in said_closed[reported]:
                state = "closed"
            elif is_open is None or (silent and reported):
                state = "unknown"
            else:
                state = "down"
            expected[row["ride_id"], clock.hour_start(row["at"])][state] += 1
        assert alone > 1000, "rows without a park row in the same second are what this is about"
        found, _ = analytics.of_entities(
            entity="ride", ids=ids, choice=choice(*window, zone=ZoneInfo("UTC")), now=clock.now()
        )
        for one in found:
            for bucket in one["buckets"]:
                counts = expected[one["id"], clock.epoch(datetime.fromisoformat(bucket["start"]))]
                assert {name: bucket[name] or 0 for name in analytics.STATES} == {
                    name: counts[name] for name in analytics.STATES
                }
                up, down = counts["operating"], counts["down"]
                assert (bucket["uptime_percentage"] is None) == (up + down == 0)
                if up + down:
                    assert abs(bucket["uptime_percentage"] - 100 * up / (up + down)) <= 0.005 + 1e-9


@pytest.mark.django_db
def test_a_park_is_all_its_active_attractions_together():
    raw_rows_since(at(0))
    park = a_park()
    rides = [a_ride(park), a_ride(park), a_ride(park, category="SHOW"), a_ride(park, is_active=False)]
    saw(park, at(12), dict.fromkeys(rides, RUNNING))
    saw(park, at(12, 10), {rides[0]: DOWN, rides[1]: ("OPERATING", True, 40), rides[2]: DOWN})
    (found,) = asked("park", [park.pk], choice(at(12), at(13)))
    assert figures(found[0], "snapshots", "operating", "down", "downtime_minutes") == (4, 3, 1, 10)
    assert figures(found[0], "uptime_percentage", "mean_wait", "max_wait") == (75.0, 26.67, 40)
    # Two of six collections of ten minutes, however many rides they saw.
    assert found[0]["coverage_percentage"] == 33.33


@pytest.mark.django_db
def test_a_ride_row_counts_also_where_the_park_row_is_of_another_second():
    raw_rows_since(at(0))
    park = a_park()
    ride = a_ride(park)
    for minute in range(0, 60, 10):
        saw_park(park, at(12, minute, 4), appears_open=True)
        saw_ride(ride, at(12, minute), RUNNING if minute < 40 else DOWN)
    (bucket,) = of_ride(ride, at(12), at(13))
    assert figures(bucket, "snapshots", "operating", "down", "uptime_percentage") == (6, 4, 2, 66.67)
    assert bucket["coverage_percentage"] == 100.0


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["Elsewhere", "Dollywood"])
def test_closed_nights_are_neither_up_nor_down(name):
    raw_rows_since(at(0))
    park = a_park(name=name)
    ride = a_ride(park)
    for minute, seen in ((0, DOWN), (10, CLOSED), (20, SILENT_STANDING)):
        saw(park, at(3, minute), {ride: seen}, appears_open=False, rides_open=0)
    (night,) = of_ride(ride, at(3), at(4))
    assert figures(night, "snapshots", *analytics.STATES) == (3, 0, 0, 3, 0)
    assert figures(night, "uptime_percentage", "closed_share", "downtime_minutes") == (None, 100.0, 0)
    saw(park, at(12), {ride: RUNNING})
    (day,) = of_ride(ride, at(0), at(24 - 1), Length(seconds=23 * 3600, days=0))
    assert figures(day, "uptime_percentage", "operating_share", "closed_share") == (100.0, 25.0, 75.0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "seen", "state"),
    [
        ("Dollywood", DOWN, "down"),
        ("Dollywood", CLOSED, "closed"),
        ("Dollywood", SILENT_STANDING, "unknown"),
        ("Dollywood", SILENT_RUNNING, "operating"),
        ("Elsewhere", DOWN, "down"),
        ("Elsewhere", CLOSED, "down"),
        ("Elsewhere", SILENT_STANDING, "down"),
        ("Elsewhere", ("REFURBISHMENT", False, None), "closed"),
    ],
)
def test_what_a_ride_is_while_its_park_is_open_follows_the_kind_of_park(name, seen, state):
    raw_rows_since(at(0))
    park = a_park(name=name)
    ride = a_ride(park)
    saw(park, at(12), {ride: seen})
    (bucket,) = of_ride(ride, at(12), at(13))
    assert {one: bucket[one] for one in analytics.STATES} == dict.fromkeys(analytics.STATES, 0) | {state: 1}
    assert bucket[f"{state}_share"] == 100.0


@pytest.mark.django_db
def test_where_nothing_was_seen_of_the_park_a_standing_ride_is_unknown_and_the_coverage_low():
    raw_rows_since(at(0))
    park = a_park()
    ride = a_ride(park)
    saw_park(park, at(12))
    saw_ride(ride, at(12), RUNNING)
    saw_ride(ride, at(12, 20), RUNNING)
    saw_ride(ride, at(12, 40), DOWN)
    (bucket,) = of_ride(ride, at(12), at(13))
    assert figures(bucket, "snapshots", *analytics.STATES) == (3, 2, 0, 0, 1)
    assert figures(bucket, "uptime_percentage", "unknown_share") == (100.0, 33.33)
    assert bucket["coverage_percentage"] == 16.67


@pytest.mark.django_db
def test_a_collection_counts_once_however_often_it_was_stored():
    raw_rows_since(at(0))
    park = a_park()
    ride = a_ride(park)
    for minute in (0, 10):
        saw(park, at(12, minute), {ride: RUNNING})
    for second in (0, 0, 1, 40):
        saw_ride(ride, at(12, 10, second), ("OPERATING", True, 50))
        saw_park(park, at(12, 10, second))
    (bucket,) = of_ride(ride, at(12), at(13))
    assert figures(bucket, "snapshots", "operating", "mean_wait") == (2, 2, 35.0)


@pytest.mark.django_db
def test_three_hundred_park_rows_of_one_second_break_nothing():
    raw_rows_since(at(0))
    park = a_park()
    ride = a_ride(park)
    saw(park, at(12), {ride: RUNNING})
    ParkActivitySnapshot.objects.bulk_create(
        ParkActivitySnapshot(
            park=park,
            recorded_at=at(12),
            total_rides_tracked=1,
            rides_open=1,
            rides_closed=0,
            park_appears_open=True,
        )
        for _ in range(300)
    )
    (bucket,) = of_ride(ride, at(12), at(13))
    assert figures(bucket, "snapshots", "operating", "uptime_percentage") == (1, 1, 100.0)
    # The old figures count pairs, as they always did.
    (row,) = hours.of_rides(Window(at(12), at(13)), now=NOW, rides=[ride.pk]).iter_rows(named=True)
    assert (row["snapshots"], row["operating"]) == (301, 301)


@pytest.mark.django_db
def test_middle_and_ninety_fifth_wait_are_waits_that_were_shown():
    raw_rows_since(at(0))
    park = a_park()
    ride = a_ride(park)
    for number, wait in enumerate([5, 10, 15, 20, 100, None]):
        saw(park, at(12, 10 * number), {ride: ("OPERATING", True, wait)})
    # A wait while the ride stands still is not one.
    saw(park, at(13), {ride: ("DOWN", False, 500)})
    (bucket,) = of_ride(ride, at(12), at(14), Length(seconds=7200, days=0))
    assert figures(bucket, "mean_wait", "median_wait", "p95_wait", "max_wait") == (30.0, 15, 100, 100)
    assert bucket["extreme_waits"] == 0
    for number in range(20):
        saw(park, at(15 + number // 6, 10 * (number % 6)), {ride: ("OPERATING", True, number + 1)})
    (bucket,) = of_ride(ride, at(15), at(19), Length(seconds=4 * 3600, days=0))
    assert figures(bucket, "median_wait", "p95_wait") == (10, 19)


@pytest.mark.django_db
def test_impossible_waits_are_counted_and_in_no_other_figure():
    raw_rows_since(at(0))
    park = a_park()
    ride = a_ride(park)
    for number, wait in enumerate([10, 479, 480, 999, -1, 0]):
        saw(park, at(12, 10 * number), {ride: ("OPERATING", True, wait)})
    (bucket,) = of_ride(ride, at(12), at(13))
    assert figures(bucket, "mean_wait", "median_wait", "max_wait", "extreme_waits") == (163.0, 10, 479, 3)
    assert bucket["operating"] == 6
