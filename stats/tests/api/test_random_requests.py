"""Ten thousand requests by chance, the same ones every time: none fails, each answer is what its type says.

Sizes go up to the limits and beyond them. What has a schema is tried by `test_schemathesis.py` as well.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable

import pytest

from parkstats_project.tests.asking import ask
from parkstats_project.tests.plugin import GoldenCase
from stats.api.urls import urlpatterns
from stats.api.wire.boundary import LONGEST_URL

# Counting lines takes half as long again as what they do thousands of times; other tests cover them.
pytestmark = [pytest.mark.mariadb, pytest.mark.whole, pytest.mark.no_cover]

REQUESTS = 10_000
# The seed, and nothing else, decides what is asked.
CHANCE = random.Random(20251220)

ROUTES = [str(pattern.pattern) for pattern in urlpatterns]
# fmt: off
NAMES = [
    "period", "mode", "filter", "type", "entity", "category", "limit", "date", "days", "hours", "from", "to",
    "bucket", "tz", "park_id", "ride_id", "x",
]
VALUES = [
    "live", "today", "yesterday", "7days", "30days", "last_week", "last_month", "all-parks", "parks", "rides",
    "waittimes", "ridewaittimes", "rides-downtime", "parks-improving", "1h", "15m", "1d", "sat,sun", "UTC",
    "11:00-14:00", "2025-12-20", "2025-12-01T00:00:00-08:00", "true", "0", "1", "5", "-1", "1e9", "NaN",
    "null", "[]", "{}", "%00", "../..", "'", '"', ";", "--", "<", "é", "🎢",
]
# fmt: on
FIELDS = ("type", "entity_id", "period")
METHODS = ["GET"] * 12 + ["HEAD", "OPTIONS", "POST", "POST", "PUT", "DELETE", "PATCH", "TRACE", "BREW"]


def noise(chance: random.Random, longest: int) -> bytes:
    """Bytes, mostly few, sometimes as many as are allowed or more."""
    size = chance.choice((0, 1, 8, 60, chance.randrange(longest), longest + 9))
    return chance.randbytes(size)


def path_of(chance: random.Random) -> bytes:
    if chance.random() < 0.1:
        return b"/" + noise(chance, 300)
    path = "/" + chance.choice(ROUTES)
    for name in ("<id:park_id>", "<id:ride_id>"):
        path = path.replace(name, str(chance.choice((1, 2, 7, 0, 10**9, 10**30))))
    if chance.random() < 0.1:
        path = path.replace("/", chance.choice(("//", "/./", "/%2f/", "/ ")), chance.randrange(4))
    return path.encode()


def query_of(chance: random.Random) -> bytes:
    if chance.random() < 0.1:
        return noise(chance, LONGEST_URL)
    chosen = [(chance.choice(NAMES), chance.choice(VALUES)) for _ in range(chance.randrange(5))]
    return "&".join(f"{name}={value}" for name, value in chosen).encode()


def body_of(chance: random.Random) -> bytes:
    kinds: list[Callable[[], bytes]] = [
        lambda: b"",
        lambda: noise(chance, 4000),
        lambda: b"[" * 100_000,
        lambda: json.dumps(
            {name: chance.choice(VALUES) for name in ("type", "entity_id", "period")}
        ).encode(),
        lambda: b'{"type": "park_shame_score", "entity_id": 1, "period": "7days", "displayed_value": 1}',
        lambda: b"9" * 5000,
    ]
    return chance.choice(kinds)()


def test_no_request_fails(golden_case: GoldenCase):
    seen: Counter[int] = Counter()
    with golden_case("winter_saturday"):
        for number in range(REQUESTS):
            method, path, query = CHANCE.choice(METHODS), path_of(CHANCE), query_of(CHANCE)
            body = body_of(CHANCE) if method == "POST" else b""
            kind = CHANCE.choice(("application/json", "application/json", "text/plain", ""))
            reply = ask(path, query, method=method, body=body, CONTENT_TYPE=kind)
            told = f"request {number}: {method} {path!r} {query[:200]!r} {body[:200]!r}"
            assert reply.status < 500, told
            if method == "HEAD":
                assert reply.body == b"", told
            elif reply.headers.get("Content-Type", "").startswith("application/json"):
                json.loads(reply.body)
            seen[reply.status] += 1
    # Chance reached the answers, the refusals and the limits.
    assert {200, 400, 404, 405, 414, 415} <= set(seen), seen
