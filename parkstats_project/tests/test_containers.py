"""Dockerfile and compose.yaml say what scripts and units say; `scripts/rehearse --containers` runs them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from parkstats_project.tests.papers import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
UNITS = ROOT / "deploy/systemd"
LIMITED = {"web": "web", "backup": "backup", "jobs": "aggregate-daily"}


def test_the_image_is_made_by_the_repositorys_own_script():
    (step,) = re.findall(r"^RUN (.*)$", DOCKERFILE, re.MULTILINE)
    assert step.startswith("scripts/install --image")


def test_nothing_names_a_registry():
    images = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    images += [service["image"] for service in SERVICES.values()]
    assert images and not [image for image in images if "/" in image]


def options(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [name for name in SERVICES if name != "database"])
def test_every_command_exists_and_knows_its_options(name):
    words = SERVICES[name]["command"]
    if words[0] == "nginx":
        return
    program = ROOT / words[0]
    assert program.stat().st_mode & 0o111, program
    own = words[: words.index("--run") + 1] if "--run" in words else words
    text = program.read_text(encoding="utf-8")
    assert all(word in text for word in own if word.startswith("--"))
    if "--run" in words and (inner := words[words.index("--run") + 1]).startswith("deploy/"):
        assert (ROOT / inner).stat().st_mode & 0o111


def test_every_service_needs_and_mounts_what_there_is():
    for service in SERVICES.values():
        assert set(service.get("depends_on", {})) <= set(SERVICES)
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            assert source.startswith("/") or source in COMPOSE["volumes"]


def test_every_timer_has_its_place_but_that_of_an_older_collector():
    timers = {path.stem.removeprefix("parkstats-") for path in UNITS.glob("*.timer")}
    started: list[str] = []
    for name in ("jobs", "backup"):
        command = SERVICES[name]["command"]
        started += command[command.index("deploy/scheduler.py") + 1 :]
    assert sorted(started) == sorted(timers - {"live"})


@pytest.mark.parametrize(("service", "unit"), LIMITED.items())
def test_a_container_has_as_much_memory_as_its_unit(service, unit):
    (limit,) = re.findall(r"^MemoryMax=(\d+)M", options(UNITS / f"parkstats-{unit}.service"), re.MULTILINE)
    assert SERVICES[service]["mem_limit"] == f"{limit}m"


def test_the_web_service_is_started_as_its_unit_starts_it():
    text = options(UNITS / "parkstats-web.service")
    (line,) = re.findall(r"^ExecStart=/srv/parkstats/current/(.*)$", text, re.MULTILINE)
    command = SERVICES["web"]["command"]
    assert command[command.index("--run") + 1 :] == line.split()


def test_what_is_left_out_of_the_image_is_left_out_of_a_release_too():
    left_out = set((ROOT / ".dockerignore").read_text(encoding="utf-8").replace("**/", "").split())
    releases = (ROOT / "scripts/releases").read_text(encoding="utf-8")
    excluded = set(re.findall(r"--exclude='?(?:\./)?([^\s']+)'?", releases))
    assert left_out == excluded
