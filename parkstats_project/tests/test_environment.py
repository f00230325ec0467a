"""A wrong setting stops the start with one sentence."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from parkstats_project import environment

ROOT = Path(__file__).resolve().parent.parent.parent

WRONG = [
    ("DATABASE_URL", "nonsense"),
    ("DATABASE_URL", "mysql://"),
    ("DATABASE_URL", "mysql://host"),
    ("DATABASE_URL", "mysql://root@host:abc/name"),
    ("DATABASE_URL", "mysql://root@host:99999/name"),
    ("DATABASE_URL", "mysql://[::1/name"),
    ("DATABASE_URL", "postgres://host/name"),
    ("CACHE_URL", "nonsense"),
    ("CACHE_URL", "redis://"),
    ("CACHE_URL", "pigeons://loft"),
    ("PARKSTATS_RESULT_CACHE_SECONDS", "-1"),
    ("PARKSTATS_RESULT_CACHE_SECONDS", "5.5"),
    ("PARKSTATS_METRICS_VERSION", "0"),
    ("PARKSTATS_METRICS_VERSION", "two"),
    ("PARKSTATS_SLOW_QUERY_SECONDS", "0"),
    ("PARKSTATS_STATEMENT_TIMEOUT_SECONDS", "nan"),
    ("PARKSTATS_LOG_LEVEL", "loud"),
    ("DJANGO_DEBUG", "maybe"),
]
READERS = {
    "DATABASE_URL": lambda name: environment.database(name, "sqlite:///x"),
    "CACHE_URL": lambda name: environment.cache(name, "locmemcache://"),
    "PARKSTATS_RESULT_CACHE_SECONDS": lambda name: environment.integer(name, 300, minimum=0),
    "PARKSTATS_METRICS_VERSION": lambda name: environment.integer(name, 1, minimum=1),
    "PARKSTATS_SLOW_QUERY_SECONDS": lambda name: environment.seconds(name, 1.0),
    "PARKSTATS_STATEMENT_TIMEOUT_SECONDS": lambda name: environment.seconds(name, 10.0),
    "PARKSTATS_LOG_LEVEL": lambda name: environment.one_of(name, ("INFO", "ERROR"), "INFO"),
    "DJANGO_DEBUG": lambda name: environment.boolean(name, default=False),
}


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_value_is_named_in_one_sentence(name, value, monkeypatch, capsys):
    monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as stopped:
        READERS[name](name)
    said = capsys.readouterr().err
    assert stopped.value.code == environment.CANNOT_START
    assert said.startswith(f"parkstats cannot start: {name} ")
    assert said.endswith(".\n")
    assert said.count("\n") == 1


@pytest.mark.parametrize("program", [["manage.py", "check"], ["-c", "import parkstats_project.wsgi"]])
def test_no_program_starts_with_a_wrong_value(program):
    variables = {**os.environ, "DATABASE_URL": "mysql://root:geheim@host:abc/name"}
    run = subprocess.run(
        [sys.executable, *program], cwd=ROOT, env=variables, capture_output=True, text=True, timeout=60
    )
    assert run.returncode == environment.CANNOT_START
    assert run.stderr.startswith("parkstats cannot start: DATABASE_URL must be")
    assert run.stderr.count("\n") == 1
    assert "geheim" not in run.stdout + run.stderr


def test_an_empty_variable_counts_as_absent(monkeypatch):
    monkeypatch.setenv("NUMBER", "")
    monkeypatch.setenv("SWITCH", "")
    assert environment.integer("NUMBER", 7, minimum=0) == 7
    assert environment.boolean("SWITCH", default=True) is True


@pytest.mark.parametrize(("value", "meaning"), [("Yes", True), ("1", True), ("off", False), ("FALSE", False)])
def test_switches_are_read_in_the_usual_spellings(value, meaning, monkeypatch):
    monkeypatch.setenv("SWITCH", value)
    assert environment.boolean("SWITCH", default=not meaning) is meaning


def test_a_database_url_is_taken_apart(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "mariadb://me:p%40ss@db:3307/parks")
    config = environment.database("DATABASE_URL", "")
    assert config["ENGINE"] == "django.db.backends.mysql"
    assert (config["USER"], config["PASSWORD"]) == ("me", "p@ss")
    assert (config["HOST"], config["PORT"], config["NAME"]) == ("db", 3307, "parks")


def test_lists_are_separated_by_commas(monkeypatch):
    monkeypatch.setenv("HOSTS", "a.example, b.example,")
    assert environment.words("HOSTS", default=["x"]) == ["a.example", "b.example"]
    assert environment.words("OTHER_HOSTS", default=["x"]) == ["x"]
