#!/usr/bin/env python
"""Command line of the project."""

import os
import sys

from django.core.management import execute_from_command_line
from django.db import Error

from parkstats_project.base import logs
from parkstats_project.base.output import Lossy

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parkstats_project.settings")
    # The log of a job is a file; that its disk is full is no reason to leave a day out.
    sys.stdout, sys.stderr = Lossy(sys.stdout), Lossy(sys.stderr)
    command = " ".join(["manage.py", *sys.argv[1:2]])
    try:
        with logs.working_on(lambda: command):
            execute_from_command_line(sys.argv)
    except Error as problem:  # of a command of Django's own; those of this project say it themselves
        from parkstats_project.db.checks import explained  # Needs the settings.

        sys.exit(f"The database failed: {explained(problem)}")
