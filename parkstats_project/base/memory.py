"""Memory that a process holds without needing it."""

from __future__ import annotations

import ctypes
import gc


def give_back() -> None:
    """Collect garbage, and return what is free to the system."""
    gc.collect()
    trim_heap()


def trim_heap() -> None:
    """Return what is free to the system where its C library can (glibc)."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
