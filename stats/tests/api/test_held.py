"""A held answer is the one that would be computed, whatever arrives, is corrected or edited, as time passes.

The same questions are asked of this process, which holds what it computed, and of one that has just started.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from freezegun import freeze_time
from model_bakery import baker

from parks.models import Park, ParkSchedule
from parkstats_project.base import cache, clock
from parkstats_project.base.cache import CHECK_SECONDS, Derived
from parkstats_project.base.clock import DateSpan
from parkstats_project.tests.asking import ask
from rides.models import Ride, RideStatusSnapshot
from stats.api.wire import held
from stats.frames import revisions
from stats.models import (
    AggregationLog,
    Correction,
    ParkDailyStats,
    ParkWeeklyStats,
    RideDailyStats,
    RideWeeklyStats,
)
from stats.questions.trends import awards
from stats.tests.observed import (
    NOW,
    Seen,
    a_park,
    a_ride,
    announced,
    mixed,
    observe,
    park_day,
    ride_day,
)

pytestmark = pytest.mark.django_db

HALF_AN_HOUR = timedelta(minutes=30)

PERIODS = ("today", "yesterday", "last_week", "last_month")
PATHS = (
    *(f"/api/{entity}/downtime?period={period}" for entity in ("parks", "rides") for period in PERIODS),
    *(
        f"/api/{entity}/waittimes?mode={period}&period={period}"
        for entity in ("parks", "rides")
        for period in PERIODS
    ),
    "/api/parks/downtime?period=live",
    "/api/parks/waittimes?period=live",
    "/api/rides/waittimes?mode=live",
    "/api/rides/downtime?period=live",
    "/api/rides/waittimes?mode=7day-average",
    *(f"/api/parks/{{park}}/details?period={period}" for period in PERIODS),
    *(f"/api/parks/{{park}}/rides/charts?period={period}" for period in PERIODS),
    *(f"/api/rides/{{ride}}/details?period={period}" for period in PERIODS),
    "/api/trends?category=parks-declining",
    "/api/trends?category=rides-improving",
    *(
        f"/api/trends/{award}?entity={entity}&period={period}"
        for award in ("longest-wait-times", "least-reliable")
        for entity in ("parks", "rides")
        for period in PERIODS
    ),
    *(
        f"/api/trends/chart-data?filter=all-parks&type={kind}&period={period}"
        for kind in ("parks", "rides", "waittimes", "ridewaittimes")
        for period in ("live", *PERIODS)
    ),
    *(
        f"/api/trends/heatmap-data?type={kind}&period={period}"
        for kind in ("parks-shame", "rides-downtime")
        for period in PERIODS
    ),
    "/api/live/status-summary",
    "/api/search/index",
    "/api/audit/status",
    "/api/audit/anomalies",
)


@pytest.fixture(autouse=True)
def no_results_are_kept(settings):
    """An answer repeated by the result cache would always be the same."""
    settings.PARKSTATS_RESULT_CACHE_SECONDS = 0


class World:
    """Two parks with rides, and everything that can happen to them."""

    def __init__(self, now: datetime, chance: Random) -> None:
        self.chance = chance
        self.parks = [a_park(is_disney=True), a_park()]
        self.rides = [
            a_ride(park, tier=1 + n % 3, last_operated_at=now - timedelta(days=6, hours=23, minutes=50 - n))
            for park in self.parks
            for n in range(3)
        ]
        self.collections = 0
        today = clock.pacific_date(now)
        for day in DateSpan(today - timedelta(days=36), today - timedelta(days=1)).days():
            for park in self.parks:
                park_day(
                    park, day, hours=f"{chance.randrange(9)}.25", shame_score=Decimal(chance.randrange(5))
                )
            for ride in self.rides:
                ride_day(
                    ride, day, minutes=chance.randrange(200), avg_wait_time=Decimal(chance.randrange(60))
                )
        for back, trend in ((0, Decimal("12.50")), (7, None)):
            week: dict[str, Any] = dict(clock.week_key(today - timedelta(days=back)))
            change: dict[str, Any] = {"trend_vs_previous_week": trend}
            for park in self.parks:
                baker.make(ParkWeeklyStats, park=park, **week, **change)
            for ride in self.rides:
                baker.make(RideWeeklyStats, ride=ride, **week, **change)
        for ago in (*range(170, 0, -30), 0, *range(26 * 60, 20 * 60, -60)):
            self.collect(now - timedelta(minutes=ago))

    def collect(self, now: datetime) -> None:
        """A collection of parks and some of their rides."""
        self.collections += 1
        observe(
            clock.pacific_date(now),
            self.rides,
            self.seen,
            # Of a collector whose clock may be ahead.
            at=[now.replace(microsecond=0) - timedelta(seconds=self.chance.randrange(-60, 60))],
            appears_open=self.chance.random() < 0.8,
        )

    def seen(self, ride: Ride, number: int) -> Seen | None:
        """What a collection sees of a ride, if anything."""
        return mixed(ride, number + self.collections) if self.chance.random() < 0.4 else None

    def correct(self, now: datetime) -> None:
        """Rows are changed by hand so that their sums stay, and the change is announced."""
        rows = list(RideStatusSnapshot.objects.filter(wait_time__gte=1).order_by("?")[:2])
        for row, more in zip(rows, (1, -1), strict=False):
            RideStatusSnapshot.objects.filter(pk=row.pk).update(wait_time=(row.wait_time or 0) + more)
        Correction.objects.create(
            starts_at=now - timedelta(days=2), ends_at=now + timedelta(hours=1), note="by hand"
        )

    def lose(self, now: datetime) -> None:
        """Rows go away."""
        gone = RideStatusSnapshot.objects.order_by("?").values_list("pk", flat=True)[:3]
        RideStatusSnapshot.objects.filter(pk__in=list(gone)).delete()

    def rebuild(self, now: datetime) -> None:
        """A day's rows are computed again."""
        day = clock.pacific_date(now) - timedelta(days=self.chance.randrange(1, 9))
        RideDailyStats.objects.filter(stat_date=day).update(downtime_minutes=self.chance.randrange(300))
        ParkDailyStats.objects.filter(stat_date=day).update(
            total_downtime_hours=Decimal(self.chance.randrange(90)) / 4,
            shame_score=Decimal(self.chance.randrange(9)),
        )
        baker.make(
            AggregationLog, aggregation_date=day, aggregation_type="daily", started_at=now, completed_at=now
        )

    def roll_up(self, now: datetime) -> None:
        """The week's rows are computed again."""
        change = Decimal(self.chance.randrange(-40, 40))
        ParkWeeklyStats.objects.update(trend_vs_previous_week=change, total_downtime_hours=abs(change))
        RideWeeklyStats.objects.update(trend_vs_previous_week=change, downtime_minutes=abs(change))

    def edit(self, now: datetime) -> None:
        """Somebody edits who is who."""
        ride, park = self.chance.choice(self.rides), self.chance.choice(self.parks)
        edits: list[tuple[Any, dict[str, Any]]] = [
            (Ride.objects.filter(pk=ride.pk), {"name": f"Renamed {self.chance.random()}"}),
            (Ride.objects.filter(pk=ride.pk), {"is_active": self.chance.random() < 0.5}),
            (Ride.objects.filter(pk=ride.pk), {"park": park}),
            (Ride.objects.filter(pk=ride.pk), {"last_operated_at": now}),
            (Park.objects.filter(pk=park.pk), {"state_province": "Ohio"}),
            (Park.objects.filter(pk=park.pk), {"is_disney": self.chance.random() < 0.5}),
        ]
        rows, change = self.chance.choice(edits)
        rows.update(**change)

    def announce(self, now: datetime) -> None:
        """A park's hours are announced, or taken back."""
        if self.chance.random() < 0.3:
            ParkSchedule.objects.all().delete()
        start = now - timedelta(minutes=self.chance.randrange(200))
        end = now + timedelta(minutes=self.chance.randrange(1, 90))
        announced(self.chance.choice(self.parks), clock.pacific_date(now), start, end)

    def nothing(self, now: datetime) -> None:
        """Time passes."""


