"""How fast the API answers: each endpoint and a dashboard, one user and many (docs/design.md 5).

Without --base-url the database of DATABASE_URL is filled to the design size, or carried on to the present
moment, and gunicorn is started as in production. With it the same requests go to another server.
"""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import closing
from datetime import UTC, datetime

import asked
import beside
import processes
import service
import users
from users import Taken

from stats.management.asked import Ask, every_route


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="scripts/bench api", description=__doc__)
    parser.add_argument("--base-url", help="measure this server instead of one that is started here")
    parser.add_argument("--rounds", type=int, default=20, help="requests to each endpoint (default: 20)")
    parser.add_argument("--seconds", type=float, default=30, help="length of each load (default: 30)")
    parser.add_argument("--pause", type=float, default=1.0, help="mean rest of a user in s (default: 1)")
    parser.add_argument("--workers", type=int, default=2, help="processes of the service (default: 2)")
    parser.add_argument("--threads", type=int, default=4, help="threads of each (default: 4)")
    parser.add_argument(
        "--beside",
        type=int,
        metavar="PASSES",
        help="only the sweep's URLs, so often (at least twice), beside the replaced system",
    )
    parser.add_argument("--no-fill", action="store_true", help="use the database as it is")
    options = parser.parse_args()
    if options.beside is not None and options.beside < 2:
        parser.error("--beside takes at least 2: the first pass is told apart from those after it")
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {processes.machine()}")
    if options.base_url:
        print(f"server: {options.base_url}")
        site = Site(options.base_url, options)
        site.each()
        site.many("its own cache")
        return
    if not options.no_fill:
        print("\n== Database")
        service.fill()
    if options.beside:
        beside.sweep(options.beside, options.workers, options.threads)
        return
    own(options)


def own(options: argparse.Namespace) -> None:
    """Everything there is to measure, on servers that are started for it."""

    def started(cache_seconds: int) -> service.Service:
        return service.Service(cache_seconds=cache_seconds, workers=options.workers, threads=options.threads)

    database = service.database_pid()
    pids = [] if database is None else [database]
    print(f"gunicorn: {options.workers} workers of {options.threads} threads")
    print("\n== (d) First request after a start, nothing kept")
    for path in asked.FIRST:
        with closing(started(0)) as server:
            took = users.Client(server.url).ask(Ask(path, path))[0]
            print(f"{took.seconds:8.2f} s  {_status(took)}{path}", flush=True)
    with closing(started(0)) as server:
        print(f"\nmemory after the start: {server.memory()}")
        site = Site(server.url, options, server, pids)
        site.each()
        print(f"\nmemory: {server.memory()}")
        site.many("result cache off")
        print(f"\nmemory: {server.memory()}")
    with closing(started(300)) as server:
        site = Site(server.url, options, server, pids)
        site.warm(site.dashboard)
        site.load("(c) 20 users, dashboard, result cache on", site.dashboard, count=20, pause=options.pause)
        print(f"\nmemory: {server.memory()}")


class Site:
    """A server with the requests that suit its parks and rides."""

    def __init__(
        self,
        url: str,
        options: argparse.Namespace,
        server: service.Service | None = None,
        database: list[int] | None = None,
    ) -> None:
        self.url = url
        self._options = options
        self._server = server
        self._database = database or []
        taken, body = users.Client(url).ask(Ask("", "/api/search/index"))
        if taken.status != 200:
            sys.exit(f"{url}/api/search/index answers {taken.status}; without it nothing is known to ask for")
        found = json.loads(body)
        parks = [park["id"] for park in found["parks"]]
        rides = [ride["id"] for ride in found["rides"]]
        biggest = max(set(parks), key=[ride["park_id"] for ride in found["rides"]].count)
        of_biggest = [ride["id"] for ride in found["rides"] if ride["park_id"] == biggest]
        self.every_route = every_route(biggest, of_biggest[0])
        self.dashboard = asked.dashboard(parks[::3], rides[::50])

    def warm(self, asks: list[Ask]) -> None:
        """Ask everything over several connections, so that every process has read what it needs."""
        distinct = list({ask.path + (ask.body or ""): ask for ask in asks}.values())
        for _ in range(4 * self._options.workers):
            client = users.Client(self.url)
            for ask in distinct:
                client.ask(ask)

    def each(self) -> None:
        """(a): every endpoint by one user."""
        print(f"\n== (a) One user, {self._options.rounds} requests each, in ms (CPU: of the service)")
        print(f"{'p50':>8}{'p95':>8}{'p99':>8}{'req/s':>8}{'CPU':>8}")
        together: list[Taken] = []
        slow = []
        for ask, taken, cpu in users.one_after_the_other(
            self.url, self.every_route, rounds=self._options.rounds, cpu=self._cpu
        ):
            print(f"{_line(taken)}{1000 * cpu:8.1f}  {_status(*taken)}{ask.name}", flush=True)
            together += taken
            if users.percentile(taken, 0.95) > 50:
                slow.append(ask.name)
        print(f"{_line(together)}{'':8}  all {len(self.every_route)} together")
        print(f"p95 above 50 ms: {', '.join(slow) or 'none'}")

    def many(self, cache: str) -> None:
        """(b): many users at once, on the dashboard and on every endpoint."""
        self.warm(self.every_route)
        for count, pause in ((20, self._options.pause), (20, 0.0), (50, self._options.pause)):
            rest = f"{pause:g} s rest" if pause else "no rest"
            self.load(f"(b) {count} users, {rest}, dashboard, {cache}", self.dashboard, count, pause)
        self.load(f"(b) 20 users, every endpoint, {cache}", self.every_route, 20, self._options.pause)

    def load(self, title: str, asks: list[Ask], count: int, pause: float) -> None:
        """Many users at once, and what it costs."""
        service_before, database_before = self._cpu(), processes.cpu_seconds(self._database)
        taken, seconds = users.at_once(
            self.url, asks, users=count, seconds=self._options.seconds, pause=pause
        )
        of_service = (self._cpu() - service_before) / seconds
        of_database = (processes.cpu_seconds(self._database) - database_before) / seconds
        failed = sum(one.status not in (200, 404) for one in taken)
        print(f"\n== {title}")
        print(f"{'p50':>8}{'p95':>8}{'p99':>8}  ms")
        print("".join(f"{users.percentile(taken, share):8.1f}" for share in (0.5, 0.95, 0.99)))
        cores = f", service {of_service:.0%} of a core" if self._server else ""
        cores += f", database {of_database:.0%} of a core" if self._database else ""
        print(
            f"{len(taken)} requests, {len(taken) / seconds:.1f} per second, {failed} failed{cores}",
            flush=True,
        )

    def _cpu(self) -> float:
        return self._server.cpu_seconds() if self._server else 0.0


def _line(taken: list[Taken]) -> str:
    shares = "".join(f"{users.percentile(taken, share):8.1f}" for share in (0.5, 0.95, 0.99))
    spent = sum(one.seconds for one in taken)
    return f"{shares}{len(taken) / spent if spent else 0:8.1f}"


def _status(*taken: Taken) -> str:
    wrong = sorted({one.status for one in taken} - {200})
    return f"[{', '.join(map(str, wrong))}] " if wrong else ""


if __name__ == "__main__":
    main()
