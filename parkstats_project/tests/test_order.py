"""In what order a run goes through the tests."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from parkstats_project.tests.plugin import long_ones_first


def collected(module: str, number: int, *, whole: bool) -> list[Any]:
    return [
        SimpleNamespace(nodeid=f"{module}::{at}", get_closest_marker=lambda name: whole and name == "whole")
        for at in range(number)
    ]


def is_long(item: Any) -> bool:
    return bool(item.get_closest_marker("whole"))


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_every_worker_begins_with_long_tests_and_ends_with_short_ones(workers: int) -> None:
    items = collected("a", 40, whole=False) + collected("b", 3, whole=True) + collected("c", 21, whole=False)
    items += collected("d", 1, whole=True) + collected("e", 5, whole=True)
    order = long_ones_first(items, workers=workers)
    assert sorted(map(id, order)) == sorted(map(id, items))
    for worker in range(workers):
        own = order[worker * len(order) // workers : (worker + 1) * len(order) // workers]
        assert (is_long(own[0]), is_long(own[-1])) == (True, False)
        assert sorted(own, key=is_long, reverse=True) == own
    names = [item.nodeid.partition("::")[0] for item in order if is_long(item)]
    assert sum(one != other for one, other in zip(names, names[1:], strict=False)) == 2


def test_tests_that_are_all_long_are_all_there() -> None:
    items = collected("a", 3, whole=True) + collected("b", 1, whole=True)
    assert sorted(map(id, long_ones_first(items, workers=3))) == sorted(map(id, items))
