"""Exact division and rounding, for single values and for columns."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from random import Random

import polars as pl
import pytest

from parkstats_project.base import arithmetic


@pytest.mark.parametrize(
    ("numerator", "denominator", "scale", "text"),
    [
        (9, 4, 1, "2.3"),
        (1, 8, 2, "0.13"),
        (-9, 4, 1, "-2.3"),
        (0, 7, 7, "0E-7"),
        (0, 7, 2, "0.00"),
        (Decimal("2.5"), 1, 0, "3"),
        (207, 8, 2, "25.88"),
        (2, 3, 4, "0.6667"),
    ],
)
def test_a_quotient_is_rounded_half_away_from_zero_with_its_scale(numerator, denominator, scale, text):
    assert str(arithmetic.divide(numerator, denominator, scale=scale)) == text


def test_a_quotient_may_be_cut_off_or_rounded_half_to_even_where_the_contract_says_so():
    assert str(arithmetic.truncate(5, 3, scale=2)) == "1.66"
    assert str(arithmetic.truncate(-5, 3, scale=2)) == "-1.66"
    assert str(arithmetic.half_even(Decimal("2.25"), scale=1)) == "2.2"


def test_units_become_decimals_and_numbers():
    assert arithmetic.decimals([525, None, 0], 2) == [Decimal("5.25"), None, Decimal("0.00")]
    assert arithmetic.number(525, 2) == 5.25
    assert arithmetic.number(None, 2) is None


def test_a_column_is_divided_as_single_values_are():
    random = Random(1)
    pairs = [
        (random.randint(-(10**6), 10**6), random.choice([-1, 1]) * random.randint(1, 999)) for _ in range(500)
    ]
    pairs += [(n, d) for n in range(-20, 21) for d in (-8, -4, -2, 2, 4, 8)]
    frame = pl.DataFrame(pairs, schema=["n", "d"], orient="row")
    got = frame.select(arithmetic.ratio(pl.col("n"), pl.col("d"), scale=2)).to_series().to_list()
    assert got == [arithmetic.units(n, d, scale=2) for n, d in pairs]
    exact = [Fraction(n, d) for n, d in pairs]
    assert all(
        abs(Fraction(unit, 100) - wanted) <= Fraction(1, 200) for unit, wanted in zip(got, exact, strict=True)
    )


def test_a_column_over_zero_or_nothing_is_null():
    frame = pl.DataFrame({"n": [1, None, 1], "d": [0, 5, None]}, schema={"n": pl.Int64, "d": pl.Int64})
    assert (
        frame.select(arithmetic.ratio(pl.col("n"), pl.col("d"), scale=2)).to_series().to_list() == [None] * 3
    )


def test_places_are_dropped_from_units_half_away_from_zero():
    frame = pl.DataFrame({"v": [1005, 1004, -1005]})
    assert frame.select(arithmetic.round_units(pl.col("v"), places=1)).to_series().to_list() == [
        101,
        100,
        -101,
    ]


def test_double_division_gives_the_digits_of_python():
    minutes = pl.Series("minutes", [903, 526, None])
    assert arithmetic.doubles(minutes, 60.0).to_list() == [903 / 60.0, 526 / 60.0, None]


def test_a_column_is_written_as_the_exact_numbers_it_stands_for():
    values = [0, 5, -5, 99, 100, -525, 2**62, None]
    frame = pl.DataFrame({"v": values}, schema={"v": pl.Int64})
    for places in (0, 1, 2, 4):
        written = frame.select(arithmetic.written(pl.col("v"), places=places)).to_series().to_list()
        assert written == [
            None if value is None else f"{arithmetic.fixed(value, places):f}" for value in values
        ]
