"""The licences of what the service runs on are listed, as the packages themselves name them."""

from __future__ import annotations

import importlib.util

from parkstats_project.tests.papers import ROOT

spec = importlib.util.spec_from_file_location("licences", ROOT / "scripts" / "licences.py")
assert spec and spec.loader
licences = importlib.util.module_from_spec(spec)
spec.loader.exec_module(licences)


def test_the_list_is_that_of_the_lock_file():
    written = (ROOT / "docs/licences.md").read_text(encoding="utf-8")
    assert written == licences.document(), "run ./scripts/lock"


def test_no_package_is_under_a_licence_that_asks_for_the_source_of_a_service():
    assert [name for name, version in licences.locked() if "AGPL" in licences.licence(name, version)] == []
