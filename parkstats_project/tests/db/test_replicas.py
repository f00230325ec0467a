"""Questions are read from a replica that keeps up: a second server that replicates from the first."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from parkstats_project.tests.servers import ROOT, DatabaseServer, get, status, until, web_service

pytestmark = [pytest.mark.mariadb, pytest.mark.whole]

LAG_SECONDS = "5"


class Pair:
    """A primary, its replica, and a service that knows both."""

    def __init__(self, folder: Path) -> None:
        # Without "loose", MariaDB would not start for options that only MySQL has.
        numbered = ("--loose-gtid-mode=ON", "--loose-enforce-gtid-consistency=ON")
        self.primary = DatabaseServer(folder / "primary", "--log-bin=bin", "--server-id=1", *numbered)
        self.replica = DatabaseServer(folder / "replica", "--server-id=2", *numbered)
        [(version,)] = self.primary.ask("SELECT VERSION()")
        self.who, self.change, from_the_start = (
            ("MASTER", "MASTER", "USE_GTID=slave_pos")
            if "MariaDB" in version
            else ("SOURCE", "REPLICATION SOURCE", "AUTO_POSITION=1")
        )
        self.follow(
            f"HOST='127.0.0.1', PORT={self.primary.port}, USER='root', CONNECT_RETRY=1, {from_the_start}"
        )
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity=0"],
            cwd=ROOT,
            env=os.environ | {"DATABASE_URL": self.primary.url},
            check=True,
        )
        self.rename("of the primary")
        until(lambda: self.replica.ask("SELECT COUNT(*) FROM parkstats.parks") == [(1,)])

    def rename(self, name: str) -> None:
        """The one park there is, on the primary."""
        self.primary.ask(
            "REPLACE INTO parkstats.parks (park_id, queue_times_id, city, country, timezone, is_active, "
            f"name) VALUES (1, 1, 'Somewhere', 'US', 'America/Los_Angeles', 1, '{name}')"
        )

    def follow(self, how: str) -> None:
        """Let the replica replicate in another way."""
        options = ", ".join(f"{self.who}_{option}" for option in how.split(", "))
        self.replica.ask("STOP REPLICA", f"CHANGE {self.change} TO {options}", "START REPLICA")

    def mark_replica(self) -> None:
        """What is read from the replica from now on is told by the name."""
        self.replica.ask("UPDATE parkstats.parks SET name = 'of the replica'")

    def stop(self) -> None:
        self.replica.stop()
        self.primary.stop()


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    pair = Pair(tmp_path)
    try:
        yield pair
    finally:
        pair.stop()


def test_a_replica_is_read_from_while_it_is_well_and_the_primary_otherwise(pair: Pair) -> None:
    urls = {
        "DATABASE_URL": pair.primary.url,
        "DATABASE_REPLICA_URL": pair.replica.url,
        "PARKSTATS_REPLICA_LAG_SECONDS": LAG_SECONDS,
    }
    with web_service(**urls) as address:

        def shown() -> str:
            (park,) = get(f"{address}/api/search/index")["parks"]
            return str(park["name"])

        pair.mark_replica()
        assert shown() == "of the replica"

        # Stopped.
        pair.replica.ask("STOP REPLICA")
        until(lambda: shown() == "of the primary")
        pair.replica.ask("START REPLICA")
        until(lambda: shown() == "of the replica")

        # An hour behind: what is written meanwhile is seen at once, since it is not read there.
        pair.follow("DELAY=3600")
        pair.rename("renamed")
        until(lambda: shown() == "renamed")
        pair.follow("DELAY=0")
        until(lambda: pair.replica.ask("SELECT name FROM parkstats.parks") == [("renamed",)])
        pair.mark_replica()
        until(lambda: shown() == "of the replica")

        # Killed: nobody gets an error.
        pair.replica.kill()
        assert {status(f"{address}/api/search/index") for _ in range(20)} == {200}
        until(lambda: shown() == "renamed")
        assert get(f"{address}/api/health")["checks"]["database"]["status"] == "healthy"
        pair.replica.start()
        until(lambda: shown() == "of the replica")

        # The admin, like jobs, reads where it writes.
        assert status(f"{address}/admin/login/") == 200
        pair.replica.ask("DROP TABLE parkstats.django_session")
        assert status(f"{address}/admin/login/") == 200
