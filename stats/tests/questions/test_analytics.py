"""Figures over any window: right on their merits, in every zone, from raw and archived days alike."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from parks.models import ParkActivitySnapshot
from parkstats_project.base import clock
from parkstats_project.base.clock import Window
from parkstats_project.base.zones import zone_named
from parkstats_project.tests.plugin import forget_everything
from rides import status
from rides.models import RideStatusSnapshot
from stats.frames import archive, hours, observations, roster
from stats.questions import analytics
from stats.questions.analytics import Choice, Length
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


# ------------------------------------------------------------------------------------- figures


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
    for minute in (1, 7, 22, 37, 44):
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
    zone = zone_named(name)
    assert zone is not None
    moments = pl.Series([0, 1_750_000_000, 1_766_000_000])
    shown = pl.from_epoch(moments).dt.replace_time_zone("UTC").dt.convert_time_zone(name).to_list()
    assert [moment.utcoffset() for moment in shown] == [
        datetime.fromtimestamp(second, zone).utcoffset() for second in moments
    ]
