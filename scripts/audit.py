"""Look for known vulnerabilities in what the service runs on: pip-audit over requirements.lock.

Exit code 0 if every package was looked up and none is vulnerable, 1 if one is, 75 if the database did not
answer for some: that is a check which was not done.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

LOCK = Path(__file__).resolve().parent.parent / "requirements.lock"
PATIENCE = 90
VULNERABLE, NOT_DONE = 1, 75


def audited(lock: Path) -> list[dict[str, Any]]:
    """What pip-audit says of each package of a lock file; empty if it said nothing."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(lock), "--require-hashes"]
    command += ["--disable-pip", "--format", "json", "--progress-spinner", "off", "--timeout", "10"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False).stdout
        packages: list[dict[str, Any]] = json.loads(answer)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        return []
    return packages


def verdict(packages: list[dict[str, Any]]) -> tuple[int, list[str]]:
    """Exit code, and lines to print."""
    lines = [
        f"{one['name']} {one['version']}: {found['id']}, "
        f"fixed in {', '.join(found['fix_versions']) or 'no version'}"
        for one in packages
        for found in one.get("vulns", ())
    ]
    if lines:
        return VULNERABLE, lines
    unknown = [one["name"] for one in packages if "vulns" not in one]
    if unknown or not packages:
        of_what = f"{len(unknown)} of {len(packages)} packages" if packages else "any package"
        return NOT_DONE, [f"not done: the database of vulnerabilities did not answer for {of_what}"]
    return 0, [f"{len(packages)} packages, none with a known vulnerability"]


def main() -> int:
    code, lines = verdict(audited(LOCK))
    print("\n".join(lines))
    return code


if __name__ == "__main__":
    sys.exit(main())
