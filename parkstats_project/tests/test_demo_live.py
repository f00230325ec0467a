"""`./scripts/demo --live` in a copy of the repository: beside sources that answer, and beside none."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from parkstats_project.tests.servers import free_port, get, status, until
from parkstats_project.tests.upstream import FakeUpstream

pytestmark = [pytest.mark.whole, pytest.mark.no_cover]

LOCK = "requirements.lock"


class Demo:
    """The script and all that it starts, which is a process group of its own."""

    def __init__(self, folder: Path, sources: str, *, bind: str | None = None) -> None:
        bind = bind or f"127.0.0.1:{free_port()}"
        self.site = f"http://{bind}"
        self.said = folder / "said"
        # Packages are those of this environment: nothing has to be installed.
        environment = folder / ".venv"
        environment.mkdir()
        for part in Path(sys.prefix).iterdir():
            (environment / part.name).symlink_to(part)
        (environment / f"installed-{LOCK}").unlink(missing_ok=True)
        shutil.copy(folder / LOCK, environment / f"installed-{LOCK}")
        with self.said.open("w") as said:
            self.script = subprocess.Popen(
                ["./scripts/demo", "--live"],
                cwd=folder,
                env=os.environ
                | {
                    "PYTHONPATH": str(folder),
                    "DJANGO_SETTINGS_MODULE": "parkstats_project.settings",
                    "COUNTRY": "US",
                    "PARKSTATS_BIND": bind,
                    "PARKSTATS_THEMEPARKS_URL": f"{sources}/v1",
                    "PARKSTATS_QUEUE_TIMES_URL": f"{sources}/queue-times",
                    "PARKSTATS_OPEN_METEO_URL": f"{sources}/open-meteo/v1/forecast",
                },
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def ended(self) -> bool:
        """Whether neither the script nor anything that it started runs."""
        return self.script.poll() is not None and not any(
            group == str(self.script.pid) and state != "Z" for state, group in states_and_groups()
        )


def states_and_groups() -> Iterator[tuple[str, str]]:
    """Of every process of this machine; what ended and nobody has fetched yet is a Z."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # ended meanwhile
            state, _, group = path.read_text().rpartition(")")[2].split()[:3]
            yield state, group


@pytest.fixture
def started(clone: Path) -> Iterator[list[Demo]]:
    """Demos of a test; none outlives it."""
    demos: list[Demo] = []
    yield demos
    for demo in demos:
        if not demo.ended():
            os.killpg(demo.script.pid, signal.SIGKILL)
        demo.script.wait()


def test_the_parks_of_a_country_are_shown_as_they_are_and_nothing_stays_behind(clone, started):
    with FakeUpstream() as sources:
        sources.at(datetime.now(UTC))
        demo = Demo(clone, sources.url)
        started.append(demo)
        until(lambda: status(f"{demo.site}/") == 200 or demo.script.poll() is not None)
        assert demo.script.poll() is None, demo.said.read_text()
        shown = get(f"{demo.site}/api/search/index")
        # Those of other countries are left out.
        parks = {"Sunshine Kingdom", "Sunshine Studios", "Golden Coast Park", "Cedar Bluff"}
        assert {park["name"] for park in shown["parks"]} == parks
        assert shown["rides"]
        assert get(f"{demo.site}/api/health")["checks"]["data_collection"]["status"] == "healthy"
        # What goes on while the site runs has begun.
        until(lambda: any("history" in request["path"] for request in sources.requests))
        demo.script.send_signal(signal.SIGTERM)
        until(demo.ended)
    assert demo.script.returncode == 143
    said = demo.said.read_text()
    assert re.search(r"User of the admin, shown only now:  admin  /  \S+", said)
    assert "Traceback" not in said


@pytest.mark.parametrize("bind", ["127.0.0.1:80x", "8080", "127.0.0.1:0", "127.0.0.1:65536"])
def test_a_port_that_is_none_is_one_sentence_before_any_work(clone, started, bind):
    demo = Demo(clone, "http://127.0.0.1:9", bind=bind)
    started.append(demo)
    until(demo.ended)
    assert demo.script.returncode == 2
    assert demo.said.read_text() == (
        f"PARKSTATS_BIND={bind} names no address and port; it is to be like 127.0.0.1:8080\n"
    )


@pytest.mark.parametrize("place", ["head", "middle"])
def test_a_damaged_file_is_set_aside(clone, started, place):
    """Also one of which a table can be read that lies before the damage."""
    database = clone / "live.sqlite3"
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript(
            "CREATE TABLE parks (x); INSERT INTO parks VALUES (1); CREATE TABLE more (x)"
        )
        connection.executemany("INSERT INTO more VALUES (?)", [("x" * 1000,) for _ in range(1000)])
        connection.commit()
    damaged = bytearray(database.read_bytes())
    start = 0 if place == "head" else len(damaged) // 2
    damaged[start : start + 8192] = b"\xff" * 8192
    database.write_bytes(damaged)
    demo = Demo(clone, f"http://127.0.0.1:{free_port()}")
    started.append(demo)
    until(demo.ended)
    (aside,) = clone.glob("live.sqlite3.unreadable-*")
    assert aside.read_bytes() == damaged
    said = demo.said.read_text()
    assert f"live.sqlite3 is damaged; it is kept as {aside.name}, and a new one is made" in said
    assert "malformed" not in said and "not a database" not in said


def test_without_the_sources_it_says_so_and_ends(clone, started):
    demo = Demo(clone, f"http://127.0.0.1:{free_port()}")
    started.append(demo)
    until(demo.ended)
    said = demo.said.read_text()
    assert demo.script.returncode == 1
    assert "== There are no parks: this machine cannot reach the sources" in said
    assert "Traceback" not in said
