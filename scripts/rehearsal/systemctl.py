"""Stands in for systemctl where no systemd runs: starts what units say, as their user, behind their walls.

Only for scripts/rehearse, inside its root. Of a unit and its drop-ins it applies: User, Group,
EnvironmentFile, Environment, WorkingDirectory, ExecStartPre, ExecStart, Type, Restart and its limits,
SuccessExitStatus, OnFailure, time-outs, StandardOutput to a file, the folders, UMask, MemoryMax (of a
oneshot, looked at when it has ended); NoNewPrivileges, CapabilityBoundingSet, ProtectSystem, PrivateTmp,
ProtectProc, MemoryDenyWriteExecute and SystemCallFilter. A timer is started in name only: what it would
start, whoever rehearses starts.
"""

from __future__ import annotations

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

from units import Unit, environment, last, read, seconds
from walls import walled

STATE = Path("/run/stand-in")


def launch(name: str, unit: Unit, line: str, notify: str | None = None) -> subprocess.Popen[bytes]:
    """One command line of a unit as a process."""
    output = last(unit, "StandardOutput")
    path = output.removeprefix("append:") if output.startswith("append:") else "/dev/null"
    seen = environment(unit)
    command = [re.sub(r"\$\{?(\w+)\}?", lambda m: seen.get(m[1], ""), word) for word in shlex.split(line)]
    command = [word for word in command if word]
    command[0] = command[0].lstrip("-@:+!")
    if notify:
        seen["NOTIFY_SOCKET"] = notify
    seen["STAND_IN_UNIT"] = name
    with open(path, "ab") as log:
        return subprocess.Popen(
            [*walled(unit), *command],
            cwd=last(unit, "WorkingDirectory", "/"),
            env=seen,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            umask=int(last(unit, "UMask", "0022"), 8),
        )


def run_once(name: str, unit: Unit) -> bool:
    """A unit of type oneshot, to its end; what OnFailure names if it fails."""
    good = {0, *(int(code) for code in last(unit, "SuccessExitStatus").split())}
    for line in unit["ExecStart"]:
        process = launch(name, unit, line)
        try:
            code: int | str = process.wait(seconds(last(unit, "TimeoutStartSec", "90")))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()
            code = "timeout"
        # Of the programs that have ended as children of this one: of this unit alone.
        most, limit = getrusage(RUSAGE_CHILDREN).ru_maxrss // 1024, last(unit, "MemoryMax").removesuffix("M")
        print(f"{name}: {most} MB at most, MemoryMax={limit}M", flush=True)
        if code not in good or (limit and most > int(limit)):
            print(f"{name} failed: {code}", file=sys.stderr)
            on_failure(unit)
            return False
    return True


def on_failure(unit: Unit) -> None:
    """Start the units that are named for the case that this one failed."""
    for other in last(unit, "OnFailure").split():
        start(other)


def start(name: str) -> bool:
    """Start a unit, and wait until it runs or, if it is a oneshot, has run."""
    if name.endswith(".timer"):
        (STATE / name).touch()
        return True
    if is_active(name):
        return True
    unit = read(name)
    kind = last(unit, "Type", "simple")
    # An old way of units to have their preparations done by root.
    before = unit | {"User": []} if last(unit, "PermissionsStartOnly") == "true" else unit
    for line in unit.get("ExecStartPre", []):
        if launch(name, before, line).wait() and not line.startswith("-"):
            return False
    if kind == "oneshot":
        return run_once(name, unit)
    if kind == "forking":
        return launch(name, unit, unit["ExecStart"][0]).wait() == 0
    for suffix in ("ready", "failed", "stopping"):
        (STATE / f"{name}.{suffix}").unlink(missing_ok=True)
    if not os.fork():
        supervise(name, unit)
    end = time.monotonic() + seconds(last(unit, "TimeoutStartSec", "90"))
    while time.monotonic() < end:
        if (STATE / f"{name}.ready").exists():
            return True
        if (STATE / f"{name}.failed").exists():
            return False
        time.sleep(0.1)
    stop(name)
    return False


