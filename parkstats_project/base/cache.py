"""What a process keeps of the database: values by key, checked against a fingerprint every few seconds.

A value is read once and kept until the fingerprint of its key changes. The fingerprints of all wanted keys
come from one cheap query, asked at most every `CHECK_SECONDS`; nothing else invalidates, nothing is shared
between processes, and a restart reads again: the database is the only truth (docs/design.md D2).
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from parkstats_project.base import source

CHECK_SECONDS: Final = 3.0

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass
class _Entry(Generic[V]):
    value: V
    fingerprint: object
    checked: float
    # Of the source that it was read from: what had been written by then is in it.
    complete_to: float


class Kept(Generic[K, V]):
    """Values by key, at most `capacity` of them, safe to use from several threads.

    `fingerprints(keys)` gives a comparable value for each key that has data; `load(keys)` gives the values of
    up to `batch` keys. A fingerprint is read before its value, so a row that arrives in between is noticed at
    the next check. One thread loads at a time; threads whose values are fresh do not wait for it.
    """

    def __init__(
        self,
        *,
        fingerprints: Callable[[Sequence[K]], Mapping[K, object]],
        load: Callable[[Sequence[K]], Mapping[K, V]],
        capacity: int,
        batch: int = 1,
    ) -> None:
        self._fingerprints = fingerprints
        self._load = load
        self._capacity = capacity
        self._batch = batch
        self._entries: OrderedDict[K, _Entry[V]] = OrderedDict()
        self._entries_lock = threading.Lock()
        self._loading = threading.Lock()

    def get(self, keys: Sequence[K]) -> list[V]:
        """The current values of the keys, in their order."""
        found = self._fresh(keys)
        if len(found) < len(keys):
            with self._loading:
                found = self._fresh(keys)
                missing = [key for key in keys if key not in found]
                if missing:
                    found |= self._refresh(missing)
        return [found[key] for key in keys]

    def __len__(self) -> int:
        return len(self._entries)

    def forget(self) -> None:
        """Drop everything kept."""
        with self._entries_lock:
            self._entries.clear()

    def _fresh(self, keys: Sequence[K]) -> dict[K, V]:
        oldest = time.monotonic() - CHECK_SECONDS
        found = {}
        with self._entries_lock:
            for key in keys:
                entry = self._entries.get(key)
                if entry is not None and entry.checked >= oldest:
                    self._entries.move_to_end(key)
                    found[key] = entry.value
        return found

    def _refresh(self, keys: list[K]) -> dict[K, V]:
        moment = time.monotonic()
        complete_to = source.current().complete_to
        current = self._fingerprints(keys)
        found: dict[K, V] = {}
        changed = []
        with self._entries_lock:
            for key in keys:
                entry = self._entries.get(key)
                if entry is not None and entry.fingerprint == current.get(key):
                    entry.checked, entry.complete_to = moment, max(entry.complete_to, complete_to)
                    found[key] = entry.value
                elif entry is not None and complete_to < entry.complete_to:
                    # An older replica: it takes nothing back that has been shown.
                    found[key] = entry.value
                else:
                    changed.append(key)
        for first in range(0, len(changed), self._batch):
            part = changed[first : first + self._batch]
            for key, value in self._load(part).items():
                found[key] = value
                with self._entries_lock:
                    self._entries[key] = _Entry(value, current.get(key), moment, complete_to)
                    self._entries.move_to_end(key)
                    while len(self._entries) > self._capacity:
                        self._entries.popitem(last=False)
        return found
