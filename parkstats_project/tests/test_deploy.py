"""What `deploy/` holds is taken by the programs that it is for, and keeps what the documentation says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.whole

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
SERVICES = sorted((DEPLOY / "systemd").glob("*.service"))
TIMERS = sorted((DEPLOY / "systemd").glob("*.timer"))
# The lowest exposure that systemd itself calls OK is 2.0 to 4.9; what is left are addresses of the network.
EXPOSURE = 1.5


def setting(unit: Path, name: str) -> list[str]:
    return re.findall(rf"^{name}=(.*)$", unit.read_text(), re.MULTILINE)


def passed(*command: str) -> str:
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout + ran.stderr


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    """A root with the units, and in the place of each program that they start one that does nothing."""
    root = tmp_path_factory.mktemp("root")
    folder = root / "etc/systemd/system"
    shutil.copytree(DEPLOY / "systemd", folder)
    shutil.copytree("/lib/systemd/system", root / "lib/systemd/system", symlinks=True)
    for service in SERVICES:
        for line in setting(service, "ExecStart"):
            program = root / line.split()[0].removeprefix("/")
            program.parent.mkdir(parents=True, exist_ok=True)
            program.write_text("#!/bin/sh\n")
            program.chmod(0o755)
    return root


@pytest.mark.parametrize("unit", SERVICES + TIMERS, ids=lambda unit: unit.name)
def test_systemd_finds_nothing_wrong_with_a_unit(root, unit):
    name = unit.name.replace("@.", "@parkstats-web.")
    said = passed("systemd-analyze", "verify", f"--root={root}", "--man=no", name)
    assert "parkstats" not in said


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_service_is_exposed_to_little(root, unit):
    name = unit.name.replace("@.", "@parkstats-web.")
    threshold = f"--threshold={round(10 * EXPOSURE)}"
    passed("systemd-analyze", "security", "--offline=true", f"--root={root}", threshold, name)


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_service_has_limits_and_a_user_that_is_not_root(unit):
    assert setting(unit, "MemoryMax") and setting(unit, "TimeoutStartSec")
    assert setting(unit, "User")[0].startswith("parkstats")
    if "failure" not in unit.name:
        assert setting(unit, "OnFailure") == ["parkstats-failure@%N.service"]


def test_the_memory_of_every_unit_was_measured_and_its_limit_is_above():
    page = (DEPLOY.parent / "docs/performance.md").read_text(encoding="utf-8")
    table = page.partition("## Memory of the units")[2].partition("\n## ")[0]
    rows = dict(re.findall(r"^\| `(parkstats-[\w@-]+)` \| (\d+ MB \| \d+ MB) \|", table, re.MULTILINE))
    assert rows.keys() == {unit.stem for unit in SERVICES}
    for unit in SERVICES:
        limit, measured = (int(figure.split()[0]) for figure in rows[unit.stem].split("|"))
        assert setting(unit, "MemoryMax") == [f"{limit}M"]
        assert 1.25 * measured < limit, unit.name


def test_each_job_has_a_timer_and_each_timer_a_job():
    jobs = {unit.stem for unit in SERVICES if setting(unit, "Type") == ["oneshot"]} - {"parkstats-failure@"}
    assert jobs == {unit.stem for unit in TIMERS}


@pytest.mark.parametrize("unit", TIMERS, ids=lambda unit: unit.name)
def test_a_timer_names_times_that_systemd_understands(unit):
    for calendar in setting(unit, "OnCalendar"):
        assert "Next elapse" in passed("systemd-analyze", "calendar", calendar)


def test_every_command_of_a_unit_is_one_of_manage_py():
    from django.core.management import get_commands

    for unit in SERVICES:
        for line in setting(unit, "ExecStart"):
            if "manage.py" in line:
                assert line.split("manage.py ")[1].split()[0] in get_commands()


@pytest.mark.parametrize("keep", [1, 2, 3])
def test_after_an_upgrade_so_many_older_versions_stay(tmp_path, keep):
    """Of five, of which the last is new; the one that ran until now was gone back to, and is older."""
    for number in range(5):
        release = tmp_path / "releases" / f"v{number}"
        release.mkdir(parents=True)
        os.utime(release, (number, number))
    new, old = (str(tmp_path / "releases" / name) for name in ("v4", "v1"))
    script = f'. scripts/releases; HOME_OF_RELEASES={tmp_path}; remove_unused "{new}" "{old}" {keep}'
    passed("bash", "-c", f"cd {DEPLOY.parent}; {script}")
    newest_first = ["v4", "v1", "v3", "v2"]
    assert {path.name for path in (tmp_path / "releases").iterdir()} == set(newest_first[: keep + 1])


def test_an_upgrade_keeps_two_older_versions_unless_told_otherwise():
    script, page = ((DEPLOY.parent / name).read_text() for name in ("scripts/upgrade", "docs/operation.md"))
    assert re.findall(r"^keep=(\d+)$", script, re.MULTILINE) == ["2"]
    assert "Two older versions stay on disk (`--keep N`)" in " ".join(page.split())


@pytest.fixture
def proxy(tmp_path) -> Path:
    """A folder with a certificate and room for logs."""
    (tmp_path / "logs").mkdir()
    subject = ("-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=stats.example.org")
    keys = ("-keyout", f"{tmp_path}/privkey.pem", "-out", f"{tmp_path}/fullchain.pem")
    passed("openssl", "req", *subject, *keys)
    return tmp_path


def example(name: str, folder: Path) -> str:
    text = (DEPLOY / name).read_text().replace("@SITE@", "stats.example.org")
    return text.replace("/etc/parkstats/tls", str(folder)).replace("/var/log/nginx", f"{folder}/logs")


def test_nginx_takes_its_example(proxy):
    (proxy / "site.conf").write_text(example("nginx.conf", proxy))
    # nginx is unpacked here, not installed, so that the folders below /var of its package are not there.
    names = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    folders = "".join(f"{name}_temp_path {proxy}/{name}; " for name in names)
    folders += f"access_log {proxy}/logs/access.log; "
    whole = (
        f"pid {proxy}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{ {folders}include {proxy}/site.conf; }}\n"
    )
    (proxy / "nginx.conf").write_text(whole)
    passed("nginx", "-t", "-p", str(proxy), "-e", "stderr", "-c", f"{proxy}/nginx.conf")


def test_apache_takes_its_example(proxy):
    (proxy / "site.conf").write_text(example("apache.conf", proxy))
    program = shutil.which("apache2", path="/usr/sbin:/usr/bin")
    assert program
    needed = re.findall(r"a2enmod (.*)$", (DEPLOY / "apache.conf").read_text(), re.MULTILINE)[0].split()
    basic = ["mpm_event", "socache_shmcb", "alias", "filter", "authz_core"]
    load = [f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so" for name in basic + needed]
    whole = [f"ServerRoot {proxy}", *load, f"Define APACHE_LOG_DIR {proxy}/logs", "Listen 127.0.0.1:9"]
    whole += [
        "ServerName localhost",
        'LogFormat "%h" combined',
        f"PidFile {proxy}/pid",
        f"Include {proxy}/site.conf",
    ]
    (proxy / "apache.conf").write_text("\n".join(whole) + "\n")
    passed(program, "-t", "-f", f"{proxy}/apache.conf")


def test_logs_are_rotated_while_they_are_written_to(tmp_path):
    log = tmp_path / "parkstats-web.log"
    text = (DEPLOY / "logrotate").read_text().replace("/var/log/parkstats", str(tmp_path))
    (tmp_path / "rules").write_text(re.sub(r"\n *su .*", "", text))
    with log.open("a") as writing:
        writing.write("before\n")
        writing.flush()
        passed("logrotate", "--force", "--state", f"{tmp_path}/state", f"{tmp_path}/rules")
        writing.write("after\n")
    assert (tmp_path / "parkstats-web.log.1").read_text() == "before\n"
    assert log.read_text() == "after\n"
