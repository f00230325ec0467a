"""Mails of the monitor and of units that failed leave through a relay with user, password and TLS."""

from __future__ import annotations

import os
import ssl
import subprocess
import sys
from email import message_from_bytes

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from parkstats_project.tests.test_environment import ROOT
from stats.tests.api.test_database_away import closed_port

# The relay takes a connection that is encrypted from its beginning for one that is not.
pytestmark = [
    pytest.mark.whole,
    pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning"),
]


class Mailbox:
    """What the relay was given: one message each, with the login that sent it."""

    def __init__(self):
        self.received = []

    async def handle_DATA(self, server, session, envelope):
        self.received.append((session.auth_data, envelope.rcpt_tos, message_from_bytes(envelope.content)))
        return "250 OK"


@pytest.fixture
def authority(tmp_path):
    """A certificate authority that the monitor's process is told to trust."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    return authority


@pytest.fixture
def relay(authority, request):
    """A relay that takes mail from `monitor` with the right password only, encrypted as the test says."""
    mailbox = Mailbox()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    how = {"STARTTLS": {"tls_context": context, "require_starttls": True}, "TLS": {"ssl_context": context}}

    def login(server, session, envelope, mechanism, data):
        # Not `handled`: the relay answers, which the one who asks waits for.
        right = (data.login, data.password) == (b"monitor", b"geheim")
        return AuthResult(success=right, handled=False, auth_data=data.login)

    controller = Controller(
        mailbox,
        hostname="localhost",
        port=closed_port(),
        authenticator=login,
        auth_required=True,
        auth_require_tls=request.param == "STARTTLS",
        **how[request.param],
    )
    controller.start()
    yield mailbox, controller.port, request.param
    controller.stop()


MONITOR = ("manage.py", "check_data_collection", "--email", "ops@example.org")
MAIL_FAILURE = ("deploy/mail-failure", "parkstats-web")


def run(command, relay, tmp_path, **variables):
    """A program as a crontab or a unit runs it, with a database that is away."""
    _, port, encryption = relay
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "PARKSTATS_ENV_FILE": os.devnull,
            "DATABASE_URL": f"mysql://somebody:secret@127.0.0.1:{closed_port()}/away",
            "SSL_CERT_FILE": str(tmp_path / "authority.pem"),
            "PARKSTATS_OPERATOR": "ops@example.org",
            "PARKSTATS_EMAIL_HOST": "localhost",
            "PARKSTATS_EMAIL_PORT": str(port),
            "PARKSTATS_EMAIL_TLS": encryption,
            "PARKSTATS_EMAIL_USER": "monitor",
            "PARKSTATS_EMAIL_PASSWORD": "geheim",
            **variables,
        },
        capture_output=True,
        text=True,
        timeout=60,
    )


both = pytest.mark.parametrize("relay", ["STARTTLS", "TLS"], indirect=True)


@both
def test_a_database_that_is_away_is_mailed(relay, tmp_path):
    ended = run(MONITOR, relay, tmp_path)
    assert ended.returncode == 1
    assert ended.stderr.startswith("CommandError: the database failed: Can't connect to")
    assert ended.stderr.count("\n") == 1
    [(login, to, message)] = relay[0].received
    assert (login, to) == (b"monitor", ["ops@example.org"])
    assert message["Subject"].startswith("parkstats: the database failed: Can't connect to")
    assert "Can't connect to" in message.get_payload()


@both
def test_a_unit_that_failed_is_mailed(relay, tmp_path):
    ended = run(MAIL_FAILURE, relay, tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")
    [(login, to, message)] = relay[0].received
    assert (login, to) == (b"monitor", ["ops@example.org"])
    assert message["Subject"].endswith(": parkstats-web failed")
    # A relay need not add what every mail has to have.
    assert message["Date"] and message["Message-ID"]


@pytest.mark.parametrize("relay", ["STARTTLS"], indirect=True)
@pytest.mark.parametrize("command", [MONITOR, MAIL_FAILURE], ids=["monitor", "unit"])
def test_a_mail_that_the_relay_refuses_is_a_line_of_its_own(command, relay, tmp_path):
    ended = run(command, relay, tmp_path, PARKSTATS_EMAIL_PASSWORD="wrong")
    assert ended.returncode == 1
    assert "was not sent: (535, " in ended.stderr.splitlines()[-1]
    assert "wrong" not in ended.stderr
    assert relay[0].received == []


@both
@pytest.mark.parametrize("command", [MONITOR, MAIL_FAILURE], ids=["monitor", "unit"])
def test_a_relay_whose_certificate_nobody_vouches_for_is_not_told_the_password(command, relay, tmp_path):
    ended = run(command, relay, tmp_path, SSL_CERT_FILE=os.devnull)
    assert ended.returncode == 1
    assert "certificate verify failed" in ended.stderr.splitlines()[-1]
    assert relay[0].received == []