@contextmanager
def as_if_just_started() -> Iterator[None]:
    """Nothing is kept meanwhile; afterwards everything is as it was."""
    stores = ("_entries", "_results")
    before = [
        (one, name, getattr(one, name)) for one in list(cache._all) for name in stores if hasattr(one, name)
    ]
    sizes = [(one, one._bytes) for one in list(cache._all) if isinstance(one, Derived)]
    rides, looked = dict(revisions._rides), dict(revisions._looked)
    for one, name, _ in before:
        setattr(one, name, OrderedDict())
    revisions._rides.clear()
    try:
        yield
    finally:
        for one, name, store in before:
            setattr(one, name, store)
        for one, size in sizes:
            one._bytes = size
        revisions._rides.clear()
        revisions._rides.update(rides)
        revisions._looked.clear()
        revisions._looked.update(looked)


@pytest.mark.whole
@pytest.mark.no_cover
@pytest.mark.parametrize(
    "start, seed",
    [
        (NOW, 1),
        # An hour before Pacific midnight of the night in which clocks go back.
        (datetime(2025, 11, 2, 6, 20, 30, 250_000, tzinfo=UTC), 2),
    ],
)
def test_every_held_answer_is_the_one_that_would_be_computed(start, seed):
    chance = Random(seed)
    with freeze_time(start) as time:
        world = World(start, chance)
        happens = (
            world.collect,
            world.correct,
            world.lose,
            world.rebuild,
            world.roll_up,
            world.edit,
            world.announce,
            world.nothing,
            world.nothing,
        )
        paths = [path.format(park=world.parks[0].pk, ride=world.rides[0].pk) for path in PATHS]
        of_now = [path for path in paths if "live" in path or "today" in path]
        held_before = 0
        for path in paths:
            _bytes_of(path)
        for _ in range(12):
            time.tick(
                timedelta(
                    seconds=chance.choice((5, 31, 61, 600, 1500, 3600, 9000)),
                    microseconds=chance.choice((0, 250_000)),
                )
            )
            chance.choice(happens)(clock.now())
            time.tick(timedelta(seconds=CHECK_SECONDS + 1))
            asked = [*chance.sample(paths, 8), *chance.sample(of_now, 3)]
            held_before += len(held._bodies._results)
            answers = [_bytes_of(path) for path in asked]
            with as_if_just_started():
                computed = [_bytes_of(path) for path in asked]
            for path, answer, expected in zip(asked, answers, computed, strict=True):
                assert answer == expected, path
        assert held_before > 0