def supervise(name: str, unit: Unit) -> None:
    """Be the parent of a service: start it again when it ends, as far as its limits allow."""
    os.setsid()
    # Whoever reads what this command prints does not wait for the service to end.
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    address = str(STATE / f"{name}.socket")
    Path(address).unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listening.bind(address)
    os.chmod(address, 0o666)
    listening.settimeout(0.2)
    hopeless = {int(code) for code in last(unit, "RestartPreventExitStatus").split()}
    starts: list[float] = []
    while True:
        starts = [moment for moment in starts if time.monotonic() - moment < 300] + [time.monotonic()]
        process = launch(name, unit, unit["ExecStart"][0], notify=address)
        (STATE / f"{name}.pid").write_text(f"{process.pid} {os.getpid()}")
        while process.poll() is None:
            with suppress(TimeoutError):
                if b"READY=1" in listening.recv(4096):
                    (STATE / f"{name}.ready").touch()
        if (STATE / f"{name}.stopping").exists():
            break
        again = last(unit, "Restart") in ("always", "on-failure", "on-abort", "on-abnormal")
        if not again or process.returncode in hopeless or len(starts) >= 5:
            (STATE / f"{name}.failed").write_text(str(process.returncode))
            on_failure(unit)
            break
        time.sleep(seconds(last(unit, "RestartSec", "1")))
    (STATE / f"{name}.pid").unlink(missing_ok=True)
    os._exit(0)


def is_active(name: str) -> bool:
    """Whether a timer was started, or a service's process is there."""
    if name.endswith(".timer"):
        return (STATE / name).exists()
    return (STATE / f"{name}.pid").exists() or _forked(name) is not None


def _forked(name: str) -> int | None:
    file = last(read(name), "PIDFile") if not name.endswith(".timer") else ""
    try:
        pid = int(Path(file).read_text()) if file else 0
        os.kill(pid, 0)
    except (OSError, ValueError):
        return None
    return pid or None


def stop(name: str) -> None:
    """Ask a unit's process to end, and end it when it does not."""
    if name.endswith(".timer"):
        (STATE / name).unlink(missing_ok=True)
        return
    pid = _forked(name)
    try:
        pid = pid or int((STATE / f"{name}.pid").read_text().split()[0])
    except OSError:
        return
    (STATE / f"{name}.stopping").touch()
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    end = time.monotonic() + seconds(last(read(name), "TimeoutStopSec", "90"))
    while is_active(name) and time.monotonic() < end:
        time.sleep(0.1)
    if is_active(name):
        os.killpg(pid, signal.SIGKILL)


def _all_started(names: list[str]) -> bool:
    started = [start(name) for name in names]
    return all(started)


def main() -> int:
    """The verbs that scripts/install and scripts/upgrade use."""
    STATE.mkdir(exist_ok=True)
    words = [word for word in sys.argv[1:] if not word.startswith("-")]
    verb, names = words[0], [name if "." in name else f"{name}.service" for name in words[1:]]
    enabled = [STATE / f"{name}.enabled" for name in names]
    match verb:
        case "start":
            return 0 if _all_started(names) else 1
        case "stop":
            for name in names:
                stop(name)
        case "restart":
            for name in names:
                stop(name)
            return 0 if _all_started(names) else 1
        case "enable":
            for mark in enabled:
                mark.touch()
        case "disable":
            for name, mark in zip(names, enabled, strict=True):
                mark.unlink(missing_ok=True)
                stop(name)
        case "is-enabled":
            return 0 if all(mark.exists() for mark in enabled) else 1
        case "is-active":
            return 0 if all(is_active(name) for name in names) else 3
        case "daemon-reload" | "reload":
            pass
        case _:
            sys.exit(f"the stand-in of systemctl does not know {verb}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
