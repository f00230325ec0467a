"""Where no systemd runs, jobs start at the times of their timers; the crontab of the page says the same."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import get_commands

from parkstats_project.tests.papers import ROOT
from stats.jobs import history
from stats.jobs.history import SCHEDULED

spec = importlib.util.spec_from_file_location("scheduler", ROOT / "deploy" / "scheduler.py")
assert spec and spec.loader
scheduler = importlib.util.module_from_spec(spec)
sys.modules["scheduler"] = scheduler
spec.loader.exec_module(scheduler)

TIMERS = sorted(path.stem.removeprefix("parkstats-") for path in scheduler.UNITS.glob("*.timer"))
# A Monday.
START = datetime(2026, 11, 23, 23, 50, tzinfo=UTC)


def times(job, number: int) -> list[datetime]:
    """The next minutes, after the start, in which a job is due."""
    minutes = (START + timedelta(minutes=n) for n in range(1, 8 * 24 * 60))
    return [minute for minute in minutes if job.is_due(minute)][:number]


@pytest.mark.whole
@pytest.mark.parametrize("name", TIMERS)
def test_a_job_is_due_when_systemd_says_so(name):
    job = scheduler.job(name)
    words = ["systemd-analyze", "calendar", f"--base-time={START:%Y-%m-%d %H:%M:%S} UTC", "--iterations=7"]
    said = subprocess.run([*words, job.calendar], capture_output=True, text=True, check=True).stdout
    found = re.findall(
        r"(?:Next elapse|Iter\. #\d|\(in UTC\)): \w{3} (\d{4}-\d\d-\d\d \d\d:\d\d):00 UTC", said
    )
    wanted = sorted({datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC) for text in found})
    mine = times(job, len(wanted))
    assert wanted and mine == wanted[: len(mine)] and mine


def commands() -> dict[str, object]:
    """Command of manage.py -> its job, of all timers."""
    return {scheduler.job(name).command[2]: scheduler.job(name) for name in TIMERS}


@pytest.mark.parametrize("name", TIMERS)
def test_a_job_runs_a_command_of_the_release_that_it_lies_in(name):
    program, script, command, *_ = scheduler.job(name).command
    assert (program, script) == (str(ROOT / ".venv/bin/python"), "manage.py")
    assert command in get_commands()


def test_the_crontab_of_the_page_agrees_with_the_timers():
    page = (ROOT / "docs/operation.md").read_text(encoding="utf-8")
    lines = re.findall(r"^    ((?:[\d*/,-]+ +){5})(.*manage\.py .*)$", page, re.MULTILINE)
    assert len(lines) >= 7
    jobs = commands()
    for when, what in lines:
        # A line may do two jobs, one after the other: the first one begins at that time.
        job = jobs[re.findall(r"manage\.py (\w+)", what)[0]]
        minute, hour, _, _, weekday = when.split()
        every = "/" in minute
        step = f"00/{minute.split('/')[1]}" if every else f"{int(minute):02}"
        day = f"{scheduler.DAYS[int(weekday) - 1]} " if weekday != "*" else ""
        wanted = f"{day}*-*-* {hour if hour == '*' else f'{int(hour):02}'}:{step}:00 UTC"
        assert job.calendar == wanted, what


def test_how_often_a_job_is_said_to_run_is_how_often_its_timer_starts_it():
    jobs = commands()
    for command, every in SCHEDULED.items():
        if every is not None:
            first, second = times(jobs[command], 2)
            assert second - first == every, command
    # Started on demand, or only beside an old collector.
    assert {command for command in SCHEDULED if command not in jobs} == {"recompute_daily_stats"}
    assert history.SCHEDULED["refresh_live_rankings"] is None


def job_of(tmp_path, script: str, *, good: set[int], limit: int = 60):
    return scheduler.Job("made-up", "*-*-* *:00:00 UTC", [sys.executable, "-c", script], good, limit)


def ended(run) -> None:
    """Wait for the one job of a scheduler, as its loop does."""
    (process, _) = run.running["made-up"]
    process.wait(60)
    run.look()


@pytest.mark.whole
def test_a_job_at_work_is_not_started_twice_and_a_failure_is_told(tmp_path, capfd, monkeypatch):
    monkeypatch.delenv("PARKSTATS_OPERATOR", raising=False)
    run = scheduler.Scheduler([job_of(tmp_path, "raise SystemExit(3)", good={0, 4})])
    hour = datetime(2026, 11, 27, 5, 0, tzinfo=UTC)
    run.start(hour + timedelta(minutes=1))
    assert not run.running
    run.start(hour)
    first = run.running["made-up"]
    run.start(hour)
    assert run.running["made-up"] is first
    ended(run)
    assert not run.running
    assert "made-up failed: exit code 3" in capfd.readouterr().err


@pytest.mark.whole
def test_an_exit_code_that_its_unit_calls_well_is_no_failure(tmp_path, capfd):
    run = scheduler.Scheduler([job_of(tmp_path, "raise SystemExit(4)", good={0, 4})])
    run.start(datetime(2026, 11, 27, 5, 0, tzinfo=UTC))
    ended(run)
    said = capfd.readouterr().err
    assert "made-up ended with 4" in said and "failed" not in said


@pytest.mark.whole
def test_a_job_that_takes_longer_than_its_unit_allows_is_ended(tmp_path, capfd, monkeypatch):
    monkeypatch.delenv("PARKSTATS_OPERATOR", raising=False)
    run = scheduler.Scheduler([job_of(tmp_path, "import time; time.sleep(60)", good={0}, limit=-1)])
    run.start(datetime(2026, 11, 27, 5, 0, tzinfo=UTC))
    run.look()
    ended(run)
    assert "made-up failed: exit code -15" in capfd.readouterr().err


DEAF = "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"


@pytest.mark.whole
@pytest.mark.parametrize("by", ["its limit", "the end of all"])
def test_a_job_that_does_not_end_when_it_is_told_to_is_killed(by, tmp_path, capfd, monkeypatch):
    monkeypatch.delenv("PARKSTATS_OPERATOR", raising=False)
    monkeypatch.setattr(scheduler, "PATIENCE_SECONDS", 0)
    run = scheduler.Scheduler([job_of(tmp_path, DEAF, good={0}, limit=-1)])
    run.start(datetime(2026, 11, 27, 5, 0, tzinfo=UTC))
    (process, _) = run.running["made-up"]
    while "deaf" not in capfd.readouterr().out:
        time.sleep(0.05)
    if by == "its limit":
        run.look()
        ended(run)
    else:
        run.end()
    assert process.returncode == -9


@pytest.mark.whole
@pytest.mark.parametrize("words", [[], ["no-such-job"]], ids=["none", "unknown"])
def test_jobs_that_are_none_end_it_in_one_line(words):
    command = [sys.executable, str(ROOT / "deploy/scheduler.py"), *words]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 2
    assert ran.stderr.count("\n") == 1 and "Traceback" not in ran.stderr
