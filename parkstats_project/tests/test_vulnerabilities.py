"""A look for known vulnerabilities that was not possible is never taken for one that found nothing."""

from __future__ import annotations

import importlib.util

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
