"""The last run of every job that a timer starts is noted, however it ended."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from freezegun import freeze_time

from stats.jobs import history, rollup
from stats.jobs.lease import LeaseHeld
from stats.models import JobRun

pytestmark = pytest.mark.django_db

MOMENT = datetime(2026, 7, 18, 21, 0, tzinfo=UTC)


def test_a_run_that_is_done_is_noted_with_its_times():
    with freeze_time(MOMENT):
        call_command("roll_up_stats", stdout=StringIO())
    run = JobRun.objects.get(job="roll_up_stats")
    assert (run.exit_code, run.message) == (0, "")
    assert (run.started_at, run.ended_at, run.succeeded_at) == (MOMENT, MOMENT, MOMENT)


def test_a_failure_is_noted_and_when_the_job_last_succeeded_stays(monkeypatch):
    with freeze_time(MOMENT):
        call_command("roll_up_stats", stdout=StringIO())

    def fails(*args, **kwargs):
        raise CommandError("no", returncode=1)

    monkeypatch.setattr(rollup, "roll_up", fails)
    with freeze_time("2026-07-19"), pytest.raises(CommandError):
        call_command("roll_up_stats", stdout=StringIO())
    run = JobRun.objects.get(job="roll_up_stats")
    assert (run.exit_code, run.message, run.succeeded_at) == (1, "no", MOMENT)


def test_a_run_that_finds_another_at_work_does_not_cover_its_note(monkeypatch):
    with freeze_time(MOMENT):
        call_command("roll_up_stats", stdout=StringIO())
    before = JobRun.objects.filter(job="roll_up_stats").values().get()

    def is_held(*args, **kwargs):
        raise LeaseHeld

    monkeypatch.setattr(rollup, "roll_up", is_held)
    with pytest.raises(CommandError) as ended:
        call_command("roll_up_stats", stdout=StringIO())
    assert ended.value.returncode == 3
    assert JobRun.objects.filter(job="roll_up_stats").values().get() == before


def test_a_long_message_is_cut_and_a_command_that_is_no_job_is_not_noted():
    history.note("backup", started=MOMENT, ended=MOMENT, exit_code=1, message="x" * 1000)
    assert len(JobRun.objects.get(job="backup").message) == history.MESSAGE_LENGTH
    with pytest.raises(CommandError):
        call_command("load_demo", parks="x", stdout=StringIO())
    assert set(JobRun.objects.values_list("job", flat=True)) == {"backup"}
