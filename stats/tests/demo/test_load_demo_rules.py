"""The rows of `load_demo` keep the collector's rules, by a second, plain computation.

See docs/contract/jobs.md.
"""

from __future__ import annotations

import io
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

from django.core.management import call_command
from django.db.models import Max
from django.test import TestCase

from parks.models import Park, ParkActivitySnapshot, ParkSchedule
from rides.models import Ride, RideClassification, RideStatusChange, RideStatusSnapshot
from stats.demo import world
from stats.demo.simulator import observe
from stats.models import DataQualityIssue
from weather.models import WeatherForecast, WeatherObservation

UNTIL = datetime(2025, 12, 20, 22, 35, tzinfo=UTC)
INTERVAL = 20


class TestRowsOfTheDemo(TestCase):
    """One demo of twelve parks and two days, on which every rule is checked."""

    @classmethod
    def setUpTestData(cls) -> None:
        call_command(
            "load_demo", parks=12, rides=240, days=2, interval=INTERVAL, until=UNTIL, no_progress=True,
            stdout=io.StringIO(),
        )  # fmt: skip

    def test_a_park_and_its_rides_have_one_timestamp(self) -> None:
        visits = list(ParkActivitySnapshot.objects.values_list("park_id", "recorded_at"))
        seen = set(RideStatusSnapshot.objects.values_list("ride__park_id", "recorded_at"))
        assert len(visits) == len(set(visits)) > 1000
        assert seen == set(visits)

    def test_no_row_is_later_than_the_end_and_ids_grow_with_time(self) -> None:
        for model in (ParkActivitySnapshot, RideStatusSnapshot):
            times = list(model.objects.order_by("snapshot_id").values_list("recorded_at", flat=True))
            assert times == sorted(times)
            assert UNTIL - timedelta(minutes=2 * INTERVAL) < times[-1] <= UNTIL
        assert RideStatusChange.objects.latest("changed_at").changed_at <= UNTIL
        assert not WeatherObservation.objects.filter(collected_at__gt=UNTIL).exists()

    def test_a_park_appears_open_exactly_within_its_announced_hours(self) -> None:
        announced = {
            (row.park_id, row.schedule_date): row
            for row in ParkSchedule.objects.filter(schedule_type="OPERATING")
        }
        seen = set()
        for visit in ParkActivitySnapshot.objects.all():
            at, today = visit.recorded_at, visit.recorded_at.date()
            rows = [announced.get((visit.park_id, today - timedelta(days=n))) for n in (0, 1)]
            expected = any(
                row.opening_time <= at <= row.closing_time
                for row in rows
                if row is not None and row.opening_time is not None and row.closing_time is not None
            )
            assert visit.park_appears_open == expected, (visit.park_id, at)
            seen.add((expected, visit.rides_open > 0))
        # Also parks that are shown as closed while rides run.
        assert len(seen) >= 3

    def test_park_rows_count_the_rides_of_the_source(self) -> None:
        mapped: dict[tuple[int, datetime], list[RideStatusSnapshot]] = defaultdict(list)
        for ride in RideStatusSnapshot.objects.select_related("ride"):
            mapped[ride.ride.park_id, ride.recorded_at].append(ride)
        for visit in ParkActivitySnapshot.objects.select_related("park"):
            rides = mapped[visit.park_id, visit.recorded_at]
            running = [ride for ride in rides if ride.computed_is_open]
            assert visit.rides_open + visit.rides_closed == visit.total_rides_tracked >= len(rides)
            assert visit.rides_open >= len(running)
            if visit.park.themeparks_wiki_id is None:
                continue
            waits = [ride.wait_time for ride in running if ride.wait_time is not None]
            assert visit.max_wait_time == max(waits, default=None)
            if visit.avg_wait_time is None:
                assert not waits
            else:
                assert abs(Decimal(sum(waits)) / len(waits) - visit.avg_wait_time) <= Decimal("0.005")

    def test_the_shame_score_is_down_weight_by_the_weight_of_the_last_seven_days(self) -> None:
        here = world.read(
            world.demo_parks() or {}, first=(UNTIL - timedelta(days=12)).date(), last=UNTIL.date(), seed=1
        )
        start = int(datetime(2025, 12, 19, 8, tzinfo=UTC).timestamp())
        memory = world.first_memory(here, at=start)
        seen = observe(here, start=start, end=start + 86_400, interval=60 * INTERVAL, memory=memory)
        operated = dict(memory.select("ride_id", "operated").iter_rows())
        rides = list(Ride.objects.select_related("classification", "park"))
        weights = {
            ride.ride_id: ride.classification.tier_weight if hasattr(ride, "classification") else 2
            for ride in rides
            if ride.category == "ATTRACTION" and ride.is_active
        }
        of_park = {
            park_id: {r.ride_id for r in rides if r.park_id == park_id} for park_id in here.parks["park_id"]
        }
        stored = {
            (park_id, int(at.timestamp())): score
            for park_id, at, score in ParkActivitySnapshot.objects.values_list(
                "park_id", "recorded_at", "shame_score"
            )
        }
        items: dict[tuple[int, int], list[dict[str, int]]] = defaultdict(list)
        for row in seen.rides.iter_rows(named=True):
            items[row["park_id"], row["at"]].append(row)
        scores = set()
        for (park_id, at), rows in items.items():
            window = at - 7 * 86_400
            weight = sum(
                weights[ride]
                for ride in of_park[park_id]
                if ride in weights and operated.get(ride) is not None and operated[ride] >= window
            )
            down = sum(
                weights.get(row["ride_id"], 0)
                for row in rows
                if (row["code"] == 2 if row["wiki"] else not row["is_open"])
            )
            exact = Decimal(down) / weight * 10 if weight else Decimal(0)
            assert stored[park_id, at] == exact.quantize(Decimal("0.1"), rounding=ROUND_HALF_EVEN)
            scores.add(exact)
            operated |= {row["ride_id"]: at for row in rows if row["running"]}
        assert len(scores) > 20

    def test_a_change_is_recorded_whenever_a_status_differs_from_the_snapshot_before(self) -> None:
        last: dict[int, RideStatusSnapshot] = {}
        expected = []
        for row in RideStatusSnapshot.objects.order_by("snapshot_id"):
            before = last.get(row.ride_id)
            last[row.ride_id] = row
            if before is None:
                continue
            same = (
                before.status == row.status if row.status else before.computed_is_open == row.computed_is_open
            )
            if same:
                continue
            at = row.recorded_at + timedelta(seconds=row.ride_id % 2)
            minutes = int((at - before.recorded_at).total_seconds() // 60)
            if row.status is None and row.computed_is_open:
                minutes = 0
            expected.append((row.ride_id, at, before.computed_is_open, row.computed_is_open, minutes))
        columns = ("ride_id", "changed_at", "previous_status", "new_status", "duration_in_previous_status")
        stored = RideStatusChange.objects.values_list(*columns)
        assert sorted(stored) == sorted(expected)
        assert RideStatusChange.objects.filter(new_status_enum__isnull=False).count() == 0

    def test_rides_remember_when_they_last_operated(self) -> None:
        ran = RideStatusSnapshot.objects.filter(computed_is_open=True)
        latest = dict(ran.values_list("ride_id").annotate(at=Max("recorded_at")))
        for ride in Ride.objects.all():
            if ride.ride_id in latest:
                assert ride.last_operated_at == latest[ride.ride_id]
        assert Ride.objects.filter(is_active=True, last_operated_at__isnull=True).exists()

    def test_sources_without_a_status_show_attractions_only_and_their_parks_never_open(self) -> None:
        rows = RideStatusSnapshot.objects.filter(ride__themeparks_wiki_id__isnull=True)
        assert not rows.filter(status__isnull=False).exists()
        assert not rows.exclude(ride__category="ATTRACTION").exists()
        assert all(row.computed_is_open == bool(row.is_open or (row.wait_time or 0) > 0) for row in rows)
        visits = ParkActivitySnapshot.objects.filter(park__themeparks_wiki_id__isnull=True)
        assert visits.filter(rides_open__gt=0).exists()
        assert not visits.filter(park_appears_open=True).exists()

    def test_waits_rise_and_fall_over_the_day(self) -> None:
        visits = ParkActivitySnapshot.objects.filter(park__name="Disneyland", recorded_at__day=19)
        by_hour = {visit.recorded_at.hour: visit.avg_wait_time or 0 for visit in visits}
        assert by_hour[17] < by_hour[20] < by_hour[23]

    def test_the_world_holds_one_of_every_kind(self) -> None:
        statuses = set(RideStatusSnapshot.objects.values_list("status", flat=True))
        assert statuses == {"OPERATING", "DOWN", "CLOSED", "REFURBISHMENT", None}
        assert set(Ride.objects.values_list("category", flat=True)) == {
            "ATTRACTION", "MEET_AND_GREET", "SHOW", "EXPERIENCE",
        }  # fmt: skip
        assert set(RideClassification.objects.values_list("tier", flat=True)) == {1, 2, 3}
        assert Ride.objects.filter(classification__isnull=True).exists()
        assert Ride.objects.filter(is_active=False).exists()
        for kind in (
            {"is_disney": True},
            {"is_universal": True},
            {"name": "Dollywood"},
            {"is_active": False},
        ):
            assert Park.objects.filter(**kind).exists(), kind
        assert Park.objects.exclude(country="US").filter(state_province__isnull=True).exists()
        closed = Park.objects.filter(is_active=True).exclude(activity_snapshots__rides_open__gt=0)
        assert list(closed.values_list("name", flat=True)) == ["Valleyfair"]
        runs = ParkActivitySnapshot.objects.filter(park_id=1).count()
        assert 100 < runs < 2 * 24 * 60 // INTERVAL

    def test_stale_data_are_reported_at_most_once_an_hour(self) -> None:
        last: dict[int | None, datetime] = {}
        issues = list(DataQualityIssue.objects.order_by("detected_at"))
        assert issues
        for issue in issues:
            assert issue.data_age_minutes is not None and issue.data_age_minutes > 60
            before = last.get(issue.ride_id)
            assert before is None or issue.detected_at - before > timedelta(hours=1)
            last[issue.ride_id] = issue.detected_at

    def test_there_is_weather_for_every_hour(self) -> None:
        assert WeatherObservation.objects.filter(park_id=1).count() == 39
        assert WeatherForecast.objects.filter(park_id=1).count() == 16
