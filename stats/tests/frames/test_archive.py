"""Archived days: what goes in comes out, nothing that was archived is lost, and gaps are not made up."""

from __future__ import annotations

import re
import zlib
from datetime import date, timedelta
from decimal import Decimal

import polars as pl
import pytest
from django.core.management import CommandError, call_command
from freezegun import freeze_time
from model_bakery import baker

from parks.models import ParkActivitySnapshot
from parkstats_project.base import clock
from parkstats_project.base.clock import DateSpan
from rides.models import RideStatusChange, RideStatusSnapshot
from stats.frames import archive, archive_format, raw_days
from stats.models import ParkDayArchive
from stats.tests.observed import CLOSED, RUNNING, SILENT_STANDING, a_park, a_ride, at, saw

# 2025-12-19 Pacific is 08:00 UTC of the 19th to 08:00 UTC of the 20th.
DAY = date(2025, 12, 19)
SPAN = DateSpan(DAY, DAY)


def sorted_rows(frames):
    return [sorted(frame.rows(), key=str) for frame in frames]


def raw_rows():
    """The sections of all parks' raw rows together."""
    return [section.drop("owner") for section in raw_days.observed(DAY)]


@pytest.fixture
def world(db):
    """Two parks whose raw rows begin a day earlier and end a day later."""
    parks = [a_park(), a_park()]
    rides = [a_ride(parks[0]), a_ride(parks[0]), a_ride(parks[1])]
    for moment in (at(7, day=18), at(9, day=19), at(9, 10, day=19), at(7, 59, 59), at(8), at(20)):
        saw(parks[0], moment, {rides[0]: RUNNING, rides[1]: CLOSED}, avg_wait_time=Decimal("20.25"))
        saw(parks[1], moment, {rides[2]: SILENT_STANDING}, shame_score=Decimal("2.5"), avg_wait_time=None)
    baker.make(
        RideStatusChange,
        ride=rides[0],
        changed_at=at(9, 10, day=19),
        previous_status=False,
        previous_status_enum="DOWN",
        new_status=True,
        new_status_enum=None,
        duration_in_previous_status=40,
        wait_time_at_change=None,
        status_since=at(8, 31, 7, day=19),
    )
    return parks, rides


def test_a_day_is_read_back_exactly_as_the_raw_rows_are(world):
    summary = archive.write_day(DAY)

    assert (summary.parks, summary.rows, summary.written, summary.without_rides) == (2, 16, 2, ())
    stored = archive.read_observations(SPAN)
    assert sorted_rows(stored.sections) == sorted_rows(raw_rows())
    assert [len(frame) for frame in stored.sections] == [9, 6, 1]
    assert stored.parks["avg_wait"].unique().sort().to_list() == [None, 2025]
    assert stored.parks["shame"].unique().sort().to_list() == [None, 25]
    assert stored.changes.select("previous_code", "new_code", "duration", "wait").row(0) == (2, 0, 40, None)
    assert archive.archived_days(archive.OBSERVATIONS, SPAN) == {(DAY, park.park_id) for park in world[0]}


def test_days_that_were_archived_before_a_column_lack_it_beside_others(world, monkeypatch):
    kind, owned = archive.OBSERVATIONS, raw_days.observed(DAY)
    sections = [section.drop("owner") for section in owned]
    new = archive_format.pack(kind, sections)
    *others, of_changes = archive_format.SECTIONS[kind]
    schema = {name: dtype for name, dtype in of_changes.schema.items() if name != "since"}
    with monkeypatch.context() as then:
        then.setitem(archive_format.SECTIONS, kind, (*others, of_changes._replace(schema=schema)))
        old = archive_format.pack(kind, sections)
    for payloads, since in (([old], [None]), ([old, new], [None, clock.epoch(at(8, 31, 7, day=19))])):
        changes = archive_format.unpack(kind, payloads)[2]
        assert changes["since"].to_list() == since
        assert changes.drop("since").equals(pl.concat([sections[2].drop("since")] * len(payloads)))


def test_a_day_is_read_without_ids_as_it_is_with_them(world):
    archive.write_day(DAY)
    whole = archive.read_observations(SPAN)
    lean = archive.read_observations(SPAN, ids=False)
    for frame, other in zip((whole.rides, *whole.sections[1:]), lean[:3], strict=True):
        assert other.columns == frame.columns[1:]
        assert sorted(frame.drop(frame.columns[0]).rows(), key=str) == sorted(other.rows(), key=str)


