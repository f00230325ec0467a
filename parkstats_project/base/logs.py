"""Log lines: JSON where machines read them, text on a terminal; each knows the request or command it is of.

No line holds a value that somebody gave: a request is named by its route, a statement by its shape, and what
stands in quotes in the message of an exception is left out (`Duplicate entry 'ann@example.org' for key ...`).
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

# In quotes is a name of the code, not what somebody gave.
ABOUT_CODE: Final = (KeyError, AttributeError, ImportError, NameError)
# Of wrong host names and the like: what matters is in the message.
WITHOUT_TRACEBACK: Final = "django.security"
QUOTED: Final = re.compile(r"""'(?:[^'\\]|\\.)*'|"[^"]*"|“[^”]*”""")
GIVEN_ID: Final = re.compile(r"[A-Za-z0-9-]{8,64}")


@dataclass
class Work:
    """A request or a command: its id, what it is, and what its statements took so far."""

    id: str
    name: Callable[[], str]
    statements: int = 0
    seconds: float = 0.0


_current: ContextVar[Work | None] = ContextVar("work", default=None)


def current() -> Work | None:
    """What this thread works on, if it is a request or a command."""
    return _current.get()


@contextmanager
def working_on(name: Callable[[], str], given_id: str = "") -> Iterator[Work]:
    """Meanwhile, lines and slow statements are of a request or command with this name.

    `given_id` is taken if it looks like one; else a new one is made.
    """
    work = Work(given_id if GIVEN_ID.fullmatch(given_id) else uuid.uuid4().hex, name)
    token = _current.set(work)
    try:
        yield work
    finally:
        _current.reset(token)


def without_values(error: BaseException) -> str:
    """An exception's message; what stands in quotes is replaced by a question mark."""
    text = " ".join(str(error).split())
    return text if isinstance(error, ABOUT_CODE) else QUOTED.sub("?", text)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The exception, and what it was raised from, the first cause first."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _chain(before)
    yield error


def _traceback(record: logging.LogRecord) -> str:
    error = record.exc_info[1] if record.exc_info else None
    if error is None or record.name.startswith(WITHOUT_TRACEBACK):
        return ""
    parts = []
    for one in _chain(error):
        parts += traceback.format_tb(one.__traceback__)
        parts.append(f"{type(one).__module__}.{type(one).__qualname__}: {without_values(one)}\n")
    return "".join(parts).rstrip()


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    """Figures of a line, by name: the `fields` of its `extra`."""
    found: dict[str, Any] = getattr(record, "fields", {})
    return found


class JsonLine(logging.Formatter):
    """One JSON object: time, level, logger, message, id and work, the line's fields, an exception."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, ASCII only."""
        work = current()
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if work is not None:
            line |= {"id": work.id, "work": work.name()}
        line |= _fields(record)
        if text := _traceback(record):
            line["exception"] = text
        return json.dumps(line, default=str)


class TextLine(logging.Formatter):
    """The same for people."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, logger, message and fields; an exception below."""
        moment = datetime.fromtimestamp(record.created, UTC)
        fields = "".join(f" {name}={value}" for name, value in _fields(record).items())
        line = f"{moment:%H:%M:%S} {record.levelname} {record.name}: {record.getMessage()}{fields}"
        text = _traceback(record)
        return f"{line}\n{text}" if text else line


class Line(logging.Formatter):
    """JSON, or text where standard error is a terminal."""

    def __init__(self) -> None:
        super().__init__()
        self._formatter = TextLine() if sys.stderr.isatty() else JsonLine()

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        return self._formatter.format(record)
