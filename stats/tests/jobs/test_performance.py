"""A route that became slower is noticed; a slower machine, a moment of noise and a blink are not."""

from __future__ import annotations

import json
import random
import time
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from parkstats_project.base.clock import pacific_date
from stats.jobs import performance
from stats.jobs.performance import Figures, Measured, Sample
from stats.management.commands import measure_performance
from stats.questions import search
from stats.tests.observed import observe, two_parks


def taken(chance: random.Random, *, ms: float, pace: float = 1.0) -> Figures:
    """A route on a busy machine: one answer in five takes several times as long."""
    samples = [ms * pace * chance.uniform(0.9, 1.1) * (chance.choice((1, 1, 1, 1, 5))) for _ in range(9)]
    return performance.figures([Sample(one, one / 2) for one in samples])


def whole(seed: int, *, pace: float = 1.0, **changed: float) -> Measured:
    chance = random.Random(seed)
    routes = {f"/{number}": 10.0 + number for number in range(100)} | {
        f"/{name}": ms for name, ms in changed.items()
    }
    return Measured(8 * pace, {name: taken(chance, ms=ms, pace=pace) for name, ms in routes.items()})


@pytest.mark.parametrize("pace", [0.5, 1.0, 3.0])
def test_a_machine_of_another_pace_is_no_slower_site(pace):
    again = iter(range(3, 9))
    before, now = whole(1), whole(2, pace=pace)
    _, found = performance.surely(before, now, lambda routes: whole(next(again), pace=pace), threshold=60)
    assert found == []


def test_a_route_that_takes_twice_as_long_is_named_and_no_other():
    before = whole(1, slow=40.0)
    again = iter(range(3, 9))
    _, found = performance.surely(
        before,
        whole(2, pace=2.0, slow=80.0),
        lambda routes: whole(next(again), pace=2.0, slow=80.0),
        threshold=60,
    )
    assert {one.route for one in found} == {"/slow"}
    assert {one.figure for one in found} == {"answer_p50", "statements_p50"}
    assert all(60 < one.percent < 140 for one in found)


def test_a_few_milliseconds_are_nothing_whatever_the_ratio():
    before = Measured(8.0, {"/": Figures(1.0, 1.0, 1.0, 1.0)})
    assert performance.worse(before, Measured(8.0, {"/": Figures(4.0, 4.0, 4.0, 4.0)}), threshold=25) == []


def test_a_route_that_is_new_is_compared_with_nothing():
    new = Measured(8.0, {"/new": Figures(900.0, 900.0, None, None)})
    assert performance.worse(Measured(8.0, {}), new, threshold=25) == []


def test_the_typical_measurement_is_not_moved_by_one_bad_day():
    days = [Measured(8.0 * pace, {"/": Figures(10.0 * pace, 12.0 * pace, None, None)}) for pace in (1, 2, 1)]
    days.append(Measured(8.0, {"/": Figures(500.0, 900.0, None, None)}))
    typical = performance.typical(days)
    found = performance.worse(typical, Measured(8.0, {"/": Figures(40.0, 40.0, None, None)}), threshold=25)
    assert [one.route for one in found] == ["/"]


def test_a_file_keeps_what_was_measured():
    measured = whole(1)
    assert performance.from_text(performance.to_text(measured)) == measured


FIGURES = {"answer_p50": 1, "answer_p95": 1.5, "statements_p50": None, "statements_p95": None}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "null",
        '{"calibration": 1, "routes": {"/": {"x": 1}}}',
        json.dumps({"calibration": 0, "routes": {"/": FIGURES}}),
        json.dumps({"calibration": "1", "routes": {"/": FIGURES}}),
        json.dumps({"calibration": 1, "routes": {"/": FIGURES | {"answer_p50": None}}}),
        json.dumps({"calibration": 1, "routes": {"/": FIGURES | {"statements_p95": "1"}}}),
    ],
)
def test_what_is_no_measurement_is_refused(text):
    with pytest.raises(ValueError):
        performance.from_text(text)