def test_a_day_that_did_not_change_is_not_written_again(world):
    archive.write_day(DAY)
    before = list(ParkDayArchive.objects.values())
    assert archive.write_day(DAY).written == 0
    assert list(ParkDayArchive.objects.values()) == before


def test_an_active_park_without_a_snapshot_is_archived_too_and_an_inactive_one_is_not(world):
    silent, gone = a_park(), a_park(is_active=False)
    archive.write_day(DAY)
    archived = archive.archived_days(archive.OBSERVATIONS, SPAN)
    assert (DAY, silent.park_id) in archived
    assert (DAY, gone.park_id) not in archived


def test_rows_that_are_pruned_stay_in_the_archive_and_a_late_collection_joins_them(world):
    parks, rides = world
    archive.write_day(DAY)
    before = sorted_rows(archive.read_observations(SPAN).sections)
    for model, column in (
        (RideStatusSnapshot, "recorded_at"),
        (ParkActivitySnapshot, "recorded_at"),
        (RideStatusChange, "changed_at"),
    ):
        model.objects.filter(**{f"{column}__lt": at(10, day=19)}).delete()
    assert archive.write_day(DAY).written == 0
    assert sorted_rows(archive.read_observations(SPAN).sections) == before

    saw(parks[1], at(11, day=19), {rides[2]: RUNNING})
    RideStatusSnapshot.objects.filter(ride=rides[0], recorded_at=at(7, 59, 59)).update(wait_time=55)
    assert archive.write_day(DAY).written == 2
    stored = archive.read_observations(SPAN)
    assert [len(frame) for frame in stored.sections] == [10, 7, 1]
    assert 55 in stored.rides["wait"].to_list()


def test_what_was_archived_stays_whatever_is_deleted(world):
    archive.write_day(DAY)
    RideStatusSnapshot.objects.filter(recorded_at=at(9, 10, day=19)).delete()
    assert archive.write_day(DAY).written == 0
    RideStatusSnapshot.objects.all().delete()
    assert archive.write_day(DAY).written == 0
    assert len(archive.read_observations(SPAN).rides) == 9


def test_a_day_whose_beginning_is_pruned_is_archived_as_far_as_it_goes(world):
    archive.write_day(date(2025, 12, 17))
    RideStatusSnapshot.objects.filter(recorded_at__lt=at(9, 5, day=19)).delete()
    assert archive.write_day(DAY).written == 2
    assert len(archive.read_observations(SPAN).rides) == 6


def test_a_park_without_the_rows_of_its_rides_is_named(world):
    parks, rides = world
    nothing_but_itself = a_park()
    a_ride(nothing_but_itself, category="SHOW")
    saw(nothing_but_itself, at(9, day=19), {})
    RideStatusSnapshot.objects.filter(ride=rides[2]).delete()
    assert archive.write_day(DAY).without_rides == (parks[1].park_id,)
    assert archive.without_rides(SPAN) == {(DAY, parks[1].park_id)}


def test_of_a_day_without_a_row_nothing_is_archived(world):
    assert archive.write_day(date(2025, 12, 16)).parks == 0
    assert archive.archived_days(archive.OBSERVATIONS, DateSpan(date(2025, 12, 1), DAY)) == set()


def test_a_ride_that_moved_since_is_found_where_it_was(world):
    parks, rides = world
    archive.write_day(DAY)
    rides[1].park = parks[1]
    rides[1].save()

    stored = archive.read_observations(SPAN, rides=[rides[1].ride_id])
    assert stored.rides["ride_id"].to_list() == [rides[1].ride_id] * 3
    assert set(stored.rides["park_id"]) == set(stored.parks["park_id"]) == {parks[0].park_id}
    stored = archive.read_observations(SPAN, parks=[parks[1].park_id])
    assert set(stored.rides["ride_id"]) == {rides[2].ride_id}
    assert set(stored.parks["park_id"]) == {parks[1].park_id}


