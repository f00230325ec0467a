"""Today's facts stay out of the past: an archived day knows who was who, and what its codes mean."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import polars as pl
import pytest
from django.core.management import call_command
from django.test import Client
from freezegun import freeze_time

from parks.models import Park, ParkActivitySnapshot
from parkstats_project.base import clock
from parkstats_project.base.clock import DateSpan, Window
from parkstats_project.tests.plugin import forget_everything
from rides.choices import RideStatus
from rides.models import Ride, RideClassification, RideMove, RideStatusSnapshot
from rides.status import CODES
from stats.choices import ArchiveKind
from stats.frames import archive, archive_format, hours, observations, raw_days
from stats.models import ParkDailyStats, ParkDayArchive, RideDailyStats
from stats.tests.databases import dump
from stats.tests.observed import RUNNING, a_park, a_ride, moments, observe

GoldenCase = Callable[[str], AbstractContextManager[str]]

DAY = date(2025, 12, 19)
SPAN = DateSpan(DAY, DAY)


# ------------------------------------------------------------------------------------------ recorded days


@pytest.fixture
def new_year(archived_case: GoldenCase) -> Iterator[None]:
    """new_year_morning with all its days archived, and pruned."""
    with archived_case("new_year_morning"):
        yield


def last_month() -> Window:
    return Window(datetime(2025, 12, 18, tzinfo=UTC), datetime(2025, 12, 30, tzinfo=UTC))


def asked(path: str) -> dict[str, Any]:
    forget_everything()
    answer = Client().get(path)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def buckets(park: int) -> list[int]:
    of_park = asked(
        f"/api/analytics/buckets?park_id={park}&from=2025-12-31T00:00:00-08:00&to=2026-01-01T00:00:00-08:00"
        "&bucket=1d"
    )
    return [bucket["snapshots"] for bucket in next(iter(of_park["data"]))["buckets"]]


@pytest.mark.mariadb
@pytest.mark.usefixtures("new_year")
@pytest.mark.whole
class TestOfArchivedDays:
    """What is changed today changes nothing of them."""

    def test_a_ride_that_moved_was_where_it_was(self) -> None:
        before = hours.of_rides(last_month(), now=clock.now(), rides=[1])
        details = asked("/api/rides/1/details?period=last_month")
        rows = dump(RideDailyStats, ParkDailyStats)
        Ride.objects.filter(pk=1).update(park_id=5)
        forget_everything()
        assert hours.of_rides(last_month(), now=clock.now(), rides=[1]).equals(before)
        after = asked("/api/rides/1/details?period=last_month")
        assert after["timeseries"] == details["timeseries"]
        call_command("recompute_daily_stats", "--date", "2025-12-22", stdout=StringIO())
        assert without_coverage(dump(RideDailyStats, ParkDailyStats)) == without_coverage(rows)

    def test_a_ride_that_was_deactivated_was_active(self) -> None:
        before = buckets(6)
        assert before[0] > 0
        Ride.objects.filter(pk=48).update(is_active=False)
        assert buckets(6) == before

    def test_a_ride_has_the_weight_and_a_park_the_kind_that_it_had(self) -> None:
        before = hours.of_parks(last_month(), now=clock.now())
        RideClassification.objects.update(tier_weight=1, tier=3)
        Park.objects.update(is_disney=True)
        forget_everything()
        assert hours.of_parks(last_month(), now=clock.now()).equals(before)


def without_coverage(tables: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    return {
        table: [{k: v for k, v in row.items() if not k.endswith("_collections")} for row in rows]
        for table, rows in tables.items()
    }


# ------------------------------------------------------------------------------------------- the payload


@pytest.fixture
def seen(db: None) -> list[Ride]:
    """Two rides of one park and one of another, seen all day."""
    parks = [a_park(name="Dollywood"), a_park()]
    rides = [a_ride(parks[0], tier=1), a_ride(parks[0], category="SHOW"), a_ride(parks[1])]
    observe(DAY, rides, lambda ride, number: RUNNING)
    return rides


def test_a_payload_says_who_was_who(seen: list[Ride]) -> None:
    silent = a_ride(seen[0].park, is_active=False)
    archive.write_day(DAY)
    (stored,) = ParkDayArchive.objects.filter(park=seen[0].park)
    header = archive_format.open_payloads(ArchiveKind.OBSERVATIONS, [bytes(stored.payload)]).headers[0]
    assert header == {
        "codes": {"OPERATING": 1, "DOWN": 2, "CLOSED": 3, "REFURBISHMENT": 4},
        "park": {
            "name": "Dollywood",
            "is_disney": False,
            "is_universal": False,
            "is_active": True,
            "timezone": "America/New_York",
        },
        "rides": [
            {"ride_id": seen[0].pk, "is_active": True, "category": "ATTRACTION", "weight": 3},
            {"ride_id": seen[1].pk, "is_active": True, "category": "SHOW", "weight": 2},
            {"ride_id": silent.pk, "is_active": False, "category": "ATTRACTION", "weight": 2},
        ],
    }


def test_what_it_said_first_stays_when_the_day_is_archived_again(seen: list[Ride]) -> None:
    archive.write_day(DAY)
    first = {row.park_id: bytes(row.payload) for row in ParkDayArchive.objects.all()}
    Park.objects.update(is_disney=True, name="Elsewhere")
    RideClassification.objects.update(tier_weight=1)
    observe(DAY, [seen[0]], at=[moments(DAY)[5] + timedelta(minutes=3)])
    forget_everything()
    assert archive.write_day(DAY).written == 1
    again = {row.park_id: bytes(row.payload) for row in ParkDayArchive.objects.all()}
    headers = [
        archive_format.open_payloads(ArchiveKind.OBSERVATIONS, list(rows.values())).headers
        for rows in (first, again)
    ]
    assert headers[0] == headers[1]
    assert first != again


def test_payloads_of_the_first_format_stay_readable(seen: list[Ride]) -> None:
    archive.write_day(DAY)
    before = archive.read_observations(SPAN)
    for row in ParkDayArchive.objects.all():
        frames = archive_format.unpack(ArchiveKind.OBSERVATIONS, [bytes(row.payload)])
        row.payload = archive_format.pack(ArchiveKind.OBSERVATIONS, frames)
        assert bytes(row.payload).startswith(b"PSA1")
        row.save()
    # A ride is where its rows are; the rest is taken from today.
    Ride.objects.filter(pk=seen[0].pk).update(park=seen[2].park)
    forget_everything()
    after = archive.read_observations(SPAN)
    assert after.rides.sort("snapshot_id").equals(before.rides.sort("snapshot_id"))
    assert after.parks.sort("snapshot_id").equals(before.parks.sort("snapshot_id"))
    assert not after.then.rides["stated"].any()
    # It is written again in the format of today as soon as the job comes along.
    assert archive.write_day(DAY).written == 2
    assert archive.read_observations(SPAN).then.rides["stated"].all()


def test_codes_mean_what_they_meant(seen: list[Ride]) -> None:
    rows = archive_format.frame_of([(7, 1, 600, 2, None, False, None)], archive_format.RIDES)
    header: archive_format.Header = {
        "codes": {"DELAYED": 9, "OPERATING": 2, "DOWN": 1, "CLOSED": 4, "REFURBISHMENT": 3},
        "park": {
            "name": "",
            "is_disney": False,
            "is_universal": False,
            "is_active": True,
            "timezone": "UTC",
        },
        "rides": [],
    }
    kind = ArchiveKind.OBSERVATIONS
    with pytest.raises(ValueError, match="archived status DELAYED is none any more"):
        archive_format.unpack(kind, [archive_format.pack(kind, [rows, *raw_days.empty()[1:]], header)])
    del header["codes"]["DELAYED"]
    packed = [
        archive_format.pack(kind, [rows, *raw_days.empty()[1:]], header),
        archive_format.pack(kind, [rows, *raw_days.empty()[1:]]),
    ]
    assert archive_format.unpack(kind, packed)[0]["status"].to_list() == [
        CODES["OPERATING"],
        CODES["DOWN"],
    ]


def test_every_status_has_a_number_of_its_own_given_once_and_for_ever() -> None:
    assert {status.value for status in RideStatus} == set(CODES)
    assert list(CODES.items())[:4] == [("OPERATING", 1), ("DOWN", 2), ("CLOSED", 3), ("REFURBISHMENT", 4)]
    # Counted without a gap: the database numbers them by their place (stats/frames/expressions.py).
    assert list(CODES.values()) == list(range(1, len(CODES) + 1))


# ---------------------------------------------------------------------------------------------- raw days


def parks_of(ride: Ride) -> list[int]:
    forget_everything()
    rows = observations.rides(clock.pacific_day(DAY), rides=[ride.pk])
    return rows["park_id"].to_list()


def test_a_move_counts_from_when_it_was_made(seen: list[Ride]) -> None:
    old, new = a_park(), seen[2].park
    ride = a_ride(old)
    observe(DAY, [ride], at=moments(DAY)[:72])
    ride.move_to(new, moments(DAY)[72])
    observe(DAY, [ride], at=moments(DAY)[72:])
    assert parks_of(ride) == [old.pk] * 72 + [new.pk] * 72
    assert RideMove.objects.get().from_park == old


def test_the_admin_records_a_move(seen: list[Ride], admin_client: Client) -> None:
    ride, old = seen[0], seen[0].park_id
    form = {
        "name": ride.name,
        "queue_times_id": ride.queue_times_id,
        "park": seen[2].park_id,
        "category": "ATTRACTION",
        "entity_type": "ATTRACTION",
        "is_active": "on",
        "moves": "on",
    }
    with freeze_time("2025-12-21T12:00:00Z"):
        answer = admin_client.post(f"/admin/rides/ride/{ride.pk}/change/", form)
    assert answer.status_code == 302
    ride.refresh_from_db()
    assert ride.park_id == seen[2].park_id
    move = RideMove.objects.get()
    assert (move.ride_id, move.from_park_id) == (ride.pk, old)
    assert move.moved_at == datetime(2025, 12, 21, 12, tzinfo=UTC)


def test_a_move_made_with_sql_is_seen_from_the_seconds_of_the_rows(seen: list[Ride]) -> None:
    ride, old, new = seen[0], seen[0].park_id, seen[2].park_id
    Ride.objects.filter(pk=ride.pk).update(park_id=new)
    assert parks_of(ride) == [old] * 144
    assert parks_of(seen[1]) == [old] * 144
    frame = observations.rides(clock.pacific_day(DAY))
    assert frame["partners"].to_list() == [1] * frame.height
    archive.write_day(DAY)
    RideStatusSnapshot.objects.all().delete()
    ParkActivitySnapshot.objects.all().delete()
    assert parks_of(ride) == [old] * 144
    facts = archive.read_observations(SPAN).then.rides
    assert facts.filter(pl.col("ride_id") == ride.pk)["park_id"].to_list() == [old]


def test_rows_that_come_a_second_late_do_not_move_a_ride(seen: list[Ride]) -> None:
    RideStatusSnapshot.objects.filter(ride=seen[1]).delete()
    for moment in moments(DAY):
        RideStatusSnapshot.objects.create(
            ride=seen[1], recorded_at=moment + timedelta(seconds=2), status="OPERATING", computed_is_open=True
        )
    assert set(parks_of(seen[1])) == {seen[1].park_id}
