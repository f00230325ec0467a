"""JSON over HTTP for the sources without a library of their own: patient, bounded, with its faults named."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any, Final

import httpx

from parkstats_project.feeds.answers import USER_AGENT, BudgetSpent, Fault, FeedError
from parkstats_project.feeds.client import Client

ATTEMPTS: Final = 3
TIMEOUT_SECONDS: Final = 10.0
MOST_PATIENCE: Final = 60.0
"""Seconds of waiting that a source may ask for in all before the run goes on without it."""


class Json(Client):
    """GETs JSON below one address; safe to use from several threads, of which one waits for all."""

    def __init__(
        self, base_url: str, *, timeout: float = TIMEOUT_SECONDS, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._client = httpx.Client(
            base_url=base_url, timeout=timeout, headers={"User-Agent": USER_AGENT}, follow_redirects=True
        )
        self._sleep = sleep
        self._patience = MOST_PATIENCE
        self._waiting = threading.Lock()

    def close(self) -> None:
        self._client.close()

    def get(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        """The decoded answer. Raises FeedError; BudgetSpent if the source wants too long a pause."""
        for attempt in range(1, ATTEMPTS + 1):
            last = attempt == ATTEMPTS
            try:
                answer = self._client.get(path, params=params)
            except httpx.TimeoutException:
                failure = FeedError(Fault.TIMEOUT, f"no answer from {self._client.base_url.host}")
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                failure = FeedError(Fault.UNREACHABLE, f"{self._client.base_url.host}: {error}")
            else:
                if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
                    self._rest(retry_after(answer.headers.get("Retry-After"), now=answer.headers.get("Date")))
                    failure = FeedError(Fault.BUDGET, "asked too often", status=answer.status_code)
                elif answer.is_success:
                    return _decoded(answer)
                else:
                    status = answer.status_code
                    failure = FeedError(Fault.STATUS, f"{status} from {answer.url.host}", status=status)
                    last = last or not answer.is_server_error
            if last:
                break
            if failure.fault != Fault.BUDGET:
                self._sleep(0.5 * attempt)
        if failure.fault == Fault.BUDGET:
            raise BudgetSpent(str(failure), retry_after=None)
        raise failure

    def _rest(self, seconds: float) -> None:
        """Wait as long as the source wants, all threads together; BudgetSpent if that is too long."""
        with self._waiting:
            if seconds > self._patience:
                raise BudgetSpent(f"the source wants {seconds:.0f} s of rest", retry_after=seconds)
            self._patience -= seconds
            self._sleep(seconds)


def retry_after(header: str | None, *, now: str | None) -> float:
    """Seconds that a `Retry-After` asks for, as a number or as a date against the answer's own `Date`."""
    if header is None:
        return 2.0
    try:
        return max(float(header), 1.0)
    except ValueError:
        pass
    try:
        return max((parsedate_to_datetime(header) - parsedate_to_datetime(now or "")).total_seconds(), 1.0)
    except (ValueError, TypeError):
        return 2.0


def _decoded(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        kind = answer.headers.get("Content-Type", "no type")
        raise FeedError(Fault.SHAPE, f"{len(answer.content)} bytes of {kind} are no JSON") from None
