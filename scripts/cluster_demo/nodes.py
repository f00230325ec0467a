"""The processes of a cluster: database nodes, the proxy, web services."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

import MySQLdb

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(os.environ.get("CLUSTER_PROGRAMS", "/"))
RUN = ROOT / ".run" / "cluster"
PATIENCE = 120


def free_ports(number: int) -> list[int]:
    """Ports of this machine that nobody listens on."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [int(one.getsockname()[1]) for one in sockets]
    for one in sockets:
        one.close()
    return ports


def until(condition: Callable[[], bool], what: str) -> float:
    """Wait until something is so; the seconds that it took."""
    start = time.monotonic()
    while not condition():
        if time.monotonic() - start > PATIENCE:
            sys.exit(f"waited in vain for {what}; the logs are in {RUN}")
        time.sleep(0.1)
    return time.monotonic() - start


class Process:
    """A program whose output goes to a file; SIGKILL takes all that it started with it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.process: subprocess.Popen[bytes] | None = None

    def launch(self, command: list[str], **environment: str) -> None:
        """Start it, in a group of its own."""
        with (RUN / f"{self.name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=os.environ | environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Send the signal to it and all its children, and wait."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, how)
            self.process.wait()
            self.process = None


class Node(Process):
    """One node of the cluster, on a folder and ports of its own."""

    def __init__(self, number: int, ports: Iterator[int]) -> None:
        super().__init__(f"node{number}")
        self.port, self.group_port, self._transfer_port = islice(ports, 3)
        self.folder = RUN / self.name
        self.url = f"mysql://root@127.0.0.1:{self.port}/parkstats"

    def install(self) -> None:
        """The tables of the server itself; root has no password, and only this machine is listened to."""
        self.folder.mkdir(parents=True)
        options = ["--no-defaults", "--force", "--auth-root-authentication-method=normal", "--skip-test-db"]
        subprocess.run(
            [f"{PROGRAMS}/usr/bin/mariadb-install-db", *options, *self._place()],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def copy_of(self, other: Node) -> None:
        """The data of a node that has ended in order: nothing has to be transferred when this one joins."""
        shutil.copytree(other.folder, self.folder)

    def start(self, group: list[Node], *, found_cluster: bool = False) -> None:
        """Start it as a member of the group, or as the first one; a killed node says first how far it was."""
        addresses = ",".join(f"127.0.0.1:{node.group_port}" for node in group)
        provider = (
            f"gmcast.listen_addr=tcp://127.0.0.1:{self.group_port};ist.recv_addr=127.0.0.1:{self._transfer_port};"
            "gcache.size=256M;evs.keepalive_period=PT0.5S;evs.suspect_timeout=PT2S;evs.inactive_timeout=PT4S;evs.inactive_check_period=PT0.5S"
        )
        command = [
            f"{PROGRAMS}/usr/sbin/mariadbd",
            "--no-defaults",
            *self._place(),
            f"--socket={self.folder}/socket",
            f"--pid-file={self.folder}/pid",
            f"--tmpdir={self.folder}",
            f"--port={self.port}",
            "--bind-address=127.0.0.1",
            "--skip-name-resolve",
            "--max-connections=200",
            "--max-allowed-packet=256M",
            "--character-set-server=utf8mb4",
            "--collation-server=utf8mb4_unicode_ci",
            "--innodb-buffer-pool-size=256M",
            "--innodb-flush-log-at-trx-commit=0",
            "--binlog-format=ROW",
            "--innodb-autoinc-lock-mode=2",
            "--wsrep-on=ON",
            f"--wsrep-provider={PROGRAMS}/usr/lib/galera/libgalera_smm.so",
            f"--wsrep-provider-options={provider}",
            "--wsrep-cluster-name=parkstats",
            f"--wsrep-cluster-address=gcomm://{'' if found_cluster else addresses}",
            "--wsrep-node-address=127.0.0.1",
            f"--wsrep-node-name={self.name}",
            "--wsrep-sst-method=log",
        ]
        if found_cluster:
            command.append("--wsrep-new-cluster")
        elif (self.folder / "data" / "grastate.dat").read_text().count("seqno:   -1"):
            command.append(f"--wsrep-start-position={self._position(command)}")
        # The server looks for wsrep_sst_log by name.
        self.launch(command, PATH=f"{Path(__file__).parent}:{os.environ['PATH']}", CLUSTER_RUN=str(RUN))

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

    def is_synced(self, members: int) -> bool:
        """Whether it takes statements as one of so many."""
        if self.process is not None and self.process.poll() is not None:
            sys.exit(f"{self.name} has ended; the logs are in {RUN}")
        try:
            status = dict(self.ask("SHOW STATUS LIKE 'wsrep_%'"))
        except MySQLdb.Error:
            return False
        return bool(status["wsrep_ready"] == "ON" and status["wsrep_cluster_size"] == str(members))

    def _place(self) -> list[str]:
        user = ["--user=root"] if os.geteuid() == 0 else []
        return [*user, f"--basedir={PROGRAMS}/usr", f"--datadir={self.folder}/data"]

    def _position(self, command: list[str]) -> str:
        """How far a killed node was, as its own tables say."""
        ran = subprocess.run([*command, "--wsrep-recover"], capture_output=True, text=True, cwd=ROOT)
        found = re.search(r"Recovered position:\s*(\S+)", ran.stdout + ran.stderr)
        if found is None:
            sys.exit(f"{self.name} does not say how far it was; the logs are in {RUN}")
        return found[1]


class Proxy(Process):
    """HAProxy: one port for the database, one for the web services."""

    def __init__(self, port: int, database_port: int) -> None:
        super().__init__("haproxy")
        self.url = f"http://127.0.0.1:{port}"
        self.database_url = f"mysql://root@127.0.0.1:{database_port}/parkstats"
        self._port, self._database_port = port, database_port

    def start(self, nodes: list[Node], web: list[Web]) -> None:
        """A node takes part while it is ready, which one that lost the others is not."""
        check = RUN / "is_ready"
        check.write_text(
            f'#!/bin/sh\n{PROGRAMS}/usr/bin/mariadb --no-defaults -uroot -h"$3" -P"$4" --connect-timeout=1 '
            "-Ne \"SHOW STATUS LIKE 'wsrep_ready'\" | grep -q ON\n"
        )
        check.chmod(0o755)
        text = (Path(__file__).parent / "haproxy.cfg").read_text()
        members = "\n".join(f"    server {node.name} 127.0.0.1:{node.port} check" for node in nodes)
        services = "\n".join(f"    server {one.name} 127.0.0.1:{one.port} check" for one in web)
        configured = RUN / "haproxy.cfg"
        configured.write_text(
            text.replace("@PORT@", str(self._port))
            .replace("@DATABASE_PORT@", str(self._database_port))
            .replace("@CHECK@", str(check))
            .replace("@NODES@", members)
            .replace("@WEB@", services)
        )
        self.launch([f"{PROGRAMS}/usr/sbin/haproxy", "-db", "-f", str(configured)])


class Web(Process):
    """A web service as in production, on a port of its own."""

    def __init__(self, name: str, port: int) -> None:
        super().__init__(name)
        self.port, self.url = port, f"http://127.0.0.1:{port}"

    def start(self, database_url: str) -> None:
        """It answers some seconds later."""
        self.launch(
            [sys.executable, "-m", "gunicorn", "--config", "python:parkstats_project.server"]
            + ["parkstats_project.wsgi"],
            DATABASE_URL=database_url,
            DJANGO_SECRET_KEY="a demonstration signs nothing",
            PARKSTATS_BIND=f"127.0.0.1:{self.port}",
            PARKSTATS_WORKERS="1",
            PARKSTATS_THREADS="4",
            PARKSTATS_RESULT_CACHE_SECONDS="0",
        )
