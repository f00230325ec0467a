"""The walls of a unit, for the stand-in of systemctl: mounts, user, privileges, memory, system calls.

As a program it is the last wall: `walls.py COMMAND...`, in the environment of the unit STAND_IN_UNIT.
"""

from __future__ import annotations

import ctypes
import os
import shlex
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from units import Unit, last, read

PR_SET_MDWE = 65


def walled(unit: Unit) -> list[str]:
    """The beginning of a command line that runs the rest behind the unit's walls."""
    mounts = []
    writable = [path for entry in unit.get("ReadWritePaths", []) for path in entry.split()]
    folders = [Path("/run", name) for name in last(unit, "RuntimeDirectory").split()]
    folders += [Path("/var/lib", name) for name in last(unit, "StateDirectory").split()]
    for path in folders:
        path.mkdir(exist_ok=True)
        if user := last(unit, "User"):
            subprocess.run(["chown", f"{user}:", str(path)], check=True)
        writable.append(str(path))
    if last(unit, "ProtectSystem") == "strict":
        mounts += [f"mount --bind {path} {path}" for path in map(shlex.quote, writable)]
        mounts += ["mount -o remount,bind,ro /"]
    if last(unit, "PrivateTmp") in ("yes", "true"):
        mounts += ["mount -t tmpfs tmpfs /tmp", "mount -t tmpfs tmpfs /var/tmp"]
    if last(unit, "ProtectProc") == "invisible":
        mounts += ["mount -t proc -o hidepid=invisible,subset=pid proc /proc"]
    command = [
        "unshare",
        "--mount",
        "--propagation",
        "private",
        "sh",
        "-c",
        " && ".join([*mounts, 'exec "$@"']),
        "sh",
    ]
    user = last(unit, "User")
    if user:
        command += ["setpriv", f"--reuid={user}", f"--regid={last(unit, 'Group', user)}", "--init-groups"]
        if last(unit, "NoNewPrivileges") == "yes":
            command += ["--no-new-privs", "--bounding-set=-all", "--inh-caps=-all"]
    return [*command, "/usr/bin/python3", str(Path(__file__).resolve())]


def confine(unit: Unit) -> None:
    """Close this process's way to system calls and to memory that it could write and run."""
    if last(unit, "MemoryDenyWriteExecute") == "yes" and ctypes.CDLL(None).prctl(PR_SET_MDWE, 1, 0, 0, 0):
        sys.exit("this kernel cannot deny memory that is written and run")
    filters = unit.get("SystemCallFilter", [])
    if not filters or not last(unit, "User"):
        return
    import seccomp  # type: ignore[import-not-found]  # Debian's python3-seccomp

    allowed: set[str] = set()
    for entry in filters:
        named = set(_calls(entry.removeprefix("~").split()))
        allowed = allowed - named if entry.startswith("~") else allowed | named
    walls = seccomp.SyscallFilter(defaction=seccomp.ERRNO(1))
    for name in sorted(allowed):
        # Of another architecture.
        with suppress(RuntimeError):
            walls.add_rule(seccomp.ALLOW, name)
    walls.load()


def _calls(names: Iterable[str]) -> Iterable[str]:
    for name in names:
        if name.startswith("@"):
            shown = subprocess.run(
                ["systemd-analyze", "syscall-filter", name], capture_output=True, text=True, check=True
            )
            inner = [line.strip() for line in shown.stdout.splitlines()[1:]]
            yield from _calls(line for line in inner if line and not line.startswith("#"))
        else:
            yield name


if __name__ == "__main__":
    confine(read(os.environ.pop("STAND_IN_UNIT")))
    os.execvp(sys.argv[1], sys.argv[1:])
