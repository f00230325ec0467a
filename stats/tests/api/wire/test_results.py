"""Kept results: computed once per key, only when they succeed, never in the way.

See docs/contract/README.md 9.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from freezegun import freeze_time

from stats.api.wire import results
from stats.api.wire.renderer import not_found

# What was corrected is part of every key (stats/frames/revisions.py).
pytestmark = pytest.mark.django_db


class Counter:
    """A computation that counts how often it is done."""

    def __init__(self, error=None):
        self.done = 0
        self.error = error

    def __call__(self):
        self.done += 1
        if self.error:
            raise self.error
        return {"computed": self.done}


def test_a_result_is_computed_once_and_answered_in_the_same_bytes():
    compute = Counter()
    first = results.answer("r", "asked", compute)
    assert results.answer("r", "asked", compute) == first
    assert first.body == b'{"computed":1}\n'


def test_another_question_is_another_result():
    compute = Counter()
    for asked in (("r", 1), ("r", 2), ("s", 1)):
        results.kept(*asked, compute)
    assert compute.done == 3


def test_a_result_lasts_as_long_as_the_setting_says(settings):
    settings.PARKSTATS_RESULT_CACHE_SECONDS = 60
    compute = Counter()
    with freeze_time("2025-12-20T00:00:00Z") as clock:
        results.kept("r", 1, compute)
        clock.tick(timedelta(seconds=59))
        results.kept("r", 1, compute)
        assert compute.done == 1
        clock.tick(timedelta(seconds=1))
        results.kept("r", 1, compute)
    assert compute.done == 2


def test_zero_seconds_switch_it_off(settings):
    settings.PARKSTATS_RESULT_CACHE_SECONDS = 0
    compute = Counter()
    results.kept("r", 1, compute)
    results.kept("r", 1, compute)
    assert compute.done == 2


def test_another_metrics_version_has_its_own_results(settings):
    compute = Counter()
    results.kept("r", 1, compute)
    settings.PARKSTATS_METRICS_VERSION += 1
    results.kept("r", 1, compute)
    assert compute.done == 2


def test_an_error_is_not_kept():
    compute = Counter(not_found("no"))
    for _ in range(2):
        with pytest.raises(type(compute.error)):
            results.kept("r", 1, compute)
    assert compute.done == 2


class Together:
    """Several threads ask the same thing; the computation ends when all of them have asked."""

    def __init__(self, threads, error=None):
        self.threads = threads
        self.error = error
        self.done = 0
        self.may_end = threading.Event()

    def compute(self):
        self.done += 1
        assert self.may_end.wait(10)
        if self.error:
            raise self.error
        return "value"

    def run(self, asked):
        with ThreadPoolExecutor(self.threads) as pool:
            futures = [pool.submit(results.kept, "r", key, self.compute) for key in asked]
            while any(not future.running() for future in futures):
                pass
            self.may_end.set()
        return futures


def test_threads_that_ask_the_same_at_once_share_one_computation():
    together = Together(8)
    futures = together.run([1] * 8)
    assert [future.result() for future in futures] == ["value"] * 8
    assert together.done == 1


def test_threads_that_wait_share_the_error_too_and_the_next_one_tries_again():
    together = Together(4, ZeroDivisionError())
    futures = together.run([1] * 4)
    assert all(isinstance(future.exception(), ZeroDivisionError) for future in futures)
    assert results.kept("r", 1, lambda: "again") == "again"


def test_different_questions_do_not_wait_for_each_other():
    together = Together(2)
    futures = together.run([1, 2])
    assert [future.result() for future in futures] == ["value"] * 2
    assert together.done == 2


class BrokenCache:
    """A cache whose server is away."""

    def get(self, key):
        raise ConnectionError("no server")

    def set(self, key, value, seconds):
        raise ConnectionError("no server")


def test_a_broken_cache_costs_time_but_no_answer(monkeypatch, caplog):
    monkeypatch.setattr(results, "cache", BrokenCache())
    compute = Counter()
    assert results.kept("r", 1, compute) == {"computed": 1}
    assert results.kept("r", 1, compute) == {"computed": 2}
    assert "cannot be read" in caplog.text
    assert "cannot be written" in caplog.text
