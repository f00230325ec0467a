"""Collectors in processes of their own: killed at any moment, and two at once (docs/data.md 2)."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db.models import Count

from parks.models import ParkActivitySnapshot
from parkstats_project.tests.upstream import FakeUpstream
from rides.models import RideStatusSnapshot
from stats.jobs.collect.run import JOB
from stats.models import CollectionRun, JobLease, ParkFeed
from stats.tests.collected import make_world
from stats.tests.processes import process

pytestmark = [
    pytest.mark.mariadb,
    pytest.mark.whole,
    pytest.mark.django_db(transaction=True),
    pytest.mark.no_cover,
]


@pytest.fixture
def upstream(monkeypatch) -> Iterator[FakeUpstream]:
    """The sources, for the processes of a test, too."""
    with FakeUpstream() as running:
        monkeypatch.setenv("PARKSTATS_THEMEPARKS_URL", running.wiki_url)
        monkeypatch.setenv("PARKSTATS_QUEUE_TIMES_URL", running.queue_times_url)
        yield running


def collector(*arguments: str) -> subprocess.Popen[str]:
    return process("import sys\ncommand('collect', *sys.argv[1:])", *arguments)


def half_parks() -> list[str]:
    """Parks of whose collections one lacks rides that the same park's others have."""
    rows = RideStatusSnapshot.objects.values_list("ride__park__name", "recorded_at").annotate(Count("pk"))
    by_park: dict[str, set[int]] = {}
    for park, _, number in rows.order_by():
        by_park.setdefault(park, set()).add(number)
    return [park for park, numbers in by_park.items() if len(numbers) > 1]


def test_a_collector_that_is_killed_leaves_no_half_park_and_the_next_run_goes_on(upstream):
    make_world()
    dice = random.Random(5)
    for _ in range(4):
        started = collector()
        while not CollectionRun.objects.filter(status="running").exists() and started.poll() is None:
            time.sleep(0.02)
        time.sleep(dice.uniform(0, 0.6))
        started.send_signal(signal.SIGKILL)
        started.communicate()
        assert half_parks() == []
        # As if its leases had ended meanwhile: of the collection, and of the live tables after it.
        JobLease.objects.update(owner="")
    last = collector()
    output, _ = last.communicate(timeout=60)
    assert last.returncode == 0, output
    assert not CollectionRun.objects.filter(status="running").exists()
    assert half_parks() == []
    newest = Counter(ParkFeed.objects.values_list("failure", flat=True))
    assert newest == {"": 6}


def test_of_two_collectors_the_second_says_so(upstream):
    make_world("p1")
    upstream.fault("/live", "slow", seconds=30)
    first = collector()
    try:
        while not JobLease.objects.filter(name=JOB).exclude(owner="").exists():
            time.sleep(0.05)
        second = collector()
        while second.poll() is None:
            # What the first one does every quarter of a minute, as long as it waits for an answer.
            held = JobLease.objects.get(name=JOB)
            JobLease.objects.filter(owner=held.owner).update(until=held.until + timedelta(seconds=1))
            time.sleep(0.2)
        _, said = second.communicate(timeout=60)
        assert second.returncode == 3, said
        assert "another run is at work" in said
    finally:
        first.kill()
        first.communicate()
    assert not ParkActivitySnapshot.objects.exists()


def test_a_service_collects_in_its_rhythm_until_it_is_told_to_stop(upstream):
    make_world("p1")
    service = collector("--every", "10m")
    while not CollectionRun.objects.filter(status="success").exists():
        assert service.poll() is None
        time.sleep(0.05)
    service.terminate()
    output, _ = service.communicate(timeout=30)
    assert service.returncode == 0, output
    assert ParkActivitySnapshot.objects.count() == 1
