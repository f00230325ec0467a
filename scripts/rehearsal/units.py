"""Units as systemd reads them, for the stand-in of systemctl: settings, drop-ins, environment."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

FOLDERS = [Path("/etc/systemd/system"), Path("/lib/systemd/system")]
UNITS_OF_TIME = {"": 1, "s": 1, "sec": 1, "min": 60, "h": 3600}
Unit = dict[str, list[str]]


def read(name: str) -> Unit:
    """Settings of a unit by name, drop-ins included; an empty value empties its list, as in systemd."""
    template = re.sub(r"@[^.]*\.", "@.", name)
    files = [folder / template for folder in FOLDERS if (folder / template).exists()][:1]
    if not files:
        sys.exit(f"Unit {name} not found.")
    prefixes = [name[: at + 1] for at, letter in enumerate(template) if letter == "-"]
    for prefix in prefixes:
        files += sorted((FOLDERS[0] / f"{prefix}.service.d").glob("*.conf"))
    found: Unit = {}
    # A drop-in comes after the unit itself, lists add up.
    for file in files:
        for line in file.read_text().replace("\\\n", " ").splitlines():
            key, separator, value = line.partition("=")
            if not separator or line.startswith(("#", ";", "[")):
                continue
            value = value.replace("%i", _instance(name)).replace("%N", name.removesuffix(".service"))
            if value:
                found.setdefault(key, []).append(value)
            else:
                found[key] = []
    return found


def _instance(name: str) -> str:
    return name.partition("@")[2].removesuffix(".service")


def last(unit: Unit, key: str, default: str = "") -> str:
    """The value that counts of a setting with one value."""
    return (unit.get(key) or [default])[-1]


def seconds(text: str) -> float:
    """A time span such as 90, 5min or 2h."""
    parts = re.findall(r"(\d+)\s*([a-z]*)", text)
    return sum(float(number) * UNITS_OF_TIME[name] for number, name in parts)


def environment(unit: Unit) -> dict[str, str]:
    """What the unit's processes see."""
    seen = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin", "LANG": "C.UTF-8"}
    for entry in unit.get("Environment", []):
        seen |= dict(part.split("=", 1) for part in shlex.split(entry))
    for entry in unit.get("EnvironmentFile", []):
        file = Path(entry.removeprefix("-"))
        if entry.startswith("-") and not file.exists():
            continue
        lines = [line.strip() for line in file.read_text().splitlines()]
        seen |= dict(line.split("=", 1) for line in lines if "=" in line and line[0] not in "#;")
    return seen
