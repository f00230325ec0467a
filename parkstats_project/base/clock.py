"""Clock, days and periods: what is now, a Pacific day, last week, a window (docs/contract/rules.md 1)."""

from __future__ import annotations

import calendar
import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

PACIFIC: Final = ZoneInfo("America/Los_Angeles")
HOUR: Final = 3600
DAY: Final = 86_400
LIVE_WINDOW_HOURS: Final = 2

AHEAD: Final = timedelta(hours=1)
"""How far a clock may be ahead of this one: a row that is newer has an impossible time."""

# The one fixed offset of the wire contract: hours of charts are UTC-8 all year (docs/contract/README.md 3).
CHART_OFFSET: Final = -8 * HOUR
# What can be asked of most rankings (docs/contract/sources.md 1).
PERIODS: Final = ("live", "today", "yesterday", "7days", "30days", "last_week", "last_month")


def now() -> datetime:
    """The current instant in UTC. Taken once per request or job and passed down."""
    return datetime.now(UTC)


def epoch(moment: datetime) -> int:
    """Whole seconds since 1970, fraction cut off."""
    return math.floor(moment.timestamp())


def from_epoch(seconds: int) -> datetime:
    """The UTC instant of whole seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC)


class Window(NamedTuple):
    """A half-open span of time [start, end); both ends are aware UTC datetimes."""

    start: datetime
    end: datetime

    @property
    def start_s(self) -> int:
        """First whole second inside, since 1970."""
        return math.ceil(self.start.timestamp())

    @property
    def end_s(self) -> int:
        """First whole second outside: stored times are whole seconds, so `at < end_s` means `at < end`."""
        return math.ceil(self.end.timestamp())

    def hours(self) -> list[int]:
        """Starts (epoch seconds) of the clock hours that the window touches, ascending."""
        first = self.start_s - self.start_s % HOUR
        return list(range(first, self.end_s, HOUR))


class DateSpan(NamedTuple):
    """Dates from start to end, both included."""

    start: date
    end: date

    def days(self) -> list[date]:
        """Every date of the span, ascending."""
        return [self.start + timedelta(days=n) for n in range((self.end - self.start).days + 1)]


def window_of_seconds(start: int, end: int) -> Window:
    """The window of two epoch seconds."""
    return Window(from_epoch(start), from_epoch(end))


def hour_start(seconds: int) -> int:
    """Start of the clock hour that holds an epoch second."""
    return seconds - seconds % HOUR


def pacific_date(moment: datetime) -> date:
    """Calendar date in America/Los_Angeles: the day boundary of every park."""
    return moment.astimezone(PACIFIC).date()


def server_date(moment: datetime) -> date:
    """**server date**: the UTC calendar date, as production servers run in UTC."""
    return moment.astimezone(UTC).date()


def pacific_midnight(day: date) -> datetime:
    """00:00 Pacific of a date, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=PACIFIC).astimezone(UTC)


def pacific_day(day: date) -> Window:
    """**Pacific day**: from midnight to the next local midnight, so 23, 24 or 25 hours."""
    return pacific_days(DateSpan(day, day))


def pacific_days(span: DateSpan) -> Window:
    """The Pacific days of a span as one window."""
    # The calendar has no midnight after its last day.
    last = datetime.max.replace(tzinfo=UTC)
    end = last if span.end == date.max else pacific_midnight(span.end + timedelta(days=1))
    return Window(pacific_midnight(span.start), end)


def pacific_dates(window: Window) -> DateSpan:
    """The Pacific days that a window touches."""
    return DateSpan(pacific_date(window.start), pacific_date(window.end - timedelta(microseconds=1)))


def today_so_far(moment: datetime) -> Window:
    """From Pacific midnight to the moment, the moment excluded (but a row of its running second included)."""
    return Window(pacific_midnight(pacific_date(moment)), moment)


def live_window(moment: datetime) -> Window:
    """**Live window**: two hours up to and with the running second (docs/contract/rules.md 4)."""
    second = moment.replace(microsecond=0)
    return Window(second - timedelta(hours=LIVE_WINDOW_HOURS), second + timedelta(seconds=1))


