"""A wrong setting stops the start with one sentence."""

from __future__ import annotations

import os
import re
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from gunicorn import util

from parkstats_project import environment
from parkstats_project.db import connect

ROOT = Path(__file__).resolve().parent.parent.parent

WRONG = [
    ("DATABASE_URL", ""),
    ("DATABASE_URL", "nonsense"),
    ("DATABASE_URL", "mysql://"),
    ("DATABASE_URL", "mysql://host"),
    ("DATABASE_URL", "mysql://root@host:abc/name"),
    ("DATABASE_URL", "mysql://root@host:99999/name"),
    ("DATABASE_URL", "mysql://[::1/name"),
    ("DATABASE_URL", "postgres://host/name"),
    ("DATABASE_URL", "mysql://root:geh#eim@host:3306/name"),
    ("DATABASE_URL", "mysql://root:33#eim@host:3306/name"),
    ("DATABASE_URL", "mysql://root:geh@eim@host:3306/name"),
    ("DATABASE_URL", "mysql://root:geh/eim@host:3306/name"),
    ("DATABASE_URL", "mysql://root:33/eim@host:3306/name"),
    ("DATABASE_URL", "mysql://root:33/geh/eim@host/name"),
    ("DATABASE_URL", "mysql://root:33?eim@host:3306/name"),
    ("DATABASE_URL", "mysql://root@host/name?ssl_mode=PERHAPS"),
    ("DATABASE_URL", "mysql://root@host/name?compress=1"),
    ("DATABASE_REPLICA_URL", "mysql://root@host/name nonsense"),
    ("DATABASE_REPLICA_URL", "sqlite:///x"),
    ("CACHE_URL", "nonsense"),
    ("CACHE_URL", "redis://"),
    ("CACHE_URL", "pigeons://loft"),
    ("PARKSTATS_RESULT_CACHE_SECONDS", "-1"),
    ("PARKSTATS_RESULT_CACHE_SECONDS", "5.5"),
    ("PARKSTATS_METRICS_VERSION", "0"),
    ("PARKSTATS_METRICS_VERSION", "two"),
    ("PARKSTATS_METRICS_VERSION", "3"),
    ("PARKSTATS_SLOW_QUERY_SECONDS", "0"),
    ("PARKSTATS_STATEMENT_TIMEOUT_SECONDS", "nan"),
    ("PARKSTATS_LOG_LEVEL", "loud"),
    ("DJANGO_DEBUG", "maybe"),
    ("PARKSTATS_EMAIL_PORT", "99999999"),
    ("PARKSTATS_EMAIL_PORT", "0"),
    ("PARKSTATS_MEASUREMENTS", "var/lib"),
    ("PARKSTATS_MEASUREMENTS", "/etc/hostname"),
    ("PARKSTATS_SITE_URL", "javascript:alert(1)"),
    ("PARKSTATS_SITE_URL", "//elsewhere.example.org"),
    ("PARKSTATS_SITE_URL", "/\\elsewhere.example.org"),
    ("PARKSTATS_SITE_URL", "https://[::1/"),
    ("PARKSTATS_THEMEPARKS_URL", "https://host:99999"),
    ("PARKSTATS_THEMEPARKS_URL", "https://[::1/"),
    ("DJANGO_CSRF_TRUSTED_ORIGINS", "foo"),
    ("DJANGO_CSRF_TRUSTED_ORIGINS", "https://host,https://host/path"),
    ("PARKSTATS_BIND", "x:y:z"),
    ("PARKSTATS_BIND", "8000"),
    ("PARKSTATS_BIND", "127.0.0.1:99999"),
]
READERS = {
    "DATABASE_URL": connect.database,
    "DATABASE_REPLICA_URL": connect.replicas,
    "CACHE_URL": lambda name: environment.cache(name, "locmemcache://"),
    "PARKSTATS_RESULT_CACHE_SECONDS": lambda name: environment.integer(name, 300, minimum=0, maximum=900),
    "PARKSTATS_METRICS_VERSION": lambda name: environment.one_of(name, ("1", "2"), "1"),
    "PARKSTATS_SLOW_QUERY_SECONDS": lambda name: environment.seconds(name, 1.0),
    "PARKSTATS_STATEMENT_TIMEOUT_SECONDS": lambda name: environment.seconds(name, 10.0),
    "PARKSTATS_LOG_LEVEL": lambda name: environment.one_of(name, ("INFO", "ERROR"), "INFO"),
    "PARKSTATS_EMAIL_PORT": lambda name: environment.integer(name, 25, minimum=1, maximum=65_535),
    "PARKSTATS_MEASUREMENTS": environment.folder,
    "PARKSTATS_SITE_URL": lambda name: environment.link(name, "/"),
    "PARKSTATS_THEMEPARKS_URL": lambda name: environment.address(name, "https://host"),
    "DJANGO_CSRF_TRUSTED_ORIGINS": environment.origins,
    "PARKSTATS_BIND": lambda name: environment.listening(name, "127.0.0.1:8000"),
    "DJANGO_DEBUG": lambda name: environment.boolean(name, default=False),
}


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_value_is_named_in_one_sentence(name, value, monkeypatch, capsys):
    monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as stopped:
        READERS[name](name)
    said = capsys.readouterr().err
    assert stopped.value.code == 2
    assert said.startswith(f"parkstats cannot start: {name} ")
    assert said.endswith(".\n")
    assert said.count("\n") == 1
    assert not re.search("geh|eim|33[^0]", said)


