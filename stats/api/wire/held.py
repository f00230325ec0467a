"""Answers that are held: the same bytes as long as they would be computed the same (docs/design.md D2).

Whatever was read for an answer is a kept value, or the answer is not held; on which aspect of the clock it
depends is stated where its route is.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import datetime
from typing import Any, Final, NamedTuple

from parkstats_project.base import cache
from parkstats_project.base.cache import Derived
from stats.api.wire.renderer import Rendered, encode
from stats.frames import current
from stats.frames.current import Aspect

HELD_BYTES: Final = 8_000_000
"""The bodies that a process holds: of the design size a hundred different ones take 2 MB."""


class Held(NamedTuple):
    """How the answers of a route are held.

    `by` tells for what was asked on which aspect of now the answer depends, None if it is not held. `stamp`
    writes the one text inside that is of each request: its time.
    """

    by: Callable[[Any], Aspect | None]
    stamp: Callable[[datetime], str] | None = None


def by_moment(asked: Any) -> Aspect:
    """For answers that show how something stands now."""
    return current.moment


def by_dates(asked: Any) -> Aspect:
    """For answers about days that are over, and about the rows of weeks and months."""
    return current.dates


def by_period(asked: Any) -> Aspect:
    """For answers that show nothing of now besides a running period."""
    return current.moment if asked.period in ("live", "today") else current.dates


def by_past_period(asked: Any) -> Aspect | None:
    """The same for charts, of which the live ones are labelled with minutes."""
    return None if asked.period == "live" else by_period(asked)


def answer(
    question: Hashable, now: datetime, compute: Callable[[], Any], stamp: str | None, by: Aspect
) -> Rendered:
    """The bytes of `compute()` at `now`, or those of before if nothing that they depend on is another."""
    stamped = b"" if stamp is None else encode(stamp).strip()

    def body() -> tuple[bytes, ...]:
        whole = encode(compute())
        if not stamped:
            return (whole,)
        parts = tuple(whole.split(stamped))
        if len(parts) != 2:
            # By accident another text is the same.
            cache.read_elsewhere()
        return parts

    parts = current.steady(_bodies, question, now, body, by=by)
    return Rendered(stamped.join(parts))


_bodies: Derived[Hashable, tuple[bytes, ...]] = Derived(
    size=lambda parts: sum(map(len, parts)), capacity=HELD_BYTES
)
