"""What all tests share; loaded through `-p` in pyproject.toml, since no folder is above all apps."""

from __future__ import annotations

import datetime
import io
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from unittest import mock

import polars as pl
import pytest
from django.core import signals
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import close_old_connections, connection, transaction
from pytest_django import DjangoDbBlocker

from parkstats_project.base import cache as kept
from parkstats_project.db import engine
from parkstats_project.tests import cases
from parkstats_project.tests.papers import ROOT
from parkstats_project.tests.replay import frozen_at

# Polars looks the date classes up once, at their first use; a frozen clock must not be what it finds.
pl.Series([datetime.date(2000, 1, 1)])
pl.Series([datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)])

CASES = {"golden_case", "golden_copy", "archived_case"}

# Cases of which this worker has a copy.
_copied: set[str] = set()

GoldenCase = Callable[[str], AbstractContextManager[str]]
GoldenCopy = Callable[[str], str]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "mariadb: needs MariaDB or MySQL; left out on SQLite")
    config.addinivalue_line(
        "markers",
        "whole: starts a process, works on a recorded case or takes seconds; left out of a fast run",
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Hold the rule of the marker: what is not for the whole run alone starts no process."""
    if item.get_closest_marker("whole"):
        return (yield)

    def refuse(*arguments: object, **options: object) -> None:
        raise AssertionError(f"{item.nodeid} starts a process and is not marked as `whole`")

    with mock.patch.object(subprocess.Popen, "__init__", refuse):
        return (yield)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Hold the rule of the marker: what is not for the whole run alone works on no recorded case."""
    if not item.get_closest_marker("whole"):
        assert not CASES.intersection(getattr(item, "fixturenames", ())), "it is not marked as `whole`"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Iterator[None]:
    # After the order was made random, and transactions were put together.
    yield
    if not engine.is_server(connection):
        left_out = [item for item in items if item.get_closest_marker("mariadb")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not item.get_closest_marker("mariadb")]
    items[:] = long_ones_first(items, workers=int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))


def long_ones_first(items: Sequence[pytest.Item], *, workers: int) -> list[pytest.Item]:
    """Each worker begins with its share of the tests marked `whole`, so that no worker is left with one.

    pytest-xdist gives each worker as many tests as the others, in this order. Tests of a module stay
    together, and both parts in their random order.
    """
    long: dict[str, list[pytest.Item]] = {}
    short: dict[str, list[pytest.Item]] = {}
    for item in items:
        part = long if item.get_closest_marker("whole") else short
        part.setdefault(item.nodeid.partition("::")[0], []).append(item)
    modules = list(long.values())
    rest = [item for module in short.values() for item in module]
    placed: list[pytest.Item] = []
    for worker in range(workers):
        share = (len(items) - len(placed)) // (workers - worker)
        own = [item for module in modules[worker::workers] for item in module]
        filling = max(0, share - len(own))
        placed += own + rest[:filling]
        del rest[:filling]
    return placed + rest


def forget_everything() -> None:
    """As in a process that has just started: no answer cached, no frame kept."""
    cache.clear()
    kept.forget()
    # A copy at once: whatever is collected meanwhile may warn, and a warning may import.
    for name, module in sys.modules.copy().items():
        if name.startswith("stats.") and callable(getattr(module, "forget", None)):
            module.forget()


@pytest.fixture(scope="session", autouse=True)
def bakery() -> None:
    """model-bakery knows field classes, not their subclasses."""
    # It needs the settings, which are there only after the plugin was loaded.
    from model_bakery import generators, random_gen

    for field in ("LegacyForeignKey", "LegacyOneToOneField"):
        generators.add(f"parkstats_project.db.fields.{field}", random_gen.gen_related)
    for field in ("EnumField", "FixedCharField", "PlainTextField"):
        generators.add(f"parkstats_project.db.fields.{field}", random_gen.gen_string)
    for field in ("SecondsField", "TimestampField"):
        generators.add(f"parkstats_project.db.fields.{field}", random_gen.gen_datetime)
    generators.add("parkstats_project.db.fields.TinyIntegerField", lambda: 1)


