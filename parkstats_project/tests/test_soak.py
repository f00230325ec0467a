"""What a soak calls wrong, and the clock that makes weeks of minutes."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any
from xml.etree import ElementTree

import pytest

from parkstats_project.tests.papers import ROOT

sys.path.insert(0, str(ROOT / "scripts" / "bench_soak"))
import plot  # noqa: E402
from samples import Run, Sample, wrong  # noqa: E402

sys.path.pop(0)


def weeks(**changed: dict[int, Any]) -> list[Sample]:
    """Two weeks, a sample a day, in which nothing grows; `changed` is a field by the number of its day."""
    days = []
    for day in range(1, 15):
        figures: dict[str, Any] = {
            "memory": {"worker": 180.0},
            "handles": {"worker": 23},
            "connections": 5,
            "kept": 84.0,
            "p50": 50.0,
            "p95": 300.0,
            "cpu": 20.0,
            "requests": 80,
            "errors": 0,
            "fault": "",
        }
        figures |= {name: at[day] for name, at in changed.items() if day in at}
        days.append(Sample(hours=24.0 * day, **figures))
    return days


def test_two_calm_weeks_are_as_they_should_be():
    assert wrong(weeks(), [Run("check", 30, 31, 0, True, 2, 150)]) == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"memory": {n: {"worker": 150.0 + 10 * n} for n in range(1, 15)}}, "memory of worker grew"),
        ({"handles": {n: {"worker": 20 + n} for n in range(1, 15)}}, "handles of worker grew"),
        ({"connections": {n: n for n in range(1, 15)}}, "connections grew"),
        ({"kept": {n: 24.0 * n for n in range(1, 15)}}, "kept hours grew"),
        ({"cpu": {n: 10.0 * n for n in range(1, 15)}}, "processor time of a request, ms grew"),
        ({"errors": {9: 3}}, "3 errors of 80 requests around hour 216"),
        (
            {"errors": {3: 1}, "fault": {3: "disk of the log full"}},
            "1 errors of 80 requests around hour 72 (disk of the log full)",
        ),
    ],
    ids=["memory", "handles", "connections", "hours", "processor time", "errors", "a full disk"],
)
def test_what_grows_or_fails_is_named(changed, said):
    (found,) = wrong(weeks(**changed), [])
    assert found.startswith(said)


def test_clients_may_see_that_the_database_is_restarted_and_jobs_may_fail_then():
    samples = weeks(errors={3: 5, 4: 1}, fault={3: "database restarted"})
    assert wrong(samples, [Run("prune", 40, 60, 1, False, 2, 150)]) == []
    (found,) = wrong(samples, [Run("prune", 150, 151, 1, False, 2, 150, "the database failed")])
    assert found == "prune ended with 1 at hour 150.0: the database failed"


def test_a_short_soak_says_nothing_of_growth():
    samples = weeks(memory={n: {"worker": 150.0 + 10 * n} for n in range(1, 15)})
    assert wrong(samples[:3], []) == []


def test_the_picture_has_every_figure_and_every_fault():
    picture = plot.picture(weeks(fault={4: "worker killed"}), "two <weeks>")
    root = ElementTree.fromstring(picture)
    lines = root.findall("{http://www.w3.org/2000/svg}polyline")
    assert len(lines) == 6 and all(len(line.attrib["points"].split()) == 14 for line in lines)
    assert "96 h worker killed" in picture and "two &lt;weeks&gt;" in picture


@pytest.mark.whole
def test_the_clock_of_a_soak_runs_as_fast_as_it_is_told(tmp_path):
    file = tmp_path / "clock"
    file.write_text("0 1000 0 3600")
    code = "from parkstats_project.base import clock; print(clock.now().isoformat())"
    path = f"{ROOT}/scripts/bench_soak/clock:{ROOT}"
    given = os.environ | {"SOAK_CLOCK": str(file), "PYTHONPATH": path}
    said = subprocess.run([sys.executable, "-c", code], env=given, capture_output=True, text=True, check=True)
    assert said.stdout == "1970-01-01T01:16:40+00:00\n"
