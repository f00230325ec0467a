"""WSGI entry point: the application, and what a start says about its database."""

from __future__ import annotations

import logging
import os
import sys
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from parkstats_project import environment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parkstats_project.settings")

WORKER_CANNOT_START = 3  # gunicorn starts no other worker after this one; see `server.on_exit`

logger = logging.getLogger(__name__)


def report() -> None:
    """Limit what a statement may take, and stop the start if the live schema or the sessions are wrong.

    A database that is away at this moment may be back for the first request.
    """
    if not environment.text("DJANGO_SECRET_KEY"):
        logger.warning("DJANGO_SECRET_KEY is not set: sessions of the admin end with this process")
    from parkstats_project.db.checks import stop_on_errors
    from stats.api.wire.statements import limit_connections  # models can be imported only now

    limit_connections()
    stop_on_errors()
    # Load the views now, and Polars with them, instead of with the first request.
    import_module(settings.ROOT_URLCONF)


try:
    application = get_wsgi_application()
    report()
except SystemExit:
    sys.exit(WORKER_CANNOT_START)
