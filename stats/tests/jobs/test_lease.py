"""One run of a job at a time: the lease is taken, renewed, lost, given back, and ends with a killed run."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection

from parkstats_project.base import clock
from stats.jobs import lease as leases
from stats.jobs.lease import LeaseHeld, LeaseLost, lease
from stats.models import JobLease
from stats.tests.processes import process

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "POLL_SECONDS", 0.05)


def test_a_lease_is_given_back_and_taken_again():
    for _ in range(2):
        with lease("x") as renew:
            renew()
            assert JobLease.objects.get().owner
        assert JobLease.objects.get().owner == ""


def test_a_run_that_failed_gives_its_lease_back():
    with pytest.raises(ZeroDivisionError), lease("x"):
        _ = 1 // 0
    assert JobLease.objects.get().owner == ""


def test_jobs_of_other_names_do_not_wait_for_each_other():
    with lease("x"), lease("y"):
        assert JobLease.objects.count() == 2


def test_a_run_is_refused_as_soon_as_the_other_one_renews(monkeypatch):
    with lease("x") as renew:
        monkeypatch.setattr(leases.time, "sleep", lambda seconds: renew())
        with pytest.raises(LeaseHeld), lease("x"):
            pass
        monkeypatch.undo()
        renew()  # The one that was refused has changed nothing.


def test_a_run_is_refused_too_if_the_other_one_ends_meanwhile(monkeypatch):
    """It did what this one was about to do."""
    other = lease("x")
    other.__enter__()
    monkeypatch.setattr(leases.time, "sleep", lambda seconds: other.__exit__(None, None, None))
    with pytest.raises(LeaseHeld), lease("x"):
        pass


@pytest.mark.whole
def test_the_lease_of_a_killed_run_ends_by_itself():
    killed = process(
        "from stats.jobs import lease as leases\n"
        "leases.SECONDS = 2.0\n"
        "with leases.lease('x'):\n"
        "    print('held', flush=True); input()\n"
    )
    assert killed.stdout is not None
    assert killed.stdout.readline() == "held\n"
    killed.kill()
    killed.communicate()
    until = JobLease.objects.get().until
    with lease("x"):
        assert clock.now() >= until


def test_a_lease_that_nobody_renews_is_taken_over_whatever_the_clocks_say(monkeypatch, caplog):
    """A machine whose clock is slow waits for as long as a lease lasts, and no longer."""
    JobLease.objects.create(name="x", owner="killed", until=clock.now() + timedelta(days=1))
    monkeypatch.setattr(leases, "SECONDS", 0.2)
    with lease("x") as renew:
        renew()
    assert "x: another run is or was at work, waiting" in caplog.text


def test_a_run_that_was_taken_over_is_told_and_takes_nothing_back():
    with lease("x") as renew:
        JobLease.objects.update(until=clock.now() - timedelta(seconds=1))
        with lease("x") as renew_other:
            with pytest.raises(LeaseLost):
                renew()
            renew_other()
    assert JobLease.objects.get().owner == ""


def test_of_many_that_want_it_at_once_one_gets_it(monkeypatch):
    JobLease.objects.create(name="x", owner="killed", until=clock.now())
    got, refused = [], []
    together, over = threading.Barrier(8), threading.Event()

    def want(number: int) -> None:
        try:
            together.wait()
            with lease("x") as renew:
                got.append(number)
                while not over.wait(0.02):
                    renew()
        except LeaseHeld:
            refused.append(number)
        finally:
            connection.close()

    threads = [threading.Thread(target=want, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    give_up = time.monotonic() + 60
    while len(refused) < 7 and time.monotonic() < give_up:
        time.sleep(0.01)
    over.set()
    for thread in threads:
        thread.join()
    assert (len(got), len(refused)) == (1, 7)
