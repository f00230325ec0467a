"""Every limit of the threat model has its number and its test, and the number is that of the code."""

from __future__ import annotations

import re

import pytest
from django.conf import settings

from parkstats_project import server
from parkstats_project.tests.papers import ROOT
from stats.api import analytics as analytics_parameters
from stats.api.wire import boundary
from stats.questions import analytics

PAGE = ROOT / "docs/security.md"
ROWS = dict(
    re.findall(
        r"^\| ([^|]+) \| ([^|]+ \| [^|]+) \|$",
        PAGE.read_text(encoding="utf-8").partition("## 2. ")[2].partition("\n## ")[0],
        re.MULTILINE,
    )
)
del ROWS["Limit"]
NGINX = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")
APACHE = (ROOT / "deploy/apache.conf").read_text(encoding="utf-8")
UNIT = (ROOT / "deploy/systemd/parkstats-web.service").read_text(encoding="utf-8")


def of(text: str, pattern: str) -> str:
    """The number that a configuration gives."""
    (found,) = re.findall(pattern, text, re.MULTILINE)
    return str(found)


def test_a_limit_in_apache_is_that_in_nginx():
    assert of(NGINX, r"client_max_body_size (\d+)m;") == "1"
    assert int(of(APACHE, r"LimitRequestBody (\d+)")) == 1024 * 1024


NUMBERS = {
    "request line": [f"{server.limit_request_line:,}", f"{boundary.LONGEST_URL:,}"],
    "body": ["1 MB", f"{settings.DATA_UPLOAD_MAX_MEMORY_SIZE / 1024**2:.1f} MB"],
    "one statement": [f"{settings.PARKSTATS_STATEMENT_TIMEOUT_SECONDS:.0f} s"],
    "analytics": [
        f"{analytics.LONGEST.days} days",
        f"{analytics_parameters.MOST_IDS} rides or parks",
        f"{analytics.MOST_BUCKETS:,} buckets",
        f"{analytics.MOST_PARK_DAYS} days times parks",
    ],
    "the same question at once": [f"{settings.PARKSTATS_RESULT_CACHE_SECONDS} s"],
    "requests at work": [f"{server.threads} for each worker", f"{server.timeout} s"],
    "memory": [of(UNIT, r"^MemoryMax=(\d+)M$") + " MB"],
    "one address, at nginx": [
        of(NGINX, r"limit_conn parkstats_connections (\d+);") + " requests",
        of(NGINX, r"rate=(\d+)r/s") + " a second",
        of(NGINX, r"burst=(\d+) ") + " at once",
    ],
    "a client that is slow or silent": [
        of(NGINX, r"client_header_timeout (\d+)s") + " s for the head",
        of(NGINX, r"client_body_timeout (\d+)s") + " s between",
    ],
    # Set by the operator, or no number at all.
    "one address, in the application": ["PARKSTATS_THROTTLE"],
    "labels of metrics": ["other"],
    "log-ins of one name and address": [
        f"{settings.AXES_FAILURE_LIMIT} failures",
        f"{settings.AXES_COOLOFF_TIME.seconds // 60} minutes",
    ],
}


@pytest.mark.parametrize("limit", NUMBERS)
def test_the_number_of_a_limit_is_that_of_the_code(limit):
    assert [number for number in NUMBERS[limit] if number not in ROWS[limit]] == []


def test_every_limit_has_a_number_and_a_test():
    assert ROWS.keys() == NUMBERS.keys()
    for row in ROWS.values():
        tests = re.findall(r"\]\(\.\./([\w/]+/test_\w+\.py)\)", row.rpartition("|")[2])
        assert tests, row
        assert all("def test_" in (ROOT / test).read_text(encoding="utf-8") for test in tests)
