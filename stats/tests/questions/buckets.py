"""How tests ask for figures of any window."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from parkstats_project.base.clock import Window
from parkstats_project.tests.plugin import forget_everything
from stats.questions import analytics
from stats.questions.buckets import Choice, Length
from stats.tests.observed import (
    NOW,
)

NEW_YORK = ZoneInfo("America/New_York")
EVERY_DAY = frozenset(range(1, 8))
HOURLY = Length(seconds=3600, days=0)
DAILY = Length(seconds=0, days=1)


def choice(start, end, length=HOURLY, *, weekdays=EVERY_DAY, between=None, zone=None):
    return Choice(Window(start, end), length, weekdays, between, zone)


def asked(entity, ids, chosen, *, now=NOW):
    forget_everything()
    found, unknown = analytics.of_entities(entity=entity, ids=ids, choice=chosen, now=now)
    assert not unknown
    return [one["buckets"] for one in found]


def of_ride(ride, start, end, length=HOURLY, **chosen):
    (found,) = asked("ride", [ride.pk], choice(start, end, length, **chosen))
    return found


def local(year, month, day, hour=0, minute=0, zone=NEW_YORK):
    return datetime(year, month, day, hour, minute, tzinfo=zone)


def figures(bucket, *names):
    return tuple(bucket[name] for name in names)
