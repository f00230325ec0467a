"""WSGI entry point: the application, and what a start says about its database."""

from __future__ import annotations

import logging
import os

from django.core import checks
from django.core.wsgi import get_wsgi_application
from django.db import connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parkstats_project.settings")

logger = logging.getLogger(__name__)


def report() -> None:
    """Log what is wrong with the live schema and sessions; a server starts all the same.

    A database that is away at this moment may be back for the first request.
    """
    if not os.environ.get("DJANGO_SECRET_KEY"):
        logger.warning("DJANGO_SECRET_KEY is not set: sessions of the admin end with this process")
    try:
        for message in checks.run_checks(tags=[checks.Tags.database], databases=["default"]):
            logger.log(message.level, "%s", message)
    except Exception as error:
        logger.error("the database could not be checked: %s", error)
    finally:
        connections.close_all()


application = get_wsgi_application()
report()
