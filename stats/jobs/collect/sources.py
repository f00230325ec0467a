"""The sources of parks, opened for one run: which client a park is asked with, and which have had enough."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.conf import settings

from parkstats_project.base import clock
from parkstats_project.feeds.answers import BudgetSpent
from parkstats_project.feeds.queue_times import QueueTimes
from parkstats_project.feeds.themeparks_wiki import Schedule, ThemeParksWiki
from stats.choices import DataSource
from stats.jobs.collect import seen
from stats.jobs.collect.facts import ParkFacts
from stats.jobs.collect.seen import Sighting


@dataclass
class Sources:
    """Both clients; safe to use from several threads. A source that wants a long rest is not asked again."""

    wiki: ThemeParksWiki
    queue_times: QueueTimes
    _spent: set[DataSource] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def spent(self) -> set[DataSource]:
        """Sources whose budget is spent."""
        with self._lock:
            return set(self._spent)

    def sighting(self, park: ParkFacts) -> Sighting:
        """The park now. Raises FeedError, BudgetSpent also for every park after the first."""
        with self._asking(park.source):
            at = clock.now().replace(microsecond=0)
            if park.themeparks_wiki_id:
                return seen.of_themeparks_wiki(self.wiki.live(park.themeparks_wiki_id), at=at)
            return seen.of_queue_times(self.queue_times.live(park.queue_times_id), at=at)

    def schedule(self, wiki_id: str) -> Schedule:
        """The announced hours of a park. Raises FeedError."""
        with self._asking(DataSource.THEMEPARKS_WIKI):
            return self.wiki.schedule(wiki_id)

    @contextmanager
    def _asking(self, source: DataSource) -> Iterator[None]:
        if source in self.spent:
            raise BudgetSpent(f"{source.label} wants a rest", retry_after=None)
        try:
            yield
        except BudgetSpent:
            with self._lock:
                self._spent.add(source)
            raise


@contextmanager
def opened() -> Iterator[Sources]:
    """The sources at the addresses of the settings."""
    with (
        ThemeParksWiki(settings.PARKSTATS_THEMEPARKS_URL, settings.PARKSTATS_THEMEPARKS_KEY) as wiki,
        QueueTimes(settings.PARKSTATS_QUEUE_TIMES_URL) as queue_times,
    ):
        yield Sources(wiki, queue_times)
