"""Figures over any window: equal to the hourly ones, in every zone, from raw and archived days alike."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from parks.models import ParkActivitySnapshot
from parkstats_project.base import clock
from parkstats_project.base.clock import Window
from parkstats_project.tests.plugin import forget_everything
from rides.models import RideStatusSnapshot
from stats.frames import archive, hours, roster
from stats.questions import analytics
from stats.questions.analytics import Choice, Length
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
    saw_park,
    saw_ride,
)

NEW_YORK = ZoneInfo("America/New_York")
EVERY_DAY = frozenset(range(1, 8))
HOURLY = Length(seconds=3600, days=0)
DAILY = Length(seconds=0, days=1)


def choice(start, end, length=HOURLY, *, weekdays=EVERY_DAY, between=None, zone=None):
    return Choice(Window(start, end), length, weekdays, between, zone)


def asked(entity, ids, chosen, *, now=NOW):
    forget_everything()
    found, unknown = analytics.of_entities(entity=entity, ids=ids, choice=chosen, now=now)
    assert not unknown
    return [one["buckets"] for one in found]


def of_ride(ride, start, end, length=HOURLY, **chosen):
    (found,) = asked("ride", [ride.pk], choice(start, end, length, **chosen))
    return found


def local(year, month, day, hour=0, minute=0, zone=NEW_YORK):
    return datetime(year, month, day, hour, minute, tzinfo=zone)


def figures(bucket, *names):
    return tuple(bucket[name] for name in names)


# ------------------------------------------------------------------------------------- hours


@pytest.mark.mariadb
def test_buckets_of_an_hour_are_the_hourly_rows_of_every_recorded_ride(golden_case):
    with golden_case("winter_saturday"):
        now = clock.now()
        end = clock.from_epoch(clock.hour_start(clock.epoch(now)))
        window = Window(end - timedelta(hours=36), end)
        rides = roster.current().rides.filter("is_active")["ride_id"].to_list()
        expected = {
            (row["ride_id"], row["hour"]): row
            for row in hours.of_rides(window, now=now, rides=rides).iter_rows(named=True)
        }
        found, _ = analytics.of_entities(
            entity="ride", ids=rides, choice=choice(*window, zone=ZoneInfo("UTC")), now=now
        )
        compared = 0
        for one in found:
            for bucket in one["buckets"]:
                hour = clock.epoch(datetime.fromisoformat(bucket["start"]))
                row = expected.pop((one["id"], hour), None)
                if row is None or hour + 3900 > clock.epoch(now):
                    continue
                assert bucket["snapshots"] == row["snapshots"]
                assert figures(bucket, "operating", "down") == (row["operating"], row["down"])
                waited = None if row["avg_wait"] is None else row["avg_wait"] / 100
                assert bucket["mean_wait"] == waited
                if row["snapshots"]:
                    assert bucket["uptime_percentage"] == row["uptime"] / 100
                    assert round(bucket["downtime_minutes"] * 100 / 60 + 1e-9) == row["downtime"]
                compared += 1
        assert compared > 1000
        assert not expected


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
def test_pairs_count_as_in_the_hourly_figures():
    raw_rows_since(at(0))
    park = a_park()
    ride = a_ride(park)
    saw(park, at(12), {ride: RUNNING})
    saw_park(park, at(12))
    saw_ride(ride, at(12, 10, 3), RUNNING)
    saw(park, at(12, 20), {ride: CLOSED}, appears_open=False, rides_open=0)
    saw(park, at(12, 30), {ride: CLOSED}, appears_open=False, rides_open=2)
    (bucket,) = of_ride(ride, at(12), at(13))
    (row,) = hours.of_rides(Window(at(12), at(13)), now=NOW, rides=[ride.pk]).iter_rows(named=True)
    assert figures(bucket, "snapshots", "operating", "down") == (4, 2, 1)
    assert (row["snapshots"], row["operating"], row["down"]) == (4, 2, 1)


@pytest.mark.django_db
def test_an_hour_whose_snapshots_match_no_park_has_no_figure():
    raw_rows_since(at(0))
    park = a_park()
    ride = a_ride(park)
    saw_park(park, at(12))
    saw_ride(ride, at(12, 0, 5), RUNNING)
    (bucket,) = of_ride(ride, at(12), at(13))
    assert bucket["snapshots"] == 0
    assert {value for name, value in bucket.items() if name not in ("start", "end", "snapshots")} == {None}


@pytest.mark.django_db
def test_middle_and_ninety_fifth_wait_are_waits_that_were_shown():
    raw_rows_since(at(0))
    park = a_park()
    ride = a_ride(park)
    for minute, wait in enumerate([5, 10, 15, 20, 100, None]):
        saw(park, at(12, minute), {ride: ("OPERATING", True, wait)})
    # A wait while the ride stands still is not one.
    saw(park, at(12, 30), {ride: ("DOWN", False, 500)})
    (bucket,) = of_ride(ride, at(12), at(13))
    assert figures(bucket, "mean_wait", "median_wait", "p95_wait", "max_wait") == (30.0, 15, 100, 100)
    for number in range(20):
        saw(park, at(14, number), {ride: ("OPERATING", True, number + 1)})
    (bucket,) = of_ride(ride, at(14), at(15))
    assert figures(bucket, "median_wait", "p95_wait") == (10, 19)


# ------------------------------------------------------------------------------------- days, zones


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
    for minute in (6, 7, 22, 37, 44):
        saw(park, at(12, minute), {ride: RUNNING})
    found = of_ride(ride, at(12, 7), at(12, 44), Length(seconds=900, days=0), zone=ZoneInfo("UTC"))
    assert [(bucket["start"][11:16], bucket["end"][11:16], bucket["snapshots"]) for bucket in found] == [
        ("12:07", "12:22", 1),
        ("12:22", "12:37", 1),
        ("12:37", "12:44", 1),
    ]


# ------------------------------------------------------------------------------------- missing data


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
    # 22:35 is now: of the seven steps of five minutes three collections are due.
    assert bucket["coverage_percentage"] == 100.0


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


# ------------------------------------------------------------------------------------- bounds


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
    zone = analytics.zone_named(name)
    assert zone is not None
    moments = pl.Series([0, 1_750_000_000, 1_766_000_000])
    shown = pl.from_epoch(moments).dt.replace_time_zone("UTC").dt.convert_time_zone(name).to_list()
    assert [moment.utcoffset() for moment in shown] == [
        datetime.fromtimestamp(second, zone).utcoffset() for second in moments
    ]
