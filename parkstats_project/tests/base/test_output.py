"""What a command says is lost where the disk of its log is full; what it does is not."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.db import connection

from parkstats_project.base.output import Lossy
from parkstats_project.tests.papers import ROOT
from stats.models import JobRun


def test_a_full_disk_takes_nothing_and_raises_nothing():
    with open("/dev/full", "w", buffering=1, encoding="utf-8") as full:
        out = Lossy(full)
        assert out.write("a line\n") == 7
        out.flush()
        # What stays in the buffer of the file itself.
        os.dup2(os.open(os.devnull, os.O_WRONLY), full.fileno())


def test_whoever_stops_reading_is_an_error_as_ever():
    reading, writing = os.pipe()
    os.close(reading)
    with pytest.raises(BrokenPipeError), os.fdopen(writing, "w") as pipe:
        Lossy(pipe).write("a line\n")


@pytest.mark.whole
@pytest.mark.mariadb
@pytest.mark.django_db(transaction=True)
def test_a_job_whose_log_cannot_be_written_does_its_work():
    name = connection.settings_dict["NAME"]
    given = os.environ | {"DATABASE_URL": f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{name}"}
    command = [sys.executable, "manage.py", "refresh_live_rankings"]
    with open("/dev/full", "wb") as full:
        ran = subprocess.run(command, cwd=ROOT, env=given, stdout=full, stderr=full, timeout=120)
    assert ran.returncode == 0
    assert JobRun.objects.get(job="refresh_live_rankings").exit_code == 0
