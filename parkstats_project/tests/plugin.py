"""What all tests share; loaded through `-p` in pyproject.toml, since no folder is above all apps."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from pytest_django import DjangoDbBlocker

from parkstats_project.tests import cases
from parkstats_project.tests.replay import frozen_at

# Cases that this run has loaded (or found loaded) and brought to the newest schema.
_prepared: set[str] = set()

GoldenCase = Callable[[str], AbstractContextManager[str]]
GoldenCopy = Callable[[str], str]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "mariadb: needs MariaDB or MySQL; left out on SQLite")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if settings.DATABASES["default"]["ENGINE"] == "django.db.backends.mysql":
        return
    left_out = [item for item in items if item.get_closest_marker("mariadb")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if not item.get_closest_marker("mariadb")]


def forget_everything() -> None:
    """As in a process that has just started: no answer cached, no frame kept."""
    cache.clear()
    for name, module in list(sys.modules.items()):
        if name.startswith("stats.") and callable(getattr(module, "forget", None)):
            module.forget()


@pytest.fixture(autouse=True)
def fresh_process() -> None:
    """No test sees what another one left in this process."""
    forget_everything()


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
            if case not in _prepared:
                cases.prepare(case, database)
                _prepared.add(case)
            forget_everything()
            with cases.connected_to(database), frozen_at(case), transaction.atomic():
                yield database
                transaction.set_rollback(True)

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
        cases.load(case, database)
        return database

    with django_db_blocker.unblock():
        yield copy
        for database in made:
            cases.drop(database)
    forget_everything()
