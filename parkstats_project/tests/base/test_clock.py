"""Clock, days and periods."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from parkstats_project.base import clock
from parkstats_project.base.clock import DateSpan, Window


def hours_of(day: date) -> int:
    window = clock.pacific_day(day)
    return int((window.end - window.start) / timedelta(hours=1))


def test_a_pacific_day_has_23_24_or_25_hours():
    assert [hours_of(date(2025, 3, 9)), hours_of(date(2025, 7, 1)), hours_of(date(2025, 11, 2))] == [
        23,
        24,
        25,
    ]


def test_a_pacific_day_starts_at_local_midnight():
    assert clock.pacific_day(date(2025, 12, 20)).start == datetime(2025, 12, 20, 8, tzinfo=UTC)
    assert clock.pacific_day(date(2025, 7, 1)).start == datetime(2025, 7, 1, 7, tzinfo=UTC)


def test_the_server_is_a_day_ahead_in_the_pacific_evening():
    evening = datetime(2025, 12, 21, 2, tzinfo=UTC)
    assert clock.pacific_date(evening) == date(2025, 12, 20)
    assert clock.server_date(evening) == date(2025, 12, 21)


def test_a_row_of_the_running_second_belongs_to_today_so_far():
    moment = datetime(2025, 12, 20, 22, 35, 0, 1, tzinfo=UTC)
    assert clock.today_so_far(moment).end_s == clock.epoch(moment) + 1
    whole = moment.replace(microsecond=0)
    assert clock.today_so_far(whole).end_s == clock.epoch(whole)


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2025, 12, 20), DateSpan(date(2025, 12, 7), date(2025, 12, 13))),
        (date(2025, 12, 21), DateSpan(date(2025, 12, 14), date(2025, 12, 20))),
        (date(2026, 1, 1), DateSpan(date(2025, 12, 21), date(2025, 12, 27))),
    ],
)
def test_last_week_is_the_complete_week_from_sunday_to_saturday(today, expected):
    assert clock.last_week(today) == expected


def test_last_month_crosses_the_year():
    assert clock.last_month(date(2026, 1, 31)) == DateSpan(date(2025, 12, 1), date(2025, 12, 31))


def test_rolling_days_include_today():
    assert clock.rolling(date(2025, 12, 20), 7) == DateSpan(date(2025, 12, 14), date(2025, 12, 20))


def test_the_days_before_end_at_the_beginning_of_the_calendar():
    assert clock.days_before(date(2025, 12, 20), 2) == DateSpan(date(2025, 12, 18), date(2025, 12, 19))
    assert clock.days_before(date(1, 1, 2), 30).start == date.min


@pytest.mark.parametrize(
    ("week", "label"),
    [
        (DateSpan(date(2025, 12, 7), date(2025, 12, 13)), "Dec 7-13, 2025"),
        (DateSpan(date(2025, 11, 30), date(2025, 12, 6)), "Nov 30 - Dec 6, 2025"),
        (DateSpan(date(2025, 12, 28), date(2026, 1, 3)), "Dec 28 - Jan 3, 2026"),
    ],
)
def test_a_week_is_labelled_with_the_year_of_its_saturday(week, label):
    assert clock.week_label(week) == label


def test_days_and_months_are_labelled_without_padding():
    assert clock.day_label(date(2025, 12, 1)) == "Dec 1, 2025"
    assert clock.month_label(DateSpan(date(2025, 11, 1), date(2025, 11, 30))) == "November 2025"


def test_a_window_touches_the_hours_around_its_ends():
    window = Window(datetime(2025, 12, 20, 9, 30, tzinfo=UTC), datetime(2025, 12, 20, 11, 0, tzinfo=UTC))
    assert [clock.from_epoch(hour).hour for hour in window.hours()] == [9, 10]


def test_iso_omits_a_fraction_of_zero():
    assert clock.iso_z(datetime(2025, 12, 20, 22, 35, tzinfo=UTC)) == "2025-12-20T22:35:00Z"
    assert clock.iso_z(datetime(2025, 12, 20, 22, 35, 0, 5, tzinfo=UTC)) == "2025-12-20T22:35:00.000005Z"
