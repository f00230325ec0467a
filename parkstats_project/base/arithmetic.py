"""Exact division, averages and rounding: the only place where a figure is divided.

See docs/contract/README.md 5.

Frames hold integers; a DECIMAL(p, s) is held in units of 10**-s. Single values come out as `Decimal` with
exactly the scale that the wire shows, columns as integers in units of 10**-scale. Rounding is half away from
zero, as SQL does it, unless a function says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

import polars as pl

Exact = int | Decimal | Fraction


def units(numerator: Exact, denominator: Exact = 1, *, scale: int) -> int:
    """numerator / denominator in units of 10**-scale, half away from zero."""
    exact = Fraction(numerator) / Fraction(denominator) * 10**scale
    n, d = abs(exact.numerator), exact.denominator
    magnitude: int = (2 * n + d) // (2 * d)
    return magnitude if exact >= 0 else -magnitude


def divide(numerator: Exact, denominator: Exact = 1, *, scale: int) -> Decimal:
    """numerator / denominator rounded once to `scale` places, half away from zero."""
    return fixed(units(numerator, denominator, scale=scale), scale)


def truncate(numerator: Exact, denominator: Exact = 1, *, scale: int) -> Decimal:
    """numerator / denominator cut off after `scale` places."""
    exact = Fraction(numerator) / Fraction(denominator) * 10**scale
    magnitude = abs(exact.numerator) // exact.denominator
    return fixed(magnitude if exact >= 0 else -magnitude, scale)


def half_even(numerator: Exact, denominator: Exact = 1, *, scale: int) -> Decimal:
    """numerator / denominator rounded to `scale` places, half to even (Python's rounding of decimals)."""
    return fixed(round(Fraction(numerator) / Fraction(denominator) * 10**scale), scale)


def fixed(value: int, scale: int) -> Decimal:
    """An integer in units of 10**-scale as a decimal with that scale: (525, 2) -> 5.25."""
    return Decimal(value).scaleb(-scale)


def fixed_or_none(value: int | None, scale: int) -> Decimal | None:
    """`fixed`, and None for None."""
    return None if value is None else fixed(value, scale)


def number(value: int | None, scale: int) -> float | None:
    """An integer in units of 10**-scale as the JSON number nearest to it; None for None."""
    return None if value is None else float(fixed(value, scale))


def decimals(values: Iterable[int | None], scale: int) -> list[Decimal | None]:
    """A column in units of 10**-scale as decimals."""
    return [fixed_or_none(value, scale) for value in values]


def ratio(numerator: pl.Expr, denominator: pl.Expr | int, *, scale: int) -> pl.Expr:
    """Column numerator / denominator as Int64 in units of 10**-scale, half away from zero.

    Both are integer columns; null where the denominator is zero or either is null.
    """
    n = numerator.cast(pl.Int64) * 10**scale
    d = denominator.cast(pl.Int64) if isinstance(denominator, pl.Expr) else pl.lit(denominator, pl.Int64)
    magnitude = (n.abs() * 2 + d.abs()) // (d.abs() * 2)
    return pl.when(d != 0).then(pl.when((n < 0) ^ (d < 0)).then(-magnitude).otherwise(magnitude))


def doubles(values: pl.Series, denominator: float) -> pl.Series:
    """A column divided as IEEE doubles, unrounded: **double division** (docs/contract/rules.md 10).

    Value by value in Python, since Polars multiplies by the reciprocal, which differs in the last digit.
    """
    quotients = [None if value is None else value / denominator for value in values]
    return pl.Series(values.name, quotients, dtype=pl.Float64)


def double(numerator: float, denominator: float) -> float:
    """One **double division** (docs/contract/rules.md 10)."""
    return numerator / denominator


def rounded_double(value: float, *, places: int) -> float:
    """A double as Python rounds it, where the contract says that the legacy did."""
    return round(value, places)


def ratio_half_even(numerator: pl.Expr, denominator: pl.Expr, *, scale: int) -> pl.Expr:
    """As `ratio`, half to even: Python's rounding of decimals."""
    n, d = numerator.cast(pl.Int64) * 10**scale, denominator.cast(pl.Int64)
    floor = n // d
    twice = 2 * (n - floor * d)
    up = (twice > d) | ((twice == d) & (floor % 2 == 1))
    return pl.when(d != 0).then(floor + up.cast(pl.Int64))


def round_units(value: pl.Expr, *, places: int) -> pl.Expr:
    """Column of units with `places` decimal places dropped, half away from zero: (1005, 1) -> 101."""
    return ratio(value, 10**places, scale=0)


def written(value: pl.Expr, *, places: int) -> pl.Expr:
    """Column of units of 10**-places as the text of the exact number: (-525, 2) -> "-5.25"."""
    if not places:
        return value.cast(pl.String)
    digits = value.abs().cast(pl.String).str.zfill(places + 1)
    sign = pl.when(value < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    return pl.concat_str(sign, digits.str.head(-places), pl.lit("."), digits.str.tail(places))
