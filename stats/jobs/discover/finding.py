"""What a comparison of the lists with what is stored comes to.

A finding that is `clear` leaves no doubt and is applied at once; every other one is for people to decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from stats.choices import DataSource, ProposalKind
from stats.jobs.discover import names

if TYPE_CHECKING:
    from stats.jobs.discover.listed import ListedPark

WIKI = DataSource.THEMEPARKS_WIKI
QUEUE_TIMES = DataSource.QUEUE_TIMES
UNKNOWN_CITY = "Unknown"
"""No source has the city of a park, and the column may not be empty: people fill it in."""


class KnownPark(NamedTuple):
    """A stored park; `listed` as if a source had it."""

    park_id: int
    is_active: bool
    listed: ListedPark


class KnownRide(NamedTuple):
    """A stored ride; `queue_times_id` is None for a ride that Queue-Times does not have."""

    ride_id: int
    park_id: int
    name: str
    is_active: bool
    wiki_id: str | None
    queue_times_id: str | None

    def key(self, source: DataSource) -> str | None:
        """Its id at a source."""
        return self.wiki_id if source == WIKI else self.queue_times_id


@dataclass(frozen=True)
class Finding:
    """A proposal to be made: columns to write, sentences that speak for it."""

    kind: ProposalKind
    source: DataSource
    key: str
    name: str
    park_id: int | None = None
    ride_id: int | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    evidence: tuple[str, ...] = ()
    clear: bool = False


def compared(here: str, there: str) -> str:
    """The sentence about two names."""
    return f"{here} here, {there} there: {names.similarity(here, there)} % alike"


def column(source: DataSource) -> str:
    """The column of a source's ids."""
    return "themeparks_wiki_id" if source == WIKI else "queue_times_id"
