"""Prints docs/licences.md: what the service runs on, as locked, and under which licence each is.

To be run in an environment with requirements.lock; scripts/lock does. Exit code 1 if a
locked package is not installed in that version, or names no licence.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

LOCK = Path(__file__).resolve().parent.parent / "requirements.lock"
HEAD = """\
# Licences

What the service runs on, as [locked](../requirements.lock), and the licence that each package names in its
metadata; written by `scripts/lock`. None of them is part of this repository, which is under the
[MIT licence](../LICENSE).

| Package | Version | Licence |
|---|---|---|
"""


class Unknown(Exception):
    """A package of which nothing can be said; the message names it."""


def locked() -> Iterator[tuple[str, str]]:
    """Names and versions of the lock file that are meant for this system."""
    for line in re.findall(r"^[\w.-]+==[^\\\n]+", LOCK.read_text(encoding="utf-8"), re.MULTILINE):
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate():
            yield requirement.name, str(requirement.specifier).removeprefix("==")


def licence(name: str, version: str) -> str:
    """The licence that an installed package names: an expression, a short name, or its classifiers."""
    try:
        metadata = distribution(name).metadata.json
    except PackageNotFoundError:
        raise Unknown(f"{name} is not installed") from None
    if metadata["version"] != version:
        raise Unknown(f"{name} is installed as {metadata['version']}, locked as {version}")
    found = str(metadata.get("license_expression") or metadata.get("license") or "")
    if not found or "\n" in found:
        classifiers = metadata.get("classifier", [])
        kinds = [text.rpartition(" :: ")[2] for text in classifiers if text.startswith("License ::")]
        found = " or ".join(kinds)
    if not found:
        raise Unknown(f"{name} {version} names no licence")
    return found


def document() -> str:
    """The whole text; raises Unknown."""
    return HEAD + "".join(
        f"| {name} | {version} | {licence(name, version)} |\n" for name, version in locked()
    )


if __name__ == "__main__":
    try:
        print(document(), end="")
    except Unknown as problem:
        sys.exit(str(problem))
