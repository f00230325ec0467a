"""What every source has in common: how an answer fails, and what is doubtful about one item of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

USER_AGENT: Final = "parkstats/1.0"
EXTREME_WAIT: Final = 480
"""Minutes from which a wait is usually an error of the feed, 999 above all (docs/data.md 2)."""


class Fault(StrEnum):
    """How an answer failed as a whole."""

    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    STATUS = "bad status"
    SHAPE = "unreadable answer"
    BUDGET = "budget spent"


class FeedError(Exception):
    """A source gave no usable answer; `fault` says how, the text what exactly."""

    def __init__(self, fault: Fault, detail: str, *, status: int | None = None) -> None:
        super().__init__(f"{fault}: {detail}")
        self.fault = fault
        self.status = status


class BudgetSpent(FeedError):
    """The source wants a longer pause than a run may take; `retry_after` in seconds if it said so."""

    def __init__(self, detail: str, *, retry_after: float | None) -> None:
        super().__init__(Fault.BUDGET, detail, status=429)
        self.retry_after = retry_after


class Concern(StrEnum):
    """What is doubtful; the values of `data_quality_issues.issue_type`."""

    STALE_DATA = "STALE_DATA"
    MISSING_DATA = "MISSING_DATA"
    INVALID_STATUS = "INVALID_STATUS"
    INCONSISTENT_DATA = "INCONSISTENT_DATA"


class Doubt(NamedTuple):
    """One thing that is doubtful about an item; `fault` is short and counted, `detail` is for people."""

    concern: Concern
    fault: str
    detail: str = ""


class Refused(NamedTuple):
    """An item of an answer that says nothing usable, with what can be told of it."""

    key: str
    name: str
    doubt: Doubt


def mapping(body: Any) -> dict[str, Any]:
    """An answer that has to be a JSON object; FeedError otherwise."""
    if not isinstance(body, dict):
        shown = "nothing" if body is None or body == "" else f"{type(body).__name__} {str(body)[:60]!r}"
        raise FeedError(Fault.SHAPE, f"{shown} instead of a JSON object")
    return body


def listed(body: dict[str, Any], name: str) -> list[Any]:
    """A member that has to be a list; FeedError otherwise."""
    found = body.get(name)
    if not isinstance(found, list):
        raise FeedError(Fault.SHAPE, f"no list {name!r} in the answer")
    return found


def objects(items: Iterable[Any]) -> Iterable[dict[str, Any]]:
    """The JSON objects among the elements of a list."""
    return (item for item in items if isinstance(item, dict))


def moment(text: Any) -> tuple[datetime | None, bool]:
    """An ISO time as aware UTC (None if it is none), and whether it said its zone; without, it is UTC."""
    if not isinstance(text, str):
        return None, False
    try:
        read = datetime.fromisoformat(text)
        zoned = read.tzinfo is not None
        return (read if zoned else read.replace(tzinfo=UTC)).astimezone(UTC), zoned
    except (ValueError, OverflowError):
        return None, False


def updated(text: Any) -> tuple[datetime | None, list[Doubt]]:
    """When a source last touched an item, and what is doubtful about that."""
    read, zoned = moment(text)
    if read is None:
        return None, [Doubt(Concern.MISSING_DATA, "no update time", f"{str(text)[:40]!r}")]
    if not zoned:
        return read, [Doubt(Concern.INCONSISTENT_DATA, "update time without a zone", str(text)[:40])]
    return read, []


def minutes(value: Any) -> tuple[int | None, list[Doubt]]:
    """A wait as whole minutes (None: not told), as received; and what is doubtful about it.

    A number written as text is that number. Negative and extreme ones are kept: the caller decides.
    """
    if value is None:
        return None, []
    try:
        read = int(float(value)) if isinstance(value, int | float | str) else None
    except (ValueError, OverflowError):
        read = None
    if read is None or isinstance(value, bool) or abs(read) > 2**31 - 1:
        return None, [Doubt(Concern.INCONSISTENT_DATA, "wait is no number", f"{str(value)[:40]!r}")]
    if isinstance(value, str):
        return read, [Doubt(Concern.INCONSISTENT_DATA, "wait is text", f"{value[:40]!r}")]
    if read < 0:
        return read, [Doubt(Concern.INCONSISTENT_DATA, "negative wait", f"{read} minutes")]
    if read >= EXTREME_WAIT:
        return read, [Doubt(Concern.INCONSISTENT_DATA, "extreme wait", f"{read} minutes")]
    return read, []
