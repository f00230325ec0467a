"""A cluster under load, of which a database node and a web service are killed (scripts/cluster)."""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import asked
import processes
import users
from nodes import ROOT, RUN, Node, Proxy, Web, free_ports, until
from users import Taken

from stats.management.asked import Ask, every_route

SIZE = ("--parks", "12", "--rides", "300", "--days", "3", "--daily-days", "30")
TIMES = rb"\d\d:\d\d:\d\d(\.\d+)?|\d+ minutes? ago|\"age_minutes\":\d+"
JOB = ("recompute_daily_stats", "--days", "2", "--no-progress")


class Cluster:
    """All of it, on ports that were free."""

    def __init__(self) -> None:
        ports = iter(free_ports(13))
        self.nodes = [Node(number, ports) for number in (1, 2, 3)]
        self.web = [Web(f"web{number}", next(ports)) for number in (1, 2)]
        self.proxy = Proxy(next(ports), next(ports))

    def fill(self) -> None:
        """One node with the demo's data; the others begin with a copy."""
        shutil.rmtree(RUN, ignore_errors=True)
        RUN.mkdir(parents=True)
        first, *others = self.nodes
        first.install()
        first.start(self.nodes, found_cluster=True)
        until(lambda: first.is_synced(1), "the first node")
        first.ask("CREATE DATABASE parkstats CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
        manage(first.url, "migrate", "--verbosity", "0")
        manage(first.url, "load_demo", *SIZE, "--no-progress")
        manage(first.url, *JOB, codes=(0, 4))
        manage(first.url, "roll_up_stats")
        manage(first.url, "refresh_live_rankings")
        first.end()
        for node in others:
            node.copy_of(first)

    def start(self) -> None:
        """Nodes, proxy and web services, until all of them answer."""
        first, *others = self.nodes
        first.start(self.nodes, found_cluster=True)
        until(lambda: first.is_synced(1), "the first node")
        for node in others:
            node.start(self.nodes)
        until(self.is_whole, "three nodes")
        self.proxy.start(self.nodes, self.web)
        for web in self.web:
            web.start(self.proxy.database_url)
        for web in self.web:
            until(lambda url=web.url: answers(url), web.name)  # type: ignore[misc]
        until(lambda: answers(self.proxy.url), "the proxy")

    def is_whole(self) -> bool:
        """Whether all nodes are members and up to date."""
        return all(node.is_synced(len(self.nodes)) for node in self.nodes)

    def end(self) -> None:
        """Everything, in order."""
        for process in (*self.web, self.proxy, *self.nodes):
            process.end()


def manage(url: str, *words: str, codes: tuple[int, ...] = (0,)) -> int:
    """A management command on a database; it ends with one of the codes."""
    code = start_job(url, *words).wait()
    if code not in codes:
        sys.exit(f"manage.py {words[0]} ended with {code}; the logs are in {RUN}")
    return code


def start_job(url: str, *words: str) -> subprocess.Popen[bytes]:
    """A management command on a database, begun."""
    with (RUN / "jobs.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=os.environ | {"DATABASE_URL": url},
            stdout=log,
            stderr=log,
        )


def answers(url: str) -> bool:
    """Whether a web service answers from the database."""
    return users.Client(url).ask(Ask("", "/api/health"))[0].status == 200


def asks_of(url: str) -> tuple[list[Ask], list[Ask]]:
    """The dashboard's requests and every route, for the parks and rides that there are."""
    found = json.loads(users.Client(url).ask(Ask("", "/api/search/index"))[1])
    parks, rides = [park["id"] for park in found["parks"]], [ride["id"] for ride in found["rides"]]
    return asked.dashboard(parks, rides[::20]), every_route(parks[0], rides[0])


# ------------------------------------------------------------------------------------------------ the demo


def demo(cluster: Cluster, *, seconds: int, number: int) -> bool:
    """Kill and bring back under load; whether clients, jobs and tables are as they should be."""
    dashboard, routes = asks_of(cluster.proxy.url)
    taken: list[Taken] = []
    load = threading.Thread(
        target=lambda: taken.extend(
            users.at_once(cluster.proxy.url, dashboard, users=number, seconds=seconds, pause=0.5)[0]
        )
    )
    begun = time.monotonic()

    def note(text: str) -> None:
        print(f"{time.monotonic() - begun:7.1f} s  {text}", flush=True)

    load.start()
    node, web = cluster.nodes[0], cluster.web[0]
    time.sleep(seconds / 6)
    interrupted = start_job(node.url, *JOB)
    held = "SELECT owner FROM parkstats.job_leases WHERE name = 'daily statistics' AND owner <> ''"
    until(lambda: bool(node.ask(held)), "the job to begin")
    node.end(signal.SIGKILL)
    note(f"{node.name} killed while a job works on it")
    note(f"the job ended with {interrupted.wait()}")
    until(lambda: all(other.is_synced(2) for other in cluster.nodes[1:]), "the two that are left")
    note("the two nodes that are left are a cluster")
    time.sleep(seconds / 12)
    web.end(signal.SIGKILL)
    note(f"{web.name} killed")
    again = start_job(cluster.proxy.database_url, *JOB)
    note("the job begun again, through the proxy; it waits for the lease of the other one to end")
    node.start(cluster.nodes)
    web.start(cluster.proxy.database_url)
    note(f"{node.name} and {web.name} started; back after {until(cluster.is_whole, 'the node'):.1f} s")
    note(f"the job ended with {again.wait()}")
    load.join()

    jobs = [start_job(one.url, *JOB) for one in cluster.nodes]
    codes = sorted(job.wait() for job in jobs)
    print(f"\nThe same job at once on all three nodes: exit codes {', '.join(map(str, codes))}")
    once = codes in ([0, 3, 3], [3, 3, 4])
    runs = cluster.nodes[1].ask(
        "SELECT aggregation_date, COUNT(*), SUM(status = 'success') FROM parkstats.aggregation_log "
        "WHERE aggregation_type = 'daily' GROUP BY aggregation_date ORDER BY 1 DESC LIMIT 2"
    )
    print("Log of the days: " + "; ".join(f"{day}: {all_} run, {done} done" for day, all_, done in runs))
    worked = again.returncode in (0, 4) and interrupted.returncode == 1
    return all([worked, clients(taken), once, same_tables(cluster), same_answers(cluster, routes)])


def clients(taken: list[Taken]) -> bool:
    """What the users saw."""
    failed = [one for one in taken if one.status not in (200, 404)]
    slowest = max(taken, key=lambda one: one.seconds)
    shares = ", ".join(
        f"p{share * 100:.0f} {users.percentile(taken, share):.0f}" for share in (0.5, 0.95, 0.99)
    )
    print(
        f"\nClients: {len(taken)} requests, {len(failed)} errors; {shares} ms, "
        f"longest {slowest.seconds:.1f} s ({slowest.name})"
    )
    for one in failed[:5]:
        print(f"   {one.status or 'no answer'}: {one.name} after {one.seconds:.1f} s")
    return not failed


def same_tables(cluster: Cluster) -> bool:
    """Whether all nodes hold the same rows."""
    names = [name for (name,) in cluster.nodes[0].ask("USE parkstats", "SHOW TABLES")]
    sums = [node.ask("USE parkstats", f"CHECKSUM TABLE {', '.join(names)}") for node in cluster.nodes]
    differing = [rows[0][0] for rows in zip(*sums, strict=True) if len(set(rows)) > 1]
    print(f"Tables: {len(names)} compared on three nodes, {len(differing)} differ {', '.join(differing)}")
    return not differing


def same_answers(cluster: Cluster, asks: list[Ask]) -> bool:
    """Whether a service gives the same answers from each node, apart from the time of the answer."""
    services = [
        Web(f"only-{node.name}", port) for node, port in zip(cluster.nodes, free_ports(3), strict=True)
    ]
    for web, node in zip(services, cluster.nodes, strict=True):
        web.start(node.url)
    for web in services:
        until(lambda url=web.url: answers(url), web.name)  # type: ignore[misc]
    clients = [users.Client(web.url) for web in services]

    def differ(ask: Ask) -> bool:
        bodies = {re.sub(TIMES, b"", client.ask(ask)[1]) for client in clients}
        return len(bodies) > 1

    # Twice: between two of the three the clock may have begun another minute.
    differing = [ask.path for ask in asks if differ(ask) and differ(ask)]
    for web in services:
        web.end()
    print(f"Answers: {len(asks)} routes asked of each node, {len(differing)} differ {', '.join(differing)}")
    return not differing


def main() -> None:
    """Run or demonstrate the cluster."""
    parser = argparse.ArgumentParser(prog="scripts/cluster", description=__doc__)
    parser.add_argument("what", choices=("demo", "run"))
    parser.add_argument("--seconds", type=int, default=90, help="length of the load in s (default: 90)")
    parser.add_argument("--users", type=int, default=10, help="users at once (default: 10)")
    options = parser.parse_args()
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {processes.machine()}", flush=True)
    cluster = Cluster()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    well = True
    try:
        if options.what == "demo" or not (Path(RUN) / "node3").exists():
            print("Filling the first node, copying it to the others", flush=True)
            cluster.fill()
        cluster.start()
        print(f"site {cluster.proxy.url}, database {cluster.proxy.database_url}", flush=True)
        if options.what == "run":
            signal.pause()
        well = demo(cluster, seconds=options.seconds, number=options.users)
    finally:
        cluster.end()
    print("As it should be" if well else "NOT as it should be")
    sys.exit(0 if well else 1)


if __name__ == "__main__":
    main()
