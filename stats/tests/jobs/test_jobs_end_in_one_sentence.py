"""Whatever the database does to a job: it ends with one sentence and an exit code, and the next goes on."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from freezegun import freeze_time

from parkstats_project.base import exit_codes
from parkstats_project.tests import cases
from rides.models import RideStatusChange
from stats.management import commands
from stats.management.job import Job
from stats.tests.api.test_database_away import Server
from stats.tests.databases import empty_database, run
from stats.tests.mishaps import COMMANDS, FOLDER, at_statement, away, ended
from stats.tests.observed import observe, two_parks

NIGHTLY = {
    "aggregate_daily": (),
    "archive_days": (),
    "prune_raw_data": (),
    "recompute_daily_stats": ("--days", "2"),
    "refresh_live_rankings": (),
    "roll_up_stats": (),
}
WRITING = {
    **NIGHTLY,
    "adopt": (),
    "announce_correction": ("--date", "2025-12-10"),
    "collect": (),
    "collect_weather": (),
    "discover": (),
    "load_demo": ("--flush",),
    "mend": ("--days", "1"),
    "migrate": (),
    "restore": ("--raw-day", "2025-12-10"),
}
READING = {"check_data_collection": ("--min-parks", "1", "--min-rides", "1"), "explain_queries": ()}
FIRST = date(2025, 12, 10)

pytestmark = [
    pytest.mark.mariadb,
    pytest.mark.django_db(transaction=True),
    pytest.mark.whole,
    pytest.mark.no_cover,
]


@pytest.fixture
def world():
    """Four days of two parks, of which the first is aggregated and archived; it is the fourth's evening."""
    days = [FIRST + timedelta(days=number) for number in range(4)]
    rides = two_parks(rides=1)
    for day in days:
        observe(day, rides)
    with freeze_time(f"{days[-1] + timedelta(days=1)} 07:59:00"):
        call_command("aggregate_daily", date=days[0], allow_gaps=True, stdout=StringIO())
        yield


@pytest.fixture
def server():
    server = Server()
    yield server
    server.comes_back()
    connections["default"].close()


def kill() -> None:
    """The server ends this thread's connection, as an administrator or a restart does."""
    assert connection.connection is not None
    thread = connection.connection.thread_id()
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute(f"KILL {thread}")
    other.close()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_ends_by_the_same_rules(name):
    command = importlib.import_module(f"{commands.__name__}.{name}").Command
    assert issubclass(command, Job)
    assert not re.search(r"returncode=\d", (FOLDER / f"{name}.py").read_text())


@pytest.mark.parametrize("name", COMMANDS)
def test_an_argument_that_is_none_is_one_line(name, capsys):
    command = importlib.import_module(f"{commands.__name__}.{name}").Command()
    with pytest.raises(SystemExit) as ended:
        command.run_from_argv(["manage.py", name, "file", "--no\n-such"])
    assert ended.value.code == exit_codes.BAD_ARGUMENTS
    out, said = capsys.readouterr()
    assert (out, said.count("\n")) == ("", 1)
    assert re.match(f"manage.py {name}: error: unrecognized arguments: .*--no -such", said)
    with pytest.raises(CommandError, match="unrecognized arguments"):
        call_command(name, "file", "--no-such")


@pytest.mark.parametrize("name", COMMANDS)
def test_a_database_that_is_away_is_one_sentence(name, server, tmp_path, caplog):
    server.goes()
    # A command that begins has no connection yet, not a dead one.
    connections["default"].close()
    code, said = ended(name, *{**WRITING, **READING, "backup": (str(tmp_path),)}.get(name, ()))
    assert (code, away(said)) == (1, True), said
    assert not caplog.records


ON_NOTHING = {
    **{
        name: arguments
        for name, arguments in WRITING.items()
        if name not in ("adopt", "load_demo", "migrate")
    },
    **READING,
    "measure_performance": (),
}


def test_a_database_without_tables_is_one_sentence_that_says_what_makes_them():
    with empty_database():
        for name, arguments in ON_NOTHING.items():
            code, said = ended(name, *arguments)
            assert (name, code) == (name, 1), said
            assert said.endswith("; run manage.py migrate") and "\n" not in said, (name, said)


def test_a_command_of_django_that_finds_no_database_is_one_sentence_too(server):
    server.goes()
    run = subprocess.run(
        [sys.executable, "manage.py", "changepassword", "somebody"],
        cwd=cases.GOLDEN.parents[2],
        env={**os.environ, "DATABASE_URL": f"mysql://x@127.0.0.1:{server.settings['PORT']}/x"},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 1
    assert run.stderr.startswith("The database failed: Can't connect")
    assert run.stderr.count("\n") == 1


@pytest.fixture
def read_only(world):
    """The server takes nothing from ordinary users, of whom this process is one."""
    RideStatusChange.objects.all().delete()  # of which the archived ones can be put back
    settings = connections.settings["default"]
    before = settings["USER"], settings["PASSWORD"]
    database = settings["NAME"]
    run(
        "DROP USER IF EXISTS parkstats_plain",
        "CREATE USER parkstats_plain IDENTIFIED BY 'plain'",
        f"GRANT ALL ON `{database}`.* TO parkstats_plain",
        "SET GLOBAL read_only = 1",
    )
    connections["default"].close()
    settings["USER"], settings["PASSWORD"] = "parkstats_plain", "plain"
    yield
    connections["default"].close()
    settings["USER"], settings["PASSWORD"] = before
    run("SET GLOBAL read_only = 0", "DROP USER parkstats_plain")


@pytest.mark.usefixtures("read_only")
def test_a_read_only_server_is_one_sentence():
    # One test for all: the server is read-only for whoever else is an ordinary user, too.
    for name in WRITING:
        code, said = ended(name, *WRITING[name])
        assert (name, code, "--read-only" in said, "\n" in said) == (name, 1, True, False), said
    for name in READING:
        assert "--read-only" not in ended(name, *READING[name])[1]


@pytest.mark.parametrize("name", [*NIGHTLY, *READING])
@pytest.mark.usefixtures("world")
def test_a_connection_that_is_killed_half_way_is_one_sentence_and_the_next_run_goes_on(name):
    arguments = {**NIGHTLY, **READING}[name]
    for number in (1, 4, 9, 20, 45):
        with at_statement(number, kill) as happened:
            code, said = ended(name, *arguments)
        if not happened():
            break
        connections["default"].close()
        if code:
            assert (code, "\n" in said) == (1, False)
            assert re.search(r"(Lost connection|gone away|lock is gone)", said), said
    if name in NIGHTLY:
        assert ended(name, *arguments) == (0, "")


def test_the_table_of_exit_codes_is_what_commands_say():
    text = (cases.GOLDEN.parents[2] / "docs" / "operation.md").read_text()
    rows = re.findall(r"^\| (\d+) \| .* \| (.*) \|$", text.partition("## Exit codes")[2], re.MULTILINE)
    known = {name: code for name, code in vars(exit_codes).items() if name.isupper()}
    assert [int(code) for code, _ in rows] == sorted(known.values())
    said_by = {int(code): set(re.findall(r"`(\w+)[ \w-]*`", said)) for code, said in rows}
    for name in ("INCOMPLETE", "BUDGET_SPENT"):
        users = {command for command in COMMANDS if name in (FOLDER / f"{command}.py").read_text()}
        assert said_by[known[name]] == users
