"""Send the recorded requests of a golden case through the WSGI application and compare the answers.

As a program, for whoever works on an endpoint (the case gets a database of its own on the server of
DATABASE_URL; it is loaded once and kept):

    python -m parkstats_project.tests.replay winter_saturday --route rides/downtime --show 5
"""

from __future__ import annotations

import argparse
import io
import logging
import os
import re
import sys
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes

from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application

from parkstats_project.db import engine
from parkstats_project.tests import differences
from parkstats_project.tests.golden.compare import DIFFERENT, compare, read_records

Record = dict[str, Any]


class Answer(NamedTuple):
    """What the application answered."""

    status: int
    headers: list[tuple[str, str]]
    body: str


class Outcome(NamedTuple):
    """One recorded request, its answer and what came of the comparison.

    `kind` is a verdict of compare.py or "allowed: <rule>" for a difference that differences.py permits.
    """

    record: Record
    answer: Answer
    kind: str
    detail: str
    header_notes: list[str]


def environ(record: Record) -> dict[str, Any]:
    """The WSGI environment of a recorded request: path, query, headers and body exactly as they were sent."""
    path, _, query = record["path"].partition("?")
    body = (record.get("request_body") or "").encode()
    variables: dict[str, Any] = {
        "REQUEST_METHOD": record["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query.encode().decode("latin-1"),
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(body)) if body else "",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in (record.get("request_headers") or {}).items():
        key = name.upper().replace("-", "_")
        variables[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    return variables


@cache
def application() -> WSGIHandler:
    """The WSGI application, without what wsgi.py does at the start of a server."""
    return get_wsgi_application()


def send(record: Record) -> Answer:
    """Ask the application; what a server does on the way (an empty body for HEAD) is done here."""
    started: list[tuple[int, list[tuple[str, str]]]] = []

    def start_response(
        status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], object]:
        started.append((int(status.split()[0]), headers))
        return lambda _: None

    chunks = application()(environ(record), start_response)
    try:
        body = b"".join(chunks)
    finally:
        if hasattr(chunks, "close"):
            chunks.close()
    status, headers = started[0]
    return Answer(status, headers, "" if record["method"] == "HEAD" else body.decode())


def judge(record: Record, answer: Answer) -> Outcome:
    """The verdict on an answer, by compare.py and then by the table of permitted differences."""
    verdict = compare(record, answer.status, answer.headers, answer.body)
    kind = verdict.kind
    if kind == DIFFERENT:
        rule = differences.permitting(record, answer.status, answer.headers, answer.body)
        if rule is not None:
            kind = f"allowed: {rule}"
    return Outcome(record, answer, kind, verdict.detail, verdict.header_notes)


def route_of(record: Record) -> str:
    """The route of a request, ids left out: /api/parks/<id>/details."""
    return re.sub(r"/(?:\d|%3\d)+(?=/|$)", "/<id>", record["path"].partition("?")[0])


def records(case: str | Path) -> Iterable[Record]:
    """The recorded requests of a case, by name or by folder."""
    from parkstats_project.tests.cases import GOLDEN

    return list(read_records(GOLDEN / case / "responses.jsonl.gz"))


def replay(wanted: Iterable[Record], ask: Callable[[Record], Answer] = send) -> Iterator[Outcome]:
    """Send each request with an empty cache, as it was when the answers were recorded."""
    from django.core.cache import cache as answers

    for record in wanted:
        answers.clear()
        yield judge(record, ask(record))


def table(outcomes: Iterable[Outcome]) -> str:
    """Route by verdict, as text; unknown URLs are one line."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for outcome in outcomes:
        route = "(unknown URL)" if outcome.record["status"] == 404 else route_of(outcome.record)
        counts[route][outcome.kind] += 1
    kinds = sorted(
        {kind for counter in counts.values() for kind in counter}, key=lambda k: (k == DIFFERENT, k)
    )
    width = max(map(len, [*counts, "total"]), default=5)
    lines = [" ".join([" " * width, *kinds])]
    counts["total"] = sum((counter for counter in counts.values()), Counter())
    for route, counter in counts.items():
        lines.append(
            " ".join([route.ljust(width), *(str(counter[kind] or "-").rjust(len(kind)) for kind in kinds)])
        )
    return "\n".join(lines)


def explain(outcome: Outcome) -> str:
    """One outcome as a reader wants it: the request, what is wrong, and the headers that are."""
    record = outcome.record
    lines = [f"{record['id']} {record['method']} {record['path']}"]
    if record.get("request_body"):
        lines.append(f"    body: {record['request_body'][:200]}")
    if outcome.kind == DIFFERENT:
        lines.append(f"    {outcome.detail}")
    lines.extend(f"    header {note}" for note in outcome.header_notes)
    return "\n".join(lines)


@contextmanager
def frozen_at(case: str | Path) -> Iterator[None]:
    """The clock of the case."""
    from freezegun import freeze_time

    from parkstats_project.tests.cases import moment

    with freeze_time(moment(case)):
        yield


def main(arguments: list[str] | None = None) -> int:
    from django.db import connection

    from parkstats_project.tests.cases import CASES, connected_to, database_name, prepare

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("case", choices=CASES)
    parser.add_argument("--route", default="", help="regular expression: only requests whose path matches")
    parser.add_argument("--id", default="", help="regular expression: only records whose id matches")
    parser.add_argument("--show", type=int, default=10, help="how many differences to print (default 10)")
    parser.add_argument("--full", action="store_true", help="print both bodies of the differences, too")
    parser.add_argument("--reload", action="store_true", help="load the case again")
    parser.add_argument("--database", help="name of the scratch database (default test_<yours>_<case>)")
    options = parser.parse_args(arguments)
    if not engine.is_server(connection):
        parser.error("DATABASE_URL has to lead to a MariaDB server")
    database = options.database or database_name(options.case)
    prepare(options.case, database, again=options.reload)
    wanted = [
        record
        for record in records(options.case)
        if re.search(options.route, record["path"]) and re.search(options.id, record["id"])
    ]
    logged: dict[str, str] = {}
    with connected_to(database), frozen_at(options.case):
        outcomes = list(replay(wanted, partial(send_and_listen, logged=logged)))
    wrong = [outcome for outcome in outcomes if outcome.kind == DIFFERENT or outcome.header_notes]
    for outcome in wrong[: options.show]:
        print(explain(outcome) + logged.get(outcome.record["id"], ""))
        if options.full:
            print(f"  expected {outcome.record['body']}  got      {outcome.answer.body}")
    print(table(outcomes))
    print(f"{len(outcomes)} requests, {len(wrong)} with a difference in the answer or its headers")
    return 1 if wrong else 0


def send_and_listen(record: Record, *, logged: dict[str, str]) -> Answer:
    """As `send`; what was logged is kept apart, and an exception that comes out is an answer, too."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    root = logging.getLogger()
    before, root.handlers = root.handlers, [handler]
    try:
        return send(record)
    except Exception:
        traceback.print_exc(file=stream)
        return Answer(0, [], "")
    finally:
        root.handlers = before
        # Of a traceback the end is what helps.
        logged[record["id"]] = "".join(f"\n    | {line}" for line in stream.getvalue().splitlines()[-8:])


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parkstats_project.settings")
    django.setup()
    sys.exit(main())
