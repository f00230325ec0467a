"""A local stand-in for ThemeParks.wiki, Queue-Times and Open-Meteo, with faults.

One small simulated world feeds all three, so what /live shows at any simulated time is what /history later
says about it.

    with FakeUpstream() as up:                   # free port
        up.at("2026-07-15T15:00:00Z")
        up.fault("/live", "wait", value=999, times=1)
        ...
        up.requests                              # what was asked for

Faults that are answered instead of the content:
    rate_limit (retry_after=30, history=false)  status (status=500)
    slow (seconds=30; then the normal answer)   reset      short_read
    truncated   html   html_as_json   wrong_type (JSON sent as text/plain)
    empty_body  json_null
Faults that change the content ("entity" = an id or a name limits them to one item):
    empty_live  unknown_status (value="WEATHER_DELAY")  wait (value=999|-1|null|"45"|"n/a")
    missing_last_updated  stale_last_updated (minutes=600)  naive_last_updated
    clock_skew (seconds=7200)  duplicate  drop  unknown_type (value="KIOSK")
    schedule_null_times  schedule_inverted  schedule_naive
    degraded_opening (reason="timeout")  unknown_opening
    null_values (variable="visibility"; Open-Meteo)
"""

from __future__ import annotations

import copy
import json
import re
import socket
import struct
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

from parkstats_project.tests.upstream.faults import bend
from parkstats_project.tests.upstream.open_meteo import forecast
from parkstats_project.tests.upstream.queue_times import queue_times_live, queue_times_parks
from parkstats_project.tests.upstream.wiki import HttpError, Wiki
from parkstats_project.tests.upstream.world import KEYS, START, iso_z, utc