# ------------------------------------------------------------------------------------ the command


@pytest.fixture
def site(db, monkeypatch):
    """A small site, of which three routes are asked."""
    observe(pacific_date(timezone.now()), two_parks())
    every = measure_performance.every_route
    monkeypatch.setattr(measure_performance, "every_route", lambda park, ride: every(park, ride)[:4])


def measure(**options) -> str:
    out = StringIO()
    call_command("measure_performance", rounds=2, stdout=out, **options)
    return out.getvalue()


@pytest.mark.mariadb
def test_what_was_saved_is_compared_with(site, tmp_path: Path):
    said = measure(save=tmp_path / "before.json")
    assert "/api/search/index" in said
    kept = json.loads((tmp_path / "before.json").read_text())["routes"]["/api/health"]
    assert kept["answer_p50"] > kept["statements_p50"] > 0
    assert "worse" not in measure(compare=tmp_path / "before.json", threshold=5000)


@pytest.mark.whole
@pytest.mark.mariadb
def test_a_route_that_became_slower_ends_with_1_and_its_name(site, tmp_path: Path, monkeypatch):
    measure(save=tmp_path / "before.json")
    index = search.index

    def slow(*args, **options):
        time.sleep(0.6)
        return index(*args, **options)

    monkeypatch.setattr(search, "index", slow)
    with pytest.raises(CommandError, match="/api/search/index: answer") as worse:
        measure(compare=tmp_path / "before.json", threshold=50)
    assert worse.value.returncode == 1


@pytest.mark.mariadb
def test_figures_that_were_kept_stay_until_there_are_new_ones(db, tmp_path: Path):
    kept = tmp_path / "before.json"
    kept.write_text("kept")
    with pytest.raises(CommandError, match="nothing to measure"):
        measure(save=kept)
    assert kept.read_text() == "kept" and list(tmp_path.iterdir()) == [kept]


@pytest.mark.mariadb
def test_a_disk_that_is_full_at_last_is_one_sentence(site):
    with pytest.raises(CommandError, match="/dev/full cannot be written: No space left on device") as failed:
        measure(save=Path("/dev/full"))
    assert failed.value.returncode == 1


@pytest.mark.mariadb
def test_days_are_kept_in_a_folder(site, tmp_path: Path):
    for number in range(1, 32):
        (tmp_path / f"2020-01-{number:02}.json").write_text(performance.to_text(Measured(1e9, {})))
    measure(daily=tmp_path)
    kept = sorted(path.name for path in tmp_path.iterdir())
    assert len(kept) == 30 and kept[0] == "2020-01-03.json" and kept[-1] > "2020-02"


@pytest.mark.mariadb
@pytest.mark.whole
@pytest.mark.django_db(transaction=True)
def test_another_server_is_asked_by_http(live_server, site, tmp_path: Path):
    measure(save=tmp_path / "far.json", base_url=live_server.url)
    kept = json.loads((tmp_path / "far.json").read_text())["routes"]["/api/search/index"]
    assert kept["answer_p50"] > 0 and kept["statements_p50"] is None


@pytest.mark.mariadb
@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"compare": Path("/nowhere")}, 2),
        ({"daily": Path("/nowhere")}, 2),
        ({"daily": Path("/proc")}, 2),  # a folder that takes no files, from nobody
        ({"save": Path("/nowhere/x.json")}, 2),
        ({"save": Path("/proc/x.json")}, 2),
        ({"save": Path("/proc")}, 2),
        ({"base_url": "nonsense"}, 2),
        ({"base_url": "http://127.0.0.1:9"}, 1),
        ({}, 1),
    ],
)
def test_what_cannot_be_measured_is_said_in_one_sentence(db, options, code):
    with pytest.raises(CommandError) as refused:
        measure(**options)
    assert refused.value.returncode == code and "\n" not in str(refused.value)