@pytest.fixture(scope="session", autouse=True)
def unwritten() -> None:
    """Statements that are slow on a busy machine are not written into the tests' databases."""
    from parkstats_project.db import watch

    watch.start(lambda slow: None)


def _loggers() -> dict[str, tuple[int, bool]]:
    """Level of each of the project's loggers, and whether it is switched off."""
    return {
        name: (logger.level, logger.disabled)
        for name, logger in logging.root.manager.loggerDict.items()
        if isinstance(logger, logging.Logger) and name.startswith(("parkstats_project.", "stats."))
    }


@pytest.fixture(scope="module", autouse=True)
def fresh_module() -> None:
    """What a module sets up for all its tests sees nothing that the module before left in this process."""
    forget_everything()


@pytest.fixture(autouse=True)
def fresh_process() -> Iterator[None]:
    """No test sees what another one left in this process."""
    forget_everything()
    before = _loggers()
    yield
    left = {
        name: state
        for name, state in _loggers().items()
        if state != before.get(name, (logging.NOTSET, False))
    }
    assert not left, f"loggers stay changed: {left}"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The files that git knows or would add, elsewhere."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    for name in names:
        if (ROOT / name).is_file():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tmp_path / name)
    return tmp_path


@contextmanager
def rolled_back() -> Iterator[None]:
    """A transaction that ends as it began; a request in it does not close the connection when it is over."""
    ends = (signals.request_started, signals.request_finished)
    for end in ends:
        end.disconnect(close_old_connections)
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        for end in ends:
            end.connect(close_old_connections)


@pytest.fixture
def golden_case(django_db_blocker: DjangoDbBlocker) -> GoldenCase:
    """`with golden_case("winter_saturday"):` the default connection leads to the case, at the case's moment.

    The case is adopted and migrated to the newest schema. What the block writes is rolled back. Not to be
    combined with `db`: the connection is one and the same.
    """

    @contextmanager
    def opened(case: str) -> Iterator[str]:
        database = cases.database_name(case)
        with django_db_blocker.unblock():
            if case not in _copied:
                cases.copy(case, database, adopted=True)
                _copied.add(case)
            forget_everything()
            with cases.connected_to(database), frozen_at(case), rolled_back():
                yield database

    return opened


@pytest.fixture
def archived_case(django_db_blocker: DjangoDbBlocker) -> GoldenCase:
    """As `golden_case`, after the jobs of a night: its days are archived, old raw rows are gone."""

    @contextmanager
    def opened(case: str) -> Iterator[str]:
        database = f"{cases.database_name(case)}_archived"
        with django_db_blocker.unblock():
            first = database not in _copied
            if first:
                cases.copy(case, database, adopted=True)
                _copied.add(database)
            forget_everything()
            with cases.connected_to(database), frozen_at(case):
                if first:
                    # The recorded raw rows begin in the middle of a day, of which more was seen: code 4.
                    with suppress(CommandError):
                        call_command("aggregate_daily", stdout=io.StringIO())
                    call_command("prune_raw_data", stdout=io.StringIO())
                    forget_everything()
                with rolled_back():
                    yield database

    return opened


@pytest.fixture
def golden_copy(django_db_blocker: DjangoDbBlocker) -> Iterator[GoldenCopy]:
    """`database = golden_copy("winter_saturday")`: the case in a database of this test's own.

    Neither adopted nor connected to (`cases.connected_to`, `cases.adopt`): for tests that migrate, commit or
    kill. Dropped at the end of the test; database access is allowed until then.
    """
    made: list[str] = []

    def copy(case: str) -> str:
        database = f"{cases.database_name(case)}_{len(made)}"
        made.append(database)
        cases.copy(case, database, adopted=False)
        return database

    with django_db_blocker.unblock():
        yield copy
        for database in made:
            cases.drop(database)
    forget_everything()
