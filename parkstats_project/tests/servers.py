"""Database servers and web services of a test's own, to be stopped, killed and started again."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import MySQLdb
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


class DatabaseServer:
    """A server of the engine that is tested, on a folder and a port of its own (scripts/mariadb)."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"mysql://root@127.0.0.1:{self.port}/parkstats"
        self._options = options
        self.start()

    def start(self) -> None:
        """Until it takes connections; a killed one recovers first."""
        self._script = subprocess.Popen(
            ["scripts/mariadb", "run", "bash", "-c", "echo ready; exec cat"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ
            | {
                "MARIADB_KEEP": str(self.folder),
                "MARIADB_PORT": str(self.port),
                "MARIADB_OPTIONS": " ".join(self._options),
            },
        )
        assert self._script.stdout is not None
        assert self._script.stdout.readline() == "ready\n"
        (name,) = self.ask("SELECT @@pid_file")[0]
        self.pid = int(Path(name).read_text())

    def ask(self, *statements: str) -> list[tuple[Any, ...]]:
        """Run statements; the rows of the last one."""
        connection = MySQLdb.connect(host="127.0.0.1", port=self.port, user="root", autocommit=True)
        try:
            cursor = connection.cursor()
            for statement in statements:
                cursor.execute(statement)
            return list(cursor.fetchall())
        finally:
            connection.close()

    def kill(self) -> None:
        """SIGKILL, as if the machine lost its power."""
        os.kill(self.pid, signal.SIGKILL)
        self.stop()

    def stop(self) -> None:
        """In order."""
        self._script.communicate()


@contextmanager
def web_service(**environment: str) -> Iterator[str]:
    """A web service in a process of its own; its address."""
    port = free_port()
    service = subprocess.Popen(
        [sys.executable, "manage.py", "runserver", "--noreload", str(port)],
        cwd=ROOT,
        env=os.environ | {"DJANGO_DEBUG": "on", "PARKSTATS_RESULT_CACHE_SECONDS": "0"} | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        address = f"http://127.0.0.1:{port}"
        until(lambda: status(f"{address}/") == 200)
        yield address
    finally:
        service.kill()
        service.wait()


def url_of_the_tests() -> str:
    """The URL of the database that this process is connected to."""
    return f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{connection.settings_dict['NAME']}"


@contextmanager
def gunicorn(log: Path, **environment: str) -> Iterator[int]:
    """The service as it is run, with what it says in a file; its port."""
    port = free_port()
    given = {
        "DATABASE_URL": url_of_the_tests(),
        "DJANGO_SECRET_KEY": "of a test",
        "PARKSTATS_BIND": f"127.0.0.1:{port}",
        "PARKSTATS_WORKERS": "1",
    }
    command = [sys.executable, "-m", "gunicorn", "--config", "python:parkstats_project.server"]
    with log.open("wb") as said:
        service = subprocess.Popen(
            [*command, "parkstats_project.wsgi"],
            cwd=ROOT,
            env=os.environ | given | environment,
            stdout=said,
            stderr=said,
        )
    try:
        until(lambda: status(f"http://127.0.0.1:{port}/") is not None)
        yield port
    finally:
        service.terminate()
        service.wait(PATIENCE)


def connection_from(client: str, port: int) -> socket.socket:
    """A connection from an address of this machine."""
    return socket.create_connection(("127.0.0.1", port), PATIENCE, source_address=(client, 0))


def answer(port: int, request: bytes, client: str = "127.0.0.1") -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of what is answered to these bytes, until the server ends the connection."""
    with connection_from(client, port) as raw:
        raw.sendall(request)
        got = b""
        while more := raw.recv(65536):
            got += more
    head, _, body = got.partition(b"\r\n\r\n")
    first, *lines = head.decode("ascii").split("\r\n")
    return int(first.split()[1]), dict(line.split(": ", 1) for line in lines), body


def status(url: str) -> int | None:
    """The status of an answer; None if there is none."""
    try:
        with urllib.request.urlopen(url) as reply:
            return int(reply.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


def get(url: str) -> Any:
    """The JSON of an answer with status 200."""
    with urllib.request.urlopen(url) as reply:
        return json.load(reply)


def until(condition: Any) -> None:
    """Wait until something is so."""
    give_up = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < give_up, "waited in vain"
        time.sleep(0.05)
