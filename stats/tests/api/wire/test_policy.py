"""Pages run nothing but the files of this application; answers for programs carry no policy."""

from __future__ import annotations

import re

import pytest

from parkstats_project.tests.asking import ask

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/api/docs", "/admin/login/", "/admin/nothing/", "//api//docs"])
def test_a_page_may_load_its_own_files_only(path):
    reply = ask(path)
    if not reply.headers["Content-Type"].startswith("text/html"):
        assert reply.status == 404
        return
    policy = reply.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy and "base-uri 'none'" in policy


@pytest.mark.parametrize("path", ["/api/docs", "/admin/login/"])
def test_no_script_stands_in_a_page(path):
    page = ask(path).body.decode()
    assert (
        re.findall(r"<script(?![^>]*\bsrc=)[^>]*>|\bon\w+=\"|javascript:|(?:src|href)=\"(?:https?:)?//", page)
        == []
    )


@pytest.mark.parametrize("path", ["/", "/api/search/index", "/api/schema"])
def test_an_answer_for_a_program_carries_none(path):
    reply = ask(path)
    if not reply.headers["Content-Type"].startswith("text/html"):
        assert "Content-Security-Policy" not in reply.headers
