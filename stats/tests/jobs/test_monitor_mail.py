"""The monitor's e-mail leaves also when the database is away, through a relay with user, password and TLS."""

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


def monitor(relay, tmp_path, **variables):
    """`manage.py check_data_collection --email ...` as a crontab runs it, with a database that is away."""
    _, port, encryption = relay
    return subprocess.run(
        [sys.executable, "manage.py", "check_data_collection", "--email", "ops@example.org"],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "PARKSTATS_ENV_FILE": os.devnull,
            "DATABASE_URL": f"mysql://somebody:secret@127.0.0.1:{closed_port()}/away",
            "SSL_CERT_FILE": str(tmp_path / "authority.pem"),
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


@pytest.mark.parametrize("relay", ["STARTTLS", "TLS"], indirect=True)
def test_a_database_that_is_away_is_mailed(relay, tmp_path):
    run = monitor(relay, tmp_path)
    assert run.returncode == 1
    assert run.stderr.startswith("CommandError: the database failed: Can't connect to")
    assert run.stderr.count("\n") == 1
    [(login, to, message)] = relay[0].received
    assert (login, to) == (b"monitor", ["ops@example.org"])
    assert message["Subject"].startswith("parkstats: the database failed: Can't connect to")
    assert "Can't connect to" in message.get_payload()


@pytest.mark.parametrize("relay", ["STARTTLS"], indirect=True)
def test_a_mail_that_the_relay_refuses_is_a_line_of_its_own(relay, tmp_path):
    run = monitor(relay, tmp_path, PARKSTATS_EMAIL_PASSWORD="wrong")
    assert run.returncode == 1
    database, mail = run.stderr.splitlines()
    assert "the database failed" in database
    assert mail.startswith("the e-mail was not sent: (535, ")
    assert "wrong" not in run.stderr
    assert relay[0].received == []
