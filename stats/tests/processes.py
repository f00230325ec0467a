"""Processes of a test's own on the test database: to kill, to hold, to run beside each other."""

from __future__ import annotations

import os
import subprocess
import sys

from django.db import connection


def process(script: str, *arguments: str) -> subprocess.Popen[str]:
    """A process of its own on the test database; it has printed `ready` when this returns.

    `script` runs after Django is set up; `command(name, ...)` calls a management command as the shell would.
    """
    settings = connection.settings_dict
    host, port = settings["HOST"] or "127.0.0.1", settings["PORT"] or "3306"
    credentials = settings["USER"] + (f":{settings['PASSWORD']}" if settings["PASSWORD"] else "")
    url = f"mysql://{credentials}@{host}:{port}/{settings['NAME']}"
    preamble = (
        "import django; django.setup()\n"
        "from django.core.management import execute_from_command_line\n"
        "def command(*words): execute_from_command_line(['manage.py', *words])\n"
        "from stats.frames import observations\n"
        "from stats.jobs import nightly, recompute\n"
        "print('ready', flush=True)\n"
    )
    started = subprocess.Popen(
        [sys.executable, "-c", preamble + script, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.PIPE,
        text=True,
        env={
            **os.environ,
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "parkstats_project.settings",
            "PYTHONUNBUFFERED": "1",
            "POLARS_MAX_THREADS": "1",
        },
    )
    assert started.stdout is not None
    line = started.stdout.readline()
    if line.strip() != "ready":
        raise AssertionError(f"the process did not start: {started.communicate()[1]}")
    return started