PROGRAMS = {
    "a command": ["manage.py", "check"],
    "the web server": [
        "-m",
        "gunicorn",
        "--config",
        "python:parkstats_project.server",
        "parkstats_project.wsgi",
    ],
}


def start(program, **variables):
    """Run a program as an operator does: with no settings but these and an `.env` that is named in them."""
    inherited = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "TMPDIR") if name in os.environ}
    return subprocess.run(
        [sys.executable, *program],
        cwd=ROOT,
        env={**inherited, "PARKSTATS_ENV_FILE": os.devnull, **variables},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.whole
@pytest.mark.parametrize("program", PROGRAMS)
def test_no_program_starts_with_a_wrong_value(program):
    run = start(PROGRAMS[program], DATABASE_URL="mysql://root:geheim@host:abc/name")
    assert run.returncode == 2
    assert run.stderr.startswith("parkstats cannot start: DATABASE_URL must be")
    assert run.stderr.count("\n") == 1
    assert "geheim" not in run.stdout + run.stderr


@pytest.mark.whole
@pytest.mark.parametrize("program", PROGRAMS)
def test_no_program_starts_without_a_database(program):
    run = start(PROGRAMS[program])
    assert run.returncode == 2
    assert run.stderr.startswith("parkstats cannot start: DATABASE_URL is not set: in the environment or in")
    assert run.stderr.count("\n") == 1


OF_EVERY_PROGRAM = {
    "PARKSTATS_EMAIL_PORT": "99999999",
    "PARKSTATS_MEASUREMENTS": "nodir",
    "PARKSTATS_SITE_URL": "javascript:alert(1)",
    "DJANGO_CSRF_TRUSTED_ORIGINS": "foo",
}


@pytest.mark.whole
@pytest.mark.parametrize("program", PROGRAMS)
def test_the_settings_are_read_by_what_stops(program):
    for name, value in OF_EVERY_PROGRAM.items():
        run = start(PROGRAMS[program], DATABASE_URL="sqlite://:memory:", **{name: value})
        assert (name, run.returncode, run.stderr.count("\n")) == (name, 2, 1)
        assert run.stderr.startswith(f"parkstats cannot start: {name} must be ")


@pytest.mark.whole
def test_a_web_server_that_cannot_listen_says_so_in_one_line():
    run = start(PROGRAMS["the web server"], DATABASE_URL="sqlite://:memory:", PARKSTATS_BIND="x:y:z")
    assert (run.returncode, run.stderr.count("\n")) == (2, 1)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        run = start(
            PROGRAMS["the web server"], DATABASE_URL="sqlite://:memory:", PARKSTATS_BIND=f"127.0.0.1:{port}"
        )
    assert run.returncode == 78
    started, said = run.stderr.splitlines()
    assert "Starting gunicorn" in started
    assert said == f"parkstats cannot start: cannot listen on 127.0.0.1 port {port}: Address already in use."


@pytest.mark.parametrize("value", ["127.0.0.1:0", "[::1]:8000", ":8000", "site:80,unix:/run/parkstats"])
def test_a_server_listens_on_what_gunicorn_knows(value, monkeypatch):
    monkeypatch.setenv("BIND", value)
    assert environment.listening("BIND", "127.0.0.1:8000") == value
    assert len(value.split(",")) == len([util.parse_address(one) for one in value.split(",")])


@pytest.mark.parametrize("value", ["/", "/api/docs", "https://host", "http://host:8080/path?a=b"])
def test_a_link_is_an_address_or_a_path(value, monkeypatch):
    monkeypatch.setenv("LINK", value)
    assert environment.link("LINK", "/") == value


def test_origins_may_have_a_port_or_name_all_hosts_of_a_domain(monkeypatch):
    monkeypatch.setenv("ORIGINS", "https://*.example.org, http://127.0.0.1:8000")
    assert environment.origins("ORIGINS") == ["https://*.example.org", "http://127.0.0.1:8000"]


def test_a_folder_may_yet_have_to_be_made(monkeypatch, tmp_path):
    for path in (tmp_path, tmp_path / "later"):
        monkeypatch.setenv("FOLDER", str(path))
        assert environment.folder("FOLDER") == str(path)


@pytest.mark.whole
def test_a_web_server_without_its_configuration_gives_up_after_one_worker():
    run = start(["-m", "gunicorn", "--bind", "127.0.0.1:0", "parkstats_project.wsgi"])
    assert run.returncode != 0
    assert run.stderr.count("parkstats cannot start: DATABASE_URL is not set") == 1


@pytest.mark.whole
def test_a_web_server_whose_database_does_not_fit_says_so_in_a_code_of_its_own(tmp_path):
    database = {"DATABASE_URL": f"sqlite:///{tmp_path}/spoiled.sqlite3"}
    assert start(["manage.py", "migrate", "--verbosity", "0"], **database).returncode == 0
    with closing(sqlite3.connect(tmp_path / "spoiled.sqlite3")) as spoiled:
        spoiled.execute("DROP TABLE data_quality_issues")
    run = start(PROGRAMS["the web server"], PARKSTATS_BIND="127.0.0.1:0", **database)
    assert run.returncode == 78
    assert "parkstats.E001 table data_quality_issues is missing" in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.whole
@pytest.mark.parametrize(("program", "code"), [("the web server", 78), ("a command", 1)])
def test_nothing_starts_on_a_database_that_was_never_migrated(program, code, tmp_path):
    asked = PROGRAMS[program] + (["--database", "default"] if code == 1 else [])
    database = {"DATABASE_URL": f"sqlite:///{tmp_path}/empty.sqlite3"}
    run = start(asked, PARKSTATS_BIND="127.0.0.1:0", **database)
    assert run.returncode == code
    assert run.stderr.count("; run manage.py migrate") == 1


@pytest.mark.whole
def test_settings_come_from_the_environment_then_from_a_file(tmp_path):
    file = tmp_path / "settings.env"
    file.write_text(
        "# for all jobs\n\nexport DATABASE_URL='sqlite:////tmp/of the file'\nPARKSTATS_METRICS_VERSION=2\n"
    )
    asked = (
        "from parkstats_project import settings as found; "
        "print(found.DATABASES['default']['NAME'], found.PARKSTATS_METRICS_VERSION)"
    )
    found = start(["-c", asked], PARKSTATS_ENV_FILE=str(file))
    assert (found.stdout, found.stderr) == ("/tmp/of the file 2\n", "")
    found = start(["-c", asked], PARKSTATS_ENV_FILE=str(file), PARKSTATS_METRICS_VERSION="1")
    assert found.stdout == "/tmp/of the file 1\n"


@pytest.mark.whole
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "PARKSTATS_ENV_FILE names a file that does not exist"),
        (b"DATABASE_URL = geheim\n", "line 1 of {file} must be NAME=value"),
        (b"DATABASE_URL=geheim\xff\n", "{file} cannot be read"),
    ],
)
def test_a_file_of_settings_that_cannot_be_used_is_named(content, sentence, tmp_path):
    file = tmp_path / "settings.env"
    if content is not None:
        file.write_bytes(content)
    run = start(PROGRAMS["a command"], PARKSTATS_ENV_FILE=str(file))
    assert run.returncode == 2
    assert run.stderr == f"parkstats cannot start: {sentence.format(file=file)}.\n"


