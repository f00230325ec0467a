"""A look for known vulnerabilities that was not possible is never taken for one that found nothing."""

from __future__ import annotations

import importlib.util
import json
import sys
import zipfile
from pathlib import Path

import pytest

from parkstats_project.tests.papers import ROOT

spec = importlib.util.spec_from_file_location("audit", ROOT / "scripts" / "audit.py")
assert spec and spec.loader
audit = importlib.util.module_from_spec(spec)
spec.loader.exec_module(audit)

SAFE = {"name": "one", "version": "1.0", "vulns": []}
UNKNOWN = {"name": "other", "version": "2.0", "skip_reason": "the database did not answer"}
VULNERABLE = {"name": "bad", "version": "3.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3.1"]}]}


def test_it_passes_only_if_every_package_was_looked_up():
    assert audit.verdict([SAFE])[0] == 0
    assert audit.verdict([SAFE, UNKNOWN]) == (
        75,
        ["not done: the database of vulnerabilities did not answer for 1 of 2 packages"],
    )
    assert audit.verdict([])[0] == 75


def test_a_vulnerability_counts_though_others_could_not_be_looked_up():
    assert audit.verdict([SAFE, UNKNOWN, VULNERABLE]) == (1, ["bad 3.0: PYSEC-1, fixed in 3.1"])


@pytest.mark.whole
def test_no_answer_is_no_package(tmp_path):
    assert audit.audited(tmp_path / "missing.lock") == []


def entry(affected: dict[str, object], name: str = "tree-of") -> dict[str, object]:
    package = {"name": name, "ecosystem": "PyPI"}
    return {
        "id": "PYSEC-2026-7",
        "modified": "2026-11-20T08:00:00Z",
        "affected": [{"package": package, **affected}],
    }


def span(*events: dict[str, str]) -> dict[str, object]:
    return {"ranges": [{"type": "ECOSYSTEM", "events": list(events)}]}


@pytest.mark.parametrize(
    ("affected", "hit", "missed"),
    [
        ({"versions": ["1.2.0"]}, ["1.2", "1.2.0"], ["1.2.1"]),
        (span({"introduced": "0"}, {"fixed": "1.4"}), ["0.1", "1.3.9"], ["1.4", "2.0"]),
        (span({"introduced": "1.10"}, {"last_affected": "1.12"}), ["1.10", "1.12"], ["1.9", "1.12.1"]),
        (
            span({"fixed": "3.1"}, {"introduced": "3"}, {"fixed": "1.5"}, {"introduced": "1"}),
            ["1.2", "3.0.9"],
            ["2.0", "3.1", "0.9"],
        ),
    ],
    ids=["listed", "from the beginning", "up to the last", "twice, in any order"],
)
def test_a_version_is_affected_if_it_is_listed_or_within_a_range(affected, hit, missed):
    one = entry(affected)
    assert [version for version in hit + missed if audit.affects(one, "tree-of", version)] == hit
    assert not audit.affects(one, "another", hit[0])


def audited_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str) -> int:
    """The exit code of the whole program for a lock of one package, by a database of one vulnerability."""
    lock, database = tmp_path / "a.lock", tmp_path / "all.zip"
    lock.write_text(f"tree-of=={version} --hash=sha256:{'0' * 64}\n")
    known = entry(span({"introduced": "0"}, {"fixed": "1.4"}), name="Tree.Of")
    with zipfile.ZipFile(database, "w") as archive:
        archive.writestr("PYSEC-2026-7.json", json.dumps(known))
    monkeypatch.setattr(sys, "argv", ["audit.py", "--database", str(database), "--lock", str(lock)])
    return audit.main()


@pytest.mark.whole
@pytest.mark.parametrize(
    ("version", "code", "said"),
    [
        ("1.3", 1, "tree-of 1.3: PYSEC-2026-7, fixed in 1.4\n"),
        ("1.4", 0, "1 packages, none with a known vulnerability\n"),
    ],
    ids=["vulnerable", "clean"],
)
def test_the_database_can_be_a_file(tmp_path, monkeypatch, capsys, version, code, said):
    assert audited_with(tmp_path, monkeypatch, version) == code
    assert capsys.readouterr().out == said + "by a database whose newest entry is of 2026-11-20\n"


def test_a_file_that_is_no_database_is_said_to_be_none(tmp_path, monkeypatch, capsys):
    (tmp_path / "all.zip").write_text("[]")
    monkeypatch.setattr(sys, "argv", ["audit.py", "--database", str(tmp_path / "all.zip")])
    assert audit.main() == 2
    assert "cannot be used" in capsys.readouterr().err