def test_a_ride_is_not_taken_for_another_whose_number_holds_its_own(world):
    archive.write_day(DAY)
    framed = ParkDayArchive.objects.get(park=world[0][0]).ride_ids
    assert re.fullmatch(r",(\d+,){2}", framed)
    assert archive.read_observations(SPAN, rides=[999_999]).rides.is_empty()


def test_a_payload_that_was_damaged_is_noticed(world):
    archive.write_day(DAY)
    stored = ParkDayArchive.objects.get(park=world[0][0])
    wanted = archive_format.unpack(archive.OBSERVATIONS, [bytes(stored.payload)])
    ParkDayArchive.objects.filter(pk=stored.pk).update(
        payload=archive_format.pack(archive.OBSERVATIONS, raw_days.empty())
    )
    with pytest.raises(archive.ArchiveError, match="differ from what was archived"):
        archive.verify(archive.OBSERVATIONS, DAY, {stored.park_id: wanted})
    ParkDayArchive.objects.all().delete()
    with pytest.raises(archive.ArchiveError, match="1 parks archived, 0 read back"):
        archive.verify(archive.OBSERVATIONS, DAY, {stored.park_id: wanted})


def test_bytes_that_are_no_payload_of_the_kind_are_refused():
    packed = archive_format.pack(archive.OBSERVATIONS, raw_days.empty())
    assert [len(frame) for frame in archive_format.unpack(archive.OBSERVATIONS, [packed, packed])] == [
        0,
        0,
        0,
    ]
    with pytest.raises(ValueError, match="not an archive payload of kind ride_hours"):
        archive_format.unpack(archive.RIDE_HOURS, [packed])
    with pytest.raises(ValueError, match="not an archive payload"):
        archive_format.unpack(archive.OBSERVATIONS, [b"something else"])
    with pytest.raises(zlib.error):
        archive_format.unpack(archive.OBSERVATIONS, [packed[:-3]])


def test_many_days_are_read_at_once_and_every_id_comes_back():
    days = []
    for number in range(3):
        rows = [
            (1000 * number + 7 * place + ride, ride, 600 * place, 1, None, True, None)
            for place in range(5)
            for ride in range(1, 6)
        ]
        days.append(archive_format.frame_of(rows, archive_format.RIDES))
    packed = [archive_format.pack(archive.OBSERVATIONS, [day, *raw_days.empty()[1:]]) for day in days]
    found = archive_format.unpack(archive.OBSERVATIONS, packed)[0]
    assert found.sort("snapshot_id").equals(pl.concat(days).sort("snapshot_id"))


@freeze_time(at(20))
def test_the_command_archives_all_days_that_are_over_and_says_so(world, capsys):
    call_command("archive_days")
    lines = capsys.readouterr().out.splitlines()
    assert [line[:11] for line in lines] == ["2025-12-17:", "2025-12-19:"]
    assert re.fullmatch(r"2025-12-19: 16 rows of 2 parks in [\d,]+ bytes, 2 parks written", lines[1])
    call_command("archive_days", "--from=2025-12-19", "--to=2025-12-19")
    assert "0 parks written" in capsys.readouterr().out


@freeze_time(at(20))
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--to=2025-12-20"], 2),
        (["--from=2030-01-01"], 2),
        (["--from=2030-01-01", "--to=2030-01-02"], 2),
        (["--from=2025-12-19", "--to=2025-12-18"], 2),
        (["--from=2025-12-10", "--to=2025-12-10"], 4),
    ],
)
def test_the_command_tells_bad_dates_from_days_that_cannot_be_archived(world, arguments, code):
    with pytest.raises(CommandError) as failed:
        call_command("archive_days", *arguments)
    assert failed.value.returncode == code


def test_days_of_23_and_25_hours_are_whole(db):
    park = a_park()
    ride = a_ride(park)
    # 2025-11-02 lasts from 07:00 UTC to 08:00 UTC of the next day, 2026-03-08 from 08:00 to 07:00.
    for start, hours in ((at(7) - timedelta(days=48), 25), (at(8) + timedelta(days=78), 23)):
        day = start.date()
        saw(park, start - timedelta(seconds=1), {ride: RUNNING})
        saw(park, start, {ride: RUNNING})
        saw(park, start + timedelta(hours=hours, seconds=-1), {ride: RUNNING})
        saw(park, start + timedelta(hours=hours), {ride: RUNNING})
        assert archive.write_day(day).rows == 4
