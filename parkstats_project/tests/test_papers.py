"""Documents say what is so: what they link to, cite and tell people to type exists."""

from __future__ import annotations

import gzip
import importlib.util
import json
import re
import shlex
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from parkstats_project.tests import papers
from parkstats_project.tests.papers import ROOT
from stats.api.openapi import description

LOCKS = ("requirements", "requirements-dev")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("document", papers.documents(), ids=name_of)
def test_every_relative_link_of_a_document_leads_somewhere(document):
    for link in papers.LINK.findall(papers.prose(document)):
        if link.startswith(("https://", "mailto:")):
            continue
        target, _, fragment = link.partition("#")
        path = (document.parent / target).resolve() if target else document
        assert path.exists(), link
        assert path.is_relative_to(ROOT), link
        assert not fragment or fragment in papers.anchors(path), link


def test_every_document_is_linked_from_another():
    linked = {
        (document.parent / link.partition("#")[0]).resolve()
        for document in papers.documents()
        for link in papers.LINK.findall(papers.prose(document))
    }
    assert [name_of(one) for one in papers.documents() if one not in linked and one.name != "README.md"] == []


def test_every_document_and_section_that_code_cites_exists():
    missing = []
    for source in papers.sources():
        for name, numbers in papers.cited(source.read_text(encoding="utf-8", errors="ignore")):
            path = ROOT / "docs" / name
            absent = set(numbers) - papers.sections(path) if path.exists() else {"the document"}
            missing += [f"{name_of(source)}: docs/{name} {number}" for number in sorted(absent)]
    assert missing == []


def test_code_cites_documents_by_their_path():
    naked = [
        f"{name_of(source)}: {found}"
        for source in papers.sources()
        for found in papers.NAKED.findall(source.read_text(encoding="utf-8", errors="ignore"))
    ]
    assert naked == []


def test_sections_that_documents_cite_of_each_other_exist():
    missing = []
    for document in papers.documents():
        for link, name, number in re.findall(
            r"(?:\[`?[\w./-]+`?\]\(([\w./-]+\.md)\)|`([\w./-]+\.md)`),? sections? (\d+(?:\.\d+)?)",
            papers.prose(document),
        ):
            path = (document.parent / (link or name)).resolve()
            if not path.exists() or number not in papers.sections(path):
                missing.append(f"{name_of(document)}: {link or name} {number}")
    assert missing == []


def test_the_description_of_the_api_cites_nothing():
    text = json.dumps(description.document())
    assert re.findall(r"[^ ]*(?:docs/|contract/|\.md\b)[^ ]*|\bD\d+\b", text) == []


@pytest.mark.parametrize("document", papers.documents(), ids=name_of)
def test_every_command_of_a_document_exists(document):
    known = get_commands()
    for line in papers.code_of(document):
        for program, text in re.findall(
            r"(manage\.py|scripts/[\w-]+(?:\.py)?|python3? -m [\w.]+)([^;|&<>#]*)", line
        ):
            if program.startswith("scripts/"):
                check_script(ROOT / program, text)
            elif program == "manage.py" and text.strip():
                check_command(known, *shlex.split(text))
            elif program.startswith("python"):
                assert importlib.util.find_spec(program.split()[-1]), program
        first, *rest = line.split() or [""]
        if first in known and any(word.startswith("--") for word in rest):
            check_command(known, first, *rest)


def check_script(path: Path, arguments: str) -> None:
    assert path.exists(), path
    options = set(re.findall(r"(?<![\w-])--[\w-]+", arguments))
    beside = path.with_name(path.name.replace("-", "_"))
    code = [
        path,
        *(path.parent.glob(f"{path.name}-*")),
        *beside.rglob("*.py"),
        *path.parent.glob("bench_*/*.py"),
    ]
    text = "".join(one.read_text(encoding="utf-8") for one in code if one.is_file())
    assert all(option in text for option in options), (path, options)


def check_command(known: dict[str, str], name: str, *arguments: str) -> None:
    assert name in known, name
    parser = load_command_class(known[name], name).create_parser("manage.py", name)
    options = {
        word.partition("=")[0].strip("[]`,") for word in arguments if word.strip("[]`,").startswith("--")
    }
    assert options <= parser._option_string_actions.keys(), (name, options)


def test_every_setting_is_in_the_table_and_in_the_example():
    names = (
        r"\b(?:PARKSTATS_|DJANGO_)(?!SETTINGS_MODULE)[A-Z_]+\b|\bCACHE_URL\b|\bDATABASE_(?:REPLICA_)?URL\b"
    )
    project = ROOT / "parkstats_project"
    read = [*project.glob("*.py"), *(project / "db").glob("*.py")]
    wanted = {name for path in read for name in re.findall(f'"({names})"', path.read_text(encoding="utf-8"))}
    table = (ROOT / "docs/operation.md").read_text(encoding="utf-8").partition("## Settings")[2]
    listed = set(re.findall(rf"`({names})`", table.partition("\n## ")[0]))
    assert listed == wanted
    example = set(re.findall(names, (ROOT / ".env.example").read_text(encoding="utf-8")))
    assert example == wanted - {"PARKSTATS_ENV_FILE"}


def test_the_answer_in_the_readme_is_the_recorded_one():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    path = re.search(r"http://127\.0\.0\.1:8000(/api/[^']+)'", text)
    shown = re.search(r"```json\n(.*?)```", text, re.DOTALL)
    assert path and shown
    case = ROOT / "parkstats_project/tests/golden/winter_saturday/responses.jsonl.gz"
    with gzip.open(case, "rt", encoding="utf-8") as lines:
        answer = next(one for line in lines if (one := json.loads(line))["path"] == path[1])
    assert json.loads(shown[1]) == json.loads(answer["body"])


@pytest.mark.parametrize("name", LOCKS)
def test_what_requirements_name_is_locked_with_hashes(name):
    wanted = [
        Requirement(text)
        for line in (ROOT / f"{name}.txt").read_text(encoding="utf-8").splitlines()
        if (text := line.partition(" #")[0].strip()) and not text.startswith(("#", "-"))
    ]
    lock = (ROOT / f"{name}.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    locked = {}
    for entry in re.split(r"\n(?=\S)", lock.strip()):
        head, *hashes = entry.split("\\\n")
        assert hashes and all(one.strip().startswith("--hash=sha256:") for one in hashes), head
        pinned = Requirement(head)
        locked[canonicalize_name(pinned.name)] = str(pinned.specifier).removeprefix("==")
    for requirement in wanted:
        version = locked.get(canonicalize_name(requirement.name))
        assert version, f"{requirement} is not locked: run ./scripts/lock"
        assert requirement.specifier.contains(version), f"{requirement} is locked as {version}"
