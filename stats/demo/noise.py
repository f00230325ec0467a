"""Chance without a state: the same seed and the same subject always give the same number.

So any stretch of time can be simulated on its own: loading a week at once, or day by day with --append, gives
the same rows.
"""

from __future__ import annotations

from enum import IntEnum, auto
from typing import Final

import polars as pl

_MASK: Final = (1 << 64) - 1
_GOLDEN: Final = 0x9E3779B97F4A7C15
_MIX: Final = 0xBF58476D1CE4E5B9
_SHIFT: Final = 1 << 29


class Salt(IntEnum):
    """What a number decides; different decisions about one subject must not go together."""

    LABEL = auto()
    SIZE = auto()
    KIND = auto()
    TIER = auto()
    STOPPED = auto()
    POPULARITY = auto()
    RELIABILITY = auto()
    STANDBY = auto()
    OUTDOOR = auto()
    STALE = auto()
    UNKNOWN = auto()
    HOURS = auto()
    ANNOUNCED = auto()
    CUT = auto()
    GAP = auto()
    FAILURE = auto()
    JITTER = auto()
    CROWD = auto()
    STORM = auto()
    FIRST = auto()
    LAST = auto()
    SHUT = auto()
    REFURBISHED = auto()
    OUTAGE = auto()
    OUTAGE_START = auto()
    OUTAGE_LENGTH = auto()
    OUTAGE_STYLE = auto()
    WAIT = auto()
    SOURCE = auto()
    WEATHER = auto()


def chance(seed: int, salt: int, *subject: int) -> int:
    """An integer of 60 bits that depends on all arguments; equal to `chances` on the same values."""
    mixed = _start(seed, salt)
    for value in subject:
        mixed = ((mixed ^ (value & _MASK)) * _GOLDEN) & _MASK
        mixed = ((mixed ^ mixed // _SHIFT) * _MIX) & _MASK
    return mixed // 16


def chances(seed: int, salt: int, *subject: str) -> pl.Expr:
    """`chance` over columns of integers that are not negative, as Int64; null where a column is."""
    mixed = _unsigned(_start(seed, salt))
    for column in subject:
        # Arithmetic of Polars wraps around, which is what the multiplication wants.
        mixed = (mixed ^ pl.col(column).cast(pl.UInt64)) * _unsigned(_GOLDEN)
        mixed = (mixed ^ mixed // _unsigned(_SHIFT)) * _unsigned(_MIX)
    return (mixed // _unsigned(16)).cast(pl.Int64)


def _start(seed: int, salt: int) -> int:
    return ((seed + 1) * _MIX + (salt + 1) * _GOLDEN) & _MASK


def _unsigned(value: int) -> pl.Expr:
    return pl.lit(value, dtype=pl.UInt64)