@pytest.mark.whole
def test_the_example_names_every_setting_and_works():
    example = (ROOT / ".env.example").read_text()
    known = set(re.findall(r"^#? ?([A-Z_]+)=", example, re.MULTILINE))
    sources = [*(ROOT / "parkstats_project").glob("*.py")]
    text = "".join(path.read_text() for path in sources)
    read = set(re.findall(r'(?:environment|connect)\.\w+\(\s*"([A-Z_]+)"', text))
    assert known == read - {"_RJEM_MALLOC_CONF", "PARKSTATS_ENV_FILE"} | {"POLARS_MAX_THREADS"}
    assert start(["-c", "import parkstats_project.settings"], PARKSTATS_ENV_FILE=".env.example").stderr == ""


def test_an_empty_variable_counts_as_absent(monkeypatch):
    monkeypatch.setenv("NUMBER", "")
    monkeypatch.setenv("SWITCH", "")
    assert environment.integer("NUMBER", 7, minimum=0, maximum=9) == 7
    assert environment.boolean("SWITCH", default=True) is True


@pytest.mark.parametrize(("value", "meaning"), [("Yes", True), ("1", True), ("off", False), ("FALSE", False)])
def test_switches_are_read_in_the_usual_spellings(value, meaning, monkeypatch):
    monkeypatch.setenv("SWITCH", value)
    assert environment.boolean("SWITCH", default=not meaning) is meaning


def test_a_database_url_is_taken_apart(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "mariadb://me:p%40ss@db:3307/parks")
    config = connect.database("DATABASE_URL")
    assert config["ENGINE"] == "django.db.backends.mysql"
    assert (config["USER"], config["PASSWORD"]) == ("me", "p@ss")
    assert (config["HOST"], config["PORT"], config["NAME"]) == ("db", 3307, "parks")


def test_a_connection_is_encrypted_if_the_url_says_so(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "mysql://me@db/parks?ssl_mode=VERIFY_CA&ssl_ca=/etc/ca.pem")
    options = connect.database("DATABASE_URL")["OPTIONS"]
    assert (options["ssl_mode"], options["ssl"]) == ("VERIFY_CA", {"ca": "/etc/ca.pem"})
    assert options["charset"] == "utf8mb4"


def test_lists_are_separated_by_commas(monkeypatch):
    monkeypatch.setenv("HOSTS", "a.example, b.example,")
    assert environment.words("HOSTS", default=["x"]) == ["a.example", "b.example"]
    assert environment.words("OTHER_HOSTS", default=["x"]) == ["x"]
