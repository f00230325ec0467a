"""No command is lost to a database server that dies under it: one sentence, and the next run goes on."""

from __future__ import annotations

import logging
import os
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from functools import partial
from io import StringIO

import MySQLdb
import pytest
from django.core.management import call_command
from django.db import OperationalError, connections
from django.utils import timezone

from parks.models import Park
from parkstats_project.base.clock import pacific_date, pacific_day
from parkstats_project.db import catalogue, dump
from parkstats_project.tests import cases
from parkstats_project.tests.servers import DatabaseServer
from rides.models import RideStatusSnapshot
from stats.jobs import lease, live
from stats.management import asked
from stats.management.commands import collect, measure_performance
from stats.models import CollectionRun, Correction
from stats.tests.collected import make_world
from stats.tests.databases import empty_database, run
from stats.tests.jobs.test_jobs_go_on import COLLECTING, NIGHTLY, sources
from stats.tests.mishaps import COMMANDS, at_statement, away, ended, server_of_its_own
from stats.tests.observed import a_park, a_ride, observe

pytestmark = [pytest.mark.mariadb, pytest.mark.whole, pytest.mark.no_cover]

DAY = pacific_date(timezone.now()) - timedelta(days=1)
DDL = ("ALTER", "CREATE", "DROP", "RENAME")
Moment = Callable[[Callable[[], None]], AbstractContextManager[Callable[[], bool]]]


def before(begins: str | tuple[str, ...], number: int = 1) -> Moment:
    """The moment before the n-th statement that begins so."""
    return partial(at_statement, number, begins=begins)


def amid(name: str) -> Moment:
    """The moment when a program of the server has read or written the first part of a dump."""

    @contextmanager
    def moment(fault: Callable[[], None]) -> Iterator[Callable[[], bool]]:
        called: list[int] = []
        real = getattr(dump, name)

        def disturbed(*arguments, **options):
            def progress(size: int) -> None:
                if not called:
                    fault()
                called.append(size)

            real(*arguments, **(options | {"progress": progress}))

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(dump, name, disturbed)
            yield lambda: bool(called)

    return moment


# What a run is disturbed in; a file is given to those that want one.
KILLED: dict[str, tuple[tuple[str, ...], list[Moment]]] = {
    "announce_correction": (("--date", str(DAY)), [before("INSERT")]),
    "backup": (("FOLDER",), [amid("write"), before("CREATE DATABASE"), amid("load")]),
    "check_data_collection": ((), [before("SELECT", 5)]),
    "explain_queries": ((), [before("SELECT", 40)]),
    "measure_performance": (("--rounds", "1"), [before("SELECT", 5), before("SELECT", 25)]),
    "restore": (("FILE", "--replace"), [before("DROP TABLE", 5), amid("load")]),
    "restore --raw-day": (("--raw-day", str(DAY)), [before("INSERT")]),
}
NEW = {"adopt", "load_demo", "migrate"}
"""Those that begin with another database than the others."""


@pytest.fixture(scope="module")
def server_of_all(tmp_path_factory, django_db_blocker) -> Iterator[DatabaseServer]:
    """A server with an archived day of a park, and another park that the simulated sources know."""
    with django_db_blocker.unblock(), server_of_its_own(tmp_path_factory.mktemp("server")) as server:
        make_world("p1")
        observe(DAY, [a_ride(a_park(queue_times_id=990_000), queue_times_id=990_000)])
        call_command("aggregate_daily", "--date", str(DAY), "--allow-gaps", stdout=StringIO())
        yield server


@pytest.fixture
def server(server_of_all, monkeypatch) -> Iterator[DatabaseServer]:
    connections["default"].close()
    # The lease of a run that could not give it back ends at once.
    monkeypatch.setattr(lease, "SECONDS", 0.0)
    every = asked.every_route
    monkeypatch.setattr(measure_performance, "every_route", lambda park, ride: every(park, ride)[:8])
    yield server_of_all
    connections["default"].close()
    try:
        server_of_all.ask("SELECT 1")
    except MySQLdb.OperationalError:  # A test that fails before its end leaves the others a server.
        server_of_all.start()


def killed(server: DatabaseServer, moment: Moment, name: str, *arguments: str) -> None:
    """The server dies under the command and stays away for the next run; then it is there again."""
    with moment(server.kill) as happened:
        code, said = ended(name, *arguments)
    assert (code, happened(), "\n" in said) == (1, True, False), said
    assert re.search("Lost connection|gone away|Can't connect|Connection reset", said), said
    connections["default"].close()  # The next run has one of its own.
    code, said = ended(name, *arguments)
    assert (code, away(said)) == (1, True), said
    server.start()


def test_there_is_no_command_under_which_the_server_is_not_killed():
    assert {*NIGHTLY, *COLLECTING, *(name.split()[0] for name in KILLED), *NEW} == set(COMMANDS)


