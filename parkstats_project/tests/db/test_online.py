"""Schema changes wait for others, never make others wait for long, and are done by one run at a time."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection

from parkstats_project.db import online_ddl
from stats.tests.databases import empty_database, run

pytestmark = [pytest.mark.mariadb, pytest.mark.usefixtures("any_database")]


@pytest.fixture
def any_database(django_db_blocker):
    with django_db_blocker.unblock(), empty_database():
        run("CREATE TABLE notes (id INT PRIMARY KEY, number INT, body VARCHAR(20), KEY body (body))")
        yield


@pytest.fixture(autouse=True)
def no_long_sleeps(monkeypatch):
    monkeypatch.setattr(online_ddl.random, "uniform", lambda low, high: 0.05)


@contextmanager
def another_session(*statements):
    """A session that has run the statements; gives a function that runs more."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            yield cursor.execute
    finally:
        other.close()


def add_column(schema_editor):
    how = online_ddl._instant(schema_editor)
    online_ddl.execute(schema_editor, f"ALTER TABLE notes ADD COLUMN more INT, {how}")


def columns():
    with connection.cursor() as cursor:
        found = connection.introspection.get_table_description(cursor, "notes")
    return [column.name for column in found]


def lock_wait_timeout():
    with connection.cursor() as cursor:
        cursor.execute("SELECT @@SESSION.lock_wait_timeout")
        return cursor.fetchone()[0]


@pytest.mark.whole
def test_a_statement_is_tried_again_until_the_table_is_free(caplog):
    usual = lock_wait_timeout()
    with another_session("LOCK TABLES notes READ") as other:
        release = threading.Timer(1.6, other, ["UNLOCK TABLES"])
        release.start()
        with connection.schema_editor() as schema_editor:
            add_column(schema_editor)
        release.join()
    assert columns() == ["id", "number", "body", "more"]
    assert "the table is in use, trying again" in caplog.text
    assert lock_wait_timeout() == usual


@pytest.mark.whole
def test_a_statement_that_never_gets_the_table_gives_up_and_changes_nothing(monkeypatch):
    monkeypatch.setattr(online_ddl, "PATIENCE_SECONDS", 0)
    usual = lock_wait_timeout()
    with (
        another_session("LOCK TABLES notes READ"),
        connection.schema_editor() as schema_editor,
        pytest.raises(OperationalError, match="Lock wait timeout exceeded"),
    ):
        add_column(schema_editor)
    assert columns() == ["id", "number", "body"]
    assert lock_wait_timeout() == usual


@pytest.mark.whole
def test_no_attempt_is_made_while_an_old_transaction_is_open(caplog):
    with another_session("START TRANSACTION", "SELECT * FROM notes") as other:
        # The server's list of transactions may be a tenth of a second old.
        time.sleep(0.3)
        release = threading.Timer(2.5, other, ["COMMIT"])
        release.start()
        with connection.schema_editor() as schema_editor:
            add_column(schema_editor)
        release.join()
    assert columns() == ["id", "number", "body", "more"]
    assert "trying again" not in caplog.text


def test_a_change_that_would_copy_the_table_is_refused_at_once():
    sql = "ALTER TABLE notes MODIFY COLUMN number BIGINT, "
    with connection.schema_editor() as schema_editor:
        for how in (online_ddl._instant(schema_editor), online_ddl._in_place(schema_editor)):
            with pytest.raises(OperationalError, match="not supported"):
                online_ddl.execute(schema_editor, sql + how)


@pytest.mark.whole
def test_only_one_run_changes_a_table_at_a_time(monkeypatch):
    monkeypatch.setattr(online_ddl, "PATIENCE_SECONDS", 1)
    session = connection.copy()
    ours, other = connection.schema_editor(), session.schema_editor()
    with online_ddl.step(ours, "notes"):
        with (
            pytest.raises(OperationalError, match="another session has been changing notes"),
            online_ddl.step(other, "notes"),
        ):
            raise AssertionError("two at once")
        with online_ddl.step(other, "others"):
            pass
    with online_ddl.step(other, "notes"):
        pass
    session.close()
