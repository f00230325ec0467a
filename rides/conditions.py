"""Columns as operands of `rides.status`: what its rules make of them is the condition of a query."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from rides.status import NO_STATUS, TEXTS


class Condition(Q):
    """A condition that can be an operand of `rides.status`, which writes "not" as `^ True`."""

    def __xor__(self, other: Any) -> Any:
        return ~self if other is True else super().__xor__(other)


class Reported:
    """The column `status` as an operand: comparing it with a code gives a condition."""

    def __eq__(self, code: object) -> Any:
        return Q(status__isnull=True) if code == NO_STATUS else Q(status=TEXTS[code])  # type: ignore[index]
