"""What documents and code say about documents, found in their text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = ("parks", "parkstats_project", "rides", "scripts", "stats", "weather", "deploy", ".ci")
# Carried as they are, or quoting citations as examples.
NOT_OURS = ("parkstats_project/tests/golden/", "parkstats_project/tests/papers.py")

FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)
NUMBER = re.compile(r"D?\d+(?:\.\d+)?")
DECISION = re.compile(r"^\*\*(D\d+)\. ", re.MULTILINE)
# `docs/contract/rules.md 3, 4.1 and 7`, `docs/design.md D7`, also when the text goes on in the next line.
CITED = re.compile(rf"docs/([\w./-]+\.md)((?:(?:[\s#,]|and|to)+{NUMBER.pattern}\b)*)")
# What the documents were called before they were here.
NAKED = re.compile(r"(?<!docs/)\b(?:contract/[\w-]+\.md|design\.md)")


def documents() -> list[Path]:
    """Every document of the repository."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def sources() -> list[Path]:
    """Every file of code, scripts and configuration that may cite a document."""
    found = [path for folder in CODE for path in sorted((ROOT / folder).rglob("*")) if path.is_file()]
    return [
        path
        for path in [*found, ROOT / "pyproject.toml", *ROOT.glob("requirements*.txt")]
        if "__pycache__" not in path.parts
        and path.suffix in ("", ".py", ".sh", ".toml", ".txt", ".html", ".service", ".timer")
        and not str(path.relative_to(ROOT)).startswith(NOT_OURS)
    ]


@cache
def prose(path: Path) -> str:
    """A document without its fenced blocks."""
    return FENCED.sub("", path.read_text(encoding="utf-8"))


@cache
def anchors(path: Path) -> frozenset[str]:
    """The fragments that a link to a document may have, as GitHub makes them of headings."""
    return frozenset(
        re.sub(r"[^\w\- ]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)).lower().replace(" ", "-")
        for heading in HEADING.findall(prose(path))
    )


@cache
def sections(path: Path) -> frozenset[str]:
    """Numbers of a document's headings, and of the decisions of `design.md`."""
    numbers = (NUMBER.match(heading) for heading in HEADING.findall(prose(path)))
    return frozenset({*(found[0] for found in numbers if found), *DECISION.findall(prose(path))})


def cited(text: str) -> Iterator[tuple[str, list[str]]]:
    """Documents under `docs/` and their sections that a text cites."""
    for name, numbers in CITED.findall(text):
        yield name, NUMBER.findall(numbers)


def code_of(path: Path) -> list[str]:
    """Lines of code in a document: of its blocks, and between backticks."""
    text = path.read_text(encoding="utf-8")
    blocks = [line for block in FENCED.findall(text) for line in block.splitlines()]
    indented = [line.strip() for line in prose(path).splitlines() if line.startswith("    ")]
    inline = [" ".join(found.split()) for found in re.findall(r"`([^`]+)`", prose(path))]
    return [*blocks, *indented, *inline]