@pytest.mark.parametrize("name", KILLED)
def test_a_command_goes_on_after_a_server_that_was_killed_under_it(server, tmp_path, caplog, name):
    arguments, moments = KILLED[name]
    name = name.split()[0]
    before = dump.content(connections["default"])
    if "FILE" in arguments:
        call_command("backup", tmp_path, stdout=StringIO(), stderr=StringIO())
    (file,) = list(tmp_path.glob("*.zst")) or [tmp_path]
    arguments = tuple(str(file) if word in ("FILE", "FOLDER") else word for word in arguments)
    if "--raw-day" in arguments:
        start, end = pacific_day(DAY)
        RideStatusSnapshot.objects.filter(recorded_at__gte=start, recorded_at__lt=end).delete()
    for moment in moments:
        killed(server, moment, name, *arguments)
        if name == "backup":
            assert not list(tmp_path.iterdir())
    assert not caplog.records
    code, said = ended(name, *arguments)
    # The monitor has found something, since nothing was collected today.
    assert (code, "failed" in said) == (int(name == "check_data_collection"), False), said
    changed = {"job_runs", "observation_corrections"}
    after = dump.content(connections["default"])
    assert {table for table in after if after[table] != before.get(table)} <= changed
    if name == "announce_correction":
        assert Correction.objects.exists()


def test_a_new_database_goes_on_being_made_and_filled(server):
    size = ("--parks", "2", "--rides", "4", "--days", "1")
    with empty_database():
        killed(server, before(DDL, 60), "migrate", "--verbosity", "0")
        assert ended("migrate", "--verbosity", "0") == (0, "")
        made = catalogue.read(connections["default"])
        killed(server, before("UPDATE", 2), "load_demo", *size)
        code, said = ended("load_demo", "--append")
        assert (code, "start again with --flush" in said) == (1, True)
        assert ended("load_demo", "--flush", *size) == (0, "")
    with cases.connected_to("parkstats"):
        assert list(catalogue.differences(catalogue.read(connections["default"]), made)) == []


def test_an_adoption_goes_on(server):
    name = cases.database_name("legacy")
    cases.load("fresh_install", name)
    try:
        with cases.connected_to(name):
            for number in (8, 60):
                killed(server, before(DDL, number), "adopt", "--no-input", "--verbosity", "0")
            assert ended("adopt", "--no-input", "--verbosity", "0") == (0, "")
            assert ended("check", "--database", "default") == (0, "")
    finally:
        cases.drop(name)


def test_a_check_says_no_more_than_that_the_database_failed(server):
    # What manage.py makes of it has a test of its own.
    with before("SELECT table_name")(server.kill) as happened, pytest.raises(OperationalError):
        call_command("check", "--database", "default")
    assert happened()
    server.start()
    connections["default"].close()
    assert ended("check", "--database", "default") == (0, "")


def test_a_collector_goes_on_in_its_rhythm_when_the_server_is_back(server, monkeypatch):
    between = iter([server.kill, server.start, lambda: os.kill(os.getpid(), signal.SIGTERM)])
    monkeypatch.setattr(collect, "_sleep_until_next", lambda every, stop: next(between)())
    said = StringIO()
    with sources():
        call_command("collect", "--every", "10m", stdout=StringIO(), stderr=said)
    assert re.fullmatch(r"\S+ \S+ no collection: Can't connect to [^\n]*\n", said.getvalue())
    ended_so = CollectionRun.objects.order_by("-pk").values_list("status", flat=True)
    assert list(ended_so[:2]) == ["success", "success"]


def test_live_rankings_that_the_server_dies_under_are_one_line_and_not_the_collection_s_affair(
    server, monkeypatch, caplog
):
    refresh = live.refresh

    def die(**options):
        with before("INSERT")(server.kill):
            return refresh(**options)

    monkeypatch.setattr(live, "refresh", die)
    with sources():
        assert ended("collect", "--parks", str(Park.objects.exclude(themeparks_wiki_id=None).get().pk)) == (
            0,
            "",
        )
    (line,) = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert line.getMessage().startswith("the live rankings were not rebuilt: ")
    assert line.exc_info is None
    server.start()


def test_on_a_read_only_server_what_runs_programs_says_one_sentence_and_what_reads_does_its_work(
    server, tmp_path
):
    call_command("backup", tmp_path, stdout=StringIO(), stderr=StringIO())
    (file,) = tmp_path.glob("*.zst")
    settings = connections.settings["default"]
    run("CREATE USER plain IDENTIFIED BY 'plain'", "GRANT ALL ON parkstats.* TO plain")
    run("GRANT ALL ON parkstats_verify.* TO plain", "SET GLOBAL read_only = 1")
    connections["default"].close()
    settings |= {"USER": "plain", "PASSWORD": "plain"}
    try:
        for name, *arguments in (("backup", str(tmp_path)), ("restore", str(file), "--replace")):
            code, said = ended(name, *arguments)
            assert (name, code, "--read-only" in said, "\n" in said) == (name, 1, True, False), said
        assert len(list(tmp_path.glob("*"))) == 2
        for name, *arguments in (
            ("measure_performance", "--rounds", "1"),
            ("check", "--database", "default"),
        ):
            assert (name, *ended(name, *arguments)) == (name, 0, "")
    finally:
        connections["default"].close()
        settings |= {"USER": "root", "PASSWORD": ""}
        run("SET GLOBAL read_only = 0", "DROP USER plain")
