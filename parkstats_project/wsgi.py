"""WSGI entry point: the application, and what a start says about its database."""

from __future__ import annotations

import logging
import os

from django.core.wsgi import get_wsgi_application

from parkstats_project import environment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parkstats_project.settings")

logger = logging.getLogger(__name__)


def report() -> None:
    """Stop the start if the live schema or the sessions are wrong (`stats.checks`).

    A database that is away at this moment may be back for the first request.
    """
    if not environment.text("DJANGO_SECRET_KEY"):
        logger.warning("DJANGO_SECRET_KEY is not set: sessions of the admin end with this process")
    from stats.checks import stop_on_errors  # models can be imported only now

    stop_on_errors()


application = get_wsgi_application()
report()
