"""What a reported status means: the one home of "operating" and "down" (docs/contract/rules.md 3).

Every predicate takes a status code, the collector's `running` flag and, where the park matters, whether the
park reports DOWN at all. The operands may be plain Python values, Polars expressions or conditions of a
query (`rides.conditions`): `&`, `|`, `^` and `==` mean the same for all, so one definition serves a
single snapshot, a column of a million and a WHERE clause.
"""

from __future__ import annotations

from typing import Any, Final

from parkstats_project.db.expressions import Place
from rides.choices import RideStatus

NO_STATUS: Final = 0
"""Code of a NULL status: the source knows only open and closed."""

CODES: Final[dict[str, int]] = {
    RideStatus.OPERATING.value: 1,
    RideStatus.DOWN.value: 2,
    RideStatus.CLOSED.value: 3,
    RideStatus.REFURBISHMENT.value: 4,
}
"""Status text -> code; frames and archives hold the code, so a number is given once and for ever."""

TEXTS: Final[dict[int, str]] = {code: text for text, code in CODES.items()}
"""Code -> status text; NO_STATUS has none."""

PARK_CLOSED: Final = "PARK_CLOSED"
"""What a ride shows instead of a status while its park is closed (docs/contract/README.md 10, CUR-STATUS)."""

OPERATING: Final = CODES[RideStatus.OPERATING]
DOWN: Final = CODES[RideStatus.DOWN]
CLOSED: Final = CODES[RideStatus.CLOSED]
REFURBISHMENT: Final = CODES[RideStatus.REFURBISHMENT]


def code_of(status: str | None) -> int:
    """The code of a stored status."""
    return NO_STATUS if status is None else CODES[status]


def code_in(column: str) -> Place:
    """The code of a column of stored statuses, as a database expression."""
    return Place(column, CODES)


def operating(status: Any, running: Any) -> Any:
    """**operating**: reported OPERATING, or without a status but seen running."""
    return (status == OPERATING) | ((status == NO_STATUS) & running)


def down_strict(status: Any, running: Any) -> Any:
    """**down, strict**: reported DOWN, or without a status and not running; the same for every park."""
    return (status == DOWN) | ((status == NO_STATUS) & (running ^ True))


def down_at_park(status: Any, running: Any, reports_down: Any) -> Any:
    """**down, park-type aware**: only DOWN where the park reports DOWN; elsewhere CLOSED counts as well."""
    closed = (status == CLOSED) | ((status == NO_STATUS) & (running ^ True))
    return (status == DOWN) | ((reports_down ^ True) & closed)


def displayed(status: str | None, running: bool) -> str:
    """**display status**: the reported one, else OPERATING or DOWN by the running flag."""
    if status is not None:
        return status
    return RideStatus.OPERATING.value if running else RideStatus.DOWN.value
