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


@pytest.mark.parametrize(
    ("name", "dates", "before", "granularity", "label"),
    [
        ("live", ("2025-12-20", "2025-12-20"), ("2025-12-19", "2025-12-19"), "minutes", "Dec 20, 2025"),
        ("today", ("2025-12-20", "2025-12-20"), ("2025-12-19", "2025-12-19"), "hourly", "Dec 20, 2025"),
        ("yesterday", ("2025-12-19", "2025-12-19"), ("2025-12-18", "2025-12-18"), "hourly", "Dec 19, 2025"),
        ("last_week", ("2025-12-07", "2025-12-13"), ("2025-11-30", "2025-12-06"), "daily", "Dec 7-13, 2025"),
        ("7days", ("2025-12-07", "2025-12-13"), ("2025-11-30", "2025-12-06"), "daily", "Dec 7-13, 2025"),
        ("last_month", ("2025-11-01", "2025-11-30"), ("2025-10-01", "2025-10-31"), "daily", "November 2025"),
        ("30days", ("2025-11-01", "2025-11-30"), ("2025-10-01", "2025-10-31"), "daily", "November 2025"),
    ],
)
def test_a_period_has_dates_what_it_is_compared_with_a_granularity_and_a_label(
    name, dates, before, granularity, label
):
    # Still the 20th on the Pacific coast.
    period = clock.Period(name, datetime(2025, 12, 21, 7, 30, tzinfo=UTC))
    assert tuple(map(str, period.dates)) == dates
    assert tuple(map(str, period.before)) == before
    assert (period.granularity, period.label) == (granularity, label)


def test_the_window_of_a_period_is_its_pacific_days_and_today_ends_now():
    now = datetime(2025, 12, 20, 22, 35, tzinfo=UTC)
    midnight = datetime(2025, 12, 20, 8, tzinfo=UTC)
    assert clock.Period("today", now).window == (midnight, now)
    assert clock.Period("yesterday", now).window == (midnight - timedelta(days=1), midnight)
    # The clocks went back on 2 November.
    month = clock.Period("last_month", now).window
    assert month.end - month.start == timedelta(days=30, hours=1)


def test_a_name_that_is_no_period_is_not_taken_for_one():
    with pytest.raises(ValueError, match="no period 'last_year'"):
        clock.Period("last_year", datetime(2025, 12, 20, tzinfo=UTC))
