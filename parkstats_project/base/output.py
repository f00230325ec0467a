"""What a command says: lost where the disk is full, and no reason to end (docs/operation.md, Logs)."""

from __future__ import annotations

import errno
from typing import Any, Final, TextIO

FULL: Final = (errno.ENOSPC, errno.EDQUOT)


class Lossy:
    """A text stream that drops what a full disk does not take; every other error is raised.

    Writes through: what stays in a buffer would fail when the process ends, and turn its exit code into 120.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write the text; its length, as a stream says it."""
        try:
            self._stream.write(text)
        except OSError as problem:
            _drop(problem)
        self.flush()
        return len(text)

    def flush(self) -> None:
        """Hand on what was written."""
        try:
            self._stream.flush()
        except OSError as problem:
            _drop(problem)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _drop(problem: OSError) -> None:
    if problem.errno not in FULL:
        raise problem
