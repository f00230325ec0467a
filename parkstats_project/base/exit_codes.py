"""What a process of this project says with its exit code; the table for people is in docs/operation.md."""

from __future__ import annotations

from typing import Final

DONE: Final = 0
FAILED: Final = 1
BAD_ARGUMENTS: Final = 2
"""Arguments or settings that cannot be used; what argparse says, too."""
LOCKED: Final = 3
"""Another run is at work."""
INCOMPLETE: Final = 4
"""Done except for gaps, which are named."""
BUDGET_SPENT: Final = 75
"""A source allows no more requests for now; the next run goes on (EX_TEMPFAIL)."""
CANNOT_START: Final = 78
"""The web server cannot start: the database does not fit, the address is taken, the application cannot be
loaded (EX_CONFIG)."""
