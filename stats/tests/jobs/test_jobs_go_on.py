"""No job is lost to another one that was faster, or to a database server that dies under it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection, connections
from django.test import override_settings
from freezegun import freeze_time

from parkstats_project.db import errors
from parkstats_project.tests.servers import DatabaseServer
from parkstats_project.tests.upstream import FakeUpstream
from stats.jobs import lease
from stats.tests.collected import make_world, upstream_at
from stats.tests.mishaps import WRITES, at_statement, away, ended, server_of_its_own
from stats.tests.observed import observe, two_parks

FIRST = date(2025, 12, 10)
DAYS = 3
NIGHTLY = {
    "aggregate_daily": ("--allow-gaps",),
    "archive_days": (),
    "roll_up_stats": (),
    "recompute_daily_stats": ("--days", "1"),
    "refresh_live_rankings": (),
    "prune_raw_data": (),
}
COLLECTING = {
    "discover": ("--country", "US"),
    "collect": (),
    "collect_weather": (),
    "mend": ("--date", "2026-07-14"),
}
COLLECTED_AT = "2026-07-15T18:00:00Z"

pytestmark = [pytest.mark.mariadb, pytest.mark.whole, pytest.mark.no_cover]


@contextmanager
def nights() -> Iterator[dict[str, tuple[str, ...]]]:
    """Days of two parks that nothing has been made of yet, and the jobs of the night after the last one."""
    days = [FIRST + timedelta(days=number) for number in range(DAYS)]
    rides = two_parks(rides=1)
    for day in days:
        observe(day, rides)
    with freeze_time(f"{days[-1] + timedelta(days=1)} 09:10:00"):
        yield NIGHTLY


@contextmanager
def collections() -> Iterator[dict[str, tuple[str, ...]]]:
    """A park of the simulated sources, and the jobs that ask them."""
    make_world("p1")
    with sources():
        yield COLLECTING


@contextmanager
def sources() -> Iterator[None]:
    """The simulated sources are there."""
    with (
        FakeUpstream() as upstream,
        upstream_at(upstream, COLLECTED_AT),
        override_settings(PARKSTATS_THEMEPARKS_KEY="free-key"),
    ):
        yield


WORLDS = [nights, collections]


@contextmanager
def beaten_at_every_second_commit(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Another session is faster at every second COMMIT, also that of a statement of its own; says where."""
    deadlock = OperationalError(1213, "Deadlock found when trying to get lock; try restarting transaction")
    beaten: list[str] = []
    calls = [0]
    wrapper: Any = connections["default"]
    commit = wrapper._commit

    def beat(what: str) -> None:
        calls[0] += 1
        if calls[0] % 2:
            beaten.append(what)
            raise deadlock

    def commit_or_not() -> None:
        beat("COMMIT")
        commit()

    def write_or_not(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not connection.in_atomic_block and sql.startswith(WRITES):
            beat(sql)
        return execute(sql, params, many, context)

    monkeypatch.setattr(errors, "PAUSE_SECONDS", 0)
    with monkeypatch.context() as patched, connection.execute_wrapper(write_or_not):
        patched.setattr(wrapper, "_commit", commit_or_not)
        yield beaten


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.django_db(transaction=True)
def test_a_job_that_another_session_beats_at_its_commits_does_its_work_all_the_same(world, monkeypatch):
    with world() as jobs:
        for name, arguments in jobs.items():
            with beaten_at_every_second_commit(monkeypatch) as beaten:
                assert (name, *ended(name, *arguments)) == (name, 0, "")
            assert beaten, name


@pytest.fixture
def server(tmp_path, django_db_blocker) -> Iterator[DatabaseServer]:
    with django_db_blocker.unblock(), server_of_its_own(tmp_path) as server:
        yield server


def test_a_server_that_is_killed_under_a_job_is_one_sentence_and_the_next_run_goes_on(server, monkeypatch):
    # The lease of a run that could not give it back ends at once.
    monkeypatch.setattr(lease, "SECONDS", 0.0)
    for world in WORLDS:
        with world() as jobs:
            for name, arguments in jobs.items():
                with at_statement(4, server.kill, begins=WRITES) as happened:
                    code, said = ended(name, *arguments)
                assert (name, code, happened(), "\n" in said) == (name, 1, True, False), said
                connections["default"].close()  # The next run has one of its own.
                code, said = ended(name, *arguments)
                assert (name, code, away(said)) == (name, 1, True), said
                server.start()
                assert (name, *ended(name, *arguments)) == (name, 0, "")
        call_command("flush", interactive=False, verbosity=0)
