"""Behind a proxy that ends TLS: nothing by plain HTTP, cookies and headers as browsers want them."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys

import pytest
from django.test import Client

TLS = {
    "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
    "SECURE_SSL_REDIRECT": True,
    "SECURE_HSTS_SECONDS": 31_536_000,
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
}


def manage(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    own = {"DJANGO_SECRET_KEY": secrets.token_urlsafe(50), "DJANGO_ALLOWED_HOSTS": "stats.example.org"}
    given = os.environ | own | environment
    return subprocess.run(
        [sys.executable, "manage.py", *words], env=given, capture_output=True, text=True, timeout=120
    )


@pytest.mark.whole
def test_the_check_of_a_deployment_is_clean_with_the_switch_and_not_without():
    clean = manage("check", "--deploy", "--fail-level", "WARNING", PARKSTATS_BEHIND_TLS="on")
    assert clean.returncode == 0, clean.stderr
    plain = manage("check", "--deploy", "--fail-level", "WARNING", PARKSTATS_BEHIND_TLS="off")
    assert plain.returncode == 1 and "security.W008" in plain.stderr


@pytest.mark.whole
def test_the_switch_is_these_settings():
    """So that the tests below, which set them, say something about the switch."""
    code = "from django.conf import settings; print({name: getattr(settings, name) for name in " + repr(
        list(TLS)
    )
    ran = manage("shell", "-v", "0", "-c", code + "})", PARKSTATS_BEHIND_TLS="on")
    assert ran.stdout.strip() == repr(TLS)


@pytest.fixture
def tls(settings):
    for name, value in TLS.items():
        setattr(settings, name, value)


@pytest.mark.django_db
def test_what_came_by_plain_http_is_sent_on(tls):
    answer = Client().get("/admin/login/", headers={"host": "localhost"})
    assert (answer.status_code, answer["Location"]) == (301, "https://localhost/admin/login/")


@pytest.mark.django_db
def test_who_watches_the_service_needs_no_tls(tls):
    assert Client().get("/api/health").status_code != 301


@pytest.mark.django_db
def test_an_answer_by_tls_has_its_headers(tls):
    answer = Client().get("/admin/login/", headers={"x-forwarded-proto": "https"})
    assert answer.status_code == 200
    assert answer["Strict-Transport-Security"] == "max-age=31536000"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer.cookies["csrftoken"]["secure"]
