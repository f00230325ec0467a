"""What an error of the database says, for people."""

from __future__ import annotations

from django.db import Error


def sentence(error: Error) -> str:
    """The server's or driver's message without its number, on one line."""
    said = next((str(part) for part in reversed(error.args) if str(part).strip()), type(error).__name__)
    return " ".join(said.split()).rstrip(".")
