"""Look for known vulnerabilities in what the service runs on (pip-audit), if the database can be reached.

Exit code 1 if there are any; 0, with a notice, if the database did not answer.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

PATIENCE = 90


def installed(lines: list[str]) -> dict[str, str]:
    """Name and version of the required distributions and of all that they require, as installed."""
    found: dict[str, str] = {}
    waiting = [Requirement(line) for line in lines]
    while waiting:
        requirement = waiting.pop()
        name = re.sub(r"[-_.]+", "-", requirement.name).lower()
        if name in found or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        try:
            one = distribution(name)
        except PackageNotFoundError:
            continue
        found[name] = one.version
        waiting.extend(map(Requirement, one.requires or []))
    return found


def main() -> int:
    text = Path(__file__).resolve().parent.parent.joinpath("requirements.txt").read_text(encoding="utf-8")
    packages = installed([line for line in text.splitlines() if line and not line.startswith(("#", "-"))])
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as pinned:
        pinned.write("".join(f"{name}=={version}\n" for name, version in sorted(packages.items())))
        pinned.flush()
        command = [
            sys.executable,
            "-m",
            "pip_audit",
            "--requirement",
            pinned.name,
            "--no-deps",
            "--disable-pip",
        ]
        command += ["--format", "json", "--progress-spinner", "off", "--timeout", "10"]
        try:
            answer = subprocess.run(
                command, capture_output=True, text=True, timeout=PATIENCE, check=False
            ).stdout
        except subprocess.TimeoutExpired:
            answer = ""
    try:
        audited = [one for one in json.loads(answer)["dependencies"] if "vulns" in one]
    except (ValueError, KeyError):
        audited = []
    if not audited:
        print(
            f"NOTICE: the database of vulnerabilities cannot be reached; {len(packages)} packages not audited"
        )
        return 0
    wrong = [one for one in audited if one["vulns"]]
    for one in wrong:
        for vulnerability in one["vulns"]:
            fixed = ", ".join(vulnerability["fix_versions"]) or "no version"
            print(f"{one['name']} {one['version']}: {vulnerability['id']}, fixed in {fixed}")
    print(f"{len(audited)} of {len(packages)} packages audited, {len(wrong)} vulnerable")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
