"""Figures over any window: missing data, coverage, bounds; raw and archived days alike."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from parks.models import ParkActivitySnapshot
from parkstats_project.base import clock
from parkstats_project.base.zones import zone_named
from rides.models import RideStatusSnapshot
from stats.frames import archive, roster
from stats.questions import analytics
from stats.questions.buckets import Length
from stats.tests.observed import (
    CLOSED,
    DOWN,
    NOW,
    RUNNING,
    a_park,
    a_ride,
    at,
    raw_rows_since,
    saw,
)
from stats.tests.questions.buckets import (
    DAILY,
    asked,
    choice,
    figures,
    of_ride,
)


@pytest.mark.django_db
def test_what_was_not_observed_is_null_and_never_a_hundred_percent():
    ride = a_ride(a_park())
    for bucket in of_ride(ride, at(0, day=18), at(0, day=22), DAILY):
        assert bucket["snapshots"] == 0
        assert figures(bucket, "operating", "down", "uptime_percentage", "coverage_percentage") == (None,) * 4


@pytest.mark.django_db
def test_coverage_expects_nothing_of_the_future():
    raw_rows_since(at(0))
    park = a_park()
    ride = a_ride(park)
    for minute in (0, 10, 20, 30):
        saw(park, at(22, minute), {ride: RUNNING})
    (bucket,) = of_ride(ride, at(22), at(23))
    # 22:35 is now: three collections are due.
    assert bucket["coverage_percentage"] == 100.0


@pytest.mark.django_db
@pytest.mark.parametrize(("minutes", "covered"), [(5, 100.0), (10, 50.0)])
def test_coverage_follows_the_rhythm_of_the_collector(settings, minutes, covered):
    settings.PARKSTATS_COLLECTION_MINUTES = 5
    raw_rows_since(at(0))
    park = a_park()
    ride = a_ride(park)
    for minute in range(0, 60, minutes):
        saw(park, at(12, minute), {ride: RUNNING if minute else DOWN})
    (bucket,) = of_ride(ride, at(12), at(13))
    assert figures(bucket, "coverage_percentage", "downtime_minutes") == (covered, 5)
    (span,) = of_ride(ride, at(12), at(13), between=(time(12, 20), time(12, 50)), zone=ZoneInfo("UTC"))
    assert span["coverage_percentage"] == covered


@pytest.mark.django_db
def test_a_span_of_the_day_works_to_the_minute():
    raw_rows_since(at(0))
    park = a_park()
    ride = a_ride(park)
    for minute in (3, 13, 23, 33, 43, 53):
        saw(park, at(12, minute), {ride: RUNNING})
    utc = ZoneInfo("UTC")
    (span,) = of_ride(ride, at(12), at(13), between=(time(12, 13), time(12, 43)), zone=utc)
    assert figures(span, "snapshots", "coverage_percentage") == (3, 100.0)
    # 29 minutes of a window that begins off every grid: two collections are due, and two were seen.
    found = of_ride(ride, at(12, 14, 30), at(12, 43, 30), Length(seconds=7200, days=0), zone=utc)
    assert [figures(bucket, "snapshots", "coverage_percentage") for bucket in found] == [(3, 100.0)]
    # One minute of each hour is chosen, and nothing was collected in it.
    hours_of_day = of_ride(ride, at(11), at(14), between=(time(12, 14), time(12, 15)), zone=utc)
    assert [(bucket["start"][11:16], bucket["snapshots"]) for bucket in hours_of_day] == [("12:00", 0)]


@pytest.mark.whole
@pytest.mark.django_db
def test_raw_and_archived_days_answer_alike():
    day = date(2025, 12, 18)
    start, end = clock.pacific_day(day)
    raw_rows_since(start - timedelta(hours=3))
    park = a_park()
    rides = [a_ride(park), a_ride(park)]
    seen = [RUNNING, DOWN, CLOSED, ("OPERATING", True, 55), (None, False, None)]
    for number in range(100):
        moment = start + timedelta(minutes=20 * number)
        saw(park, moment, {ride: seen[(number + ride.pk) % 5] for ride in rides}, appears_open=number % 9 > 0)
    ids = [ride.pk for ride in rides]
    chosen = [
        choice(start, end),
        choice(start, end, Length(seconds=900, days=0), weekdays=frozenset({4})),
        choice(start - timedelta(hours=4), end + timedelta(hours=12), Length(seconds=7200, days=0)),
        choice(start, end, DAILY, between=(time(20), time(3)), zone=ZoneInfo("Asia/Tokyo")),
    ]

    def answers():
        return [asked("ride", ids, one) for one in chosen] + [asked("park", [park.pk], one) for one in chosen]

    before = answers()
    assert sum(bucket["snapshots"] for bucket in before[0][0]) > 50
    assert archive.write_day(day).rows
    for table in (RideStatusSnapshot, ParkActivitySnapshot):
        table.objects.filter(recorded_at__lt=end).delete()
    assert answers() == before
    for table in (RideStatusSnapshot, ParkActivitySnapshot):
        table.objects.all().delete()
    assert answers()[0] == before[0]


@pytest.mark.django_db
def test_too_large_a_question_is_refused_before_anything_is_read(django_assert_num_queries):
    ride = a_ride(a_park())
    roster.forget()
    roster.current()
    start = at(0)
    for end, length in (
        (start + timedelta(days=400, seconds=1), DAILY),
        (start + timedelta(days=70), Length(seconds=300, days=0)),
    ):
        with django_assert_num_queries(0), pytest.raises(analytics.TooMuch):
            analytics.of_entities(entity="ride", ids=[ride.pk], choice=choice(start, end, length), now=NOW)


@pytest.mark.django_db
def test_unknown_ids_are_told_and_nothing_is_computed():
    ride = a_ride(a_park())
    for entity in ("ride", "park"):
        found, unknown = analytics.of_entities(
            entity=entity, ids=[987654, ride.pk, 2**31 - 1], choice=choice(at(0), at(1)), now=NOW
        )
        assert found == []
        assert 987654 in unknown


@pytest.mark.parametrize("name", ["America/New_York", "UTC", "Asia/Kolkata", "US/Pacific"])
def test_zones_are_known_to_python_and_polars(name):
    zone = zone_named(name)
    assert zone is not None
    moments = pl.Series([0, 1_750_000_000, 1_766_000_000])
    shown = pl.from_epoch(moments).dt.replace_time_zone("UTC").dt.convert_time_zone(name).to_list()
    assert [moment.utcoffset() for moment in shown] == [
        datetime.fromtimestamp(second, zone).utcoffset() for second in moments
    ]
