"""Users with passwords, over plain and encrypted connections."""

from __future__ import annotations

import pytest
from django.db import OperationalError, connection

from parkstats_project.db import engine

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db(transaction=True)]

USER = "'encrypted_app'@'127.0.0.1'"


@pytest.fixture
def user():
    """A user with a password, of the server's usual plug-in: MySQL's is caching_sha2_password."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP USER IF EXISTS {USER}")
        cursor.execute(f"CREATE USER {USER} IDENTIFIED BY 'geheim'")
        yield {"USER": "encrypted_app", "PASSWORD": "geheim", "HOST": "127.0.0.1", "NAME": ""}
        cursor.execute(f"DROP USER {USER}")


def cipher(login, **options):
    """What the session of a login is encrypted with."""
    other = connection.copy()
    other.settings_dict |= login | {"OPTIONS": other.settings_dict["OPTIONS"] | options}
    try:
        with other.cursor() as cursor:
            cursor.execute("SHOW STATUS LIKE 'Ssl_cipher'")
            return cursor.fetchone()[1]
    finally:
        other.close()


def test_a_password_is_taken_and_nothing_is_encrypted_unless_the_url_says_so(user):
    assert cipher(user) == ""


def test_a_connection_that_was_to_be_encrypted_is_encrypted_or_refused(user):
    with connection.cursor() as cursor:
        cursor.execute("SHOW VARIABLES LIKE 'have_ssl'")
        offered = not engine.is_mariadb(connection) or cursor.fetchone()[1] == "YES"
    if offered:
        assert cipher(user, ssl_mode="REQUIRED")
    else:
        with pytest.raises(OperationalError, match="offers no encryption"):
            cipher(user, ssl_mode="REQUIRED")
