"""Clients that say nothing, or little at a time, hold nobody up behind the proxy of the example."""

from __future__ import annotations

import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from parkstats_project.tests.servers import free_port, gunicorn

pytestmark = [pytest.mark.whole, pytest.mark.mariadb, pytest.mark.django_db(transaction=True)]

ROOT = Path(__file__).resolve().parents[2]
SITE = "stats.example.org"
PATIENCE = 60


@pytest.fixture
def service(db, tmp_path) -> Iterator[int]:
    """One worker of one thread: whatever holds it holds everybody."""
    with gunicorn(tmp_path / "log", PARKSTATS_THREADS="1", DJANGO_ALLOWED_HOSTS=SITE) as port:
        yield port


@pytest.fixture
def proxy(service, tmp_path) -> Iterator[int]:
    """nginx with the example, on other ports and with a certificate of its own."""
    subject = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={SITE}"]
    keys = ["-keyout", f"{tmp_path}/privkey.pem", "-out", f"{tmp_path}/fullchain.pem"]
    subprocess.run(["openssl", "req", *subject, *keys], check=True, capture_output=True)
    https, plain = free_port(), free_port()
    text = (ROOT / "deploy/nginx.conf").read_text()
    text = "\n".join(line for line in text.splitlines() if "listen [::]" not in line)
    for old, new in {
        "@SITE@": SITE,
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443": f"listen 127.0.0.1:{https}",
        "127.0.0.1:8000": f"127.0.0.1:{service}",
        "/etc/parkstats/tls": str(tmp_path),
        "/var/log/nginx": str(tmp_path),
        # So that they are all still there when they are counted, however busy this machine is.
        "client_header_timeout 10s": "client_header_timeout 300s",
        "client_body_timeout 10s": "client_body_timeout 300s",
    }.items():
        text = text.replace(old, new)
    (tmp_path / "site.conf").write_text(text)
    names = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    folders = "".join(f"{name}_temp_path {tmp_path}/{name};" for name in names)
    folders += f"access_log {tmp_path}/access.log;"
    (tmp_path / "nginx.conf").write_text(
        f"daemon off; pid {tmp_path}/pid; error_log stderr; events {{}}\n"
        f"http {{ {folders} include {tmp_path}/site.conf; }}\n"
    )
    process = subprocess.Popen(["nginx", "-p", str(tmp_path), "-e", "stderr", "-c", f"{tmp_path}/nginx.conf"])
    yield https
    process.send_signal(signal.SIGTERM)
    process.wait(PATIENCE)


def trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def ask(port: int, source: str) -> int:
    """The status of a request from an address of this machine, once somebody answers."""
    end = time.monotonic() + PATIENCE
    request = f"GET / HTTP/1.1\r\nHost: {SITE}\r\nConnection: close\r\n\r\n".encode()
    while True:
        with suppress(OSError), ExitStack() as opened:
            to = ("127.0.0.1", port)
            raw = opened.enter_context(socket.create_connection(to, PATIENCE, source_address=(source, 0)))
            tls = opened.enter_context(trusting().wrap_socket(raw, server_hostname=SITE))
            tls.sendall(request)
            status = int(tls.recv(4096).split()[1])
            if status != 502 or time.monotonic() > end:
                return status
        assert time.monotonic() < end, "nobody answers"
        time.sleep(0.5)


def test_clients_that_say_little_do_not_hold_the_only_worker(proxy):
    assert ask(proxy, "127.0.0.2") == 200
    with ExitStack() as opened:
        for number in range(60):
            raw = opened.enter_context(socket.create_connection(("127.0.0.1", proxy), PATIENCE))
            if number % 3 == 0:
                continue  # Not even a handshake.
            tls = opened.enter_context(trusting().wrap_socket(raw, server_hostname=SITE))
            if number % 3 == 1:
                tls.sendall(b"GET /api/health HTTP/1.1\r\nHos")
            else:
                head = f"POST /api/audit/run HTTP/1.1\r\nHost: {SITE}\r\nContent-Length: 900000\r\n\r\n"
                tls.sendall(head.encode() + b"{")
        assert [ask(proxy, "127.0.0.2") for _ in range(5)] == [200] * 5
        # Twenty bodies at once are as many as one address may have on the way.
        assert ask(proxy, "127.0.0.1") == 429
