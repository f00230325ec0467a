"""Announced hours, asked for once a day and park (docs/contract/jobs.md 1.5; docs/data.md 2.2)."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from parks.choices import ScheduleType
from parks.models import ParkSchedule
from parkstats_project.base.zones import zone_named
from parkstats_project.db import errors
from parkstats_project.feeds.themeparks_wiki import Opening, Schedule
from stats.jobs.collect.facts import ParkFacts
from stats.models import ParkFeed

AGAIN: Final = timedelta(hours=24)
AT_MOST: Final = 5
"""Parks that are asked again in one run; those never asked come on top: a new park is known at once."""

KEY: Final = ("park", "schedule_date", "schedule_type", "opening_time")
LONGEST: Final = timedelta(hours=24)
"""A closing before its opening is meant for the next day, if the opening then is no longer than this."""


class Announced(NamedTuple):
    """An opening in the words of the table; times aware UTC."""

    day: date
    kind: str
    opens: datetime
    closes: datetime


def due(parks: list[ParkFacts], *, now: datetime) -> list[ParkFacts]:
    """Parks whose hours are to be asked for: those never asked, and the longest not asked of the others."""
    asked = dict(ParkFeed.objects.values_list("park_id", "schedule_asked_at"))
    known = [park for park in parks if park.themeparks_wiki_id]
    never = [park for park in known if asked.get(park.park_id) is None]
    old = [(at, park) for park in known if (at := asked.get(park.park_id)) is not None and now - at >= AGAIN]
    return [*never, *(park for _, park in sorted(old, key=lambda pair: pair[0])[:AT_MOST])]


def write(park: ParkFacts, answer: Schedule, *, now: datetime) -> Counter[str]:
    """Replace what was announced for the dates that the answer is about; the faults found in it.

    Dates before its first and after its last stay, so an answer without any opening changes nothing.
    """
    announced, faults = read(answer, park.timezone)
    faults.update(refused.doubt.fault for refused in answer.refused)
    errors.retried(lambda: _store(park.park_id, announced, now))
    return faults


@transaction.atomic
def _store(park_id: int, announced: set[Announced], now: datetime) -> None:
    if announced:
        _replace(park_id, announced, now)
    ParkFeed.objects.update_or_create(park_id=park_id, defaults={"schedule_asked_at": now})


def _replace(park_id: int, announced: set[Announced], now: datetime) -> None:
    days = [one.day for one in announced]
    keys = {(one.day, one.kind, one.opens) for one in announced}
    stored = ParkSchedule.objects.filter(park_id=park_id, schedule_date__range=(min(days), max(days)))
    columns = ("pk", "schedule_date", "schedule_type", "opening_time")
    gone = [pk for pk, *key in stored.values_list(*columns) if tuple(key) not in keys]
    ParkSchedule.objects.filter(pk__in=gone).delete()
    ParkSchedule.objects.bulk_create(
        [
            ParkSchedule(
                park_id=park_id,
                schedule_date=one.day,
                schedule_type=one.kind,
                opening_time=one.opens,
                closing_time=one.closes,
                fetched_at=now,
            )
            for one in sorted(announced)
        ],
        update_conflicts=True,
        unique_fields=KEY if connection.features.supports_update_conflicts_with_target else None,
        update_fields=("closing_time", "fetched_at"),
    )


def read(answer: Schedule, park_zone: str) -> tuple[set[Announced], Counter[str]]:
    """The openings of an answer, each once, and the faults of the others.

    Times without an offset are in the answer's zone, or the park's if that is none.
    """
    faults: Counter[str] = Counter()
    zone = zone_named(answer.timezone) or zone_named(park_zone)
    if zone_named(answer.timezone) is None:
        faults["unknown time zone"] += 1
    found: dict[tuple[date, str, datetime], Announced] = {}
    for opening in answer.openings:
        try:
            one = _announced(opening, zone)
        except ValueError:
            faults["unreadable opening"] += 1
            continue
        if one.closes <= one.opens:
            faults["inverted opening"] += 1
            one = one._replace(closes=one.closes + timedelta(days=1))
        if not timedelta() < one.closes - one.opens <= LONGEST:
            faults["impossible opening"] += 1
            continue
        same = found.get((one.day, one.kind, one.opens))
        found[one.day, one.kind, one.opens] = one if same is None else max(one, same, key=lambda x: x.closes)
    return set(found.values()), faults


def _announced(opening: Opening, zone: ZoneInfo | None) -> Announced:
    kind = opening.kind if opening.kind in ScheduleType.values else ScheduleType.OPERATING.value
    return Announced(
        date.fromisoformat(opening.date), kind, _moment(opening.opens, zone), _moment(opening.closes, zone)
    )


def _moment(text: str, zone: ZoneInfo | None) -> datetime:
    read = datetime.fromisoformat(text)
    if read.tzinfo is None:
        if zone is None:
            raise ValueError("no zone")
        read = read.replace(tzinfo=zone)
    return read.astimezone(UTC).replace(microsecond=0)
