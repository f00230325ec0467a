"""What a process keeps: values read from the database, and what was computed from them (docs/design.md D2).

`Kept` holds what was read: a value stays until the fingerprint of its key changes, which one cheap query
tells at most every `CHECK_SECONDS`; nothing else invalidates, nothing is shared between processes, and a
restart reads again: the database is the only truth.

`Derived` holds what was computed: while a value is computed, it is noted which kept values are read, and it
stays as long as all of them are the same. What reads the database in any other way is computed every time.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar
from weakref import WeakSet

from parkstats_project.base import source

CHECK_SECONDS: Final = 3.0

LATELY_SECONDS: Final = 10.0
"""For so long after it was asked for, what is kept is checked by `refresh` instead of by the next request."""

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_versions: Final = itertools.count()
_all: Final[WeakSet[Kept[Any, Any] | Derived[Any, Any]]] = WeakSet()


def forget() -> None:
    """Drop everything that this process keeps; the next read asks the database."""
    for one in list(_all):
        one.forget()


def forget_computed() -> None:
    """Drop what was computed and keep what was read: the next answer is computed again."""
    for one in list(_all):
        if isinstance(one, Derived):
            one.forget()


def refresh() -> None:
    """Check what was asked for lately: for a thread that does so all the time, so that no request has to."""
    for one in list(_all):
        if isinstance(one, Kept):
            one.refresh()


# ------------------------------------------------------------------------------------------------- reads


@dataclass(eq=False)
class _Reads:
    """Versions of the kept values that were read, and whether there was nothing else to depend on."""

    versions: dict[Kept[Any, Any], dict[Any, int]] = field(default_factory=dict)
    complete: bool = True

    def note(self, kept: Kept[Any, Any], versions: Mapping[Any, int]) -> None:
        before = self.versions.setdefault(kept, {})
        for key, version in versions.items():
            # A value that changed meanwhile was read in two states.
            if before.setdefault(key, version) != version:
                self.complete = False

    def include(self, others: _Reads) -> None:
        self.complete = self.complete and others.complete
        for kept, versions in others.versions.items():
            self.note(kept, versions)

    def hold(self) -> bool:
        return all(kept.versions(list(versions)) == versions for kept, versions in self.versions.items())


_reads: ContextVar[_Reads | None] = ContextVar("reads", default=None)


@contextmanager
def _noted_in(reads: _Reads | None) -> Iterator[None]:
    token = _reads.set(reads)
    try:
        yield
    finally:
        _reads.reset(token)


def read_elsewhere() -> None:
    """Called when anything else than a kept value is read: what is being computed depends on more."""
    reads = _reads.get()
    if reads is not None:
        reads.complete = False


@contextmanager
def told_otherwise() -> Iterator[None]:
    """What is read meanwhile is not noted: a kept value that was read before tells when it changes."""
    with _noted_in(None):
        yield


# -------------------------------------------------------------------------------------------------- kept


@dataclass
class _Entry(Generic[V]):
    value: V
    version: int
    fingerprint: object
    checked: float
    asked: float
    # Of the source that it was read from: what had been written by then is in it.
    complete_to: float


class Kept(Generic[K, V]):
    """Values by key, at most `capacity` of them, safe to use from several threads.

    `fingerprints(keys)` gives a comparable value for each key that has data; without it the age alone
    decides. `load(keys)` gives the values of up to `batch` keys. A fingerprint is read before its value, so a
    row that arrives in between is noticed at the next check. One thread loads at a time; threads whose values
    are fresh do not wait for it. A value that is the `same` as the one before is the one before. With `ahead`
    it may be checked before it has to be (`refresh`).
    """

    def __init__(
        self,
        *,
        load: Callable[[Sequence[K]], Mapping[K, V]],
        capacity: int,
        fingerprints: Callable[[Sequence[K]], Mapping[K, object]] | None = None,
        batch: int = 1,
        same: Callable[[V, V], bool] | None = None,
        ahead: bool = True,
    ) -> None:
        self._fingerprints = fingerprints
        self._load = load
        self._capacity = capacity
        self._batch = batch
        self._same = same
        self._ahead = ahead
        self._entries: OrderedDict[K, _Entry[V]] = OrderedDict()
        self._entries_lock = threading.Lock()
        self._loading = threading.Lock()
        _all.add(self)

    def get(self, keys: Sequence[K]) -> list[V]:
        """The current values of the keys, in their order."""
        found = self._current(keys)
        reads = _reads.get()
        if reads is not None:
            reads.note(self, {key: entry.version for key, entry in found.items()})
        return [found[key].value for key in keys]

    def versions(self, keys: Sequence[K]) -> dict[K, int]:
        """A number for each of the keys that is another one whenever its value is another one."""
        return {key: entry.version for key, entry in self._current(keys).items()}

    def refresh(self) -> None:
        """Check what was asked for lately before it has to be."""
        if not self._ahead:
            return
        moment = time.monotonic()
        with self._loading:
            with self._entries_lock:
                due = [
                    key
                    for key, entry in self._entries.items()
                    if entry.asked >= moment - LATELY_SECONDS and entry.checked < moment - CHECK_SECONDS / 2
                ]
            if due:
                self._refresh(due)

    def __len__(self) -> int:
        return len(self._entries)

    def forget(self) -> None:
        """Drop everything kept."""
        with self._entries_lock:
            self._entries.clear()

    def _current(self, keys: Sequence[K]) -> dict[K, _Entry[V]]:
        found = self._fresh(keys)
        if len(found) < len(keys):
            with self._loading:
                found = self._fresh(keys)
                missing = [key for key in keys if key not in found]
                if missing:
                    with _noted_in(None):
                        found |= self._refresh(missing)
        return found

    def _fresh(self, keys: Sequence[K]) -> dict[K, _Entry[V]]:
        moment = time.monotonic()
        found = {}
        with self._entries_lock:
            for key in keys:
                entry = self._entries.get(key)
                if entry is None:
                    continue
                entry.asked = moment
                if entry.checked >= moment - CHECK_SECONDS:
                    self._entries.move_to_end(key)
                    found[key] = entry
        return found

    def _refresh(self, keys: list[K]) -> dict[K, _Entry[V]]:
        moment = time.monotonic()
        complete_to = source.current().complete_to
        current = self._fingerprints(keys) if self._fingerprints else {key: object() for key in keys}
        found: dict[K, _Entry[V]] = {}
        changed = []
        with self._entries_lock:
            for key in keys:
                entry = self._entries.get(key)
                if entry is not None and entry.fingerprint == current.get(key):
                    entry.checked, entry.complete_to = moment, max(entry.complete_to, complete_to)
                    found[key] = entry
                elif entry is not None and complete_to < entry.complete_to:
                    # An older replica: it takes nothing back that has been shown.
                    found[key] = entry
                else:
                    changed.append(key)
        for first in range(0, len(changed), self._batch):
            part = changed[first : first + self._batch]
            for key, value in self._load(part).items():
                with self._entries_lock:
                    entry = _Entry(value, next(_versions), current.get(key), moment, moment, complete_to)
                    before = self._entries.get(key)
                    if before is not None:
                        entry.asked = before.asked
                        if self._same and self._same(before.value, value):
                            entry.value, entry.version = before.value, before.version
                    found[key] = self._entries[key] = entry
                    self._entries.move_to_end(key)
                    while len(self._entries) > self._capacity:
                        self._entries.popitem(last=False)
        return found


# ----------------------------------------------------------------------------------------------- derived


@dataclass
class _Result(Generic[V]):
    value: V
    reads: _Reads
    size: int


class Derived(Generic[K, V]):
    """Values computed from what is kept, by question: at most `capacity` bytes of them.

    `size(value)` is what one takes. One thread computes a question at a time, others wait for it.
    """

    def __init__(self, *, size: Callable[[V], int], capacity: int) -> None:
        self._size = size
        self._capacity = capacity
        self._results: OrderedDict[K, _Result[V]] = OrderedDict()
        self._turns: dict[K, threading.Lock] = {}
        self._lock = threading.Lock()
        self._bytes = 0
        _all.add(self)

    def get(self, question: K, compute: Callable[[], V]) -> V:
        """`compute()`, or what it gave before: all that it depends on are the question and kept values."""
        result = self._standing(question)
        if result is None:
            with self._turn(question):
                result = self._standing(question) or self._computed(question, compute)
        reads = _reads.get()
        if reads is not None:
            reads.include(result.reads)
        return result.value

    @property
    def bytes(self) -> int:
        """What all results take."""
        return self._bytes

    def forget(self) -> None:
        """Drop all results."""
        with self._lock:
            self._results.clear()
            self._bytes = 0

    def _standing(self, question: K) -> _Result[V] | None:
        with self._lock:
            result = self._results.get(question)
            if result is not None:
                self._results.move_to_end(question)
        return result if result is not None and result.reads.hold() else None

    @contextmanager
    def _turn(self, question: K) -> Iterator[None]:
        with self._lock:
            turn = self._turns.setdefault(question, threading.Lock())
        with turn:
            try:
                yield
            finally:
                with self._lock:
                    self._turns.pop(question, None)

    def _computed(self, question: K, compute: Callable[[], V]) -> _Result[V]:
        reads = _Reads()
        with _noted_in(reads):
            value = compute()
        result = _Result(value, reads, self._size(value))
        with self._lock:
            self._drop(question)
            if reads.complete and result.size <= self._capacity:
                self._results[question] = result
                self._bytes += result.size
            while self._bytes > self._capacity:
                self._drop(next(iter(self._results)))
        return result

    def _drop(self, question: K) -> None:
        gone = self._results.pop(question, None)
        if gone is not None:
            self._bytes -= gone.size
