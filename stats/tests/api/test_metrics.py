"""`GET /metrics` counts what happened, says how things stand, and is there for nobody who is not let in."""

from __future__ import annotations

import ipaddress
import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from freezegun import freeze_time

from parks.models import Park
from parkstats_project.base.clock import pacific_date
from parkstats_project.db import replicas
from parkstats_project.db.replicas import ReplicaState
from parkstats_project.tests.asking import ask
from stats.jobs import history
from stats.models import CollectionRun, DataQualityIssue
from stats.tests.observed import moments, observe, two_parks

NOW = datetime(2025, 12, 20, 20, tzinfo=UTC)
PROXIED = {"HTTP_X_FORWARDED_FOR": "10.1.2.3"}
TOKEN = "a token of the tests"
MONITORING = Path(__file__).resolve().parents[3] / "deploy/monitoring"

pytestmark = pytest.mark.django_db


@pytest.fixture
def allowed(settings):
    settings.PARKSTATS_METRICS_TOKEN = TOKEN


def read() -> str:
    reply = ask("/metrics", HTTP_AUTHORIZATION=f"Bearer {TOKEN}")
    assert reply.status == 200, reply
    return reply.body.decode()


def value(text: str, series: str) -> float:
    """The value of a series, 0 if there is none."""
    found = re.findall(rf"^{re.escape(series)} (\S+)$", text, re.MULTILINE)
    return float(found[0]) if found else 0.0


def test_it_is_not_there_unless_somebody_is_let_in():
    assert ask("/metrics").status == 404
    assert ask("/metrics", HTTP_AUTHORIZATION="Bearer ").status == 404


@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer wrong", "Basic x", "Bearer \u00e4"])
def test_a_wrong_token_is_a_404(allowed, given):
    assert ask("/metrics", HTTP_AUTHORIZATION=given).status == 404


@pytest.mark.parametrize(
    ("address", "forwarded", "status"),
    [
        ("10.1.2.3", {}, 200),
        ("10.9.2.3", {}, 404),
        ("nonsense", {}, 404),
        ("10.1.2.3", PROXIED, 404),
    ],
)
def test_an_address_is_let_in_unless_it_is_a_proxy(settings, address, forwarded, status):
    settings.PARKSTATS_METRICS_ADDRESSES = [ipaddress.ip_network("10.1.0.0/16")]
    assert ask("/metrics", REMOTE_ADDR=address, **forwarded).status == status


def test_only_get_is_answered(allowed):
    assert ask("/metrics", method="POST", HTTP_AUTHORIZATION=f"Bearer {TOKEN}").status == 405


def test_requests_are_counted_by_route_and_status(allowed):
    before = read()
    ask("/api/parks/7/details")
    ask("/api/parks/8/details")
    ask("/nowhere", method="BREW")
    after = read()
    series = 'parkstats_requests_total{method="GET",route="/api/parks/<id:park_id>/details",status="404"}'
    assert value(after, series) - value(before, series) == 2
    unknown = 'parkstats_requests_total{method="other",route="none",status="404"}'
    assert value(after, unknown) - value(before, unknown) == 1
    count = 'parkstats_request_seconds_count{route="/api/parks/<id:park_id>/details"}'
    assert value(after, count) - value(before, count) == 2
    assert value(after, "parkstats_memory_bytes") > 10_000_000


def test_statements_are_counted_by_their_shape(allowed):
    def total(text: str) -> float:
        return sum(map(float, re.findall(r"^parkstats_statements_total\{.*\} (\S+)$", text, re.MULTILINE)))

    before = read()
    for number in range(3):
        list(Park.objects.filter(park_id=number))
    grown = total(read()) - total(before)
    assert grown >= 3


def test_the_result_cache_is_counted(allowed, settings):
    settings.PARKSTATS_RESULT_CACHE_SECONDS = 60
    before = read()
    two_parks()
    for _ in range(3):
        ask("/api/search/index")
    after = read()
    counted = {
        outcome: value(after, f'parkstats_results_total{{outcome="{outcome}"}}')
        - value(before, f'parkstats_results_total{{outcome="{outcome}"}}')
        for outcome in ("computed", "hit")
    }
    assert counted["computed"] >= 1 and sum(counted.values()) >= 3