def _bytes_of(path: str) -> bytes:
    reply = ask(*path.split("?")) if "?" in path else ask(path)
    assert reply.status == 200, (path, reply.body)
    return reply.body


@freeze_time(NOW)
def test_an_answer_of_which_nothing_changed_is_not_computed_again(django_assert_num_queries, monkeypatch):
    World(NOW, Random(3))
    first = _bytes_of("/api/trends/least-reliable?entity=parks")
    monkeypatch.setattr(awards, "least_reliable", None)
    with django_assert_num_queries(0):
        assert _bytes_of("/api/trends/least-reliable?entity=parks") == first


def test_the_last_hour_of_yesterday_is_in_an_answer_that_was_first_asked_for_before_it_was_known():
    midnight = datetime(2025, 12, 21, 8, tzinfo=UTC)
    with freeze_time(midnight) as time:
        park = a_park(created_at=midnight - timedelta(days=9))
        ride = a_ride(park)
        observe(clock.pacific_date(midnight) - timedelta(days=1), [ride], mixed, at=[midnight - HALF_AN_HOUR])
        path = f"/api/rides/{ride.pk}/details?period=yesterday"
        time.tick(timedelta(minutes=4))
        assert b'"timeseries":[]' in _bytes_of(path)
        time.tick(timedelta(minutes=2))
        assert b'"hour_start_utc":"Sun, 21 Dec 2025 07:00:00 GMT"' in _bytes_of(path)


def test_the_time_in_a_held_answer_is_that_of_its_request():
    with freeze_time(NOW) as time:
        World(NOW, Random(4))
        path = "/api/trends/chart-data?period=yesterday&filter=all-parks"
        first = _bytes_of(path)
        time.tick(timedelta(seconds=1, microseconds=5))
        second = _bytes_of(path)
    assert b'"timestamp":"2025-12-20T22:35:00Z"' in first
    assert b'"timestamp":"2025-12-20T22:35:01.000005Z"' in second
    assert second.replace(b":01.000005Z", b":00Z") == first


@pytest.mark.whole
@freeze_time(NOW)
def test_what_is_held_takes_no_more_than_its_bound(monkeypatch):
    World(NOW, Random(5))
    monkeypatch.setattr(held._bodies, "_capacity", 3000)
    for path in PATHS[:20]:
        _bytes_of(path)
    assert 0 < held._bodies.bytes <= 3000
