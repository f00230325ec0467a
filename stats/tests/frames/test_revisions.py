"""A correction is seen: by itself where the rows show it, else when it is announced (docs/design.md D15)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from freezegun import freeze_time

from parks.models import ParkActivitySnapshot
from parkstats_project.base import cache, clock
from parkstats_project.base.cache import CHECK_SECONDS
from parkstats_project.base.clock import DateSpan, Window
from parkstats_project.tests.plugin import forget_everything
from rides.models import Ride, RideStatusSnapshot
from stats.frames import daily_rows, observations, revisions
from stats.models import Correction, ParkDailyStats, RideDailyStats
from stats.tests.observed import DOWN, NOW, RUNNING, a_park, a_ride, at, raw_rows_since, saw, saw_ride

pytestmark = pytest.mark.django_db
HOUR = Window(at(20), at(21))
HOURS = Window(at(16), at(21))
FEW_SECONDS = timedelta(seconds=CHECK_SECONDS + 1)


@pytest.fixture
def rides() -> list[Ride]:
    """Two rides that were seen once in each of five hours."""
    raw_rows_since(at(8))
    park = a_park()
    both = [a_ride(park), a_ride(park)]
    for hour in range(16, 21):
        saw(park, at(hour), {both[0]: ("OPERATING", True, 999), both[1]: RUNNING})
    return both


def waits(window: Window = HOUR) -> list[int | None]:
    return observations.rides(window)["wait"].to_list()


def announce(start=HOUR.start, end=HOUR.end) -> None:
    Correction.objects.create(starts_at=start, ends_at=end)


def statuses_change() -> None:
    RideStatusSnapshot.objects.filter(recorded_at=at(20)).update(status="DOWN")


def waits_are_taken_away() -> None:
    RideStatusSnapshot.objects.filter(wait_time=999).update(wait_time=None)


def rides_stop_running() -> None:
    RideStatusSnapshot.objects.filter(recorded_at=at(20)).update(computed_is_open=False)


def ride_rows_go() -> None:
    RideStatusSnapshot.objects.filter(wait_time=999).delete()


def a_ride_row_comes() -> None:
    saw_ride(Ride.objects.order_by("-ride_id")[0], at(20, 10), DOWN)


def park_rows_go() -> None:
    ParkActivitySnapshot.objects.filter(recorded_at=at(20)).delete()


CHANGES = [
    statuses_change,
    waits_are_taken_away,
    rides_stop_running,
    ride_rows_go,
    a_ride_row_comes,
    park_rows_go,
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_rows_of_either_table_that_come_go_or_change_are_seen_within_seconds(
    rides: list[Ride], change: Callable[[], None]
) -> None:
    with freeze_time(NOW) as time:
        before = observations.rides(HOUR)
        change()
        time.tick(FEW_SECONDS)
        after = observations.rides(HOUR)
        assert not after.equals(before)
        observations.forget()
        assert after.equals(observations.rides(HOUR))


def test_an_hour_that_did_not_change_is_not_read_again(rides: list[Ride]) -> None:
    with freeze_time(NOW) as time:
        before = observations.kept(HOURS)
        ride_rows = RideStatusSnapshot.objects.filter(recorded_at=at(18))
        ride_rows.update(wait_time=5)
        time.tick(FEW_SECONDS)
        after = observations.kept(HOURS)
    assert before is not None and after is not None
    assert [one is other for one, other in zip(before, after, strict=True)] == [
        True, True, False, True, True,
    ]  # fmt: skip


def test_of_a_large_site_the_newest_hour_is_counted_every_time_and_the_others_in_turn(
    rides: list[Ride], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revisions, "RIDE_ROWS_A_CHECK", 1)
    with freeze_time(NOW) as time:
        waits(HOURS)
        RideStatusSnapshot.objects.filter(wait_time=999).update(wait_time=5)
        found = []
        for _ in range(4):
            time.tick(FEW_SECONDS)
            found.append(waits(HOURS).count(5))
    assert found == [2, 3, 4, 5]


def test_what_the_rows_do_not_show_is_seen_when_it_is_announced(rides: list[Ride]) -> None:
    with freeze_time(NOW) as time:
        assert waits() == [999, 20]
        # Number, ids and sums stay as they were.
        for ride, wait in zip(rides, (20, 999), strict=True):
            RideStatusSnapshot.objects.filter(ride=ride, recorded_at=at(20)).update(wait_time=wait)
        time.tick(FEW_SECONDS)
        assert waits() == [999, 20]
        announce(at(19), at(20))
        time.tick(FEW_SECONDS)
        assert waits() == [999, 20]
        announce()
        time.tick(FEW_SECONDS)
        assert waits() == [20, 999]


def test_two_announcements_of_one_hour_are_both_seen_in_whatever_order_they_become_visible(
    rides: list[Ride],
) -> None:
    span = {"starts_at": HOUR.start, "ends_at": HOUR.end}
    with freeze_time(NOW) as time:
        Correction.objects.create(correction_id=7, **span)
        hour = clock.epoch(HOUR.start)
        later = revisions.of_hours([hour])
        time.tick(FEW_SECONDS)
        Correction.objects.create(correction_id=6, **span)
        assert revisions.of_hours([hour]) != later


def test_daily_rows_that_were_changed_by_hand_are_seen_when_it_is_announced() -> None:
    park = a_park()
    ride = a_ride(park)
    day = clock.pacific_date(at(20, day=18))
    row: dict[str, Any] = {"stat_date": day, "metrics_version": 1}
    RideDailyStats.objects.create(ride=ride, downtime_minutes=10, **row)
    ParkDailyStats.objects.create(park=park, **row)
    with freeze_time(NOW) as time:
        span = DateSpan(day, day)
        assert daily_rows.rides(span)["downtime_minutes"].to_list() == [10]
        RideDailyStats.objects.update(downtime_minutes=20)
        time.tick(FEW_SECONDS)
        assert daily_rows.rides(span)["downtime_minutes"].to_list() == [10]
        announce(*clock.pacific_day(day))
        time.tick(FEW_SECONDS)
        assert daily_rows.rides(span)["downtime_minutes"].to_list() == [20]


def test_an_answer_that_is_kept_is_computed_anew_after_an_announcement(
    rides: list[Ride], client: Client, settings: Any
) -> None:
    settings.PARKSTATS_RESULT_CACHE_SECONDS = 300
    url = "/api/rides/waittimes?period=live"

    def shown() -> bytes:
        return client.get(url).content

    with freeze_time(at(21)) as time:
        before = shown()
        for ride, wait in zip(rides, (20, 999), strict=True):
            RideStatusSnapshot.objects.filter(ride=ride, recorded_at=at(20)).update(wait_time=wait)
        time.tick(FEW_SECONDS)
        assert shown() == before
        announce()
        # Asked all the time: nothing that was computed before the announcement is kept under the new key.
        for _ in range(4):
            time.tick(timedelta(seconds=CHECK_SECONDS / 2 + 0.1))
            after = shown()
        forget_everything()
        assert before != after == shown()


def test_what_is_checked_beside_requests_does_not_shorten_the_time_between_two_looks():
    with freeze_time(NOW) as time:
        revisions.taken_in()
        announce()
        time.tick(timedelta(seconds=CHECK_SECONDS - 1))
        cache.refresh()
        assert revisions._looked[None].last == (0, 0)
        time.tick(FEW_SECONDS)
        revisions.taken_in()
        assert revisions._looked[None].last[0] == 1
