"""What the clients of all sources have in common."""

from __future__ import annotations

from types import TracebackType
from typing import Self


class Client:
    """A context manager, at whose end the connections are closed."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the connections to the source."""
        raise NotImplementedError