HTML = b"<!DOCTYPE html><html><head><title>502</title></head><body>Bad gateway</body></html>"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "fake-upstream"
    sys_version = ""
    disable_nagle_algorithm = True

    def log_message(self, *args) -> None:
        pass

    @property
    def up(self) -> FakeUpstream:
        return self.server.upstream  # type: ignore[attr-defined]

    def date_time_string(self, timestamp=None) -> str:
        return (self.up.now + self.up.skew).strftime("%a, %d %b %Y %H:%M:%S GMT")

    def send(
        self, status: int, body: bytes, kind: str, headers: dict | None = None, length: int | None = None
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in (headers or {}).items():
            self.send_header(name, str(value))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def send_json(self, status: int, body, headers: dict | None = None) -> None:
        self.send(
            status, json.dumps(body, ensure_ascii=False).encode(), "application/json; charset=utf-8", headers
        )

    def do_GET(self) -> None:
        fault = self.up.take(self.path, dict(self.headers))
        kind = fault["kind"] if fault else None
        try:
            if kind and self.refuse(kind, fault):
                return
            status, body, content_type, headers = self.answer(fault)
        except HttpError as error:
            if isinstance(error.body, str):
                self.send(error.status, error.body.encode(), "text/html; charset=utf-8", error.headers)
            else:
                self.send_json(error.status, error.body, error.headers)
            return
        except (BrokenPipeError, ConnectionResetError):
            return
        try:
            if kind == "truncated":
                body = body[: len(body) * 2 // 3]
            if kind == "short_read":
                self.send(status, body[: len(body) // 2], content_type, headers, length=len(body))
                self.close_connection = True
                return
            if kind == "wrong_type":
                content_type = "text/plain; charset=utf-8"
            self.send(status, body, content_type, headers)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def refuse(self, kind: str, fault: dict) -> bool:
        """Faults that answer something else. True when the request is dealt with."""
        if kind == "slow":
            self.up.stopping.wait(fault.get("seconds", 30))
            return self.up.stopping.is_set()
        if kind == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()
            self.rfile = self.wfile = _Nothing()
            return True
        if kind == "rate_limit":
            wait = fault.get("retry_after", 30)
            headers = {} if wait is None else {"Retry-After": wait}
            seconds = wait if isinstance(wait, int) else 30
            body: dict = {"error": "Too Many Requests", "message": "Too Many Requests", "retryAfter": seconds}
            if fault.get("history"):
                body = {
                    "error": {
                        "type": "HISTORY_RATE_LIMITED",
                        "retryAfter": seconds,
                        "message": "This key can make 60 history requests an hour.",
                    }
                }
            if "/open-meteo" in self.path:
                body = {
                    "error": True,
                    "reason": "Minutely API request limit exceeded. Please try again in one minute.",
                }
            self.send_json(429, body, headers)
            return True
        if kind == "status":
            self.send_json(
                fault.get("status", 500),
                {
                    "success": False,
                    "error": {
                        "type": "Server error",
                        "message": "simulated",
                        "code": fault.get("status", 500),
                    },
                },
            )
            return True
        simple = {
            "html": (HTML, "text/html; charset=utf-8"),
            "html_as_json": (HTML, "application/json"),
            "empty_body": (b"", "application/json"),
            "json_null": (b"null", "application/json"),
        }
        if kind in simple:
            self.send(200, *simple[kind])
            return True
        return False

    def answer(self, fault: dict | None) -> tuple[int, bytes, str, dict]:
        parts = urlsplit(self.path)
        query = {k: ",".join(v) for k, v in parse_qs(parts.query).items()}
        segments = [unquote(s) for s in parts.path.strip("/").split("/")]
        now, headers = self.up.now, {}
        if segments[0] == "v1":
            headers = self.up.meter(self.headers.get("x-api-key"), "history" in segments)
            body = self.wiki(segments[1:], query)
        elif segments == ["queue-times", "parks.json"]:
            body = queue_times_parks()
        elif segments[:2] == ["queue-times", "parks"] and segments[3:] == ["queue_times.json"]:
            body = queue_times_live(int(segments[2]) if segments[2].isdigit() else -1, now)
        elif segments == ["open-meteo", "v1", "forecast"]:
            drop = fault.get("variable", "visibility") if fault and fault["kind"] == "null_values" else None
            content, content_type = forecast(query, now, drop)
            return 200, content, content_type, {}
        else:
            raise HttpError(404, {"error": "no such path"})
        if fault:
            body = bend(fault["kind"], fault, parts.path, body)
        return 200, json.dumps(body, ensure_ascii=False).encode(), "application/json; charset=utf-8", headers

    def wiki(self, path: list[str], query: dict) -> dict | list:
        host = self.headers.get("Host") or "127.0.0.1"
        wiki = Wiki(self.up.now, f"http://{host}", self.headers.get("x-api-key"))
        if path == ["destinations"]:
            return wiki.destinations()
        if len(path) < 2 or path[0] != "entity":
            raise HttpError(
                404, {"success": False, "error": {"type": "Not found", "message": "no such path"}}
            )
        history = "history" in path[2:]
        try:
            place = wiki.find(path[1])
        except HttpError:
            if history:
                raise HttpError(
                    404, {"error": {"type": "NOT_FOUND", "message": f"no entity {path[1]}"}}
                ) from None
            raise
        match path[2:]:
            case []:
                return wiki.entity(place)
            case ["children"]:
                return wiki.children(place)
            case ["live"]:
                return wiki.live(place)
            case ["schedule"]:
                return wiki.upcoming(place)
            case ["schedule", year, month]:
                return wiki.month(place, year, month)
            case ["history"]:
                return wiki.history(place, query)
        raise HttpError(404, {"success": False, "error": {"type": "Not found", "message": "no such path"}})


class _Nothing:
    closed = True

    def __getattr__(self, name):
        return lambda *args, **kwargs: b""


class FakeUpstream:
    """The server, for tests: a context manager with its own thread."""

    def __init__(self, port: int = 0) -> None:
        self.lock = threading.Lock()
        self.stopping = threading.Event()
        self._clear()
        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        self.server.upstream = self  # type: ignore[attr-defined]
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.wiki_url = self.url + "/v1"
        self.queue_times_url = self.url + "/queue-times"
        self.weather_url = self.url + "/open-meteo/v1/forecast"

    def _clear(self) -> None:
        self.now = START
        self.skew = timedelta()
        self.faults: list[dict] = []
        self.requests: list[dict] = []
        self.limits: dict | None = None
        self.spent: dict = {}

    def __enter__(self) -> FakeUpstream:
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *exc) -> None:
        self.stopping.set()
        self.server.shutdown()
        self.server.server_close()

    # -- control

    def at(self, moment: str | datetime) -> None:
        self.control(now=moment)

    def fault(self, path: str, kind: str, **more) -> None:
        self.control(faults=[{"path": path, "kind": kind, **more}])

    def clear(self) -> None:
        self.control(clear_faults=True, clear_requests=True)

    def control(
        self,
        *,
        reset=False,
        now=None,
        advance=None,
        faults=(),
        clear_faults=False,
        clear_requests=False,
        limits=False,
    ) -> dict:
        with self.lock:
            if reset:
                self._clear()
            if now is not None:
                self.now = utc(now) if isinstance(now, str) else now.astimezone(UTC)
            if advance:
                self.now += timedelta(seconds=advance)
            if clear_faults:
                self.faults = []
                self.skew = timedelta()
            if clear_requests:
                self.requests = []
            if limits is not False:
                self.limits, self.spent = limits, {}
            for fault in faults:
                re.compile(fault["path"])
                self.faults.append({"times": None, "skip": 0, "hits": 0, **fault, "kind": fault["kind"]})
                if fault["kind"] == "clock_skew":
                    self.skew = timedelta(seconds=fault.get("seconds", 7200))
        return self.state()

    def state(self) -> dict:
        with self.lock:
            return {
                "now": iso_z(self.now),
                "faults": copy.deepcopy(self.faults),
                "limits": self.limits,
                "requests": list(self.requests),
            }

    def take(self, path: str, headers: dict) -> dict | None:
        """Note a request and find the fault that meets it."""
        with self.lock:
            chosen = None
            for fault in self.faults:
                if chosen is None and re.search(fault["path"], path):
                    if fault["skip"] > 0:
                        fault["skip"] -= 1
                    elif fault["times"] is None or fault["hits"] < fault["times"]:
                        fault["hits"] += 1
                        chosen = fault
            low = {k.lower(): v for k, v in headers.items()}
            self.requests.append(
                {
                    "path": path,
                    "now": iso_z(self.now),
                    "user_agent": low.get("user-agent"),
                    "key": low.get("x-api-key"),
                    "fault": chosen and chosen["kind"],
                }
            )
            return chosen

    def meter(self, key: str | None, history: bool) -> dict:
        """Count one request; 401 and 429 as upstream, windows in simulated time."""
        if key not in KEYS:
            raise HttpError(
                401,
                {
                    "success": False,
                    "error": {
                        "type": "Authentication failed",
                        "message": "The API key was not accepted",
                        "code": 401,
                    },
                },
            )
        with self.lock:
            if not self.limits:
                return {}
            headers = {}
            for name, window, prefix in (("rest", 60, "RateLimit"), ("history", 3600, "RateLimit-History")):
                limit = self.limits.get(name)
                if limit is None or (name == "history" and not history):
                    continue
                slot = int(self.now.timestamp()) // window
                used = self.spent.get((key, name, slot), 0) + 1
                self.spent[key, name, slot] = used
                reset = window - int(self.now.timestamp()) % window
                if name == "rest" or key is not None:  # hourly figures only with a key
                    headers |= {
                        f"{prefix}-Limit": limit,
                        f"{prefix}-Policy": f"{limit};w={window}",
                        f"{prefix}-Remaining": max(limit - used, 0),
                        f"{prefix}-Reset": reset,
                    }
                if used > limit:
                    body: dict = {
                        "error": "Too Many Requests",
                        "message": "Too Many Requests",
                        "retryAfter": reset,
                    }
                    if name == "history":
                        body = {
                            "error": {
                                "type": "HISTORY_RATE_LIMITED",
                                "retryAfter": reset,
                                "message": f"This key can make {limit} history requests an hour.",
                            }
                        }
                    raise HttpError(429, body, {"Retry-After": reset, **headers})
            return headers
