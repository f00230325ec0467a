"""What a process keeps: read once, read again when its fingerprint changes, one reader at a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from freezegun import freeze_time

from parkstats_project.base import source
from parkstats_project.base.cache import CHECK_SECONDS, Kept

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
