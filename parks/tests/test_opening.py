"""Announced hours, asked of a park."""

from datetime import UTC, date, datetime, timedelta

import pytest
from model_bakery import baker

from parks.choices import ScheduleType
from parks.models import Park

OPENING = datetime(2025, 12, 20, 17, tzinfo=UTC)
CLOSING = datetime(2025, 12, 21, 6, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def park(db):
    park: Park = baker.make("parks.Park", name="Dollywood Park", is_disney=False, is_universal=False)
    announce(park)
    return park


def announce(park, kind=ScheduleType.OPERATING, day=date(2025, 12, 20), opening=OPENING, closing=CLOSING):
    baker.make(
        "parks.ParkSchedule",
        park=park,
        schedule_date=day,
        schedule_type=kind,
        opening_time=opening,
        closing_time=closing,
    )


@pytest.mark.parametrize(
    ("moment", "open_"),
    [
        (OPENING - SECOND, False),
        (OPENING, True),
        (CLOSING, True),
        (CLOSING + timedelta(milliseconds=900), True),
        (CLOSING + SECOND, False),
    ],
)
def test_operating_hours_last_from_opening_to_closing_time_both_included(park, moment, open_):
    assert park.is_within_operating_hours(moment) is open_


def test_other_kinds_of_hours_do_not_open_a_park(park):
    announce(park, ScheduleType.EXTRA_HOURS, opening=OPENING - 2 * SECOND)
    assert not park.is_within_operating_hours(OPENING - SECOND)


def test_outside_its_hours_a_park_operates_if_it_was_just_seen_open(park):
    moment = OPENING - SECOND
    assert park.is_operating_at(moment) is None
    baker.make(
        "parks.ParkActivitySnapshot",
        park=park,
        recorded_at=moment - timedelta(hours=2, seconds=1),
        park_appears_open=True,
    )
    assert park.is_operating_at(moment) is None
    for minutes, is_open in ((60, True), (30, False)):
        baker.make(
            "parks.ParkActivitySnapshot",
            park=park,
            recorded_at=moment - timedelta(minutes=minutes),
            park_appears_open=is_open,
        )
        assert park.is_operating_at(moment) is is_open
    assert park.is_operating_at(OPENING) is True


def test_operating_hours_are_those_of_the_date_or_none(park):
    announce(park, day=date(2025, 12, 21), opening=None, closing=None)
    announce(park, ScheduleType.INFO, day=date(2025, 12, 22))
    assert park.operating_hours(date(2025, 12, 20)) == (OPENING, CLOSING)
    assert park.operating_hours(date(2025, 12, 21)) is None
    assert park.operating_hours(date(2025, 12, 22)) is None


def test_a_snapshot_knows_whether_it_was_taken_in_operating_hours(park):
    taken = {"park": park, "park_appears_open": False}
    inside = baker.make("parks.ParkActivitySnapshot", recorded_at=OPENING, **taken)
    outside = baker.make("parks.ParkActivitySnapshot", recorded_at=CLOSING + SECOND, **taken)
    assert (inside.is_within_operating_hours, outside.is_within_operating_hours) == (True, False)


@pytest.mark.parametrize(
    ("name", "disney", "universal", "reports"),
    [
        ("Anywhere", True, False, True),
        ("Anywhere", False, True, True),
        ("dollywood ", False, False, True),
        ("Dollywood's Splash Country", False, False, False),
    ],
)
def test_parks_of_disney_and_universal_and_dollywood_report_down(name, disney, universal, reports):
    park: Park = baker.prepare("parks.Park", name=name, is_disney=disney, is_universal=universal)
    assert park.reports_down is reports
