"""Requests made from the description, sent to the application: no answer is a 5xx or outside the description.

Always the same requests: they are derived from the description, without chance.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.config import SchemathesisConfig

from parkstats_project.tests.plugin import GoldenCase
from parkstats_project.tests.replay import application

pytestmark = [pytest.mark.mariadb, pytest.mark.whole, pytest.mark.no_cover]

load_all_checks()
# Not among them: whether wrong values are refused. The contract takes many of them as something else.
JUDGED: list[Any] = CHECKS.get_by_names(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
        "unsupported_method",
        "allow_header_conformance",
    ]
)

described = schemathesis.openapi.from_wsgi(
    "/api/schema", application(), config=SchemathesisConfig(seed=20251220)
)


@pytest.fixture
def site(golden_case: GoldenCase, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    # Hypothesis also draws texts from the modules that are loaded, which differ with the order of the tests.
    monkeypatch.setattr(providers, "_get_local_constants", Constants)
    providers.CONSTANTS_CACHE.cache.clear()
    with golden_case("winter_saturday"):
        yield


def make_answerable(case: schemathesis.Case) -> None:
    """Half of the ids become some that exist, and buckets are asked of rides or of parks, not of both."""
    for name, value in case.path_parameters.items():
        if isinstance(value, int) and value > 0 and value % 2:
            case.path_parameters[name] = value % 30 + 1
    if "ride_id" in case.query and "park_id" in case.query:
        del case.query["ride_id" if len(case.query) % 2 else "park_id"]


@described.parametrize()
@settings(
    max_examples=25,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_no_answer_fails_or_is_outside_the_description(case: schemathesis.Case, site: None):
    make_answerable(case)
    case.validate_response(case.call(), checks=JUDGED)
