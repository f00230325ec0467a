"""How payloads are written (docs/contract/README.md 4)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from stats.api.wire.renderer import Rendered, WireRenderer, encode


def test_keys_are_sorted_in_every_depth_and_nothing_is_spaced():
    assert encode({"b": [{"d": 1, "c": None}], "a": True}) == b'{"a":true,"b":[{"c":null,"d":1}]}\n'


def test_text_beyond_ascii_is_escaped_also_beyond_the_first_plane():
    assert encode({"é": "Château 🎢 <b>"}) == b'{"\\u00e9":"Ch\\u00e2teau \\ud83c\\udfa2 <b>"}\n'


@pytest.mark.parametrize("digits", ["2.50", "33", "0E-7", "-0.0", "1E-8"])
def test_a_decimal_is_written_as_its_exact_text(digits):
    assert encode({"v": Decimal(digits)}) == f'{{"v":"{digits}"}}\n'.encode()


def test_floats_are_written_in_their_shortest_form():
    assert encode([2.67, 12.0, 0.0, 3.3666666666666667]) == b"[2.67,12.0,0.0,3.3666666666666667]\n"


def test_moments_and_dates_are_http_dates_in_gmt():
    moment = datetime(2025, 12, 20, 15, 0, 2, 999999, tzinfo=timezone(timedelta(hours=-8)))
    assert encode([moment, date(2025, 12, 19)]) == (
        b'["Sat, 20 Dec 2025 23:00:02 GMT","Fri, 19 Dec 2025 00:00:00 GMT"]\n'
    )
    assert encode(datetime(2025, 1, 5, tzinfo=UTC)) == b'"Sun, 05 Jan 2025 00:00:00 GMT"\n'


def test_integer_keys_become_texts():
    assert encode({1: 3, 2: 2, 3: 1}) == b'{"1":3,"2":2,"3":1}\n'


def test_what_json_cannot_say_is_written_as_the_recorded_system_did():
    assert encode({"v": [float("nan"), float("inf")]}) == b'{"v":[NaN,Infinity]}\n'


def test_a_type_without_a_form_on_the_wire_is_refused():
    with pytest.raises(TypeError, match="set has no form"):
        encode({"v": {1}})


def test_bytes_that_are_ready_are_passed_on():
    assert WireRenderer().render(Rendered(b"{}\n")) == b"{}\n"
