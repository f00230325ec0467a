"""What a source says of a park at one moment, in the words of the tables (docs/contract/jobs.md 1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from parkstats_project.base.arithmetic import divide
from parkstats_project.feeds import queue_times, themeparks_wiki
from parkstats_project.feeds.answers import Concern, Doubt, Refused
from rides.choices import RideStatus
from stats.choices import DataSource

QUEUE_TIMES_STALE: Final = timedelta(minutes=30)
"""Older values of Queue-Times are those of before closing (docs/contract/jobs.md 1.1)."""

STALE_MINUTES: Final = 60
"""A ride of ThemeParks.wiki that was not touched for more than this is reported (docs/contract/jobs.md 5)."""

AHEAD: Final = timedelta(minutes=5)
"""An update time farther in the future is doubtful: the clocks differ, or the feed is wrong."""

TWICE: Final = "listed twice"
GREATEST_AVERAGE: Final = Decimal("999.99")
"""What `avg_wait_time` can hold."""


@dataclass(frozen=True)
class Seen:
    """One item: `key` is its id at the source, `running` is `computed_is_open`, `wait` in minutes."""

    key: str
    name: str
    status: str | None
    is_open: bool
    running: bool
    wait: int | None
    updated: datetime | None
    doubts: tuple[Doubt, ...]

    @property
    def stored_wait(self) -> int | None:
        """The wait of the ride's row: Queue-Times' negative ones are none (docs/contract/jobs.md 1.3)."""
        return None if self.status is None and self.wait is not None and self.wait < 0 else self.wait


@dataclass(frozen=True)
class Sighting:
    """All of a park at one moment."""

    source: DataSource
    at: datetime
    items: list[Seen]
    refused: list[Refused]

    @property
    def tracked(self) -> int:
        """Items of the answer, each once, also those whose status nobody understands."""
        return len(self.items) + sum(refused.doubt.fault != TWICE for refused in self.refused)

    @property
    def rides_open(self) -> int:
        """Items that run."""
        return sum(item.running for item in self.items)

    @property
    def rides_closed(self) -> int:
        """Items known not to run; of Queue-Times, which knows no third state, all others."""
        closed = self.tracked if self.source == DataSource.QUEUE_TIMES else len(self.items)
        return closed - self.rides_open

    @property
    def average_wait(self) -> Decimal | None:
        """Mean wait of the running items that have one; None without, or if it fits no column."""
        waits = self._waits()
        mean = divide(sum(waits), len(waits), scale=2) if waits else None
        return mean if mean is None or abs(mean) <= GREATEST_AVERAGE else None

    @property
    def longest_wait(self) -> int | None:
        """Greatest of the same."""
        return max(self._waits(), default=None)

    def _waits(self) -> list[int]:
        return [item.wait for item in self.items if item.running and item.wait is not None]


def of_themeparks_wiki(live: themeparks_wiki.Live, *, at: datetime) -> Sighting:
    """A park of ThemeParks.wiki: the status decides what runs."""
    items = [
        Seen(
            key=item.id,
            name=item.name,
            status=item.status,
            is_open=item.status == RideStatus.OPERATING,
            running=item.status == RideStatus.OPERATING,
            wait=item.wait,
            updated=item.updated,
            doubts=(*item.doubts, *_about_age(item.updated, at)),
        )
        for item in live.items
    ]
    return Sighting(DataSource.THEMEPARKS_WIKI, at, items, live.refused)


def of_queue_times(live: queue_times.Live, *, at: datetime) -> Sighting:
    """A park of Queue-Times: a wait or the word "open" makes a ride run, unless they are old."""
    items = []
    for ride in live.rides:
        stale = ride.updated is not None and at - ride.updated > QUEUE_TIMES_STALE
        wait, is_open = (0, False) if stale else (ride.wait, ride.is_open)
        items.append(
            Seen(
                key=str(ride.id),
                name=ride.name,
                status=None,
                is_open=is_open,
                running=is_open or (wait or 0) > 0,
                wait=wait,
                updated=ride.updated,
                doubts=(*ride.doubts, *_about_future(ride.updated, at)),
            )
        )
    return Sighting(DataSource.QUEUE_TIMES, at, items, live.refused)


def _about_age(updated: datetime | None, at: datetime) -> Iterable[Doubt]:
    if updated is not None and age_minutes(updated, at) > STALE_MINUTES:
        yield Doubt(Concern.STALE_DATA, "stale")
    yield from _about_future(updated, at)


def _about_future(updated: datetime | None, at: datetime) -> Iterable[Doubt]:
    if updated is not None and updated - at > AHEAD:
        detail = f"{age_minutes(at, updated)} minutes ahead"
        yield Doubt(Concern.INCONSISTENT_DATA, "update time in the future", detail)


def age_minutes(earlier: datetime, later: datetime) -> int:
    """Whole minutes between two moments, cut off."""
    return int((later - earlier).total_seconds()) // 60
