"""Look for known vulnerabilities in what the service runs on: pip-audit over requirements.lock.

    python scripts/audit.py                      asks the public database
    python scripts/audit.py --database all.zip   asks a file, without a network; or PARKSTATS_AUDIT_DATABASE

The file is an archive (zip) with one vulnerability a member, a JSON object as the Open Source Vulnerability
format has it (schema 1): what the public database offers of the ecosystem PyPI as `all.zip`. Exit code 0 if
every package was looked up and none is vulnerable, 1 if one is, 2 for a file that cannot be used, 75 if the
database did not answer for some: that is a check which was not done.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import threading
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name, canonicalize_version
from packaging.version import InvalidVersion, Version

LOCK = Path(__file__).resolve().parent.parent / "requirements.lock"
PATIENCE = 90
VULNERABLE, CANNOT_BE_USED, NOT_DONE = 1, 2, 75
Known = dict[str, list[dict[str, Any]]]
"""Vulnerabilities by canonical name of the package."""


def audited(lock: Path, *options: str) -> list[dict[str, Any]]:
    """What pip-audit says of each package of a lock file; empty if it said nothing."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(lock), "--require-hashes", *options]
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


# ------------------------------------------------------------------------------ a database as a file


def read(file: Path) -> tuple[Known, str]:
    """Vulnerabilities of a database, and the day of the newest; ValueError or OSError if it is none."""
    known: Known = defaultdict(list)
    newest = ""
    try:
        with zipfile.ZipFile(file) as archive:
            for name in archive.namelist():
                one = json.loads(archive.read(name))
                newest = max(newest, one["modified"])
                for part in one["affected"]:
                    # pip-audit looks for the canonical name.
                    part["package"]["name"] = canonicalize_name(part["package"]["name"])
                for package in {part["package"]["name"] for part in one["affected"]}:
                    known[package].append(one)
    except (zipfile.BadZipFile, KeyError, TypeError) as problem:
        raise ValueError(f"no archive of vulnerabilities ({problem})") from problem
    if not known:
        raise ValueError("it holds no vulnerability")
    return known, newest[:10]


def affects(one: dict[str, Any], package: str, version: str) -> bool:
    """Whether a vulnerability is one of this version of a package: listed, or within a range."""
    parts = [part for part in one["affected"] if part["package"]["name"] == package]
    listed = {canonicalize_version(each) for part in parts for each in part.get("versions", ())}
    ranges = [each for part in parts for each in part.get("ranges", ()) if each["type"] == "ECOSYSTEM"]
    return canonicalize_version(version) in listed or any(_within(each, version) for each in ranges)


def _within(span: dict[str, Any], version: str) -> bool:
    """Whether a version is between the events of a range; one that cannot be read is taken to be."""
    within = False
    try:
        here = Version(version)
        events = [(Version(at), kind) for event in span["events"] for kind, at in event.items()]
    except InvalidVersion:
        return True
    for at, kind in sorted(events):
        if kind == "introduced" and at <= here:
            within = True
        if (kind == "fixed" and at <= here) or (kind == "last_affected" and at < here):
            within = False
    return within


@contextmanager
def served(known: Known) -> Iterator[str]:
    """The URL, on this machine alone, where pip-audit can ask as it asks the public database."""

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            package, version = canonicalize_name(asked["package"]["name"]), asked["version"]
            found = [one for one in known.get(package, ()) if affects(one, package, version)]
            body = json.dumps({"vulns": found} if found else {}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
        server.shutdown()


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="scripts/audit.py", description="Known vulnerabilities of the lock."
    )
    parser.add_argument("--database", default=os.environ.get("PARKSTATS_AUDIT_DATABASE"), metavar="FILE")
    parser.add_argument("--lock", type=Path, default=LOCK, metavar="FILE")
    options = parser.parse_args()
    if not options.database:
        code, lines = verdict(audited(options.lock))
    else:
        try:
            known, newest = read(Path(options.database))
        except (ValueError, OSError) as problem:
            print(f"{options.database} cannot be used: {problem}", file=sys.stderr)
            return CANNOT_BE_USED
        with served(known) as url:
            code, lines = verdict(audited(options.lock, "--vulnerability-service", "osv", "--osv-url", url))
        lines.append(f"by a database whose newest entry is of {newest}")
    print("\n".join(lines))
    return code


if __name__ == "__main__":
    sys.exit(main())
