"""A connection that was to be encrypted is: the driver goes on without if the server offers none."""

from __future__ import annotations

from typing import Any

from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from parkstats_project.db import engine


def insist() -> None:
    """From now on no connection of this process is plain that `?ssl_mode=` wants encrypted."""
    connection_created.connect(_refuse_plain, dispatch_uid="parkstats.encryption")


def _refuse_plain(connection: BaseDatabaseWrapper, **_: Any) -> None:
    wanted = connection.settings_dict["OPTIONS"].get("ssl_mode", "DISABLED")
    if not engine.is_server(connection) or wanted in ("DISABLED", "PREFERRED"):
        return
    with connection.cursor() as cursor:
        cursor.execute("SHOW STATUS LIKE 'Ssl_cipher'")
        _, cipher = cursor.fetchone()
    if not cipher:
        connection.close()
        raise OperationalError("the server offers no encryption, which the URL of the database asks for")
