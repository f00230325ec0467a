"""The recorded answers in every state a database goes through: migrated back and forth, raw rows pruned."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from parkstats_project.base import clock
from parkstats_project.tests import cases
from parkstats_project.tests.golden.compare import DIFFERENT
from parkstats_project.tests.plugin import GoldenCase, GoldenCopy, forget_everything
from parkstats_project.tests.replay import Record, explain, frozen_at, records, replay, route_of, send
from stats.frames import roster
from stats.jobs import nightly
from stats.tests.databases import legacy_schema, migrate_to_first
from stats.tests.migrating import differences, migrate, state

# Counting lines takes as long again as answering thousands of requests; other tests cover them.
pytestmark = [pytest.mark.mariadb, pytest.mark.whole, pytest.mark.no_cover]

HOURLY = ("ride_hourly_stats", "park_hourly_stats")
TABLES = tuple(legacy_schema())


def is_answered(record: Record) -> bool:
    """Requests that read something: refusals and unknown URLs say nothing about a database."""
    return record["method"] in ("GET", "POST") and record["status"] == 200


def sample(wanted: Iterable[Record]) -> list[Record]:
    """Of every route, period and choice of parameters one recorded request."""
    groups: dict[tuple[Any, ...], list[Record]] = defaultdict(list)
    for record in filter(is_answered, wanted):
        query = dict(parse_qsl(record["path"].partition("?")[2]))
        groups[record["method"], route_of(record), query.get("period"), frozenset(query)].append(record)
    return [group[len(group) // 2] for group in groups.values()]


@contextmanager
def without_hourly_tables() -> Iterator[None]:
    """Every statement of the block is looked at: none may so much as mention the tables that are retired."""

    def look(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        assert not any(table in sql for table in HOURLY), sql
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield


def assert_nothing_different(wanted: Iterable[Record], state_of_it: str) -> None:
    forget_everything()
    with without_hourly_tables():
        outcomes = list(replay(wanted))
    wrong = [outcome for outcome in outcomes if outcome.kind == DIFFERENT or outcome.header_notes]
    if wrong:
        said = [f"{state_of_it}: {len(wrong)} of {len(outcomes)} different", *map(explain, wrong[:20])]
        pytest.fail("\n".join(said), pytrace=False)
    assert outcomes


@pytest.mark.parametrize("case", cases.CASES)
def test_a_case_goes_back_to_the_legacy_tables_and_forwards_again_and_answers(
    case: str, golden_copy: GoldenCopy
):
    database = golden_copy(case)
    with cases.connected_to(database):
        migrate_to_first(fake_initial=True)
        legacy = state(TABLES)
        assert set(HOURLY) <= set(legacy["schema"])
    # From here forwards went the template of those who read the case.
    cases.copy(case, database, adopted=True)
    with cases.connected_to(database):
        # All requests are replayed in this state by test_golden_replay.
        assert not set(HOURLY) & set(state()["schema"])
        for app in ("stats", "rides", "parks", "weather"):
            migrate(app, "0001")
        assert differences(legacy, state(TABLES)) == []
        call_command("migrate", verbosity=0)
        with frozen_at(case):
            assert_nothing_different(sample(records(case)), "forwards, back and forwards again")


def oldest_raw() -> datetime:
    oldest = nightly.oldest_raw(roster.current().since)
    assert oldest is not None
    return oldest


@pytest.mark.parametrize(("case", "keep_hours"), [("winter_saturday", 24), ("new_year_morning", 48)])
def test_pruned_raw_rows_behind_the_archive_are_not_missed(
    case: str, keep_hours: int, golden_case: GoldenCase
):
    with golden_case(case):
        # Answers that are rightly other than recorded are compared with what they were before.
        repaired = {record["id"]: send(record) for record in records(case) if record["status"] == 500}
        assert oldest_raw() < clock.now() - timedelta(hours=keep_hours + 20)
        call_command("archive_days")
        call_command("prune_raw_data", keep_hours=keep_hours)
        forget_everything()
        assert oldest_raw() > clock.now() - timedelta(hours=keep_hours + 1)

        assert_nothing_different(filter(is_answered, records(case)), "pruned")
        for record in records(case):
            if record["id"] in repaired:
                assert send(record) == repaired[record["id"]], record["path"]


def test_no_model_stands_for_an_hourly_table():
    assert not set(HOURLY) & {model._meta.db_table for model in apps.get_models()}
