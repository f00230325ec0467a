"""What a process keeps: read once, read again when its fingerprint changes, one reader at a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from freezegun import freeze_time

from parkstats_project.base import source
from parkstats_project.base.cache import (
    CHECK_SECONDS,
    LATELY_SECONDS,
    Derived,
    Kept,
    forget,
    forget_computed,
    read_elsewhere,
    refresh,
    told_otherwise,
)

START = datetime(2025, 12, 20, tzinfo=UTC)


class Source:
    """A database of one figure per key that counts how it is asked."""

    def __init__(self) -> None:
        self.rows: dict[int, int] = {}
        self.checks = 0
        self.loads: list[int] = []

    def fingerprints(self, keys: Sequence[int]) -> dict[int, int]:
        self.checks += 1
        return {key: self.rows[key] for key in keys if key in self.rows}

    def load(self, keys: Sequence[int]) -> dict[int, int]:
        self.loads += keys
        return {key: self.rows.get(key, 0) for key in keys}

    def kept(self, capacity: int = 10, batch: int = 1) -> Kept[int, int]:
        return Kept(fingerprints=self.fingerprints, load=self.load, capacity=capacity, batch=batch)


def test_a_value_is_read_once_and_checked_every_few_seconds():
    source = Source()
    source.rows = {1: 5}
    kept = source.kept()
    with freeze_time(START) as clock:
        assert kept.get([1]) == kept.get([1]) == [5]
        assert (source.checks, source.loads) == (1, [1])
        clock.tick(timedelta(seconds=CHECK_SECONDS + 1))
        assert kept.get([1]) == [5]
        assert (source.checks, source.loads) == (2, [1])


def test_a_changed_row_is_seen_after_the_next_check_and_no_other_key_is_read_again():
    source = Source()
    source.rows = {1: 5, 2: 6}
    kept = source.kept()
    with freeze_time(START) as clock:
        kept.get([1, 2])
        source.rows[1] = 7
        assert kept.get([1, 2]) == [5, 6]
        clock.tick(timedelta(seconds=CHECK_SECONDS + 1))
        assert kept.get([1, 2]) == [7, 6]
        del source.rows[2]
        clock.tick(timedelta(seconds=CHECK_SECONDS + 1))
        assert kept.get([1, 2]) == [7, 0]
    assert source.loads == [1, 2, 1, 2]


def test_no_more_than_the_capacity_is_kept_but_every_wanted_key_is_answered():
    source = Source()
    source.rows = {key: key for key in range(6)}
    kept = source.kept(capacity=3, batch=2)
    with freeze_time(START):
        assert kept.get(range(6)) == list(range(6))
        source.loads.clear()
        assert kept.get([5]) == [5] and source.loads == []
        assert kept.get([0]) == [0] and source.loads == [0]


def test_several_threads_read_a_key_once():
    source = Source()
    source.rows = {1: 5}
    started = threading.Barrier(8)
    kept = source.kept()
    answers: list[int] = []

    def ask() -> None:
        started.wait()
        answers.extend(kept.get([1]))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [5] * 8
    assert source.loads == [1]


def test_what_is_forgotten_is_read_again():
    source = Source()
    kept = source.kept()
    with freeze_time(START):
        kept.get([1])
        kept.forget()
        kept.get([1])
    assert source.loads == [1, 1]


def test_an_older_replica_takes_nothing_back_until_it_is_as_far():
    database = Source()
    database.rows = {1: 5}
    kept = database.kept()
    with freeze_time(START) as clock:
        assert kept.get([1]) == [5]

        def ask_replica(*, behind: float) -> list[int]:
            clock.tick(timedelta(seconds=CHECK_SECONDS + 1))
            token = source.use(source.Source("replica1", time.monotonic() - behind))
            try:
                return kept.get([1])
            finally:
                source.reset(token)

        database.rows = {1: 4}  # as the replica has it
        assert ask_replica(behind=60) == [5]
        assert kept.get([1]) == [4]  # the primary is believed
        database.rows = {1: 7}
        assert ask_replica(behind=1) == [7]  # and so is a replica that has all that was shown


def a_derived(capacity: int = 100) -> Derived[str, str]:
    return Derived(size=len, capacity=capacity)


def test_what_was_computed_stays_until_a_value_that_it_read_is_another():
    source = Source()
    source.rows = {1: 5, 2: 6}
    kept, derived = source.kept(), a_derived()
    computed: list[str] = []

    def compute() -> str:
        computed.append(str(kept.get([1])[0]))
        return computed[-1]

    with freeze_time(START) as clock:
        assert derived.get("of one", compute) == derived.get("of one", compute) == "5"
        source.rows[2] = 7
        clock.tick(timedelta(seconds=CHECK_SECONDS + 1))
        assert derived.get("of one", compute) == "5"
        assert len(computed) == 1
        source.rows[1] = 8
        clock.tick(timedelta(seconds=CHECK_SECONDS + 1))
        assert derived.get("of one", compute) == "8"
    assert computed == ["5", "8"]


def test_what_was_computed_from_something_computed_depends_on_all_below():
    source = Source()
    source.rows = {1: 5}
    kept, below, above = source.kept(), a_derived(), a_derived()

    def compute() -> str:
        return "about " + below.get("value", lambda: str(kept.get([1])[0]))

    with freeze_time(START) as clock:
        below.get("value", lambda: str(kept.get([1])[0]))
        assert above.get("text", compute) == "about 5"
        source.rows[1] = 6
        clock.tick(timedelta(seconds=CHECK_SECONDS + 1))
        assert above.get("text", compute) == "about 6"


def test_what_read_anything_else_is_computed_every_time():
    derived = a_derived()
    computed: list[str] = []

    def compute() -> str:
        read_elsewhere()
        computed.append("x")
        return "x"

    assert derived.get("question", compute) == derived.get("question", compute) == "x"
    assert len(computed) == 2
    with told_otherwise():
        read_elsewhere()
    assert derived.bytes == 0


def test_results_take_no_more_bytes_than_their_bound_and_the_oldest_go_first():
    derived = a_derived(capacity=10)
    computed: list[str] = []

    def ask(question: str) -> None:
        def compute() -> str:
            computed.append(question)
            return "four"

        derived.get(question, compute)

    for question in ("a", "b", "a", "c", "a", "b"):
        ask(question)
        assert derived.bytes <= 10
    assert computed == ["a", "b", "c", "b"]
    assert derived.get("too long", lambda: "x" * 11) == "x" * 11
    assert derived.bytes == 8


def test_an_equal_value_that_was_read_again_is_the_one_before():
    rows = {1: "text"}
    kept: Kept[int, str] = Kept(load=lambda keys: dict(rows), capacity=1, same=str.__eq__)
    with freeze_time(START) as clock:
        before = kept.versions([1])
        clock.tick(timedelta(seconds=CHECK_SECONDS + 1))
        assert kept.versions([1]) == before
        rows[1] = "another"
        clock.tick(timedelta(seconds=CHECK_SECONDS + 1))
        assert kept.versions([1]) != before
        assert kept.get([1]) == ["another"]


def test_a_failure_is_not_held():
    derived = a_derived()
    with pytest.raises(ZeroDivisionError):
        derived.get("question", lambda: str(1 // 0))
    assert derived.get("question", lambda: "answer") == "answer"


def test_everything_is_forgotten_at_once():
    source = Source()
    kept, derived = source.kept(), a_derived()
    with freeze_time(START):
        kept.get([1])
        derived.get("question", lambda: "answer")
        forget()
    assert (len(kept), derived.bytes) == (0, 0)


def test_what_was_computed_is_computed_again_from_what_is_kept():
    source = Source()
    kept, derived = source.kept(), a_derived()
    with freeze_time(START):
        kept.get([1])
        derived.get("question", lambda: "answer")
        forget_computed()
        assert (len(kept), derived.bytes) == (1, 0)


def test_what_was_asked_for_lately_is_checked_before_a_request_has_to():
    source = Source()
    source.rows = {1: 5, 2: 6}
    kept = source.kept()
    with freeze_time(START) as clock:
        kept.get([1, 2])
        clock.tick(timedelta(seconds=CHECK_SECONDS - 1))
        kept.get([1])
        source.rows = {1: 7, 2: 8}
        refresh()
        checks = source.checks
        assert kept.get([1, 2]) == [7, 8]
        assert source.checks == checks
        clock.tick(timedelta(seconds=LATELY_SECONDS + 1))
        refresh()
        assert source.checks == checks
        assert kept.get([1]) == [7]
        assert source.checks == checks + 1
