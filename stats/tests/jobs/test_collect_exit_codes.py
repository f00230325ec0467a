"""How the jobs that ask the sources end (docs/operation.md, Exit codes)."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command, load_command_class
from django.db import connection
from django.test.utils import CaptureQueriesContext
from model_bakery import baker

from parks.models import Park
from parkstats_project.base.exit_codes import (
    BAD_ARGUMENTS,
    BUDGET_SPENT,
    DONE,
    FAILED,
    INCOMPLETE,
    LOCKED,
)
from parkstats_project.feeds.open_meteo import MOST_PLACES
from parkstats_project.tests.upstream import FakeUpstream
from parkstats_project.tests.upstream.world import make_id, utc
from stats.models import JobLease
from stats.tests.collected import make_world, upstream_at
from weather.models import WeatherObservation

pytestmark = pytest.mark.django_db

NOON = "2026-07-15T18:00:00Z"
MEND = ("mend", "--date", "2026-07-15")
LEASES = {"collect": "collect", "mend": "mend", "collect_weather": "weather", "discover": "discover"}
LASTING = timedelta(minutes=1)
SPENT = {"kind": "rate_limit", "retry_after": 3600}


@pytest.fixture(scope="module")
def server() -> Iterator[FakeUpstream]:
    with FakeUpstream() as running:
        yield running


@pytest.fixture
def upstream(server) -> FakeUpstream:
    server.control(reset=True)
    return server


def ended(upstream: FakeUpstream, *words: str) -> tuple[int, str]:
    """Exit code and sentence of a run; (0, "") of one that is done."""
    with upstream_at(upstream, NOON):
        try:
            call_command(*words, stdout=StringIO())
        except CommandError as error:
            assert "\n" not in str(error)
            return error.returncode, str(error)
    return DONE, ""


def code_of(upstream: FakeUpstream, *words: str) -> int:
    return ended(upstream, *words)[0]


def parks_of_two_calls() -> None:
    """So many parks that not all fit into one call for their weather."""
    baker.make(Park, MOST_PLACES + 1, latitude="28.4", longitude="-81.5", is_active=True)


@pytest.mark.parametrize(
    ("words", "path", "fault", "code"),
    [
        (("collect",), "", None, DONE),
        (("collect",), f"{make_id('p1')}/live", {"kind": "html"}, INCOMPLETE),
        (("collect",), "/live", {"kind": "html"}, FAILED),
        (("collect",), f"{make_id('p1')}/live", SPENT, BUDGET_SPENT),
        (("collect", "--dry-run"), "", None, DONE),
        (("collect", "--dry-run"), f"{make_id('p1')}/live", {"kind": "html"}, INCOMPLETE),
        (("collect", "--dry-run"), f"{make_id('p1')}/live", SPENT, BUDGET_SPENT),
        (("collect", "--compare"), "", None, DONE),
        (("collect", "--compare"), "/live", {"kind": "html"}, FAILED),
        (MEND, "", None, DONE),
        (MEND, f"{make_id('p1')}/history", {"kind": "html"}, INCOMPLETE),
        (MEND, "/history", {"kind": "html"}, FAILED),
        (MEND, "/history", SPENT, BUDGET_SPENT),
        (("collect_weather",), "", None, DONE),
        (("collect_weather",), "/open-meteo", {"kind": "html"}, FAILED),
        (("collect_weather",), "/open-meteo", SPENT, BUDGET_SPENT),
        (("discover",), "", None, DONE),
        (("discover",), "/destinations", {"kind": "html"}, INCOMPLETE),
        (("discover",), ".", {"kind": "html"}, FAILED),
    ],
)
def test_a_run_ends_with_the_code_of_what_came_of_it(upstream, words, path, fault, code):
    make_world("p1", "p3")
    if fault:
        upstream.fault(path, **fault)
    assert code_of(upstream, *words) == code


@pytest.mark.whole
def test_weather_of_some_parks_is_4(upstream):
    parks_of_two_calls()
    upstream.fault("/open-meteo", "html", skip=1)
    assert code_of(upstream, "collect_weather") == INCOMPLETE
    assert WeatherObservation.objects.count() == MOST_PLACES


@pytest.mark.whole
@pytest.mark.parametrize(
    ("words", "path"),
    [
        (("collect",), "/live"),
        (MEND, "/history"),
        (("collect_weather",), "/open-meteo"),
        (("discover",), "/parks.json"),
    ],
)
def test_a_signal_before_the_end_is_1(upstream, words, path, monkeypatch):
    make_world("p1", "p3")
    if words == ("collect_weather",):
        parks_of_two_calls()
    answer, signals = upstream.take, []

    def take(asked: str, headers: dict) -> dict | None:
        if path in asked and not signals:
            signals.append(asked)
            os.kill(os.getpid(), signal.SIGTERM)
        return answer(asked, headers)

    monkeypatch.setattr(upstream, "take", take)
    code, said = ended(upstream, *words)
    assert signals
    assert (code, said.partition(" ")[0].strip(";")) == (FAILED, "stopped")


@pytest.mark.parametrize("command", LEASES)
def test_beside_another_run_it_ends_with_3_and_asks_for_nothing(upstream, command, monkeypatch):
    make_world("p1")
    other = JobLease.objects.create(name=LEASES[command], owner="another", until=utc(NOON) + LASTING)

    def the_other_one_renews(seconds: float) -> None:
        other.until += timedelta(seconds=seconds)
        other.save()

    monkeypatch.setattr("stats.jobs.lease.time.sleep", the_other_one_renews)
    assert code_of(upstream, command) == LOCKED
    assert upstream.requests == []


@pytest.mark.parametrize(
    "words",
    [
        ("collect", "--parks", "x"),
        ("collect", "--every", "5"),
        ("collect", "--every", "10s"),
        ("collect", "--once", "--dry-run"),
        ("mend", "--days", "0"),
        ("mend", "--date", "yesterday"),
        ("mend", "--days", "1", "--date", "2026-07-15"),
        ("collect_weather", "--now"),
        ("discover", "--country", "USA"),
    ],
)
def test_arguments_that_cannot_be_used_end_with_2(words, capsys):
    command = load_command_class("stats", words[0])
    command._called_from_command_line = True
    with pytest.raises(SystemExit) as ended:
        command.create_parser("manage.py", words[0]).parse_args(words[1:])
    assert ended.value.code == BAD_ARGUMENTS
    assert "error: " in capsys.readouterr().err


def test_a_park_that_there_is_not_ends_with_2(upstream):
    for words in (("collect", "--parks", "99"), ("mend", "--park", "99")):
        assert code_of(upstream, *words) == BAD_ARGUMENTS


def test_a_number_that_no_database_takes_is_not_sent_to_it(upstream):
    with CaptureQueriesContext(connection) as asked:
        assert code_of(upstream, "mend", "--park", str(2**63)) == BAD_ARGUMENTS
    assert asked.captured_queries
    assert not any(str(2**63) in one["sql"] for one in asked.captured_queries)
