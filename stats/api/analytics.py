"""What goes beyond the legacy routes: GET /api/analytics/buckets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any, Final, Self
from zoneinfo import ZoneInfo

from rest_framework.request import Request

from parkstats_project.base import clock
from parkstats_project.base.zones import zone_named
from stats.api.shapes import chart_answers
from stats.api.wire import params
from stats.api.wire.attribution import ATTRIBUTION
from stats.api.wire.endpoint import Payload, endpoint
from stats.api.wire.renderer import not_found, refuse
from stats.questions import analytics, credits
from stats.questions.buckets import WEEKDAYS, Choice, Length

MOST_IDS: Final = 50
SHORTEST: Final = 5 * 60
LONGEST_DAYS: Final = 7
YEARS: Final = range(1970, 2100)
WEATHER: Final = "weather"
UNITS: Final = {"m": 60, "h": 3600}


@dataclass(frozen=True, kw_only=True)
class Ids(params.Piece):
    """Ids, repeated or separated by commas."""

    def parse(self, text: str) -> Sequence[int]:
        """Distinct ids in the order sent."""
        if not re.fullmatch(r"[0-9]{1,10}(,[0-9]{1,10})*", text, re.ASCII):
            raise refuse("Invalid id. Must be a number")
        ids = tuple(dict.fromkeys(int(part) for part in text.split(",")))
        if len(ids) > MOST_IDS:
            raise refuse(f"Too many ids. Must be at most {MOST_IDS}")
        if max(ids) >= 2**31:
            raise refuse("Invalid id. Must be a number")
        return ids


@dataclass(frozen=True, kw_only=True)
class Moment(params.Piece):
    """ISO 8601 with an offset; a blank for `+`, as an unescaped one arrives, is taken as such."""

    name: str

    def parse(self, text: str) -> datetime:
        """The moment in UTC."""
        try:
            moment = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
            if moment.tzinfo is not None and moment.astimezone(UTC).year in YEARS:
                return moment.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        raise refuse(
            f"Invalid {self.name}. Must be ISO 8601 with an offset, such as 2025-12-20T11:00:00-08:00, "
            f"between {YEARS[0]} and {YEARS[-1]}"
        )

    def require(self, name: str, value: Any) -> None:
        """Both ends have to be given."""
        if value is None:
            raise refuse(f"Missing required parameter: {self.name}")


@dataclass(frozen=True, kw_only=True)
class BucketLength(params.Piece):
    """`15m`, `2h` or `1d`: 5 minutes to 7 days."""

    def parse(self, text: str) -> Length:
        """Seconds or calendar days."""
        match = re.fullmatch(r"([0-9]{1,5})([mhd])", text, re.ASCII)
        if match:
            number, unit = int(match[1]), match[2]
            if unit == "d" and 1 <= number <= LONGEST_DAYS:
                return Length(seconds=0, days=number)
            seconds = number * UNITS.get(unit, 0)
            if SHORTEST <= seconds <= LONGEST_DAYS * clock.DAY:
                return Length(seconds=seconds, days=0)
        raise refuse("Invalid bucket. Must be 5m to 7d, such as 15m, 1h or 1d")


@dataclass(frozen=True, kw_only=True)
class Weekdays(params.Piece):
    """`sat,sun`: days of the week by their first three letters."""

    def parse(self, text: str) -> frozenset[int]:
        """ISO weekdays, 1 for Monday."""
        names = text.lower().split(",")
        if not set(names) <= set(WEEKDAYS):
            raise refuse(f"Invalid weekdays. Must be one or more of: {', '.join(WEEKDAYS)}")
        return frozenset(WEEKDAYS.index(name) + 1 for name in names)


@dataclass(frozen=True, kw_only=True)
class Between(params.Piece):
    """`11:00-14:00`: a span of the local day, past midnight if it ends before it starts.

    A day ends at 24:00, the midnight with which the next one begins.
    """

    def parse(self, text: str) -> tuple[time, time]:
        """Start (included) and end (excluded)."""
        match = re.fullmatch(r"([0-9]{2}):([0-9]{2})-([0-9]{2}):([0-9]{2})", text, re.ASCII)
        try:
            if match and text[:5] != text[6:]:
                end = time() if text[6:] == "24:00" else time(int(match[3]), int(match[4]))
                return time(int(match[1]), int(match[2])), end
        except ValueError:
            pass
        raise refuse("Invalid between. Must be HH:MM-HH:MM, such as 11:00-14:00")


@dataclass(frozen=True, kw_only=True)
class Zone(params.Piece):
    """The IANA name of a time zone."""

    def parse(self, text: str) -> ZoneInfo:
        """The zone."""
        zone = zone_named(text)
        if zone is None:
            raise refuse("Invalid tz. Must be an IANA time zone, such as America/New_York")
        return zone


@dataclass(frozen=True, kw_only=True)
class Buckets(params.Parameters):
    """Rides or parks, a window, and how it is cut."""

    ride_id: Sequence[int] | None = params.piece(Ids())
    park_id: Sequence[int] | None = params.piece(Ids())
    start: datetime = params.piece(Moment(name="from"))
    end: datetime = params.piece(Moment(name="to"))
    bucket: Length = params.piece(BucketLength(default=Length(seconds=3600, days=0)))
    weekdays: frozenset[int] = params.piece(Weekdays(default=frozenset(range(1, 8))))
    between: tuple[time, time] | None = params.piece(Between())
    tz: ZoneInfo | None = params.piece(Zone())
    add: str | None = params.one_of("with", (WEATHER,))

    @classmethod
    def read(cls, request: Request) -> Self:
        """`from`, `to` and `with` are Python words, and ids may be repeated: how this route differs."""
        query = request.query_params
        names = {"from": "start", "to": "end", "with": "add"}
        sent = {
            names.get(name, name): ",".join(query.getlist(name))
            if name.endswith("_id")
            else query.getlist(name)[0]
            for name in query
            if name not in names.values()
        }
        return cls.read_from(sent)


@endpoint("GET", parameters=Buckets, answer=chart_answers.Buckets, looks_up=True, login=True)
def of_rides_or_parks(asked: Buckets, now: datetime) -> Payload:
    """Figures of rides or parks over any window, in buckets of any length."""
    if (asked.ride_id is None) == (asked.park_id is None):
        raise refuse("Missing required parameter: ride_id or park_id, one of them")
    if asked.start >= asked.end:
        raise refuse("Invalid range. from must be before to")
    entity = "ride" if asked.ride_id is not None else "park"
    choice = Choice(
        window=clock.Window(asked.start, asked.end),
        length=asked.bucket,
        weekdays=asked.weekdays,
        between=asked.between,
        zone=asked.tz,
    )
    try:
        found, unknown = analytics.of_entities(
            entity=entity,
            ids=asked.ride_id or asked.park_id or (),
            choice=choice,
            now=now,
            by_weather=asked.add == WEATHER,
        )
    except analytics.TooMuch as error:
        raise refuse(str(error)) from None
    if unknown:
        raise not_found(f"{entity.capitalize()} {unknown[0]} not found")
    return {
        "success": True,
        "entity": entity,
        "data": found,
        "attribution": ATTRIBUTION,
        "credits": [credit._asdict() for credit in credits.used(weather=asked.add == WEATHER)],
    }