def last_week(today: date) -> DateSpan:
    """**last week**: the complete Sunday-to-Saturday week before the current one."""
    sunday = today - timedelta(days=(today.weekday() + 1) % 7)
    return DateSpan(sunday - timedelta(days=7), sunday - timedelta(days=1))


def last_month(today: date) -> DateSpan:
    """**last month**: the calendar month before the current one."""
    end = today.replace(day=1) - timedelta(days=1)
    return DateSpan(end.replace(day=1), end)


def rolling(today: date, days: int) -> DateSpan:
    """**rolling N days** ending on `today`, which is included."""
    return DateSpan(today - timedelta(days=days - 1), today)


def days_before(day: date, number: int) -> DateSpan:
    """The `number` dates before a date, as far as the calendar goes back."""
    first = max(day.toordinal() - number, date.min.toordinal())
    last = max(day.toordinal() - 1, date.min.toordinal())
    return DateSpan(date.fromordinal(first), date.fromordinal(last))


def month_length(day: date) -> int:
    """Number of days of the month of a date."""
    return calendar.monthrange(day.year, day.month)[1]


def day_label(day: date) -> str:
    """`Dec 1, 2025`, without padding."""
    return f"{day:%b} {day.day}, {day.year}"


def week_label(week: DateSpan) -> str:
    """`Dec 7-13, 2025`, or `Nov 30 - Dec 6, 2025` across months; the year is that of the last day."""
    if week.start.month == week.end.month:
        return f"{week.start:%b} {week.start.day}-{week.end.day}, {week.end.year}"
    return f"{week.start:%b} {week.start.day} - {week.end:%b} {week.end.day}, {week.end.year}"


def month_label(month: DateSpan) -> str:
    """`November 2025`."""
    return f"{month.start:%B} {month.start.year}"


@dataclass(frozen=True)
class Period:
    """What the name of a period means at a moment; of PERIODS, and nothing else (docs/contract/rules.md 1).

    7days and 30days are stored rows of the running week or month; where they have dates of their own, these
    are those of last week and last month (docs/contract/trends.md).
    """

    name: str
    now: datetime

    def __post_init__(self) -> None:
        if self.name not in PERIODS:
            raise ValueError(f"no period {self.name!r}")

    @property
    def dates(self) -> DateSpan:
        """Its Pacific dates."""
        today = pacific_date(self.now)
        if self.name in ("live", "today"):
            return DateSpan(today, today)
        if self.name == "yesterday":
            return days_before(today, 1)
        return last_week(today) if self.name in ("last_week", "7days") else last_month(today)

    @property
    def before(self) -> DateSpan:
        """The dates it is compared with: the day, week or month before."""
        dates = self.dates
        if self.name in ("last_month", "30days"):
            return last_month(dates.start)
        return days_before(dates.start, len(dates.days()))

    @property
    def window(self) -> Window:
        """Its Pacific days, today up to now."""
        if self.name in ("live", "today"):
            return today_so_far(self.now)
        return pacific_days(self.dates)

    @property
    def granularity(self) -> str:
        """How finely it is charted: `minutes`, `hourly` or `daily`."""
        if self.name == "live":
            return "minutes"
        return "hourly" if self.name in ("today", "yesterday") else "daily"

    @property
    def label(self) -> str:
        """Its dates in words: a day, a week or a month."""
        dates = self.dates
        if dates.start == dates.end:
            return day_label(dates.start)
        return week_label(dates) if self.name in ("last_week", "7days") else month_label(dates)


def iso_z(moment: datetime) -> str:
    """UTC as ISO 8601 with `Z`; the fraction of a second is omitted when it is zero."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def week_key(day: date) -> dict[str, int]:
    """The key of the weekly row that rankings ask for.

    The *calendar* year with the ISO week, which do not belong together around New Year: 30 December 2025
    asks for week 1 of 2025 (docs/contract/parks.md 1.7).
    """
    return {"year": day.year, "week_number": day.isocalendar().week}


def month_key(day: date) -> dict[str, int]:
    """The key of the monthly row of a date."""
    return {"year": day.year, "month": day.month}
