"""Users: threads that ask one thing after the other over connections that they keep."""

from __future__ import annotations

import http.client
import math
import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from stats.management.asked import Ask

PATIENCE = 120.0


@dataclass(frozen=True)
class Taken:
    """One answer: who asked what, its status (0: none) and how long it took."""

    name: str
    status: int
    seconds: float


class Client:
    """One kept connection; a request that finds it closed opens it again."""

    def __init__(self, base_url: str) -> None:
        parts = urlsplit(base_url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(parts.netloc, timeout=PATIENCE)
        self._prefix = parts.path.rstrip("/")

    def ask(self, ask: Ask) -> tuple[Taken, bytes]:
        """The answer of one request; the time runs up to its last byte."""
        headers = {"Content-Type": "application/json"} if ask.body is not None else {}
        start = time.perf_counter()
        for attempt in (1, 2):
            try:
                self._connection.request(ask.method, self._prefix + ask.path, ask.body, headers)
                response = self._connection.getresponse()
                body = response.read()
                return Taken(ask.name, response.status, time.perf_counter() - start), body
            except (OSError, http.client.HTTPException) as error:
                self._connection.close()
                closed = isinstance(
                    error, http.client.RemoteDisconnected | ConnectionResetError | BrokenPipeError
                )
                if attempt == 2 or not closed:
                    break
        return Taken(ask.name, 0, time.perf_counter() - start), b""


def at_once(
    base_url: str, asks: list[Ask], *, users: int, seconds: float, pause: float, seed: int = 1
) -> tuple[list[Taken], float]:
    """What `users` got who drew from `asks` for some seconds, and how long it took them.

    Each waits between half and one and a half times `pause` after an answer; 0 means no rest at all.
    """
    end = time.monotonic() + seconds
    taken: list[list[Taken]] = [[] for _ in range(users)]

    def use(number: int) -> None:
        chance = random.Random(seed * 1000 + number)
        client = Client(base_url)
        # Not all in the same moment.
        time.sleep(chance.random() * min(pause, seconds / 2))
        while time.monotonic() < end:
            taken[number].append(client.ask(chance.choice(asks))[0])
            time.sleep(pause * (0.5 + chance.random()))

    start = time.monotonic()
    threads = [threading.Thread(target=use, args=(number,)) for number in range(users)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [one for own in taken for one in own], time.monotonic() - start


def one_after_the_other(
    base_url: str, asks: list[Ask], *, rounds: int, cpu: Callable[[], float]
) -> Iterator[tuple[Ask, list[Taken], float]]:
    """Each request `rounds` times by one user, after two that are not counted, with the CPU time of one."""
    client = Client(base_url)
    for ask in asks:
        for _ in range(2):
            client.ask(ask)
        before = cpu()
        taken = [client.ask(ask)[0] for _ in range(rounds)]
        yield ask, taken, (cpu() - before) / rounds


def percentile(taken: list[Taken], share: float) -> float:
    """The time in milliseconds that this share of the answers did not exceed."""
    times = sorted(one.seconds for one in taken)
    return 1000 * times[math.ceil(share * len(times)) - 1] if times else 0.0