@pytest.mark.mariadb
def test_it_says_how_collecting_and_jobs_stand(allowed):
    rides = two_parks()
    day = pacific_date(NOW)
    observe(day, rides, at=[moment for moment in moments(day) if moment < NOW])
    started, ended = NOW - timedelta(minutes=9), NOW - timedelta(minutes=8)
    history.note("aggregate_daily", started=started, ended=ended, exit_code=1)
    history.note("backup", started=started - timedelta(days=2), ended=ended - timedelta(days=2), exit_code=0)
    CollectionRun.objects.create(job="weather", started_at=started)
    DataQualityIssue.objects.create(data_source="queue_times", issue_type="STALE_DATA", detected_at=NOW)
    with freeze_time(NOW + timedelta(minutes=2)):
        text = read()
    assert 0 < value(text, "parkstats_collection_age_seconds") <= 720
    assert value(text, "parkstats_parks") == 2
    assert value(text, "parkstats_collections_seen") >= 35
    assert value(text, "parkstats_open_issues") == 1
    assert value(text, 'parkstats_job_failed{job="aggregate_daily"}') == 1
    assert value(text, 'parkstats_job_late{job="aggregate_daily"}') == 0
    assert value(text, 'parkstats_job_seconds{job="aggregate_daily"}') == 60
    assert value(text, 'parkstats_job_late{job="backup"}') == 1
    assert value(text, 'parkstats_job_running{job="collect_weather"}') == 1
    assert 'job="roll_up_stats"' not in text  # it never ran
    assert value(text, 'parkstats_table_bytes{table="ride_status_snapshots"}') > 0


def test_it_says_how_far_replicas_are_behind(allowed, monkeypatch):
    known = [ReplicaState("replica1", 3, ""), ReplicaState("replica2", None, "it does not replicate")]
    monkeypatch.setattr(replicas, "states", lambda: known)
    text = read()
    assert value(text, 'parkstats_replica_lag_seconds{replica="replica1"}') == 3
    assert 'parkstats_replica_lag_seconds{replica="replica2"}' not in text
    assert value(text, 'parkstats_replica_read{replica="replica1"}') == 1
    assert value(text, 'parkstats_replica_read{replica="replica2"}') == 0


def test_an_empty_database_is_no_failure(allowed):
    text = read()
    assert "parkstats_collection_age_seconds " not in text
    assert value(text, "parkstats_parks") == 0


# ------------------------------------------------------------------------- what others make of it


def expressions() -> list[str]:
    """Of the dashboard and of the alerts."""
    board = json.loads((MONITORING / "dashboard.json").read_text())
    drawn = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    return drawn + re.findall(r"^ +expr: (.*)$", (MONITORING / "alerts.yml").read_text(), re.MULTILINE)


def test_dashboard_and_alerts_ask_for_nothing_that_is_not_there(allowed):
    history.note("aggregate_daily", started=NOW, ended=NOW, exit_code=0)
    named = {name for text in expressions() for name in re.findall(r"parkstats_\w+", text)}
    families = set(re.findall(r"^# TYPE (\w+) ", read(), re.MULTILINE))
    families.add("parkstats_collection_age_seconds")
    families |= {f"{name}_bucket" for name in families}
    assert named <= families


def promtool(*arguments: str, given: str | None = None) -> None:
    ran = subprocess.run(
        ["promtool", *arguments], input=given, capture_output=True, text=True, cwd=MONITORING
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.whole
def test_prometheus_reads_the_figures(allowed):
    promtool("check", "metrics", given=read())


@pytest.mark.whole
def test_prometheus_takes_rules_and_configuration():
    promtool("check", "config", "prometheus.yml")
    promtool("test", "rules", "alerts_test.yml")


@pytest.mark.whole
def test_every_expression_of_the_dashboard_can_be_asked(tmp_path):
    rules = [{"record": f"x{number}", "expr": text} for number, text in enumerate(expressions())]
    (tmp_path / "rules.json").write_text(json.dumps({"groups": [{"name": "x", "rules": rules}]}))
    promtool("check", "rules", f"{tmp_path}/rules.json")


@pytest.mark.whole
def test_several_processes_add_up_and_one_that_ended_takes_its_memory_along(tmp_path):
    given = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    count = "measures.REQUESTS.labels('GET', '/a', '200').inc(); measures.note_memory(); print(os.getpid())"

    def run(code: str) -> str:
        code = f"import os; from parkstats_project.base import measures; {code}"
        ran = subprocess.run([sys.executable, "-c", code], env=given, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    pids = [run(count).strip() for _ in range(2)]
    show = "print(measures.exposition().decode())"
    text = run(show)
    assert value(text, 'parkstats_requests_total{method="GET",route="/a",status="200"}') == 2
    both = value(text, "parkstats_memory_bytes")
    run(f"from prometheus_client import multiprocess; multiprocess.mark_process_dead({pids[0]})")
    text = run(show)
    assert 0 < value(text, "parkstats_memory_bytes") < both
    assert value(text, 'parkstats_requests_total{method="GET",route="/a",status="200"}') == 2
