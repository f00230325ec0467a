"""Every recorded request of every case, sent to the application at the case's moment."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

from parkstats_project.tests import cases, differences
from parkstats_project.tests.golden.compare import DIFFERENT
from parkstats_project.tests.permuted import permuted_case
from parkstats_project.tests.plugin import GoldenCase, forget_everything
from parkstats_project.tests.replay import (
    Answer,
    Outcome,
    Record,
    explain,
    frozen_at,
    judge,
    records,
    replay,
    send,
    table,
)

# Counting lines takes as long again as answering thousands of requests; other tests cover them.
pytestmark = [pytest.mark.mariadb, pytest.mark.whole, pytest.mark.no_cover]


def report(title: str, outcomes: list[Outcome], capsys: pytest.CaptureFixture[str]) -> None:
    """Print the table of verdicts; fail with the first differences, readable, if there are any."""
    with capsys.disabled():
        print(f"\n{title}\n{table(outcomes)}")
    wrong = [outcome for outcome in outcomes if outcome.kind == DIFFERENT or outcome.header_notes]
    if wrong:
        pytest.fail("\n".join([*map(explain, wrong[:20]), f"{len(wrong)} in all"]), pytrace=False)


@pytest.mark.parametrize("case", cases.CASES)
def test_every_recorded_answer_is_given_again(
    case: str, golden_case: GoldenCase, capsys: pytest.CaptureFixture[str]
) -> None:
    with golden_case(case):
        outcomes = list(replay(records(case)))
    report(case, outcomes, capsys)


def test_every_permitted_difference_occurs(golden_case: GoldenCase) -> None:
    missing = {f"allowed: {rule}" for rule in differences.RULES}
    for case in cases.CASES:
        refused = (
            record for record in records(case) if record["status"] >= 400 or "health" in record["path"]
        )
        with golden_case(case):
            for outcome in replay(refused):
                missing.discard(outcome.kind)
                if not missing:
                    return
    assert not missing


def has_ids_that_are_followed(record: Record) -> bool:
    """Rankings, charts, lists and details: all that is read (health and malformed ids say nothing more)."""
    return (
        record["method"] == "GET" and record["status"] == 200 and "%3" not in record["path"].partition("?")[0]
    )


def test_a_case_under_other_ids_is_answered_alike_up_to_the_ids(
    tmp_path: Path, django_db_blocker: DjangoDbBlocker, capsys
):
    case, folder = "winter_saturday", tmp_path / "permuted"
    permutation = permuted_case(case, folder, seed=20251220)
    database = f"{cases.database_name(case)}_permuted"

    def ask(record: Record) -> Answer:
        return permutation.answer(record, send(permutation.record(record)))

    wanted = filter(has_ids_that_are_followed, records(case))
    with django_db_blocker.unblock():
        cases.prepare(folder, database, again=True)
        forget_everything()
        with cases.connected_to(database), frozen_at(case):
            outcomes = list(replay(wanted, ask))
        cases.drop(database)
    report(f"{case}, ids permuted", outcomes, capsys)


RECORDED_500 = {
    "method": "GET",
    "path": "/api/parks/downtime?limit=-1",
    "status": 500,
    "headers": {"Content-Type": "application/json"},
    "body": '{"error":"Internal server error","success":false}\n',
}
REFUSED = '{"error":"Invalid limit. Must be a non-negative integer","success":false}\n'


@pytest.mark.parametrize(
    "changed, status, body, kind",
    [
        ({}, 400, REFUSED, "allowed: limit"),
        ({}, 400, REFUSED.replace("limit", "period"), DIFFERENT),
        ({}, 200, '{"data":[],"success":true}\n', DIFFERENT),
        ({"path": "/api/parks/downtime?limit=7"}, 400, REFUSED, DIFFERENT),
        ({"path": "/api/audit/anomalies"}, 200, '{"anomalies":[],"success":true}\n', DIFFERENT),
    ],
)
def test_a_difference_is_permitted_only_if_its_rule_fits_the_request_and_the_answer(
    changed, status, body, kind
):
    answer = Answer(status, [("Content-Type", "application/json")], body)
    assert judge(RECORDED_500 | changed, answer).kind == kind
