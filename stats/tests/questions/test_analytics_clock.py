"""Buckets follow the local clock: days, weekdays and hours, also when it changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from stats.questions.buckets import Length
from stats.tests.observed import (
    DOWN,
    RUNNING,
    a_park,
    a_ride,
    at,
    raw_rows_since,
    saw,
)
from stats.tests.questions.buckets import (
    DAILY,
    NEW_YORK,
    asked,
    choice,
    local,
    of_ride,
)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("first", "starts"),
    [
        (
            local(2025, 11, 1),
            ["2025-11-01T00:00:00-04:00", "2025-11-02T00:00:00-04:00", "2025-11-03T00:00:00-05:00"],
        ),
        (
            local(2025, 3, 8),
            ["2025-03-08T00:00:00-05:00", "2025-03-09T00:00:00-05:00", "2025-03-10T00:00:00-04:00"],
        ),
        # 02:30 does not exist on the day in the middle.
        (
            local(2025, 3, 8, 2, 30),
            ["2025-03-08T02:30:00-05:00", "2025-03-09T03:30:00-04:00", "2025-03-10T02:30:00-04:00"],
        ),
    ],
)
def test_days_are_days_of_the_clock_also_when_it_changes(first, starts):
    ride = a_ride(a_park())
    end = (first.replace(tzinfo=None) + timedelta(days=3)).replace(tzinfo=NEW_YORK).astimezone(UTC)
    found = of_ride(ride, first.astimezone(UTC), end, DAILY)
    assert [bucket["start"] for bucket in found] == starts
    assert [bucket["end"] for bucket in found][:2] == starts[1:]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("day", "length"), [(date(2025, 11, 2), 25), (date(2025, 3, 9), 23), (date(2025, 7, 4), 24)]
)
def test_a_day_has_as_many_hours_as_the_clock_gives_it(day, length):
    raw_rows_since(datetime(2025, 1, 1, tzinfo=UTC))
    park = a_park()
    ride = a_ride(park)
    start = datetime(day.year, day.month, day.day, tzinfo=NEW_YORK).astimezone(UTC)
    end = start + timedelta(hours=length)
    for number in range(length):
        saw(park, start + timedelta(hours=number), {ride: RUNNING})
    saw(park, end, {ride: RUNNING})
    (whole,) = of_ride(ride, start, end, DAILY)
    assert whole["snapshots"] == length
    # One collection an hour, where six are expected.
    assert whole["coverage_percentage"] == 16.67
    assert [bucket["snapshots"] for bucket in of_ride(ride, start, end)] == [1] * length


@pytest.mark.django_db
def test_the_parks_own_clock_counts_unless_another_is_asked_for():
    raw_rows_since(at(0))
    tokyo, tampa = a_park(timezone="Asia/Tokyo"), a_park()
    rides = [a_ride(tokyo), a_ride(tampa)]
    for hour in range(1, 21):
        saw(tokyo, at(hour), {rides[0]: RUNNING})
        saw(tampa, at(hour), {rides[1]: RUNNING})
    noon = {"between": (time(12), time(13))}

    def hours_seen(**zone):
        found = asked("ride", [ride.pk for ride in rides], choice(at(1), at(21), **noon, **zone))
        return [[bucket["start"] for bucket in one if bucket["snapshots"]] for one in found]

    assert hours_seen() == [["2025-12-20T12:00:00+09:00"], ["2025-12-20T12:00:00-05:00"]]
    paris = "2025-12-20T12:00:00+01:00"
    assert hours_seen(zone=ZoneInfo("Europe/Paris")) == [[paris], [paris]]


@pytest.mark.django_db
def test_a_weekday_is_that_of_the_local_clock():
    raw_rows_since(at(0, day=18))
    park = a_park()
    ride = a_ride(park)
    # Saturday in UTC, and still Friday in New York.
    saw(park, at(3), {ride: RUNNING})
    saw(park, at(12), {ride: DOWN})
    span = (at(0, day=19), at(0, day=22))

    def seen(**chosen):
        return [b["start"] for b in of_ride(ride, *span, **chosen) if b["snapshots"]]

    assert seen(weekdays=frozenset({5})) == ["2025-12-19T22:00:00-05:00"]
    assert seen(weekdays=frozenset({6})) == ["2025-12-20T07:00:00-05:00"]
    assert len(seen(weekdays=frozenset({6}), zone=ZoneInfo("UTC"))) == 2
    assert seen(weekdays=frozenset({7})) == []


@pytest.mark.django_db
def test_a_span_past_midnight_has_two_ends_of_the_same_weekday():
    raw_rows_since(at(0, day=18))
    park = a_park()
    ride = a_ride(park)
    utc = ZoneInfo("UTC")
    for day in (19, 20):
        for hour in (0, 1, 2, 12, 21, 22, 23):
            saw(park, at(hour, day=day), {ride: RUNNING})
    night = {"between": (time(22), time(2)), "zone": utc}
    found = of_ride(ride, at(0, day=19), at(0, day=21), **night)
    assert [bucket["start"][8:13] for bucket in found] == [
        f"{day}T{hour:02}" for day in (19, 20) for hour in (0, 1, 22, 23)
    ]
    assert all(bucket["snapshots"] == 1 for bucket in found)
    saturday = of_ride(ride, at(0, day=19), at(0, day=21), weekdays=frozenset({6}), **night)
    assert {bucket["start"][8:10] for bucket in saturday} == {"20"}


@pytest.mark.django_db
def test_a_bucket_begins_with_the_window_and_the_last_one_ends_with_it():
    raw_rows_since(at(0))
    park = a_park()
    ride = a_ride(park)
    for minute in (1, 7, 22, 37, 44):
        saw(park, at(12, minute), {ride: RUNNING})
    found = of_ride(ride, at(12, 7), at(12, 44), Length(seconds=900, days=0), zone=ZoneInfo("UTC"))
    assert [(bucket["start"][11:16], bucket["end"][11:16], bucket["snapshots"]) for bucket in found] == [
        ("12:07", "12:22", 1),
        ("12:22", "12:37", 1),
        ("12:37", "12:44", 1),
    ]
